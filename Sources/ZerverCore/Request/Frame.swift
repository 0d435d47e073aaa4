/// A place in a flow's frame: where a plan keeps the output of one step.
///
/// Generated code chains the slots of a flow, so that index and offset are known at compile time.
@frozen
public struct Slot<Value>: Sendable {
  public let index: Int
  public let offset: Int

  /// The first slot of a frame.
  @inlinable public init() {
    index = 0
    offset = 0
  }

  /// The slot behind `previous`.
  @inlinable public init<Previous>(after previous: Slot<Previous>) {
    index = previous.index + 1
    let alignment = MemoryLayout<Value>.alignment
    offset = (previous.end + alignment - 1) & ~(alignment - 1)
  }

  @usableFromInline init(index: Int, offset: Int) {
    self.index = index
    self.offset = offset
  }

  /// The first byte behind this slot. The last slot's end is the size of the frame.
  @inlinable public var end: Int { offset + MemoryLayout<Value>.size }
}

/// The values of one request: raw memory with one bit per slot that says whether the slot has been written.
///
/// A slot is written once, by the step that owns it. The memory belongs to the frame and is reused from request to
/// request; `destroy` must have run for every written slot before it is reused, which generated `release` code does.
@frozen
public struct Frame: ~Copyable {
  /// Slots that one flow can have: one bit each in `written`.
  public static var slotsMax: Int { 64 }

  @usableFromInline var memory: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var written: UInt64 = 0

  @_spi(Server) public init() {
    capacity = 256
    memory = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Makes room for a flow's frame. Only between requests.
  @_spi(Server) public mutating func reserve(_ bytes: Int) {
    precondition(written == 0, "the frame of the request before is empty")
    guard bytes > capacity else { return }
    memory.deallocate()
    capacity = bytes
    memory = .allocate(byteCount: bytes, alignment: 16)
  }

  @_spi(Server) public var isEmpty: Bool { written == 0 }

  @inlinable
  public func isWritten<Value>(_ slot: Slot<Value>) -> Bool { written & (1 << UInt64(slot.index)) != 0 }

  @inlinable
  public mutating func write<Value>(_ value: consuming Value, to slot: Slot<Value>) {
    precondition(!isWritten(slot), "a slot is written once")
    (memory + slot.offset).bindMemory(to: Value.self, capacity: 1).initialize(to: value)
    written |= 1 << UInt64(slot.index)
  }

  @inlinable
  public subscript<Value>(slot: Slot<Value>) -> Value {
    unsafeAddress {
      precondition(isWritten(slot), "a slot is read after it was written")
      return UnsafePointer((memory + slot.offset).assumingMemoryBound(to: Value.self))
    }
  }

  /// Changes a slot in place: for what generated code counts and collects itself. Steps never change a slot.
  @inlinable
  public mutating func update<Value>(_ slot: Slot<Value>, _ change: (inout Value) -> Void) {
    precondition(isWritten(slot), "a slot is changed after it was written")
    change(&(memory + slot.offset).assumingMemoryBound(to: Value.self).pointee)
  }

  /// For plans that are written in Swift, whose slots are known when the server starts.
  @inlinable
  func isWritten(slot index: Int) -> Bool { written & (1 << UInt64(index)) != 0 }

  func areWritten(_ slots: UInt64) -> Bool { written & slots == slots }

  func areWritten(oneOf sets: [UInt64]) -> Bool {
    for slots in sets where areWritten(slots) { return true }
    return false
  }

  /// The value at `offset`, which is slot `index` or a stored field of what is in it.
  @inlinable
  func value<Value>(ofSlot index: Int, at offset: Int) -> Value {
    precondition(isWritten(slot: index), "a slot is read after it was written")
    return (memory + offset).assumingMemoryBound(to: Value.self).pointee
  }

  @inlinable
  public mutating func destroy<Value>(_ slot: Slot<Value>) {
    guard isWritten(slot) else { return }
    (memory + slot.offset).assumingMemoryBound(to: Value.self).deinitialize(count: 1)
    written &= ~(1 << UInt64(slot.index))
  }
}
