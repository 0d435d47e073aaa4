/// A whole number in four bytes, for what stands in memory once for each connection: the number of a slot or of a buffer, or a
/// limit. Nothing of that comes near two billion.
@propertyWrapper
@_spi(Server) public struct Compact: Equatable, Sendable {
  @usableFromInline var bits: Int32

  @inlinable public init(wrappedValue: Int) { bits = Int32(truncatingIfNeeded: wrappedValue) }

  @inlinable public var wrappedValue: Int {
    @inline(__always) get { Int(bits) }
    @inline(__always) set {
      assert(Int32(exactly: newValue) != nil, "a compact number has 32 bits")
      bits = Int32(truncatingIfNeeded: newValue)
    }
  }
}
