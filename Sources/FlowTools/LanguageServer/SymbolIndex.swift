package import FlowLanguage

/// Where every name of a set of modules is declared and where it stands.
package struct SymbolIndex {
  /// By the path of the file, in the order of their places.
  private var occurrences: [String: [Occurrence]] = [:]
  private var declarations: [Symbol: SymbolDeclaration] = [:]
  private var links: [Symbol: Set<Symbol>] = [:]

  /// - Parameter modules: every module whose files may name what the others declare, each with its parsed files.
  package init(_ modules: [(name: String, trees: [SyntaxTree])]) {
    var collector = SymbolCollector(modules)
    collector.collect()
    declarations = collector.declarations
    links = collector.links
    occurrences = Dictionary(grouping: collector.occurrences, by: \.span.path)
      .mapValues { $0.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) } }
  }

  /// What stands at a byte of a file. A name still counts directly behind its last letter, where a cursor often is.
  package func occurrence(at offset: Int, of path: String) -> Occurrence? {
    occurrences[path]?.first { $0.span.start <= offset && offset <= $0.span.end }
  }

  package func declaration(of symbol: Symbol) -> SymbolDeclaration? { declarations[symbol] }

  /// The declaration, or those of a fragment that a step's line names: one in each flow that uses the step.
  package func declarations(of symbol: Symbol) -> [SymbolDeclaration] {
    if let declaration = declarations[symbol] { return [declaration] }
    return links[symbol, default: []].compactMap { declarations[$0] }.sorted { $0.symbol.scope < $1.symbol.scope }
  }

  /// A symbol, and all that have one name with it: renamed together or not at all.
  package func namesakes(of symbol: Symbol) -> Set<Symbol> {
    var found: Set<Symbol> = [symbol]
    var wanted = [symbol]
    while let next = wanted.popLast() {
      for other in links[next, default: []] where found.insert(other).inserted { wanted.append(other) }
    }
    return found
  }

  /// Every place of a symbol and of its namesakes, file after file.
  package func occurrences(of symbol: Symbol) -> [Occurrence] {
    let symbols = namesakes(of: symbol)
    return occurrences.keys.sorted().flatMap { path in occurrences[path, default: []].filter { symbols.contains($0.symbol) } }
  }

  package func occurrences(in path: String) -> [Occurrence] { occurrences[path] ?? [] }

  /// In the order of their names.
  package func declarations(where isWanted: (Symbol) -> Bool) -> [SymbolDeclaration] {
    declarations.values.filter { isWanted($0.symbol) }.sorted {
      ($0.symbol.name, $0.symbol.scope, $0.symbol.kind.rawValue) < ($1.symbol.name, $1.symbol.scope, $1.symbol.kind.rawValue)
    }
  }
}
