import ZerverCatalog

/// Judges a flow in Swift whose entry and plan are in order, by the rules for flows of `.flow` files: how it behaves when
/// something goes wrong, and how it reads.
struct FlowReview {
  let entry: CatalogEntry
  let flow: FlowDefinition
  /// `nil` where nobody knows it.
  let today: CalendarDate?

  /// Days from a deprecation to its sunset at least, unless an organisation says otherwise: `sunset-grace-days`.
  private static var sunsetGraceDays: Int { 90 }

  /// With the mistakes of its plan.
  var problems: [FlowProblem] {
    guard let plan = flow.recorded, let place = flow.place, !flow.problems.haveErrors else { return flow.problems }
    let outline = PlanOutline.of(plan.nodes, plan.uses)
    var found = flow.problems + deadlineProblems(outline, at: flow.contract?.deadlinePlace ?? place)
    let method = ([entry.method] + entry.bindings.map(\.method)).first(where: \.isSafe)
    found += plan.uses.review(outline, askedBy: method, flow: place)
    guard let contract = flow.contract else { return found }
    found += SlugQuality.findings(in: entry.slug.text).map { .slugQuality(entry.slug.text, $0, at: place) }
    if let deprecation = entry.deprecation, let end = contract.endOfLife { found += sunsetProblems(deprecation, at: end.place) }
    return contract.allowances.apply(to: found, knowsToday: today != nil)
  }

  private func deadlineProblems(_ plan: [PlanOutline<FlowPlace>], at place: FlowPlace) -> [FlowProblem] {
    let profile = entry.profile
    guard let deadline = entry.deadlineNanoseconds ?? profile.deadlineNanoseconds,
      let (overrun, path) = CriticalPath.overrun(of: plan, deadline: deadline)
    else { return [] }
    let what = entry.deadlineNanoseconds == nil ? "the deadline of profile `\(profile.name)`" : "its deadline"
    return switch overrun {
    case .always: [.criticalPath(path, deadline: deadline, of: what, at: place)]
    case .withManyRounds: [.longLoop(path, deadline: deadline, of: what, at: place)]
    }
  }

  private func sunsetProblems(_ deprecation: Deprecation, at place: FlowPlace) -> [FlowProblem] {
    guard let sunset = deprecation.sunset else { return [] }
    var problems: [FlowProblem] = []
    if let today, sunset <= today {
      problems.append(.pastSunset(sunset, today: today, isGone: deprecation.isGoneAfterSunset, at: place))
    }
    let days = (sunset.unixSeconds - deprecation.deprecated.unixSeconds) / 86_400
    if days < Self.sunsetGraceDays { problems.append(.shortSunset(days: days, graceDays: Self.sunsetGraceDays, at: place)) }
    return problems
  }
}

extension [PlanRecorder.Use] {
  /// What is to be said of a plan of these uses, without what is allowed behind its steps.
  ///
  /// - Parameter method: one that only asks, by which the flow is called.
  func review(_ plan: [PlanOutline<FlowPlace>], askedBy method: FlowMethod?, flow: FlowPlace) -> [FlowProblem] {
    var found = PlanReview(plan, isAsked: method != nil).findings.compactMap { finding -> FlowProblem? in
      switch finding {
      case .missingTimeout(let step): .missingTimeout(step)
      case .missingUndo(let step, let failing): .missingUndo(step, failing: failing)
      case .unsafeStep(let step): method.map { .unsafeGet(step, method: $0, flow: flow) }
      }
    }
    // Fragments of `.flow` files are judged, and allowed, where they stand.
    found.removeAll { $0.place.file.hasSuffix(".flow") }
    for use in self where !use.allowances.isEmpty {
      let others = found.filter { $0.place != use.place }
      found = others + use.allowances.apply(to: found.filter { $0.place == use.place }, knowsToday: false)
    }
    return found
  }
}

/// A warning that is as it should be: `.allowing("missing-undo", because: "the bank keeps reservations for an hour only")`.
struct Allowance: Hashable, Sendable {
  let code: String
  let reason: String
  let place: FlowPlace

  /// Reported by `route-gen` alone, about the contract as a file.
  var isOfContractFile: Bool { FlowContractFile.codes[code] != nil && !FlowProblem.warnings.contains(code) }
}

extension [Allowance] {
  /// What is left, and what is wrong with an allowance itself.
  func apply(to problems: [FlowProblem], knowsToday: Bool) -> [FlowProblem] {
    var left = problems
    for allowance in self {
      let code = allowance.code
      if allowance.isOfContractFile { continue }
      guard FlowProblem.warnings.contains(code) else {
        left.append(.refusedAllowance(code, at: allowance.place))
        continue
      }
      if allowance.reason.isEmpty {
        left.append(.allowanceWithoutReason(code, at: allowance.place))
        continue
      }
      let isThere = left.contains { $0.code == code }
      left.removeAll { $0.code == code }
      if !isThere, knowsToday || code != "past-sunset" { left.append(.unusedAllowance(code, at: allowance.place)) }
    }
    return left
  }
}
