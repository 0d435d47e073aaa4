import FlowLanguage

/// Parts of a plan in the words of the language.
struct PlanText {
  let flow: ResolvedFlow

  /// `cart = load-cart(request.cart-id)`, without what stands behind the call.
  func call(_ use: ResolvedUse) -> String {
    let head = use.isDone ? "done " : use.binding.map { "\(flow.bindings[$0].name) = " } ?? ""
    return head + call(use.step.name, use.arguments)
  }

  func call(_ call: ResolvedCall) -> String { self.call(call.step.name, call.arguments) }

  private func call(_ step: String, _ arguments: [ResolvedArgument]) -> String {
    "\(step)(\(arguments.map(argument).joined(separator: ", ")))"
  }

  func argument(_ argument: ResolvedArgument) -> String {
    ([flow.bindings[argument.binding].name] + argument.path.map(\.name)).joined(separator: ".")
  }

  func condition(_ condition: ResolvedCondition) -> String {
    switch condition {
    case .flag(let path, let negated): (negated ? "not " : "") + argument(path)
    case .isCase(let path, let name, let negated): "\(negated ? "not " : "")\(argument(path)) is \(name)"
    case .exists(let path, let negated): "\(negated ? "not " : "")exists \(argument(path))"
    }
  }

  func join(_ join: ResolvedJoin) -> String {
    switch join {
    case .all: "all"
    case .allRequired: "all-required"
    case .any: "any"
    case .firstSuccess: "first-success"
    case .quorum(let count): "quorum \(count)"
    }
  }

  func loop(_ loop: ResolvedLoop) -> String {
    let binding = loop.binding.map { "\(flow.bindings[$0].name) = " } ?? ""
    return "\(binding)for each \(flow.bindings[loop.element].name) in \(argument(loop.list)) max \(loop.itemsMax)"
  }

  /// `timeout 400ms`, `retry 2 backoff 10ms..80ms`, `undo refund-card(payment)`
  func modifiers(_ use: ResolvedUse) -> [String] {
    var texts: [String] = []
    if let timeout = use.timeoutNanoseconds { texts.append("timeout \(DurationText.text(timeout))") }
    if let retry = use.retry { texts.append(text(retry)) }
    switch use.fallback {
    case .none: break
    case .empty: texts.append("optional")
    case .defaultValue: texts.append("else default")
    case .step(let step): texts.append("else \(call(step))")
    }
    if use.isDetached { texts.append("detach") }
    if let undo = use.undo { texts.append("undo \(call(undo))") }
    for handler in use.errorHandlers {
      switch handler.target {
      case .status(let status): texts.append("on \(handler.error) -> \(status)")
      case .fragment(let name, _): texts.append("on \(handler.error) -> \(name)")
      }
    }
    return texts
  }

  private func text(_ retry: ResolvedRetry) -> String {
    guard retry.backoffNanoseconds > 0 else { return "retry \(retry.attempts)" }
    let least = DurationText.text(retry.backoffNanoseconds)
    guard retry.backoffMaxNanoseconds > retry.backoffNanoseconds else { return "retry \(retry.attempts) backoff \(least)" }
    return "retry \(retry.attempts) backoff \(least)..\(DurationText.text(retry.backoffMaxNanoseconds))"
  }
}
