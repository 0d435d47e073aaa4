import FlowLanguage

// The names inside a flow: its bindings, and what its plan says about steps, errors and fields.
extension SymbolCollector {
  /// The names that a block can read.
  private struct Names {
    let scope: Scope
    /// The scope that the block's own bindings are declared in, and that of the plan around a fragment.
    let own: String
    let outer: String?
    var types: [Symbol: ScopedType] = [:]

    func binding(_ name: String) -> Symbol? {
      let symbols = [own, outer].compactMap { $0 }.map { Symbol(kind: .binding, name: name, scope: $0) }
      return symbols.first { types[$0] != nil }
    }
  }

  mutating func refer(_ flow: FlowSyntax, _ symbol: Symbol, _ scope: Scope) {
    if let input = flow.input { refer(input.type, scope) }
    if let type = flow.output?.type { refer(type, scope) }
    if let successor = flow.successor { refer(successor, scope) }
    if let profile = flow.profile { refer(.profile, profile, scope) }
    for mapping in flow.errorMappings { refer(.error, mapping.error, scope) }
    for example in flow.examples { refer(example, of: flow, scope) }
    for route in flow.routes { refer(template: route.path.span, of: flow.input?.type, scope) }
    for header in flow.headers { refer(template: header.template.span, of: flow.output?.type, scope) }
    for fragment in flow.fragments { declare(.fragment, fragment.name, in: symbol.inner, [], "fragment \(fragment.name.text)") }
    var names = Names(scope: scope, own: symbol.inner, outer: nil)
    if let input = flow.input {
      let binding = Symbol(kind: .binding, name: "input", scope: symbol.inner)
      let type = ScopedType(syntax: input.type, scope: scope)
      names.types[binding] = type
      note(binding, input.type.span, [], "input: \(input.typeText)", type: type)
    }
    if let plan = flow.plan { walk(plan, of: symbol, &names) }
    for fragment in flow.fragments {
      var inside = Names(scope: scope, own: "\(symbol.inner)#\(fragment.name.text)", outer: symbol.inner, types: names.types)
      walk(fragment.body, of: symbol, &inside)
    }
  }

  /// A fragment outside a flow. Its parameters are what its plan may read.
  mutating func refer(_ fragment: FragmentDeclarationSyntax, _ scope: Scope) {
    let signature = fragment.signature
    if let output = signature.output { refer(output, scope) }
    for parameter in signature.parameters { refer(parameter.type, scope) }
    guard let symbol = find(.step, signature.name.text, scope) else { return }
    var names = Names(scope: scope, own: symbol.inner, outer: nil)
    for parameter in signature.parameters {
      let binding = Symbol(kind: .binding, name: parameter.name.text, scope: symbol.inner)
      let type = ScopedType(syntax: parameter.type, scope: scope)
      note(binding, parameter.name.span, [], "\(parameter.name.text): \(parameter.type.text)", type: type)
      add(binding, parameter.name.span, [], "\(parameter.name.text): \(parameter.type.text)")
      names.types[binding] = type
    }
    if let body = fragment.body { walk(body, of: symbol, &names) }
  }

  mutating func refer(_ reference: ReferenceSyntax, _ scope: Scope) {
    let name = "\(reference.version.text)/\(reference.slug.text)"
    if let symbol = find(.flow, name, scope) { refer(to: symbol, reference.slug.span) }
  }

  // MARK: Plans

  /// Names first, so that a reader above its writer is found, too.
  private mutating func walk(_ block: BlockSyntax, of flow: Symbol, _ names: inout Names) {
    declareBindings(of: block, &names)
    refer(block, of: flow, &names)
  }

  private mutating func declareBindings(of block: BlockSyntax, _ names: inout Names) {
    for statement in block.statements {
      switch statement {
      case .use(let use):
        if let name = use.binding { bind(name, output(ofStep: use.step.text, names.scope), "\(use.step.text)(…)", &names) }
      case .parallel(let parallel): for branch in parallel.branches { declareBindings(of: branch, &names) }
      case .when(let when):
        declareBindings(of: when.then, &names)
        if let otherwise = when.otherwise { declareBindings(of: otherwise, &names) }
      case .choose(let choose):
        for arm in choose.arms { declareBindings(of: arm.body, &names) }
        if let otherwise = choose.otherwise { declareBindings(of: otherwise, &names) }
      case .forEach(let loop):
        bind(loop.element, type(of: loop.list, names).flatMap(element), "an element of \(loop.list.text)", &names)
        declareBindings(of: loop.body, &names)
        if let name = loop.binding { bind(name, nil, "the values of every round", &names) }
      case .broken(let name, _): if let name { bind(name, nil, "…", &names) }
      }
    }
  }

  private mutating func bind(_ name: NameSyntax, _ type: ScopedType?, _ what: String, _ names: inout Names) {
    let detail = type.map { "\(name.text): \($0.syntax.text) = \(what)" } ?? "\(name.text) = \(what)"
    let symbol = Symbol(kind: .binding, name: name.text, scope: names.own)
    note(symbol, name.span, [], detail, type: type)
    add(symbol, name.span, [], detail)
    // A type that is not known has no fields, but the name can be found.
    names.types[symbol] = type ?? ScopedType(syntax: .named(name), scope: Scope(module: "", uses: []))
  }

  private mutating func refer(_ block: BlockSyntax, of flow: Symbol, _ names: inout Names) {
    for statement in block.statements {
      switch statement {
      case .use(let use): refer(use, of: flow, names)
      case .parallel(let parallel): for branch in parallel.branches { refer(branch, of: flow, &names) }
      case .when(let when): refer(when, of: flow, &names)
      case .choose(let choose):
        refer(choose.value, names)
        let type = type(of: choose.value, names)
        for arm in choose.arms {
          for name in arm.cases { refer(caseNamed: name, of: type) }
          refer(arm.body, of: flow, &names)
        }
        if let otherwise = choose.otherwise { refer(otherwise, of: flow, &names) }
      case .forEach(let loop):
        refer(loop.list, names)
        refer(loop.body, of: flow, &names)
      case .broken: break
      }
    }
  }

  private mutating func refer(_ use: UseSyntax, of flow: Symbol, _ names: Names) {
    refer(use.call, names)
    link(fragmentsOf: use.step, to: flow, names.scope)
    if case .step(let call)? = use.modifiers.fallback?.kind { refer(call, names) }
    if let undo = use.modifiers.undo { refer(undo.call, names) }
    for handler in use.modifiers.handlers {
      refer(.error, handler.error, names.scope)
      if case .fragment(let name) = handler.target { refer(fragment: name, of: flow) }
    }
  }

  private mutating func refer(_ call: CallSyntax, _ names: Names) {
    refer(.step, call.step, names.scope)
    for path in call.arguments { refer(path, names) }
  }

  private mutating func refer(fragment name: NameSyntax, of flow: Symbol) {
    let symbol = Symbol(kind: .fragment, name: name.text, scope: flow.inner)
    if declarations[symbol] != nil { refer(to: symbol, name.span) }
  }

  private mutating func refer(_ when: WhenSyntax, of flow: Symbol, _ names: inout Names) {
    switch when.condition {
    case .flag(let path), .exists(let path): refer(path, names)
    case .isCase(let path, let name):
      refer(path, names)
      refer(caseNamed: name, of: type(of: path, names))
    }
    refer(when.then, of: flow, &names)
    if let otherwise = when.otherwise { refer(otherwise, of: flow, &names) }
  }

  private mutating func refer(_ path: PathSyntax, _ names: Names) {
    guard let symbol = names.binding(path.root.text) else { return }
    refer(to: symbol, path.root.span)
    var type = names.types[symbol]
    for name in path.fields {
      guard let owner = type, let field = field(name.text, of: owner) else { return }
      refer(to: field.symbol, name.span)
      type = field.type
    }
  }

  // MARK: Types

  private func type(of path: PathSyntax, _ names: Names) -> ScopedType? {
    guard let symbol = names.binding(path.root.text) else { return nil }
    return path.fields.reduce(names.types[symbol]) { type, name in type.flatMap { field(name.text, of: $0)?.type } }
  }
}

extension OutputSyntax {
  /// The declared type of the answer, when there is one.
  var type: TypeSyntax? {
    if case .json(let type) = kind { type } else { nil }
  }
}
