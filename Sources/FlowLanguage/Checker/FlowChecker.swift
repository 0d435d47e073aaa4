import ZerverCatalog

/// The third phase: the flows of the module, each by itself and all of them against each other.
struct FlowChecker {
  let checker: Checker
  private var reporter: Reporter { checker.reporter }

  /// Everything about a flow that its own lines say, before others are looked at.
  private struct Entry {
    let syntax: FlowSyntax
    let scope: FileScope
    let version: FlowVersion?
  }

  init(checker: Checker) { self.checker = checker }

  /// In the order of their versions and slugs.
  func check() -> [ResolvedFlow] {
    let entries = entries()
    checkPaths(entries)
    let references = Dictionary(
      entries.compactMap { entry in entry.version.map { ("\($0)/\(entry.syntax.name.text)", entry.syntax.name) } },
      uniquingKeysWith: { first, _ in first })
    let flows = entries.compactMap { resolve($0, references) }
    return flows.sorted { ($0.entry.version, $0.entry.slug) < ($1.entry.version, $1.entry.slug) }
  }

  // MARK: Files, versions and slugs

  private func entries() -> [Entry] {
    checker.main.trees.flatMap { tree -> [Entry] in
      if tree.flows.isEmpty { return [] }
      let scope = checker.scope(of: tree, in: checker.main)
      let version = version(of: tree)
      for flow in tree.flows.dropFirst() { reporter.report(.severalFlows(flow.name, first: tree.flows[0].name.span)) }
      for flow in tree.flows { checkSlug(flow.name) }
      checkFileName(tree)
      return tree.flows.map { Entry(syntax: $0, scope: scope, version: version) }
    }
  }

  /// The nearest folder named `v<N>`.
  private func version(of tree: SyntaxTree) -> FlowVersion? {
    let folders = tree.file.path.split(separator: "/").dropLast()
    let version = folders.reversed().lazy.compactMap { FlowVersion(text: $0) }.first
    if version == nil { reporter.report(.versionFolder(tree.flows[0].name, folder: folders.last.map(String.init))) }
    return version
  }

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

  // MARK: One flow

  private func resolve(_ entry: Entry, _ references: [String: NameSyntax]) -> ResolvedFlow? {
    let flow = entry.syntax
    checkRequired(flow)
    let method = flow.method.flatMap { word($0, role: "method", FlowMethod.allCases.map(\.rawValue)) }
      .flatMap(FlowMethod.init(rawValue:))
    let profile = flow.profile.map { word($0, role: "profile", FlowProfile.builtIn.map(\.name)) }
    let deprecation = deprecation(of: entry, references)
    let input = input(of: flow, method: method, in: entry.scope)
    let output = output(of: flow, in: entry.scope)
    var plan = PlanChecker(checker: checker, scope: entry.scope, flow: flow, input: input, output: output?.output)
    plan.check()
    let resolvedProfile = profile.flatMap { name in FlowProfile.builtIn.first { $0.name == name } } ?? .default
    var resilience = ResilienceChecker(reporter: reporter, flow: flow, profile: resolvedProfile)
    resilience.check(plan.nodes)
    let isOpen = flow.swiftPlan != nil || plan.usesSwiftFragment
    let errors = ErrorMappingChecker(checker: checker, scope: entry.scope, flow: flow, isOpen: isOpen).check(plan.uses)
    let examples = ExampleChecker(
      checker: checker, scope: entry.scope, flow: flow, input: input, output: output?.output, status: output?.status ?? 200,
      errors: errors, uses: plan.uses
    ).check()
    SensitiveDataChecker(checker: checker, flow: flow, input: input, output: output?.output).check()
    guard let version = entry.version, let slug = try? Slug(flow.name.text), let method, let output else { return nil }
    let aliases = flow.aliases.compactMap { alias in
      (try? Slug(alias.slug.text)).map { Alias($0, mode: alias.serves ? .serve : .redirect) }
    }
    return ResolvedFlow(
      entry: CatalogEntry(
        slug: slug, version: version, method: method, owner: flow.owner?.text ?? "", summary: Self.summary(flow.documentation),
        profile: resolvedProfile,
        deadlineNanoseconds: flow.deadline?.nanoseconds, deprecation: deprecation, aliases: aliases),
      documentation: flow.documentation, input: input.resolved, output: output.output, outputStatus: output.status,
      errors: errors, bindings: plan.bindings, plan: plan.nodes,
      planSource: flow.swiftPlan.map { .swift($0.text) } ?? .flow, planSpan: flow.swiftPlan?.span, examples: examples,
      span: flow.name.span)
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

  // MARK: Life cycle

  private func deprecation(of entry: Entry, _ references: [String: NameSyntax]) -> Deprecation? {
    let flow = entry.syntax
    let deprecated = flow.deprecated.flatMap(date)
    let sunset = flow.sunset.flatMap(date)
    let successor = flow.successor.flatMap { self.successor($0, of: entry, references) }
    if flow.deprecated == nil, !flow.isBroken {
      let parts: [(word: String, span: SourceSpan?)] = [
        ("sunset", flow.sunset?.span), ("successor", flow.successor?.span), ("guide", flow.guide?.span),
      ]
      if let part = parts.first(where: { $0.span != nil }), let span = part.span {
        reporter.report(.withoutDeprecated(part.word, span))
      }
    }
    if let today = checker.today, let sunset, sunset <= today, let span = flow.sunset?.span {
      reporter.report(.pastSunset(span, sunset: sunset, today: today))
    }
    guard let deprecated, let name = flow.deprecated else { return nil }
    do throws(Deprecation.Violation) {
      return try Deprecation(deprecated: deprecated, sunset: sunset, successor: successor, guide: flow.guide?.value)
    } catch {
      switch error {
      case .sunsetBeforeDeprecation: reporter.report(.sunsetBeforeDeprecation(flow.sunset ?? name, deprecated: name))
      case .guideIsNoLink: reporter.report(.guideLink(flow.guide?.span ?? name.span))
      }
      return nil
    }
  }

  private func date(_ name: NameSyntax) -> CalendarDate? {
    let date = CalendarDate(text: name.text)
    if date == nil { reporter.report(.deprecationDate(name)) }
    return date
  }

  private func successor(
    _ reference: ReferenceSyntax, of entry: Entry, _ references: [String: NameSyntax]
  ) -> FlowReference? {
    let text = "\(reference.version.text)/\(reference.slug.text)"
    guard let name = references[text], let version = FlowVersion(text: reference.version.text) else {
      let matches = NearMatches.find(text, among: references.map { Candidate($0, $1.span) })
      reporter.report(.unknownSuccessor(reference.span, text: text, matches: matches))
      return nil
    }
    if name == entry.syntax.name {
      reporter.report(.ownSuccessor(reference.span))
      return nil
    }
    return (try? Slug(name.text)).map { FlowReference($0, version) }
  }

  // MARK: Input and output

  /// What a flow reads. The type is `nil` when it is unknown.
  struct Input {
    var isDeclared = false
    var type: ResolvedType?
    var isQuery = false

    var resolved: ResolvedInput {
      guard let type else { return .none }
      return isQuery ? .query(type) : .body(type)
    }
  }

  private func input(of flow: FlowSyntax, method: FlowMethod?, in scope: FileScope) -> Input {
    guard let syntax = flow.input else { return Input() }
    let source = syntax.source.flatMap { word($0, role: "source of an input", ["query", "body"]) }
    let isQuery = source.map { $0 == "query" } ?? (method?.readsQuery ?? false)
    if source == "body", method == .get, let span = syntax.source?.span { reporter.report(.bodyOfGet(span)) }
    guard let type = checker.type(syntax.type, in: scope) else { return Input(isDeclared: true, isQuery: isQuery) }
    guard case .record(let record)? = checker.declaration(of: type) else {
      reporter.report(.inputType(syntax.type.span, type: type))
      return Input(isDeclared: true, isQuery: isQuery)
    }
    if isQuery {
      let deep = record.fields.filter { $0.type.map { !$0.wrapped.isScalar } ?? false }
      if let field = deep.first { reporter.report(.queryNotFlat(syntax.type.span, record: record, field: field)) }
    }
    return Input(isDeclared: true, type: type, isQuery: isQuery)
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
    case .json(let type):
      if case .optional(_, let span) = type { reporter.report(.optionalOutput(span)) }
      return checker.type(type, in: scope).map { (.json($0.wrapped), status) }
    }
  }

  private func checkStatus(_ status: Spanned<Int>, of output: OutputSyntax) {
    if case .none = output.kind {
      reporter.report(.statusOfNone(status.span))
    } else if !(200...299).contains(status.value) {
      reporter.report(.outputStatusRange(status))
    } else if status.value == 204 || status.value == 205 {
      reporter.report(.statusWithoutBody(status))
    }
  }
}
