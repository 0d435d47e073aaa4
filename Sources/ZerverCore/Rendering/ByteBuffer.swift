/// Growable bytes that keep their memory when they are emptied, so that a warm server encodes without allocating.
@frozen
public struct ByteBuffer: ~Copyable {
  @usableFromInline var memory: UnsafeMutableRawPointer?
  @usableFromInline var capacity = 0
  public private(set) var count = 0

  public init() {}
  deinit { memory?.deallocate() }

  public mutating func append(_ text: String) {}
}
