import ZerverCatalog

// Messages about flows that work: how a plan behaves when something goes wrong, how a contract reads, and what is allowed.

extension FlowProblem {
  typealias OutlineStep = PlanOutline<FlowPlace>.Step

  static func missingTimeout(_ step: OutlineStep) -> FlowProblem {
    FlowProblem(
      "missing-timeout", at: step.place, "effect without a timeout",
      "Step `\(step.name)` needs \(words(step.needs)) and may wait for it until the deadline of the whole request has passed.",
      hint: "say how long it may take, for example `.timeout(.milliseconds(500))` behind the step.")
  }

  static func missingUndo(_ step: OutlineStep, failing: OutlineStep) -> FlowProblem {
    FlowProblem(
      "missing-undo", at: step.place, "change that nobody takes back",
      "When step `\(step.name)` has succeeded, something behind it can still fail: the client is told that the request has "
        + "failed, and the change stays.",
      related: [Related("`\(failing.name)` can fail", failing.place)],
      hint: "add `.undo { step(Other.self, $0) }`, move the step to the end of the plan, or declare it `repetition: .idempotent` "
        + "so that the client can try again.")
  }

  static func unsafeGet(_ step: OutlineStep, method: FlowMethod, flow: FlowPlace) -> FlowProblem {
    FlowProblem(
      "unsafe-get", at: step.place, "`\(method.rawValue)` that may change something",
      "Browsers, proxies and crawlers send `\(method.rawValue)` by themselves, and again, because it only asks. Step "
        + "`\(step.name)` needs \(words(step.needs)), and its declaration does not say that it only reads.",
      related: [Related("The flow is here", flow)],
      hint: "declare the step `repetition: .safe` (`safe` in a `.flow` file) when it only reads; otherwise use `.post`, `.put`, "
        + "`.patch` or `.delete`.")
  }

  static func criticalPath(_ path: CriticalPath, deadline: Int, of what: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "critical-path", at: place, "plan that does not fit into its deadline",
      """
      If every attempt on the longest way takes its whole timeout, the plan takes \(CriticalPath.text(path.nanoseconds)), and \
      \(what) is \(CriticalPath.text(deadline)), so the last of them can never run to their end:

      \(path.lines.map { "    " + $0 }.joined(separator: "\n"))
      """,
      hint: "shorten timeouts or backoff, try less often, run steps in parallel, or give the flow more time.")
  }

  static func longLoop(_ path: CriticalPath, deadline: Int, of what: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "long-loop", at: place, "loop that does not fit into the deadline",
      """
      Rounds run one after the other. With as many as `max` allows, and every attempt as long as its timeout, the plan takes \
      \(CriticalPath.text(path.nanoseconds)), and \(what) is \(CriticalPath.text(deadline)), so a request with a long list can run \
      out of time:

      \(path.lines.map { "    " + $0 }.joined(separator: "\n"))
      """,
      hint: "lower `max`, shorten timeouts or backoff, ask for all elements in one step, or give the flow more time.")
  }

  // MARK: Contracts

  static func slugQuality(_ slug: String, _ finding: SlugQuality.Finding, at place: FlowPlace) -> FlowProblem {
    switch finding {
    case .long(let count):
      FlowProblem(
        "slug-quality", at: place, "long slug",
        "`\(slug)` has \(count) characters. Tables, logs and dashboards cut names that are longer than \(SlugQuality.lengthMax).",
        hint: "say what is done and to what; the rest belongs into `.summary`.")
    case .version(let word):
      FlowProblem(
        "slug-quality", at: place, "version in a slug",
        "The version stands in the path of `\(slug)` already, so `\(word)` would stand there twice.",
        hint: "leave `\(word)` out: a new version of a flow has the same slug and another version behind it, such as `.v2`.")
    case .tenant:
      FlowProblem(
        "slug-quality", at: place, "tenant in a slug",
        "Which tenant a request belongs to is known from its caller, not from the name `\(slug)`.",
        hint: "leave the word out, and write `.tenant(.required)`.")
    case .transport(let word):
      FlowProblem(
        "slug-quality", at: place, "slug that says how it is called",
        "Every flow is called over HTTP, so `\(word)` tells a reader nothing about `\(slug)`.", hint: "leave `\(word)` out.")
    case .verbLast(let verb, let better):
      FlowProblem(
        "slug-quality", at: place, "slug that does not begin with its verb",
        "A slug says what is done and then to what, and in `\(slug)` I read `\(verb)` as what is done.",
        hint: "`\(better)` reads like the names of other flows. Callers of the old name keep it with `.alias(\"\(slug)\")`.")
    }
  }

  static func pastSunset(_ sunset: CalendarDate, today: CalendarDate, isGone: Bool, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "past-sunset", at: place, "sunset has passed", "This flow was to end on \(sunset), and today is \(today).",
      hint: isGone
        ? "its callers get 410. A `FlowTombstone` says the same in place of the flow, and keeps the slug."
        : "remove the flow, or move its sunset if callers still need it.")
  }

  static func shortSunset(days: Int, graceDays: Int, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "short-sunset", at: place, "sunset soon after the deprecation",
      "Callers have \(days == 1 ? "1 day" : "\(days) days") between the deprecation and the end of this flow, and the rule here is "
        + "\(graceDays). Many of them release less often than that.",
      hint: "move the sunset, or deprecate earlier.")
  }

  // MARK: What is allowed

  static func refusedAllowance(_ code: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "suppression-refused", at: place, "code that cannot be allowed",
      "`\(code)` is no warning about a flow in Swift, so there is nothing to allow. What can be allowed is "
        + "\(words(warnings.filter { $0 != "suppression-unused" }.sorted())).",
      hint: "the code stands in brackets at the end of a message's first line. What is an error has to be mended.")
  }

  static func allowanceWithoutReason(_ code: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "suppression-reason", at: place, "allowed without a reason",
      "This allows `\(code)`, and it does not say why. Whoever meets it next year has to decide whether the reason still holds.",
      hint: "for example `.allowing(\"\(code)\", because: \"the audit reads it\")`.")
  }

  static func unusedAllowance(_ code: String, at place: FlowPlace) -> FlowProblem {
    FlowProblem(
      "suppression-unused", at: place, "allowed what is not there", "I find no `\(code)` where this allows one.",
      hint: "remove it, or move it: behind a step it speaks of that step, behind a flow of the whole flow.")
  }

  /// `` `a`, `b` and `c` ``
  private static func words(_ words: [String]) -> String {
    let quoted = words.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
    return "\(quoted.dropLast().joined(separator: ", ")) and \(last)"
  }
}
