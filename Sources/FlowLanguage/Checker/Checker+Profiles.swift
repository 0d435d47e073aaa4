import ZerverCatalog

// Declared profiles: what a module brings besides `interactive`, `default` and `batch`.

final class CheckedProfile {
  let syntax: ProfileSyntax
  /// `nil` when a part is missing or wrong, which was reported.
  let profile: FlowProfile?

  init(_ syntax: ProfileSyntax, profile: FlowProfile?) {
    self.syntax = syntax
    self.profile = profile
  }
}

extension Checker {
  func declare(_ syntax: ProfileSyntax, in table: ModuleTable) {
    let name = syntax.name
    if FlowProfile.builtIn.contains(where: { $0.name == name.text }) {
      reporter.report(.reservedName(name, kind: "profile", why: "Every catalog has a profile of that name already."))
    }
    if let first = table.profiles[name.text] {
      reporter.report(.duplicateDeclaration(name, kind: "profile", first: first.syntax.name.span))
    } else {
      table.profiles[name.text] = CheckedProfile(syntax, profile: profile(syntax))
    }
  }

  private func profile(_ syntax: ProfileSyntax) -> FlowProfile? {
    if let inFlight = syntax.inFlight, !(1...1_000_000).contains(inFlight.value) {
      reporter.report(.profileInFlight(inFlight))
    }
    guard let word = syntax.priorityClass else {
      if !syntax.isBroken { reporter.report(.profileWithoutClass(syntax.name)) }
      return nil
    }
    guard let priorityClass = FlowProfile.PriorityClass(rawValue: word.text) else {
      reporter.report(
        .unknownWord(word, role: "class", words: FlowProfile.PriorityClass.allCases.map(\.rawValue)))
      return nil
    }
    return FlowProfile(
      name: syntax.name.text, priorityClass: priorityClass, deadlineNanoseconds: syntax.deadline?.nanoseconds,
      inFlightMax: syntax.inFlight?.value)
  }

  /// The profile that a flow names. Built-in ones go first; others are looked up like every declaration.
  func profile(_ name: NameSyntax, in scope: FileScope) -> FlowProfile? {
    if let builtIn = FlowProfile.builtIn.first(where: { $0.name == name.text }) { return builtIn }
    let found = scope.all { $0.profiles[name.text] }
    if found.count > 1 { reporter.report(.ambiguousName(name, kind: "profile", places: found.map(\.syntax.name.span))) }
    if found.isEmpty, !scope.isIncomplete {
      let declared = scope.candidates { $0.profiles.values.map { Candidate($0.syntax.name.text, $0.syntax.name.span) } }
      let builtIn = FlowProfile.builtIn.map(\.name)
      let words = builtIn + Set(declared.map(\.name)).subtracting(builtIn).sorted()
      reporter.report(.unknownWord(name, role: "profile", words: words))
    }
    return found.count == 1 ? found[0].profile : nil
  }
}
