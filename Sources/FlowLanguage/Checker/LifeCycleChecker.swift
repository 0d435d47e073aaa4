import ZerverCatalog

/// The flows of the module by their references, as successors name them.
typealias FlowReferences = [String: FlowSyntax]

/// Checks `status`, `deprecated`, `sunset`, `successor` and `guide` of one flow against each other.
struct LifeCycleChecker {
  let checker: Checker
  let references: FlowReferences
  private var reporter: Reporter { checker.reporter }

  init(checker: Checker, references: FlowReferences) {
    self.checker = checker
    self.references = references
  }

  func check(_ flow: FlowSyntax) -> (deprecation: Deprecation?, isExperimental: Bool) {
    let status = status(of: flow)
    let deprecated = flow.deprecated.flatMap(date)
    let sunset = flow.sunset.flatMap(date)
    let successor = flow.successor.flatMap { self.successor($0, of: flow.name) }
    checkNeedForDeprecated(flow)
    checkSunset(of: flow, deprecated: deprecated, sunset: sunset)
    let isExperimental = status == .experimental
    guard let deprecated, let name = flow.deprecated else { return (nil, isExperimental) }
    do throws(Deprecation.Violation) {
      var deprecation = try Deprecation(
        deprecated: deprecated, sunset: sunset, successor: successor, guide: flow.guide?.value)
      deprecation.isGoneAfterSunset = flow.sunsetThen != nil
      deprecation.isRetired = status == .retired
      return (deprecation, isExperimental)
    } catch {
      switch error {
      case .sunsetBeforeDeprecation: reporter.report(.sunsetBeforeDeprecation(flow.sunset ?? name, deprecated: name))
      case .guideIsNoLink: reporter.report(.guideLink(flow.guide?.span ?? name.span))
      }
      return (nil, isExperimental)
    }
  }

  // MARK: Status

  private enum Status: String, CaseIterable {
    case experimental, stable, deprecated, retired
  }

  private func status(of flow: FlowSyntax) -> Status? {
    guard let name = flow.status else { return nil }
    guard let status = Status(rawValue: name.text) else {
      reporter.report(.unknownWord(name, role: "status", words: Status.allCases.map(\.rawValue)))
      return nil
    }
    switch status {
    case .deprecated, .retired:
      if flow.deprecated == nil, !flow.isBroken { reporter.report(.statusWithoutDate(name)) }
    case .stable:
      if let deprecated = flow.deprecated { reporter.report(.stableAndDeprecated(name, deprecated: deprecated)) }
    case .experimental: break
    }
    return status
  }

  private func checkNeedForDeprecated(_ flow: FlowSyntax) {
    // The status that needs the date asks for it already.
    guard flow.deprecated == nil, flow.status.map({ !["deprecated", "retired"].contains($0.text) }) ?? true, !flow.isBroken
    else { return }
    let parts: [(word: String, span: SourceSpan?)] = [
      ("sunset", flow.sunset?.span), ("successor", flow.successor?.span), ("guide", flow.guide?.span),
    ]
    if let part = parts.first(where: { $0.span != nil }), let span = part.span {
      reporter.report(.withoutDeprecated(part.word, span))
    }
  }

  // MARK: Dates

  private func checkSunset(of flow: FlowSyntax, deprecated: CalendarDate?, sunset: CalendarDate?) {
    if let then = flow.sunsetThen, then.value != 410 { reporter.report(.sunsetThen(then)) }
    guard let sunset, let name = flow.sunset else { return }
    if let today = checker.today, sunset <= today {
      reporter.report(.pastSunset(name.span, sunset: sunset, today: today, isGone: flow.sunsetThen != nil))
    }
    guard let deprecated, sunset >= deprecated else { return }
    let days = (sunset.unixSeconds - deprecated.unixSeconds) / 86_400
    if days < checker.sunsetGraceDays {
      reporter.report(.shortSunset(name, days: days, graceDays: checker.sunsetGraceDays))
    }
  }

  private func date(_ name: NameSyntax) -> CalendarDate? {
    let date = CalendarDate(text: name.text)
    if date == nil { reporter.report(.deprecationDate(name)) }
    return date
  }

  // MARK: Successors

  /// - Parameter name: the flow that has the successor.
  func successor(_ reference: ReferenceSyntax, of name: NameSyntax) -> FlowReference? {
    let text = "\(reference.version.text)/\(reference.slug.text)"
    guard let flow = references[text], let version = FlowVersion(text: reference.version.text) else {
      let matches = NearMatches.find(text, among: references.map { Candidate($0, $1.name.span) })
      reporter.report(.unknownSuccessor(reference.span, text: text, matches: matches))
      return nil
    }
    if flow.name == name {
      reporter.report(.ownSuccessor(reference.span))
      return nil
    }
    if let end = flow.deprecated?.span ?? flow.status.flatMap({ ["deprecated", "retired"].contains($0.text) ? $0.span : nil }) {
      reporter.report(.deprecatedSuccessor(reference.span, text: text, end: end))
    }
    return (try? Slug(flow.name.text)).map { FlowReference($0, version) }
  }
}
