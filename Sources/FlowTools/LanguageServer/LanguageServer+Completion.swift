import FlowLanguage

// What may be written at a place.
extension LanguageServer {
  func completion(_ place: Place) -> JSONValue {
    let file = place.file
    let start = wordStart(place)
    let context = CompletionContext(Lexer.lex(file).tokens, of: file, at: start)
    let span = SourceSpan(file: file, start: start, end: place.offset)
    return .members(["isIncomplete": false, "items": .array(items(context, place).map { $0.json(replacing: range(span)) })])
  }

  /// Where the word begins that the cursor stands in or behind.
  private func wordStart(_ place: Place) -> Int {
    var start = place.offset
    while start > 0, Self.isWordByte(place.file.bytes[start - 1]) { start -= 1 }
    return start
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "-")
  }

  private func items(_ context: CompletionContext, _ place: Place) -> [CompletionItem] {
    switch context {
    case .declaration: keywords(Parser.declarationWords)
    case .property: keywords(Parser.propertyWords)
    case .constraint: keywords(Parser.constraintWords)
    case .stepAttribute: keywords(Parser.stepWords)
    case .modifier: keywords(Parser.modifierWords)
    case .exampleLine: keywords(Parser.exampleWords)
    case .words(let words): keywords(words)
    case .module: place.workspace.modules.map { CompletionItem(label: $0.name, kind: .module) }
    case .type:
      keywords(["string", "int", "float", "bool"])
        + visible([.record, .newtype, .enumeration, .extern], place).map { CompletionItem($0) }
    case .error: visible([.error], place).map { CompletionItem($0) }
    case .step: steps(place)
    case .statement: keywords(Parser.statementWords) + steps(place)
    case .value: bindings(place)
    case .field(let path): fields(of: path, place)
    case .profile: keywords(["interactive", "default", "batch"]) + visible([.profile], place).map { CompletionItem($0) }
    case .flowReference: visible([.flow], place).map { CompletionItem($0) }
    case .nothing: []
    }
  }

  private func keywords(_ words: [String]) -> [CompletionItem] { words.map { CompletionItem(label: $0, kind: .keyword) } }

  /// The declarations of the module and of the modules that the file uses.
  private func visible(_ kinds: Set<Symbol.Kind>, _ place: Place) -> [SymbolDeclaration] {
    let own = place.workspace.module(ofFile: place.file.path)?.name
    let scopes = Set(FlowCompiler.usedModules(place.file) + [own ?? ""])
    return place.workspace.index.declarations { kinds.contains($0.kind) && scopes.contains($0.scope) }
  }

  private func steps(_ place: Place) -> [CompletionItem] { visible([.step], place).map { CompletionItem($0) } }

  /// The bindings of the flow in this file, fragments included.
  private func bindings(_ place: Place) -> [CompletionItem] { flowBindings(place).map { CompletionItem($0) } }

  private func flowBindings(_ place: Place) -> [SymbolDeclaration] {
    let flows = place.workspace.index.occurrences(in: place.file.path).filter { $0.isDeclaration && $0.symbol.kind == .flow }
    // One flow stands in one file; in a file with several, the last one that begins before the cursor.
    guard let flow = flows.last(where: { $0.span.start <= place.offset })?.symbol else { return [] }
    return place.workspace.index.declarations {
      $0.kind == .binding && ($0.scope == flow.inner || $0.scope.hasPrefix(flow.inner + "#"))
    }
  }

  private func fields(of path: [String], _ place: Place) -> [CompletionItem] {
    guard let root = path.first else { return [] }
    var type = flowBindings(place).first { $0.symbol.name == root }?.type
    for name in path.dropFirst() {
      type = type.flatMap { place.workspace.index.declaration(of: Symbol(kind: .field, name: name, scope: $0.inner))?.type }
    }
    guard let type else { return [] }
    return place.workspace.index.declarations { $0.kind == .field && $0.scope == type.inner }.map { CompletionItem($0) }
  }
}

private struct CompletionItem {
  /// `CompletionItemKind` of the protocol.
  enum Kind: Int {
    case function = 3
    case field = 5
    case variable = 6
    case module = 9
    case enumeration = 13
    case keyword = 14
    case structure = 22
    case event = 23
    case value = 12
  }

  let label: String
  let kind: Kind
  var detail: String?
  var documentation: String?

  init(label: String, kind: Kind) {
    self.label = label
    self.kind = kind
  }

  init(_ declaration: SymbolDeclaration) {
    label = declaration.symbol.name
    detail = declaration.detail.split(separator: "\n").first.map(String.init)
    documentation = LanguageServer.markdown(declaration)
    kind =
      switch declaration.symbol.kind {
      case .step, .fragment: .function
      case .field, .enumCase: .field
      case .binding, .parameter, .fixture: .variable
      case .module: .module
      case .enumeration: .enumeration
      case .record, .newtype, .extern: .structure
      case .error: .event
      case .flow, .profile: .value
      }
  }

  func json(replacing range: JSONValue) -> JSONValue {
    var item = JSONValue.members([
      "label": .string(label), "kind": .int(kind.rawValue), "textEdit": .members(["range": range, "newText": .string(label)]),
    ])
    item.add("detail", detail.map(JSONValue.string))
    item.add("documentation", documentation.map { .members(["kind": "markdown", "value": .string($0)]) })
    return item
  }
}
