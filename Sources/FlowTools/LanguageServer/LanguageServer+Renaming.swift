import FlowLanguage

// Renaming, in `.flow` files and in the Swift beside them.
extension LanguageServer {
  func prepareRename(_ place: Place) throws(RequestFailure) -> JSONValue {
    let occurrence = try renamed(place)
    return .members(["range": range(occurrence.span), "placeholder": .string(occurrence.symbol.name)])
  }

  func rename(_ place: Place, to name: String) throws(RequestFailure) -> JSONValue {
    let occurrence = try renamed(place)
    let symbol = occurrence.symbol
    let style: NameStyle =
      switch symbol.kind {
      case .record, .newtype, .enumeration, .extern: .pascal
      default: .kebab
      }
    guard style.accepts(name) else { throw RequestFailure(.requestFailed, "\(name) is no name for this: \(style.hint)") }
    // Types of every kind share their names.
    let types: [Symbol.Kind] = [.record, .newtype, .enumeration, .extern]
    for kind in types.contains(symbol.kind) ? types : [symbol.kind] where name != symbol.name {
      for namesake in place.workspace.index.namesakes(of: symbol) {
        let taken = Symbol(kind: kind, name: name, scope: namesake.scope)
        if place.workspace.index.declaration(of: taken) != nil {
          throw RequestFailure(.requestFailed, "There is a \(kind.word) `\(name)` already.")
        }
      }
    }
    let edits = place.workspace.index.occurrences(of: symbol).map { ($0.span, name) } + (try swiftEdits(of: symbol, to: name, place))
    let files = Dictionary(grouping: edits, by: \.0.path)
    let changes = files.keys.sorted().map { path in
      JSONValue.Member(FileURI.uri(path), .array(files[path, default: []].map { edit($0.0, $0.1) }))
    }
    return .members(["changes": .object(changes)])
  }

  // MARK: Swift

  /// What has to change in the Swift of the modules that know the name: types by their whole names, and the labels of a
  /// step's functions. Fields, cases and errors are members in Swift, which only a Swift compiler can tell from others of the
  /// same name: there the next build points at what is left.
  private func swiftEdits(of symbol: Symbol, to name: String, _ place: Place) throws(RequestFailure) -> [(SourceSpan, String)] {
    switch symbol.kind {
    case .step:
      let types = [
        (SwiftNames.type(symbol.name), SwiftNames.type(name)),
        (SwiftNames.stepProtocol(symbol.name), SwiftNames.stepProtocol(name)),
      ]
      return try typeEdits(types, ofModule: symbol.scope, place)
    case .record, .newtype, .enumeration, .extern: return try typeEdits([(symbol.name, name)], ofModule: symbol.scope, place)
    case .parameter:
      // The scope of a parameter is its step: `CheckoutSteps.load-cart`.
      guard let dot = symbol.scope.firstIndex(of: ".") else { return [] }
      let type = SwiftNames.type(String(symbol.scope[symbol.scope.index(after: dot)...]))
      return swiftFiles(of: String(symbol.scope[..<dot]), place).flatMap { file in
        SwiftDeclarations.labels(SwiftNames.camel(symbol.name), ofFunctionsIn: type, file).map { label in
          // Inside the function the old name stays.
          (label.span, SwiftNames.label(name) + (label.isAlone ? " \(SwiftNames.member(symbol.name))" : ""))
        }
      }
    case .module, .field, .enumCase, .error, .flow, .binding, .fragment, .fixture, .profile: return []
    }
  }

  private func typeEdits(
    _ types: [(old: String, new: String)], ofModule module: String, _ place: Place
  ) throws(RequestFailure) -> [(SourceSpan, String)] {
    let workspace = place.workspace
    let users = workspace.modules.filter { user in
      user.name == module || workspace.dependencies(of: user).contains { $0.name == module }
    }
    var edits: [(SourceSpan, String)] = []
    for file in users.flatMap({ swiftFiles(of: $0.name, place) }) {
      for (old, new) in types where old != new {
        let places = SwiftDeclarations.mentions(of: old, in: file)
        if let taken = SwiftDeclarations.named(new, in: file).first {
          throw RequestFailure(.requestFailed, "There is a Swift type `\(new)` already: \(taken.path):\(taken.line).")
        }
        edits += places.map { ($0, new) }
      }
    }
    return edits
  }

  private func swiftFiles(of module: String, _ place: Place) -> [SourceFile] {
    host.swiftFiles(ofModule: module, around: place.file.path)
  }

  private func renamed(_ place: Place) throws(RequestFailure) -> Occurrence {
    guard let occurrence = place.workspace.index.occurrence(at: place.offset, of: place.file.path) else {
      throw RequestFailure(.requestFailed, "There is no name here that could be renamed.")
    }
    switch occurrence.symbol.kind {
    case .flow:
      throw RequestFailure(
        .requestFailed,
        "A slug is a promise to callers. Declare a new flow, and keep this one as its deprecated predecessor or as an alias.")
    case .module: throw RequestFailure(.requestFailed, "A module is renamed in Package.swift.")
    case .binding where occurrence.symbol.name == "input":
      throw RequestFailure(.requestFailed, "`input` is the language's own name for what a flow reads.")
    case .record, .newtype, .enumeration, .extern, .field, .enumCase, .error, .step, .parameter, .binding, .fragment,
      .fixture, .profile:
      return occurrence
    }
  }
}
