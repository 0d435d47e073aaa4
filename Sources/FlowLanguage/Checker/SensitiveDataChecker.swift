/// Warns where sensitive values leave by a way on which others read along.
struct SensitiveDataChecker {
  let checker: Checker
  let flow: FlowSyntax
  let input: FlowChecker.Input
  let output: ResolvedOutput?

  func check() {
    checkInput()
    guard let output = flow.output else { return }
    switch self.output {
    case .json(let type), .stream(let type):
      var seen: Set<String> = []
      if let (path, field) = sensitivePart(of: type, &seen) {
        checker.reporter.report(.sensitiveOutput(output.span, flow: flow.name, path: path, field: field))
      }
    case .text, .file, .some(.none), nil: return
    }
  }

  /// The query is a part of the URL.
  private func checkInput() {
    guard input.isQuery, let type = input.type, let syntax = flow.input, case .record(let record)? = checker.declaration(of: type),
      let field = record.fields.first(where: \.isSensitive)
    else { return }
    checker.reporter.report(.sensitiveQuery(syntax.type.span, flow: flow.name, field: field.syntax.name))
  }

  /// The first sensitive part of a value, with the way to it.
  private func sensitivePart(of type: ResolvedType, _ seen: inout Set<String>) -> (path: [String], place: NameSyntax)? {
    switch type {
    case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): return sensitivePart(of: inner, &seen)
    case .newtype: return checker.newtype(type).flatMap { $0.syntax.isSensitive ? ([], $0.name) : nil }
    case .record(let name, let module):
      guard seen.insert("\(module).\(name)").inserted, case .record(let record)? = checker.declaration(of: type) else { return nil }
      for field in record.fields {
        let name = field.syntax.name
        if field.isSensitive { return ([name.text], name) }
        if let type = field.type, let (path, place) = sensitivePart(of: type, &seen) { return ([name.text] + path, place) }
      }
      return nil
    case .string, .int, .float, .bool, .enumeration, .extern: return nil
    }
  }
}
