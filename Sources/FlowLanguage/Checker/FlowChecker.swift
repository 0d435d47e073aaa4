import ZerverCatalog

/// The third phase: the flows of the module, each by itself and all of them against each other.
struct FlowChecker {
  let checker: Checker
  let retiredNames: RetiredNamesChecker
  private let lifeCycle: LifeCycleChecker
  private var reporter: Reporter { checker.reporter }

  /// Everything about a flow that its own lines say, before others are looked at.
  private struct Entry {
    let syntax: FlowSyntax
    let scope: FileScope
    let version: FlowVersion?
  }

  init(checker: Checker) {
    self.checker = checker
    lifeCycle = LifeCycleChecker(checker: checker, references: Self.references(checker.main))
    retiredNames = RetiredNamesChecker(checker: checker, lifeCycle: lifeCycle)
  }

  private static func references(_ table: ModuleTable) -> FlowReferences {
    Dictionary(
      table.trees.flatMap { tree in
        tree.flows.compactMap { flow in version(of: tree).map { ("\($0)/\(flow.name.text)", flow) } }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// In the order of their versions and slugs.
  func check() -> [ResolvedFlow] {
    let entries = entries()
    checkPaths(entries)
    checkBindings(entries)
    let flows = entries.compactMap { resolve($0) }
    return flows.sorted { ($0.entry.version, $0.entry.slug) < ($1.entry.version, $1.entry.slug) }
  }

  // MARK: Files, versions and slugs

  private func entries() -> [Entry] {
    checker.main.trees.flatMap { tree -> [Entry] in
      if tree.flows.isEmpty { return [] }
      let scope = checker.scope(of: tree, in: checker.main)
      let version = Self.version(of: tree)
      if version == nil {
        reporter.report(.versionFolder(tree.flows[0].name, folder: Self.folders(of: tree).last.map(String.init)))
      }
      for flow in tree.flows.dropFirst() { reporter.report(.severalFlows(flow.name, first: tree.flows[0].name.span)) }
      for flow in tree.flows {
        checkSlug(flow.name)
        for finding in SlugQuality.findings(in: flow.name.text) { reporter.report(.slugQuality(flow.name, finding)) }
        if let version { retiredNames.check(flow, version: version) }
      }
      checkFileName(tree)
      return tree.flows.map { Entry(syntax: $0, scope: scope, version: version) }
    }
  }

  /// The nearest folder named `v<N>`.
  private static func version(of tree: SyntaxTree) -> FlowVersion? {
    folders(of: tree).reversed().lazy.compactMap { FlowVersion(text: $0) }.first
  }

  private static func folders(of tree: SyntaxTree) -> ArraySlice<Substring> { tree.file.path.split(separator: "/").dropLast() }

  private func checkFileName(_ tree: SyntaxTree) {
    let name = tree.flows[0].name
    let file = tree.file.path.split(separator: "/").last.map(String.init) ?? ""
    if file != name.text + ".flow" { reporter.report(.fileName(name, file: file)) }
  }

  private func checkSlug(_ name: NameSyntax) {
    if let violation = Slug.violation(of: name.text) { reporter.report(.slugShape(name, violation)) }
  }

  /// One path has one meaning: flows and aliases of a version share one list.
  private func checkPaths(_ entries: [Entry]) {
    var claims: [String: (name: NameSyntax, what: String)] = [:]
    for entry in entries {
      guard let version = entry.version else { continue }
      let path = "\(version)/\(entry.syntax.name.text)"
      if let first = claims[path] {
        reporter.report(.duplicateFlow(entry.syntax.name, version: version, first: first.name.span))
      } else {
        claims[path] = (entry.syntax.name, "the flow of that slug")
      }
    }
    for entry in entries {
      guard let version = entry.version else { continue }
      for alias in entry.syntax.aliases {
        checkSlug(alias.slug)
        let path = "\(version)/\(alias.slug.text)"
        if let first = claims[path] {
          reporter.report(.aliasCollision(alias.slug, version: version, with: first.what, first: first.name.span))
        } else {
          claims[path] = (alias.slug, "an alias of flow `\(entry.syntax.name.text)`")
        }
      }
    }
  }

  /// Those of other modules go first: they are there already.
  private func checkBindings(_ entries: [Entry]) {
    var table = BindingTable()
    let others = checker.modules.values.filter { $0 !== checker.main }.sorted { $0.name < $1.name }
    for flow in others.flatMap(\.trees).flatMap(\.flows) { table.add(flow, to: nil) }
    for entry in entries { table.add(entry.syntax, to: reporter) }
  }

  // MARK: One flow

  private func resolve(_ entry: Entry) -> ResolvedFlow? {
    let flow = entry.syntax
    checkRequired(flow)
    let method = flow.method.flatMap { word($0, role: "method", FlowMethod.allCases.map(\.rawValue)) }
      .flatMap(FlowMethod.init(rawValue:))
    let profile = flow.profile.flatMap { checker.profile($0, in: entry.scope) }
    let (deprecation, isExperimental) = lifeCycle.check(flow)
    let caller = CallerChecker(checker: checker, flow: flow)
    let input = input(of: flow, method: method, in: entry.scope)
    let output = output(of: flow, in: entry.scope)
    let bindings = BindingChecker(checker: checker, flow: flow, input: input)
    let routes = bindings.check()
    let headers = HeaderChecker(checker: checker, flow: flow, output: output?.output).check()
    let (tenantScope, requirements, idempotency) = (caller.tenantScope(), caller.requirements(), caller.idempotency())
    var plan = PlanChecker(checker: checker, scope: entry.scope, flow: flow, input: input, output: output?.output)
    plan.check()
    let resolvedProfile = profile ?? .default
    ResilienceChecker(reporter: reporter, flow: flow, profile: resolvedProfile).check(plan.nodes)
    let isOpen = flow.swiftPlan != nil || plan.usesSwiftFragment || plan.hasUnknownSteps
    let errors = ErrorMappingChecker(checker: checker, scope: entry.scope, flow: flow, isOpen: isOpen).check(plan.uses)
    let examples = ExampleChecker(
      checker: checker, scope: entry.scope, flow: flow, input: input, output: output?.output, status: output?.status ?? 200,
      errors: errors, handled: plan.nodes.flatMap(\.handledErrors), uses: plan.uses,
      steps: Set(plan.nodes.flatMap(\.steps)), hasUnknownSteps: plan.hasUnknownSteps
    ).check()
    SensitiveDataChecker(checker: checker, flow: flow, input: input, output: output?.output).check()
    guard let version = entry.version, let slug = try? Slug(flow.name.text), let method, let output else { return nil }
    let aliases = flow.aliases.compactMap { alias in
      (try? Slug(alias.slug.text)).map { Alias($0, mode: alias.serves ? .serve : .redirect) }
    }
    var catalogEntry = CatalogEntry(
      slug: slug, version: version, method: method, owner: flow.owner?.text ?? "", summary: Self.summary(flow.documentation),
      profile: resolvedProfile, deadlineNanoseconds: flow.deadline?.nanoseconds, deprecation: deprecation, aliases: aliases)
    catalogEntry.tags = tags(of: flow)
    catalogEntry.isExperimental = isExperimental
    catalogEntry.bindings = routes
    catalogEntry.tenantScope = tenantScope
    catalogEntry.requirements = requirements
    catalogEntry.idempotency = idempotency
    var resolved = ResolvedFlow(
      entry: catalogEntry, documentation: flow.documentation, input: input.resolved, output: output.output,
      outputStatus: output.status, errors: errors, bindings: plan.bindings, plan: plan.nodes,
      planSource: flow.swiftPlan.map { .swift($0.text) } ?? .flow, planSpan: flow.swiftPlan?.span, examples: examples,
      span: flow.name.span)
    resolved.headers = headers
    resolved.callerBinding = plan.callerSlot
    resolved.preconditionBinding = plan.preconditionSlot
    resolved.unquotedPathFields = input.isQuery ? [] : bindings.unquotedFields
    resolved.pathFieldTypes = bindings.fieldTypes
    return resolved
  }

  private func tags(of flow: FlowSyntax) -> [String] {
    checker.checkMembers(flow.tags, kind: "tag")
    return flow.tags.map(\.text)
  }

  /// The first paragraph, in one line.
  private static func summary(_ documentation: [String]) -> String {
    documentation.prefix { !$0.isEmpty }.joined(separator: " ")
  }

  private func checkRequired(_ flow: FlowSyntax) {
    // What could not be read may have been the missing property.
    if flow.isBroken { return }
    if flow.owner == nil {
      reporter.report(
        .missingProperty(
          flow.name, "owner", example: "owner payments", why: "Every flow names the team that answers for it."))
    }
    if flow.method == nil {
      reporter.report(
        .missingProperty(
          flow.name, "method", example: "method POST", why: "A flow answers to one method; `GET` brings `HEAD` with it."))
    }
    if flow.output == nil {
      reporter.report(
        .missingProperty(
          flow.name, "output", example: "output Receipt status 201", why: "A flow answers with a type, `text` or `none`."))
    }
    if flow.plan == nil, flow.swiftPlan == nil {
      reporter.report(
        .missingProperty(
          flow.name, "plan", example: "plan { done render-receipt(input) }", why: "The plan says which steps answer a request."))
    }
  }

  /// The text of a word out of a closed list; `nil` when it is another, which is reported.
  private func word(_ name: NameSyntax, role: String, _ words: [String]) -> String? {
    if words.contains(name.text) { return name.text }
    reporter.report(.unknownWord(name, role: role, words: words))
    return nil
  }

  // MARK: Input and output

  /// What a flow reads. The type is `nil` when it is unknown.
  struct Input {
    var isDeclared = false
    var type: ResolvedType?
    var isQuery = false
    /// `type` is that of an element.
    var isStream = false

    var resolved: ResolvedInput {
      guard let type else { return .none }
      return isStream ? .stream(type) : isQuery ? .query(type) : .body(type)
    }

    /// Of `input` in the plan.
    var valueType: ResolvedType? { isStream ? type.map { .stream($0) } : type }
  }

  private func input(of flow: FlowSyntax, method: FlowMethod?, in scope: FileScope) -> Input {
    guard let syntax = flow.input else { return Input() }
    let source = syntax.source.flatMap { word($0, role: "source of an input", ["query", "body"]) }
    let isQuery = syntax.stream == nil && source.map { $0 == "query" } ?? (method?.readsQuery ?? false)
    if source == "body", method == .get, let span = syntax.source?.span { reporter.report(.bodyOfGet(span)) }
    if let stream = syntax.stream { checkStream(stream, syntax, of: flow, method) }
    let unknown = Input(isDeclared: true, isQuery: isQuery, isStream: syntax.stream != nil)
    guard var type = checker.type(syntax.type, in: scope) else { return unknown }
    if syntax.stream != nil, case .optional(_, let span) = syntax.type {
      reporter.report(.optionalElement(span))
      type = type.wrapped
    }
    guard case .record(let record)? = checker.declaration(of: type) else {
      reporter.report(.inputType(syntax.type.span, type: type))
      return unknown
    }
    if isQuery {
      let deep = record.fields.filter { $0.type.map { !$0.wrapped.isScalar } ?? false }
      if let field = deep.first { reporter.report(.queryNotFlat(syntax.type.span, record: record, field: field)) }
    }
    return Input(isDeclared: true, type: type, isQuery: isQuery, isStream: syntax.stream != nil)
  }

  private func checkStream(_ stream: SourceSpan, _ input: InputSyntax, of flow: FlowSyntax, _ method: FlowMethod?) {
    if let source = input.source { reporter.report(.sourceOfStream(source.span)) }
    if let method, method.readsQuery, let name = flow.method { reporter.report(.streamWithoutBody(stream, method: name)) }
  }

  private func output(of flow: FlowSyntax, in scope: FileScope) -> (output: ResolvedOutput, status: Int)? {
    guard let syntax = flow.output else { return nil }
    var status = syntax.status?.value ?? 200
    if let declared = syntax.status { checkStatus(declared, of: syntax) }
    switch syntax.kind {
    case .none:
      status = 204
      return (.none, status)
    case .text: return (.text, status)
    case .file(let span):
      checkFileMethods(of: flow, span)
      return (.file, 200)
    case .json(let type):
      if syntax.stream != nil, case .list(let element, _) = type {
        if case .optional(_, let span) = element { reporter.report(.optionalElement(span)) }
        return checker.type(element, in: scope).map { (.stream($0.wrapped), status) }
      }
      if case .optional(_, let span) = type { reporter.report(.optionalOutput(span)) }
      return checker.type(type, in: scope).map { (.json($0.wrapped), status) }
    }
  }

  /// Ranges and validators are for GET and HEAD, and without them a file is no better than text.
  private func checkFileMethods(of flow: FlowSyntax, _ output: SourceSpan) {
    for method in [flow.method].compactMap({ $0 }) + flow.routes.map(\.method) {
      guard let known = FlowMethod(rawValue: method.text), known != .get, known != .head else { continue }
      reporter.report(.fileMethod(method, output: output))
    }
  }

  private func checkStatus(_ status: Spanned<Int>, of output: OutputSyntax) {
    if case .none = output.kind {
      reporter.report(.statusOfNone(status.span))
    } else if case .file = output.kind {
      reporter.report(.statusOfFile(status.span))
    } else if !(200...299).contains(status.value) {
      reporter.report(.outputStatusRange(status))
    } else if status.value == 204 || status.value == 205 {
      reporter.report(.statusWithoutBody(status))
    }
  }
}
