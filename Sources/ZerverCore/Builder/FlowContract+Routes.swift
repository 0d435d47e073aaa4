import ZerverCatalog

// Bound paths and response headers of a flow in Swift.

extension FlowContract {
  /// The paths that are in order.
  func routes(_ problems: inout [FlowProblem]) -> [RouteBinding] {
    bindings.compactMap { line in
      let binding: RouteBinding
      do throws(RouteBinding.Violation) {
        binding = try RouteBinding(method: line.method, template: line.path)
      } catch {
        problems.append(.bindPath(line.path, error, at: line.place))
        return nil
      }
      if let input, !input.isQuery, line.method.isSafe { problems.append(.bindMethod(line.method, at: line.place)) }
      for field in binding.fields { check(field, at: line.place, &problems) }
      return binding
    }
  }

  /// How the fields of the paths join the input.
  var pathInput: PathInputForm {
    guard let input, !input.isQuery else { return .query }
    let fields = Set(bindings.compactMap { try? RouteBinding(method: $0.method, template: $0.path) }.flatMap(\.fields))
    return .json(unquoted: fields.filter { !accepts("\"0\"", in: $0) }.sorted())
  }

  func checkHeaders(_ problems: inout [FlowProblem]) {
    var seen: [String: FlowPlace] = [:]
    for header in headers {
      let name = header.name.lowercased()
      let isToken = !name.isEmpty && name.utf8.allSatisfy { 0x21 <= $0 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
      if !isToken || ResponseHeader.ownedNames.contains(name) { problems.append(.headerName(header.name, isOwned: isToken, at: header.place)) }
      if let first = seen.updateValue(header.place, forKey: name) {
        problems.append(.duplicateHeader(header.name, at: header.place, first: first))
      }
      if header.template.isEmpty || !header.isPlain { problems.append(.headerText(at: header.place)) }
      if header.isNameless { problems.append(.headerField(header.name, at: header.place)) }
    }
  }

  // MARK: Fields

  private func check(_ field: String, at place: FlowPlace, _ problems: inout [FlowProblem]) {
    guard let input else { return problems.append(.bindWithoutInput(field, at: place)) }
    if input.isStream { return problems.append(.bindOfStream(field, at: place)) }
    if isUnknown(field) { return problems.append(.bindUnknownField(field, input: FlowTypeName(input.type).text, at: place)) }
    if input.isQuery { return }
    if accepts("null", in: field) { return problems.append(.bindOptionalField(field, at: place)) }
    if !["\"0\"", "0", "true"].contains(where: { accepts($0, in: field) }) {
      problems.append(.bindFieldType(field, at: place))
    }
  }

  /// The types of fields are gone at run time, but the decoder knows them: it is asked with a value that nobody has sent.
  private func isUnknown(_ field: String) -> Bool {
    guard let error = trial?(input?.isQuery == true ? "\(field)=0" : "{\"\(field)\":0}") else { return false }
    return error.code == .unknownField && error.field == field
  }

  private func accepts(_ json: String, in field: String) -> Bool {
    guard let error = trial?("{\"\(field)\":\(json)}") else { return true }
    // Whatever else it misses, it has read the field.
    return error.field != field || error.code == .constraintViolated
  }
}
