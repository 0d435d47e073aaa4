/// Growable bytes that keep their memory when they are emptied, so that a warm server encodes without allocating.
///
/// Bytes are appended at the back and consumed at the front. The buffer owns its memory; a view that
/// ``withBytes(_:)`` gives out is valid inside the closure only.
@frozen
public struct ByteBuffer: ~Copyable {
  @usableFromInline var memory: UnsafeMutableRawPointer?
  @usableFromInline var capacityBytes = 0
  /// Offset of the first byte that has not been consumed.
  @usableFromInline var start = 0
  /// Offset behind the last byte.
  @usableFromInline var end = 0

  /// An empty buffer without memory. The first append allocates.
  @inlinable public init() {}

  deinit { memory?.deallocate() }

  /// Bytes in the buffer.
  @inlinable public var count: Int { end &- start }
  @inlinable public var isEmpty: Bool { end == start }
  /// Bytes of memory that the buffer holds, used or not.
  @inlinable public var capacity: Int { capacityBytes }

  // MARK: Appending

  /// Appends a literal. Generated code writes `buffer.append(",\"key\":")`: a copy of a constant number of bytes.
  @inlinable @inline(__always)
  public mutating func append(_ text: StaticString) {
    // A literal of one ASCII scalar may be stored as the scalar itself, without an address.
    if text.hasPointerRepresentation {
      append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    } else {
      text.withUTF8Buffer { append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
  }

  // Disfavoured, so that a literal is a `StaticString`: a `String` literal costs a call into the runtime.
  @_disfavoredOverload
  @inlinable
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: UnsafeRawBufferPointer($0)) }
  }

  @inlinable @inline(__always)
  public mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    tail(reserving: bytes.count).copyMemory(from: source, byteCount: bytes.count)
    end &+= bytes.count
  }

  @inlinable
  public mutating func append(contentsOf bytes: [UInt8]) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }

  @inlinable @inline(__always)
  public mutating func append(byte: UInt8) {
    tail(reserving: 1).storeBytes(of: byte, as: UInt8.self)
    end &+= 1
  }

  /// Makes room for `bytes` more, so that appends up to there do not grow the memory.
  @inlinable
  public mutating func reserve(_ bytes: Int) {
    _ = tail(reserving: bytes)
  }

  /// Makes room for `bytes` more and lets `body` fill it from the front. It returns how many bytes it has written.
  @inline(__always)
  @_spi(Server) public mutating func append(atMost bytes: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
    let written = body(UnsafeMutableRawBufferPointer(start: tail(reserving: bytes), count: bytes))
    precondition(written >= 0 && written <= bytes, "what was written is within its bound")
    end &+= written
  }

  /// Appends the bytes of another buffer, which is empty afterwards. Many of them are not copied: what is here goes in front of
  /// them, when there is room for it.
  @_spi(Server) public mutating func append(taking other: inout ByteBuffer) {
    guard other.count > Self.smallBytesMax, other.start >= count else {
      other.withBytes { append(contentsOf: $0) }
      return other.removeAll()
    }
    if let memory, let target = other.memory {
      (target + other.start - count).copyMemory(from: memory + start, byteCount: count)
      other.start -= count
    }
    removeAll()
    swap(&self, &other)
  }

  // MARK: Consuming

  /// Drops bytes at the front, without moving the rest.
  @inlinable
  public mutating func consume(first bytes: Int) {
    precondition(bytes >= 0 && bytes <= count, "only bytes that are there can be consumed")
    start &+= bytes
    if start == end {
      start = 0
      end = 0
    }
  }

  /// Drops bytes at the back.
  @inlinable
  public mutating func removeLast(_ bytes: Int) {
    precondition(bytes >= 0 && bytes <= count, "only bytes that are there can be removed")
    end &-= bytes
  }

  /// Empties the buffer and keeps its memory.
  @inlinable
  public mutating func removeAll() {
    start = 0
    end = 0
  }

  /// Empties the buffer and gives its memory back when it has grown beyond `bytesMax`: one large response must not
  /// stay with a connection for the rest of its life.
  @inlinable
  public mutating func removeAll(keepingAtMost bytesMax: Int) {
    removeAll()
    if capacityBytes > bytesMax { releaseMemory() }
  }

  // MARK: Reading

  /// The bytes, valid inside the closure.
  @inlinable @inline(__always)
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // As `view`, which an app's code cannot use.
    try body(UnsafeRawBufferPointer(start: memory.map { UnsafeRawPointer($0) + start }, count: count))
  }

  @inlinable
  public subscript(offset: Int) -> UInt8 {
    get {
      precondition(offset >= 0 && offset < count, "the byte is in the buffer")
      return memory.unsafelyUnwrapped.load(fromByteOffset: start &+ offset, as: UInt8.self)
    }
    set {
      precondition(offset >= 0 && offset < count, "the byte is in the buffer")
      memory.unsafelyUnwrapped.storeBytes(of: newValue, toByteOffset: start &+ offset, as: UInt8.self)
    }
  }

  // MARK: Memory

  /// The bytes; valid until the buffer is changed. Whoever calls it keeps the buffer as it is while the view lives.
  @inlinable
  @_spi(Server) public var view: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory.map { UnsafeRawPointer($0 + start) }, count: count)
  }

  /// The address behind the last byte, with room for `bytes` more. The caller writes there and then advances `end`.
  @inlinable @inline(__always)
  mutating func tail(reserving bytes: Int) -> UnsafeMutableRawPointer {
    if capacityBytes &- end < bytes { grow(by: bytes) }
    return memory.unsafelyUnwrapped + end
  }

  /// Moves the bytes to the front of the memory when that makes room enough, and to twice the memory otherwise.
  @usableFromInline @inline(never)
  mutating func grow(by bytes: Int) {
    precondition(bytes >= 0, "a buffer grows by a number of bytes")
    let used = count
    // Moving costs a copy of what is used, so it must free at least as much.
    if let memory, start >= used, capacityBytes - used >= bytes {
      memory.copyMemory(from: memory + start, byteCount: used)
    } else {
      // 256 bytes hold the head and the body of a small response.
      var larger = max(256, capacityBytes * 2)
      while larger - used < bytes { larger *= 2 }
      // In front of many bytes there is room for a head.
      let front = larger > Self.smallBytesMax ? Self.frontBytes : 0
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger + front, alignment: 16)
      if let memory {
        (moved + front).copyMemory(from: memory + start, byteCount: used)
        memory.deallocate()
      }
      memory = moved
      capacityBytes = larger + front
      start = front
      end = front + used
      return
    }
    start = 0
    end = used
  }

  private static var smallBytesMax: Int { 64 << 10 }
  private static var frontBytes: Int { 2 << 10 }

  @usableFromInline
  mutating func releaseMemory() {
    memory?.deallocate()
    memory = nil
    capacityBytes = 0
    start = 0
    end = 0
  }
}

// The memory has one owner, which may hand it to another thread.
extension ByteBuffer: @unchecked Sendable {}
