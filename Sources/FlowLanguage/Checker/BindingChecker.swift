import ZerverCatalog

/// Checks the `bind` lines of one flow: their paths, and the fields that the paths fill.
struct BindingChecker {
  let checker: Checker
  let flow: FlowSyntax
  let input: FlowChecker.Input
  private var reporter: Reporter { checker.reporter }

  init(checker: Checker, flow: FlowSyntax, input: FlowChecker.Input) {
    self.checker = checker
    self.flow = flow
    self.input = input
  }

  func check() -> [RouteBinding] {
    flow.routes.compactMap { route in
      guard let binding = binding(of: route) else { return nil }
      if binding.method.isSafe, input.isDeclared, !input.isQuery { reporter.report(.bindMethod(route.method)) }
      for field in binding.fields { check(field, of: route) }
      return binding
    }
  }

  /// Fields of the paths that stand in JSON without quotes, sorted.
  var unquotedFields: [String] { fieldTypes.filter { !isText($0.value) }.keys.sorted() }

  var fieldTypes: [String: ResolvedType] {
    let names = flow.routes.compactMap { try? RouteBinding(method: .get, template: $0.path.text) }.flatMap(\.fields)
    return Dictionary(
      names.compactMap { name in record?.field(name)?.type.map { (name, $0) } }, uniquingKeysWith: { first, _ in first })
  }

  private func isText(_ type: ResolvedType) -> Bool {
    switch type {
    case .int, .float, .bool: false
    case .newtype:
      if case .newtype(let newtype)? = checker.declaration(of: type), let wrapped = newtype.wrapped { isText(wrapped) } else { true }
    case .string, .enumeration, .record, .extern, .list, .map, .optional, .stream: true
    }
  }

  private func binding(of route: BindingSyntax) -> RouteBinding? {
    guard let method = FlowMethod(rawValue: route.method.text) else {
      reporter.report(.unknownWord(route.method, role: "method", words: FlowMethod.allCases.map(\.rawValue)))
      return nil
    }
    do throws(RouteBinding.Violation) {
      return try RouteBinding(method: method, template: route.path.text)
    } catch {
      reporter.report(.bindPath(route.path, error))
      return nil
    }
  }

  // MARK: Fields

  private var record: CheckedRecord? {
    guard let type = input.type, case .record(let record)? = checker.declaration(of: type) else { return nil }
    return record
  }

  private func check(_ name: String, of route: BindingSyntax) {
    let place = Self.span(of: name, in: route.path)
    guard input.isDeclared else { return reporter.report(.bindWithoutInput(place, field: name)) }
    if input.isStream { return reporter.report(.bindOfStream(place, field: name)) }
    guard let record, !record.isBroken else { return }
    guard let field = record.field(name) else {
      let candidates = record.fields.map { Candidate($0.syntax.name.text, $0.syntax.name.span) }
      return reporter.report(
        .bindUnknownField(NameSyntax(text: name, span: place), record: record, NearMatches.find(name, among: candidates)))
    }
    guard let type = field.type else { return }
    if type.isOptional || field.defaultValue != nil {
      reporter.report(.bindOptionalField(place, field: field))
    } else if !type.isScalar {
      reporter.report(.bindFieldType(place, field: field, type: type))
    } else if field.isSensitive {
      reporter.report(.bindSensitiveField(place, field: field))
    }
  }

  /// Where the field stands in the path, without its braces.
  private static func span(of name: String, in path: NameSyntax) -> SourceSpan {
    let parts = path.text.split(separator: "/", omittingEmptySubsequences: false)
    var offset = path.span.start
    for part in parts {
      if part == "{\(name)}" { return SourceSpan(file: path.span.file, start: offset + 1, end: offset + part.utf8.count - 1) }
      offset += part.utf8.count + 1
    }
    return path.span
  }
}

/// REST paths of all flows that may be served together: one path has one meaning for each method.
struct BindingTable {
  private var claims: [String: (path: NameSyntax, flow: NameSyntax)] = [:]

  mutating func add(_ flow: FlowSyntax, to reporter: Reporter?) {
    for route in flow.routes {
      guard let method = FlowMethod(rawValue: route.method.text),
        let binding = try? RouteBinding(method: method, template: route.path.text)
      else { continue }
      if let first = claims[binding.shape] {
        reporter?.report(.bindCollision(route, with: first.flow.text, isOwn: first.flow == flow.name, first: first.path))
      } else {
        claims[binding.shape] = (route.path, flow.name)
      }
    }
  }
}
