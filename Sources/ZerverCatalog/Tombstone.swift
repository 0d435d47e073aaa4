/// A flow that is gone for good: its path answers 410 and never means anything else again.
public struct Tombstone: Hashable, Sendable {
  public var reference: FlowReference
  public var successor: FlowReference?
  /// Why it is gone, for the people who still call it.
  public var reason: String

  public init(_ reference: FlowReference, successor: FlowReference? = nil, reason: String) {
    self.reference = reference
    self.successor = successor
    self.reason = reason
  }

  public var path: String { reference.path }
}

/// A slug that no flow and no alias may have, in any version.
public struct SlugReservation: Hashable, Sendable {
  public var slug: Slug
  public var reason: String

  public init(_ slug: Slug, reason: String) {
    self.slug = slug
    self.reason = reason
  }
}
