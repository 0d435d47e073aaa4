import FlowLanguage

// What the server says about a place.
extension LanguageServer {
  // MARK: Hover

  func hover(_ place: Place) -> JSONValue {
    let index = place.workspace.index
    guard let occurrence = index.occurrence(at: place.offset, of: place.file.path),
      let declaration = index.declarations(of: occurrence.symbol).first
    else { return .null }
    return .members([
      "contents": .members(["kind": "markdown", "value": .string(Self.markdown(declaration))]),
      "range": range(occurrence.span),
    ])
  }

  static func markdown(_ declaration: SymbolDeclaration) -> String {
    let symbol = declaration.symbol
    var text = "```flow\n\(declaration.detail)\n```"
    if !declaration.documentation.isEmpty { text += "\n\n" + declaration.documentation.joined(separator: "\n") }
    switch symbol.kind {
    case .binding, .parameter, .field, .enumCase, .fragment: break
    case .module, .record, .newtype, .enumeration, .extern, .error, .step, .flow, .fixture, .profile:
      text += "\n\n\(symbol.kind.word) of module `\(symbol.scope)`"
    }
    return text
  }

  // MARK: Definitions and references

  /// The declaration in the `.flow` file. A step's own line leads on to the Swift type that implements it.
  func definition(_ place: Place) -> JSONValue {
    let index = place.workspace.index
    guard let occurrence = index.occurrence(at: place.offset, of: place.file.path) else { return .null }
    let symbol = occurrence.symbol
    if occurrence.isDeclaration, symbol.kind == .step || symbol.kind == .extern { return implementation(place) }
    var places = index.declarations(of: symbol).map { location($0.name) }
    if symbol.kind == .step { places += swiftTypes(of: symbol, place) }
    return .array(places)
  }

  func implementation(_ place: Place) -> JSONValue {
    guard let symbol = place.workspace.index.occurrence(at: place.offset, of: place.file.path)?.symbol else { return .null }
    return .array(swiftTypes(of: symbol, place))
  }

  private func swiftTypes(of symbol: Symbol, _ place: Place) -> [JSONValue] {
    let name: String
    switch symbol.kind {
    case .step: name = SwiftNames.type(symbol.name)
    case .extern: name = symbol.name
    default: return []
    }
    return host.swiftFiles(ofModule: symbol.scope, around: place.file.path).flatMap { file in
      SwiftDeclarations.named(name, in: file).map(location)
    }
  }

  func references(_ place: Place, includingDeclaration: Bool) -> JSONValue {
    let index = place.workspace.index
    guard let symbol = index.occurrence(at: place.offset, of: place.file.path)?.symbol else { return .array([]) }
    let found = index.occurrences(of: symbol).filter { includingDeclaration || !$0.isDeclaration }
    return .array(found.map { location($0.span) })
  }

  // MARK: Symbols

  func documentSymbols(_ place: Place) -> JSONValue {
    let found = place.workspace.index.occurrences(in: place.file.path).filter(\.isDeclaration)
    return .array(
      found.filter { $0.symbol.kind != .parameter }.map { occurrence in
        let detail = place.workspace.index.declaration(of: occurrence.symbol)?.detail ?? ""
        return .members([
          "name": .string(occurrence.symbol.name), "kind": .int(occurrence.symbol.kind.protocolNumber),
          "detail": .string(detail.split(separator: "\n").first.map(String.init) ?? ""), "range": range(occurrence.span),
          "selectionRange": range(occurrence.span),
        ])
      })
  }

  // MARK: Formatting

  func formatting(_ place: Place) -> JSONValue {
    guard case .formatted(let text) = FlowFormatter.format(place.file), Array(text.utf8) != place.file.bytes else {
      return .array([])
    }
    let whole = SourceSpan(file: place.file, start: 0, end: place.file.bytes.count)
    return .array([edit(whole, text)])
  }

  // MARK: Quick fixes

  func codeActions(_ place: Place, range wanted: JSONValue?) -> JSONValue {
    let file = place.file
    let start = offset(wanted?["start"], in: file) ?? 0
    let end = offset(wanted?["end"], in: file) ?? file.bytes.count
    return .array(
      published[file.path, default: []].compactMap { diagnostic in
        guard let fix = diagnostic.fix, diagnostic.span.start <= end, start <= diagnostic.span.end else { return nil }
        return .members([
          "title": .string(Self.sentence(fix.title)), "kind": "quickfix", "isPreferred": true,
          "diagnostics": .array([item(diagnostic)]),
          "edit": .members([
            "changes": .object([.init(FileURI.uri(fix.span.path), .array([edit(fix.span, fix.replacement)]))])
          ]),
        ])
      })
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  // MARK: Parts of messages

  func item(_ diagnostic: Diagnostic) -> JSONValue {
    var message = diagnostic.title + "\n\n" + diagnostic.explanation
    if let hint = diagnostic.hint { message += "\n\nHint: \(hint)" }
    var item = JSONValue.members([
      "range": range(diagnostic.span), "severity": .int(diagnostic.severity == .error ? 1 : 2),
      "code": .string(diagnostic.code.rawValue), "source": "route-gen", "message": .string(message),
    ])
    if !diagnostic.related.isEmpty {
      item.add(
        "relatedInformation",
        .array(
          diagnostic.related.map { .members(["location": location($0.span), "message": .string($0.label)]) }))
    }
    // Greyed out rather than underlined, where the client can.
    switch diagnostic.code {
    case .unusedBinding, .unusedFragment, .unreachable: item.add("tags", [1])
    default: break
    }
    return item
  }

  func location(_ span: SourceSpan) -> JSONValue {
    .members(["uri": .string(FileURI.uri(span.path)), "range": range(span)])
  }

  func range(_ span: SourceSpan) -> JSONValue {
    .members(["start": position(span.start, span.file), "end": position(span.end, span.file)])
  }

  func edit(_ span: SourceSpan, _ text: String) -> JSONValue {
    .members(["range": range(span), "newText": .string(text)])
  }

  private func position(_ offset: Int, _ file: SourceFile) -> JSONValue {
    let position = file.position(of: offset, encoding)
    return .members(["line": .int(position.line), "character": .int(position.character)])
  }
}

extension Symbol.Kind {
  /// `SymbolKind` of the protocol.
  var protocolNumber: Int {
    switch self {
    case .module: 2
    case .record, .newtype, .extern: 23
    case .enumeration: 10
    case .enumCase: 22
    case .field: 8
    case .error: 24
    case .step: 12
    case .parameter, .binding: 13
    case .flow: 11
    case .fragment: 6
    case .fixture, .profile: 14
    }
  }
}
