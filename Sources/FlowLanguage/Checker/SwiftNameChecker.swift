/// Reports names that are different in `.flow` files and the same in Swift.
struct SwiftNameChecker {
  let reporter: Reporter

  func check(_ module: ModuleTable) {
    var names: [String: NameSyntax] = [:]
    func claim(_ swiftName: String, _ name: NameSyntax) {
      if let first = names[swiftName], first != name {
        // The same name twice has been reported as that.
        if first.text != name.text { reporter.report(.swiftNameClash(name, and: first, swiftName: swiftName)) }
      } else {
        names[swiftName] = name
      }
    }
    for tree in module.trees {
      for record in tree.records { claim(record.name.text, record.name) }
      for newtype in tree.newtypes { claim(newtype.name.text, newtype.name) }
      for syntax in tree.enums { claim(syntax.name.text, syntax.name) }
      for name in tree.externs { claim(name.text, name) }
    }
    for step in module.trees.flatMap(\.steps) {
      claim(SwiftNames.type(step.name.text), step.name)
      claim(SwiftNames.stepProtocol(step.name.text), step.name)
    }
    for fragment in module.trees.flatMap(\.fragments) {
      claim(SwiftNames.type(fragment.signature.name.text), fragment.signature.name)
      claim(SwiftNames.fragmentProtocol(fragment.signature.name.text), fragment.signature.name)
    }
    checkErrors(of: module)
  }

  /// Errors become factories of one Swift type.
  private func checkErrors(of module: ModuleTable) {
    var names: [String: NameSyntax] = [:]
    for error in module.trees.flatMap(\.errors) {
      let swiftName = SwiftNames.camel(error.name.text)
      if let first = names[swiftName], first.text != error.name.text {
        reporter.report(.swiftNameClash(error.name, and: first, swiftName: swiftName))
      } else {
        names[swiftName] = error.name
      }
    }
  }
}
