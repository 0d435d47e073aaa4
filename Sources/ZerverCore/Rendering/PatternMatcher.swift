public final class PatternMatcher: Sendable {
  public let source: String
  public init(_ pattern: StaticString) { source = pattern.description }
  func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { true }
}
