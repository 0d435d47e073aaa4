/// On which condition a request may be carried out: its `If-Match`, `If-None-Match` and `If-Unmodified-Since`
/// (RFC 9110 §13.1). Plans of flows that change something read it as `precondition`.
///
/// A step compares it with what is there before it changes anything:
///
/// ```swift
/// guard precondition.holds(entityTag: row.tag) else { return .fail(.preconditionFailed) }
/// ```
///
/// `If-Modified-Since` is none: it means something to GET and HEAD only (§13.1.3).
public struct Precondition: Hashable, Sendable {
  /// Lists of entity tags, or `*`.
  let ifMatch: [UInt8]?
  let ifNoneMatch: [UInt8]?
  /// Unix seconds.
  let ifUnmodifiedSince: Int?

  /// - Parameters:
  ///   - ifMatch: the value of the field, such as `"7"` with its quotes, or `*`.
  ///   - ifNoneMatch: likewise.
  ///   - ifUnmodifiedSince: Unix seconds.
  public init(ifMatch: String? = nil, ifNoneMatch: String? = nil, ifUnmodifiedSince: Int? = nil) {
    self.init(
      ifMatch: ifMatch.map { Array($0.utf8) }, ifNoneMatch: ifNoneMatch.map { Array($0.utf8) }, ifUnmodifiedSince: ifUnmodifiedSince)
  }

  init(ifMatch: [UInt8]?, ifNoneMatch: [UInt8]?, ifUnmodifiedSince: Int?) {
    self.ifMatch = ifMatch
    self.ifNoneMatch = ifNoneMatch
    self.ifUnmodifiedSince = ifUnmodifiedSince
  }

  /// Whether the request asks for nothing, so that every state of things will do.
  public var isEmpty: Bool { ifMatch == nil && ifNoneMatch == nil && ifUnmodifiedSince == nil }

  /// Whether the request may be carried out on what is there now, in the order of RFC 9110 §13.2.2. `true` when it asks for
  /// nothing.
  ///
  /// `If-Match` compares strongly: a weak tag, here or there, is never the same. A date is compared only where
  /// `lastModified` says one.
  ///
  /// - Parameters:
  ///   - entityTag: of what is there: `"7"` or `W/"7"`. A text without quotes is taken for what stands between them, so that
  ///     the version of a row will do. `nil` for something that has no tag, and, without `lastModified`, for nothing there:
  ///     `If-Match: *` fails then, and `If-None-Match: *` holds.
  ///   - lastModified: Unix seconds.
  public func holds(entityTag: String?, lastModified: Int? = nil) -> Bool {
    if isEmpty { return true }
    guard entityTag != nil || lastModified != nil else { return ifMatch == nil }
    let validators = Validators(entityTag: entityTag.map(EntityTag.quoted), lastModified: lastModified)
    return isUnchanged(validators) && !isKnown(validators)
  }
}

// What RFC 9110 §13.2.2 asks of something that is there, step by step.
extension Precondition {
  /// `If-Match`, and without it `If-Unmodified-Since`: the client means what is there.
  func isUnchanged(_ validators: Validators) -> Bool {
    if let ifMatch { return ifMatch.withUnsafeBytes { EntityTag.matches($0, validators.entityTag, by: .strong) } }
    guard let ifUnmodifiedSince, let lastModified = validators.lastModified else { return true }
    return lastModified <= ifUnmodifiedSince
  }

  /// `If-None-Match` names what is there.
  func isKnown(_ validators: Validators) -> Bool {
    ifNoneMatch?.withUnsafeBytes { EntityTag.matches($0, validators.entityTag) } ?? false
  }
}

extension FlowFailure {
  /// 412: what the request is to change is not what its sender thinks (RFC 9110 §15.5.13). No flow has to map it.
  public static var preconditionFailed: FlowFailure {
    FlowFailure(code: "precondition-failed", status: 412, detail: "The condition of the request does not hold.")
  }
}
