import FlowLanguage

// The names in values that are written out and in templates: fixtures, and the fields and cases of the types around them.
extension SymbolCollector {
  /// - Parameter type: what it is a value of; `nil` when that is not known.
  mutating func refer(_ value: ValueSyntax, as type: ScopedType?, _ scope: Scope) {
    switch value {
    case .fixture(let name, _): refer(.fixture, name, scope)
    case .word(let name): refer(caseNamed: name, of: type)
    case .list(let elements, _): for element in elements { refer(element, as: type.flatMap(self.element), scope) }
    case .object(let object):
      refer(object, of: type.flatMap(symbol), values: type.flatMap(element), scope)
    case .string, .number: break
    }
  }

  /// - Parameters:
  ///   - owner: the record or the error that the members are fields of.
  ///   - values: of a map, which has no fields.
  private mutating func refer(_ object: ObjectSyntax, of owner: Symbol?, values: ScopedType? = nil, _ scope: Scope) {
    for member in object.members {
      let field = owner.flatMap { self.field(member.name.text, in: $0) }
      if let field { refer(to: field.symbol, member.name.unquotedSpan) }
      refer(member.value, as: field?.type ?? values, scope)
    }
  }

  mutating func refer(_ example: ExampleSyntax, of flow: FlowSyntax, _ scope: Scope) {
    func scoped(_ type: TypeSyntax?) -> ScopedType? { type.map { ScopedType(syntax: $0, scope: scope) } }
    if let input = example.input { refer(input, as: scoped(flow.input?.wholeType), scope) }
    for given in example.givens {
      refer(.step, given.step, scope)
      switch given.kind {
      case .value(let value): refer(value, as: output(ofStep: given.step.text, scope), scope)
      case .passes: break
      case .fails(let error, let fields): refer(error, fields, input: nil, scope)
      }
    }
    guard let expectation = example.expectation else { return }
    if let error = expectation.error { return refer(error, expectation.body, input: scoped(flow.input?.type), scope) }
    if let body = expectation.body { refer(body, as: expectation.status.value < 400 ? scoped(flow.output?.type) : nil, scope) }
  }

  /// - Parameter input: what a problem of the framework may name a field of.
  private mutating func refer(_ error: NameSyntax, _ fields: ValueSyntax?, input: ScopedType?, _ scope: Scope) {
    refer(.error, error, scope)
    guard case .object(let object)? = fields else { return }
    if let error = find(.error, error.text, scope) { return refer(object, of: error, scope) }
    for member in object.members where member.name.text == "field" {
      if case .string(_, let span) = member.value { refer(path: span.start + 1..<span.end - 1, of: input, in: span.file) }
    }
  }

  /// The fields in braces: `/orders/{order-id}`, `{customer.name}`.
  mutating func refer(template span: SourceSpan, of type: TypeSyntax?, _ scope: Scope) {
    let bytes = span.file.bytes
    let type = type.map { ScopedType(syntax: $0, scope: scope) }
    var offset = span.start
    while let open = bytes[offset..<span.end].firstIndex(of: UInt8(ascii: "{")),
      let close = bytes[open..<span.end].firstIndex(of: UInt8(ascii: "}"))
    {
      refer(path: open + 1..<close, of: type, in: span.file)
      offset = close
    }
  }

  /// `customer.name`, or `lines[2].sku` as problems have it.
  private mutating func refer(path: Range<Int>, of type: ScopedType?, in file: SourceFile) {
    var type = type
    for part in file.bytes[path].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      let name = part.prefix { $0 != UInt8(ascii: "[") }
      guard let owner = type, let field = self.field(String(decoding: name, as: UTF8.self), of: owner) else { return }
      refer(to: field.symbol, SourceSpan(file: file, start: name.startIndex, end: name.endIndex))
      type = name.count < part.count ? element(of: field.type) : field.type
    }
  }
}

extension NameSyntax {
  /// A member's name may stand in quotes.
  fileprivate var unquotedSpan: SourceSpan {
    guard span.file.bytes[span.start] == UInt8(ascii: "\"") else { return span }
    return SourceSpan(file: span.file, start: span.start + 1, end: span.end - 1)
  }
}
