import ZerverCatalog

/// A flow that is gone for good: its path answers 410 and never means anything else again, like a `tombstone` line of a
/// `.flow` file.
///
/// ```swift
/// FlowCatalog(
///   inspectCart,
///   tombstones: [FlowTombstone("v1/show-cart-owner", successor: "v1/inspect-cart", because: "One flow shows both.")])
/// ```
public struct FlowTombstone: Sendable {
  let flow: String
  let successor: String?
  let reason: String
  let place: FlowPlace

  /// - Parameters:
  ///   - flow: version and slug, such as `v1/show-cart-owner`.
  ///   - successor: where callers should go.
  ///   - reason: why it is gone, for the people who still call it.
  public init(
    _ flow: String, successor: String? = nil, because reason: String, file: String = #fileID, line: Int = #line
  ) {
    self.flow = flow
    self.successor = successor
    self.reason = reason
    place = FlowPlace(file, line)
  }

  func tombstone(_ problems: inout [FlowProblem]) -> Tombstone? {
    guard let reference = FlowReference(text: flow) else {
      problems.append(.tombstoneReference(flow, at: place))
      return nil
    }
    let successor = self.successor.flatMap { FlowReference(text: $0) }
    if let text = self.successor, successor == nil { problems.append(.successorShape(text, at: place)) }
    if successor == reference { problems.append(.ownSuccessor(at: place)) }
    return Tombstone(reference, successor: successor == reference ? nil : successor, reason: reason)
  }
}

/// A slug that no flow and no alias may have, in any version, like a `reserved` line of a `.flow` file.
public struct ReservedSlug: Sendable {
  let slug: String
  let reason: String
  let place: FlowPlace

  public init(_ slug: String, because reason: String, file: String = #fileID, line: Int = #line) {
    self.slug = slug
    self.reason = reason
    place = FlowPlace(file, line)
  }

  func reservation(_ problems: inout [FlowProblem]) -> SlugReservation? {
    if let violation = Slug.violation(of: slug) { problems.append(.slugShape(slug, violation, at: place)) }
    return (try? Slug(slug)).map { SlugReservation($0, reason: reason) }
  }
}
