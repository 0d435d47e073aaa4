import FlowLanguage
import ZerverCatalog

/// Walks the syntax of all modules and says what each name means. It follows the rules of the checker, but never gives up:
/// a name that means nothing is left out, and everything around it is still found.
struct SymbolCollector {
  /// What the names of one file can mean.
  struct Scope {
    let module: String
    let uses: [String]
    /// The module itself first: its declarations win.
    var modules: [String] { [module] + uses }
  }

  /// A type as it is written somewhere.
  struct ScopedType {
    let syntax: TypeSyntax
    let scope: Scope
  }

  let modules: [(name: String, trees: [SyntaxTree])]
  private(set) var declarations: [Symbol: SymbolDeclaration] = [:]
  private(set) var occurrences: [Occurrence] = []
  /// Symbols that are declared apart and have one name by agreement.
  private(set) var links: [Symbol: Set<Symbol>] = [:]

  private var types: [String: Symbol] = [:]
  private var named: [Symbol.Kind: [String: Symbol]] = [:]
  private var fields: [Symbol: (type: TypeSyntax, scope: Scope)] = [:]
  private var steps: [Symbol: (syntax: StepSyntax, scope: Scope)] = [:]

  init(_ modules: [(name: String, trees: [SyntaxTree])]) { self.modules = modules }

  mutating func collect() {
    for module in modules {
      for tree in module.trees { declare(tree, Scope(module: module.name, uses: tree.uses.map(\.text))) }
    }
    resolveFieldTypes()
    for module in modules {
      for tree in module.trees { refer(tree, Scope(module: module.name, uses: tree.uses.map(\.text))) }
    }
  }

  // MARK: Declarations

  private mutating func declare(_ tree: SyntaxTree, _ scope: Scope) {
    for record in tree.records {
      let symbol = declareType(.record, record.name, scope, record.documentation, Self.detail(record))
      for field in record.fields { declare(field, of: symbol, scope) }
    }
    for newtype in tree.newtypes {
      declareType(.newtype, newtype.name, scope, newtype.documentation, Self.line(of: newtype.name.span))
    }
    for enumeration in tree.enums {
      let cases = enumeration.cases.map(\.text).joined(separator: ", ")
      let symbol = declareType(
        .enumeration, enumeration.name, scope, enumeration.documentation, "enum \(enumeration.name.text) { \(cases) }")
      for name in enumeration.cases { declare(.enumCase, name, in: symbol.inner, [], "case \(name.text)") }
    }
    for name in tree.externs { declareType(.extern, name, scope, [], "extern type \(name.text)") }
    for error in tree.errors {
      let fields = error.fields.map { "\($0.name.text): \($0.type.text)" }.joined(separator: "  ")
      let detail = "error \(error.name.text)" + (fields.isEmpty ? "" : " { \(fields) }")
      let symbol = declareNamed(.error, error.name, scope, error.documentation, detail)
      for field in error.fields { declare(field, of: symbol, scope) }
    }
    for step in tree.steps {
      let symbol = declareNamed(.step, step.name, scope, step.documentation, Self.detail(step))
      steps[symbol] = (step, scope)
      for parameter in step.parameters {
        declare(.parameter, parameter.name, in: symbol.inner, [], "\(parameter.name.text): \(parameter.typeText)")
      }
    }
    for fragment in tree.fragments {
      // A plan uses it like a step, so that the two share their names.
      let signature = fragment.signature
      let symbol = declareNamed(
        .step, signature.name, scope, signature.documentation, Self.detail(signature, called: "fragment"))
      steps[symbol] = (signature, scope)
    }
    for fixture in tree.fixtures {
      let type = fixture.type.map { ": \($0.text)" } ?? ""
      declareNamed(.fixture, fixture.name, scope, fixture.documentation, "fixture \(fixture.name.text)\(type)")
    }
    for profile in tree.profiles {
      declareNamed(.profile, profile.name, scope, profile.documentation, "profile \(profile.name.text)")
    }
    for flow in tree.flows {
      guard let name = Self.qualified(flow.name, in: tree.file) else { continue }
      let symbol = Symbol(kind: .flow, name: name, scope: scope.module)
      named[.flow, default: [:]]["\(scope.module).\(name)"] = symbol
      add(symbol, flow.name.span, flow.documentation, Self.detail(flow, name))
    }
  }

  @discardableResult
  private mutating func declareType(
    _ kind: Symbol.Kind, _ name: NameSyntax, _ scope: Scope, _ documentation: [String], _ detail: String
  ) -> Symbol {
    let symbol = declare(kind, name, in: scope.module, documentation, detail)
    types["\(scope.module).\(name.text)"] = symbol
    return symbol
  }

  @discardableResult
  private mutating func declareNamed(
    _ kind: Symbol.Kind, _ name: NameSyntax, _ scope: Scope, _ documentation: [String], _ detail: String
  ) -> Symbol {
    let symbol = declare(kind, name, in: scope.module, documentation, detail)
    named[kind, default: [:]]["\(scope.module).\(name.text)"] = symbol
    return symbol
  }

  private mutating func declare(_ field: FieldSyntax, of owner: Symbol, _ scope: Scope) {
    let symbol = Symbol(kind: .field, name: field.name.text, scope: owner.inner)
    fields[symbol] = (field.type, scope)
    add(symbol, field.name.span, field.documentation, "\(field.name.text): \(Self.rest(of: field))")
  }

  @discardableResult
  mutating func declare(
    _ kind: Symbol.Kind, _ name: NameSyntax, in scope: String, _ documentation: [String], _ detail: String
  ) -> Symbol {
    let symbol = Symbol(kind: kind, name: name.text, scope: scope)
    add(symbol, name.span, documentation, detail)
    return symbol
  }

  mutating func add(_ symbol: Symbol, _ span: SourceSpan, _ documentation: [String], _ detail: String) {
    note(symbol, span, documentation, detail, type: nil)
    occurrences.append(Occurrence(symbol: symbol, span: span, isDeclaration: true))
  }

  /// The first declaration of a name counts; the checker reports the others.
  mutating func note(
    _ symbol: Symbol, _ span: SourceSpan, _ documentation: [String], _ detail: String, type: ScopedType?
  ) {
    guard declarations[symbol] == nil else { return }
    declarations[symbol] = SymbolDeclaration(
      symbol: symbol, name: span, detail: detail, documentation: documentation,
      type: type.flatMap { self.symbol(of: $0) })
  }

  /// The types of fields are known when every type is.
  private mutating func resolveFieldTypes() {
    for (symbol, field) in fields {
      guard let declaration = declarations[symbol] else { continue }
      declarations[symbol] = SymbolDeclaration(
        symbol: symbol, name: declaration.name, detail: declaration.detail, documentation: declaration.documentation,
        type: self.symbol(of: ScopedType(syntax: field.type, scope: field.scope)))
    }
  }

  /// `v2/checkout-cart`: the version is the nearest folder that looks like one.
  static func qualified(_ slug: NameSyntax, in file: SourceFile) -> String? {
    let folders = file.path.split(separator: "/").dropLast()
    guard let version = folders.reversed().lazy.compactMap({ FlowVersion(text: $0) }).first else { return nil }
    return "\(version)/\(slug.text)"
  }

  // MARK: References outside plans

  private mutating func refer(_ tree: SyntaxTree, _ scope: Scope) {
    for name in tree.uses where modules.contains(where: { $0.name == name.text }) {
      refer(to: Symbol(kind: .module, name: name.text, scope: ""), name.span)
    }
    for record in tree.records { for field in record.fields { refer(field, scope) } }
    for newtype in tree.newtypes { if let wrapped = newtype.wrapped { refer(wrapped, scope) } }
    for error in tree.errors { for field in error.fields { refer(field, scope) } }
    for step in tree.steps {
      for parameter in step.parameters { refer(parameter.type, scope) }
      if let output = step.output { refer(output, scope) }
      for name in step.fails { refer(.error, name, scope) }
      for name in step.fragments { refer(to: fragment(name, of: step, scope.module), name.span) }
    }
    for fragment in tree.fragments { refer(fragment, scope) }
    for fixture in tree.fixtures {
      if let type = fixture.type { refer(type, scope) }
      if let value = fixture.value { refer(value, as: fixture.type.map { ScopedType(syntax: $0, scope: scope) }, scope) }
    }
    for tombstone in tree.tombstones { if let successor = tombstone.successor { refer(successor, scope) } }
    for flow in tree.flows {
      guard let name = Self.qualified(flow.name, in: tree.file) else { continue }
      refer(flow, Symbol(kind: .flow, name: name, scope: scope.module), scope)
    }
  }

  private mutating func refer(_ field: FieldSyntax, _ scope: Scope) {
    refer(field.type, scope)
    if case .word(let name)? = field.defaultValue { refer(caseNamed: name, of: ScopedType(syntax: field.type, scope: scope)) }
  }

  mutating func refer(_ type: TypeSyntax, _ scope: Scope) {
    switch type {
    case .named(let name): if let symbol = self.type(name.text, scope) { refer(to: symbol, name.span) }
    case .list(let inner, _), .map(let inner, _), .optional(let inner, _): refer(inner, scope)
    }
  }

  mutating func refer(_ kind: Symbol.Kind, _ name: NameSyntax, _ scope: Scope) {
    if let symbol = find(kind, name.text, scope) { refer(to: symbol, name.span) }
  }

  mutating func refer(to symbol: Symbol, _ span: SourceSpan) {
    occurrences.append(Occurrence(symbol: symbol, span: span, isDeclaration: false))
  }

  mutating func refer(caseNamed name: NameSyntax, of type: ScopedType?) {
    guard let type, let symbol = symbol(of: type), symbol.kind == .enumeration else { return }
    let found = Symbol(kind: .enumCase, name: name.text, scope: symbol.inner)
    if declarations[found] != nil { refer(to: found, name.span) }
  }

  // MARK: Questions

  func type(_ name: String, _ scope: Scope) -> Symbol? {
    scope.modules.lazy.compactMap { types["\($0).\(name)"] }.first
  }

  func find(_ kind: Symbol.Kind, _ name: String, _ scope: Scope) -> Symbol? {
    scope.modules.lazy.compactMap { named[kind]?["\($0).\(name)"] }.first
  }

  /// What a step writes.
  func output(ofStep name: String, _ scope: Scope) -> ScopedType? {
    guard let symbol = find(.step, name, scope), let step = steps[symbol], let output = step.syntax.output else { return nil }
    return ScopedType(syntax: output, scope: step.scope)
  }

  /// The declared type that a type is, lists and options taken off.
  func symbol(of type: ScopedType) -> Symbol? {
    switch type.syntax {
    case .named(let name): self.type(name.text, type.scope)
    case .optional(let inner, _): symbol(of: ScopedType(syntax: inner, scope: type.scope))
    case .list, .map: nil
    }
  }

  func field(_ name: String, of type: ScopedType) -> (symbol: Symbol, type: ScopedType)? {
    symbol(of: type).flatMap { field(name, in: $0) }
  }

  /// A field of a record or of an error.
  func field(_ name: String, in owner: Symbol) -> (symbol: Symbol, type: ScopedType)? {
    let symbol = Symbol(kind: .field, name: name, scope: owner.inner)
    return fields[symbol].map { (symbol, ScopedType(syntax: $0.type, scope: $0.scope)) }
  }

  /// What the elements of a list or the values of a map are.
  func element(of type: ScopedType) -> ScopedType? {
    switch type.syntax {
    case .list(let inner, _), .map(let inner, _): ScopedType(syntax: inner, scope: type.scope)
    case .optional(let inner, _): element(of: ScopedType(syntax: inner, scope: type.scope))
    case .named: nil
    }
  }

  /// The name of a fragment as a step's line has it: the flows that use the step declare the fragment.
  private func fragment(_ name: NameSyntax, of step: StepSyntax, _ module: String) -> Symbol {
    Symbol(kind: .fragment, name: name.text, scope: Symbol(kind: .step, name: step.name.text, scope: module).inner)
  }

  /// The fragments of a flow, and what a step that it uses says about them, have one name.
  mutating func link(fragmentsOf name: NameSyntax, to flow: Symbol, _ scope: Scope) {
    guard let symbol = find(.step, name.text, scope), let step = steps[symbol] else { return }
    for name in step.syntax.fragments {
      let declared = Symbol(kind: .fragment, name: name.text, scope: flow.inner)
      guard declarations[declared] != nil else { continue }
      let chosen = fragment(name, of: step.syntax, symbol.scope)
      links[declared, default: []].insert(chosen)
      links[chosen, default: []].insert(declared)
    }
  }

  // MARK: Details

  private static func line(of span: SourceSpan) -> String {
    let text = span.file.text(span.file.range(ofLine: span.line))
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func detail(_ record: RecordSyntax) -> String {
    if record.fields.isEmpty { return "record \(record.name.text) { }" }
    let fields = record.fields.map { "  \($0.name.text): \(rest(of: $0))" }
    return "record \(record.name.text) {\n\(fields.joined(separator: "\n"))\n}"
  }

  /// The type, and what limits it.
  private static func rest(of field: FieldSyntax) -> String {
    var words = [field.type.text] + field.constraints.map { $0.span.text }
    if field.isSensitive { words.append("sensitive") }
    if let value = field.defaultValue { words.append("= \(value.span.text)") }
    return words.joined(separator: " ")
  }

  private static func detail(_ step: StepSyntax, called kind: String = "step") -> String {
    let parameters = step.parameters.map { "\($0.name.text): \($0.typeText)" }.joined(separator: ", ")
    var text = "\(kind) \(step.name.text)(\(parameters))"
    if let output = step.output { text += step.stream == nil ? " -> \(output.text)" : " -> stream \(output.text)" }
    func add(_ word: String, _ names: [NameSyntax]) {
      if !names.isEmpty { text += "  \(word) \(names.map(\.text).joined(separator: ", "))" }
    }
    add("needs", step.needs)
    if step.safe != nil { text += "  safe" }
    if step.idempotent != nil { text += "  idempotent" }
    if step.cooperative != nil { text += "  cooperative" }
    add("fails", step.fails)
    add("may insert", step.mayInsert)
    add("may replace", step.mayReplace)
    return text
  }

  private static func detail(_ flow: FlowSyntax, _ name: String) -> String {
    var text = "\(flow.method?.text ?? "?") /flow/\(name)"
    if let input = flow.input { text += "  input \(input.typeText)" }
    if let output = flow.output { text += "  output \(output.span.text)" }
    if let owner = flow.owner { text += "  owner \(owner.text)" }
    return text
  }
}

extension ParameterSyntax {
  var typeText: String { stream == nil ? type.text : "stream \(type.text)" }
}

extension InputSyntax {
  /// Of everything that a request sends: of a stream, the list of its elements.
  var wholeType: TypeSyntax { stream == nil ? type : .list(type, type.span) }
  var typeText: String { stream == nil ? type.text : "stream \(type.text)" }
}

extension StepSyntax {
  fileprivate var fragments: [NameSyntax] { mayInsert + mayReplace }
}

extension TypeSyntax {
  /// As the source writes it.
  var text: String { span.text }
}
