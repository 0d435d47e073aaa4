import ZerverCatalog

/// Checks the `header` lines of one flow, and resolves their templates against its output.
struct HeaderChecker {
  let checker: Checker
  let flow: FlowSyntax
  let output: ResolvedOutput?
  private var reporter: Reporter { checker.reporter }

  init(checker: Checker, flow: FlowSyntax, output: ResolvedOutput?) {
    self.checker = checker
    self.flow = flow
    self.output = output
  }

  func check() -> [ResolvedHeader] {
    var seen: [String: SourceSpan] = [:]
    return flow.headers.compactMap { header in
      let name = header.name.text.lowercased()
      if ResponseHeader.ownedNames.contains(name) { reporter.report(.ownedHeader(header.name)) }
      if let first = seen[name] { reporter.report(.duplicateMember(header.name, kind: "header field", first: first)) }
      seen[name] = header.name.span
      return parts(of: header).map { ResolvedHeader(name: name, parts: $0) }
    }
  }

  private func parts(of header: HeaderSyntax) -> [ResolvedHeader.Part]? {
    let text = header.template.value
    if text.isEmpty || text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value > 0x7E }) {
      reporter.report(.headerText(header.template.span))
      return nil
    }
    var parts: [ResolvedHeader.Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
        reporter.report(.headerBraces(header.template.span))
        return nil
      }
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let field = field(rest[rest.index(after: open)..<close], of: header) else { return nil }
      parts.append(field)
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }

  /// A field of the output by its path; `nil` when there is none, which is reported, or when it cannot be known.
  private func field(_ path: Substring, of header: HeaderSyntax) -> ResolvedHeader.Part? {
    let span = header.template.span
    let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(NameStyle.kebab.accepts) else {
      reporter.report(.headerBraces(span))
      return nil
    }
    guard case .json(var type)? = output else {
      if output != nil { reporter.report(.headerWithoutRecord(span, flow: flow)) }
      return nil
    }
    var fields: [ResolvedPathField] = []
    for name in names {
      guard case .record(let record)? = checker.declaration(of: type.wrapped) else {
        reporter.report(.headerFieldType(span, path: String(path), type: type))
        return nil
      }
      guard let field = record.field(name) else {
        if !record.isBroken {
          let candidates = record.fields.map { Candidate($0.syntax.name.text, $0.syntax.name.span) }
          reporter.report(.headerUnknownField(span, name: name, record: record, NearMatches.find(name, among: candidates)))
        }
        return nil
      }
      if field.isSensitive { reporter.report(.headerSensitiveField(span, field: field)) }
      guard let fieldType = field.type else { return nil }
      fields.append(ResolvedPathField(name: name, isOptional: fieldType.isOptional))
      type = fieldType
    }
    guard type.wrapped.isScalar else {
      reporter.report(.headerFieldType(span, path: String(path), type: type))
      return nil
    }
    return .field(fields, type)
  }
}
