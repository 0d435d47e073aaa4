/// Checks the `on` lines of a flow against the errors that its steps fail with.
struct ErrorMappingChecker {
  let checker: Checker
  let scope: FileScope
  let flow: FlowSyntax

  /// - Parameter uses: the steps of the plan and of its fragments, in the order of their lines.
  func check(_ uses: [PlanChecker.Use]) -> [(name: String, status: Int)] {
    var failing: [String: (use: PlanChecker.Use, error: NameSyntax)] = [:]
    var order: [String] = []
    for use in uses {
      for error in use.errors where failing[error.text] == nil {
        failing[error.text] = (use, error)
        order.append(error.text)
      }
    }
    var mapped: [String: NameSyntax] = [:]
    var result: [(name: String, status: Int)] = []
    for mapping in flow.errorMappings {
      let name = mapping.error
      if !(400...599).contains(mapping.status.value) { checker.reporter.report(.errorStatusRange(mapping.status)) }
      if let first = mapped[name.text] {
        checker.reporter.report(.duplicateMember(name, kind: "error", first: first.span))
        continue
      }
      mapped[name.text] = name
      result.append((name.text, mapping.status.value))
      checkNeed(of: name, failing: failing.keys.sorted())
    }
    // A line that could not be read may have been the missing mapping.
    if !flow.isBroken {
      for name in order where mapped[name] == nil {
        if let (use, error) = failing[name] { checker.reporter.report(.unmappedError(error, use: use.name)) }
      }
    }
    return result
  }

  private func checkNeed(of name: NameSyntax, failing: [String]) {
    if failing.contains(name.text) { return }
    // Which errors the steps of a plan in Swift have, is known when the server starts.
    guard checker.error(name, in: scope) != nil, !flow.isBroken, flow.swiftPlan == nil else { return }
    checker.reporter.report(.needlessErrorMapping(name, failing: failing))
  }
}
