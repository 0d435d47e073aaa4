/// A member's key, a parameter's name or an enum's case as it stands in the input. Valid until the reader reads on.
///
/// Generated code compares it with the declared names, one after the other. A comparison with a literal is one compare
/// of the length and one for each eight bytes.
@frozen
public struct FieldKey {
  @usableFromInline let start: UnsafeRawPointer
  /// Length in bytes, for a `switch` over names of equal length.
  public let count: Int

  @inlinable
  init(start: UnsafeRawPointer, count: Int) {
    self.start = start
    self.count = count
  }

  /// Whether the key is this name. The name is not empty.
  @inlinable @inline(__always)
  public func matches(_ name: StaticString) -> Bool {
    guard name.hasPointerRepresentation else {
      return name.withUTF8Buffer { count == $0.count && $0.elementsEqual(UnsafeRawBufferPointer(start: start, count: count)) }
    }
    let length = name.utf8CodeUnitCount
    guard count == length else { return false }
    let other = UnsafeRawPointer(name.utf8Start)
    // Overlapping loads compare the rest without a loop over bytes.
    if length >= 8 {
      var offset = 0
      while offset &+ 8 < length {
        guard equal(other, at: offset, as: UInt64.self) else { return false }
        offset &+= 8
      }
      return equal(other, at: length &- 8, as: UInt64.self)
    }
    if length >= 4 {
      return equal(other, at: 0, as: UInt32.self) && equal(other, at: length &- 4, as: UInt32.self)
    }
    if length >= 2 {
      return equal(other, at: 0, as: UInt16.self) && equal(other, at: length &- 2, as: UInt16.self)
    }
    return length == 0 || equal(other, at: 0, as: UInt8.self)
  }

  @inlinable @inline(__always)
  func equal<Word: FixedWidthInteger & BitwiseCopyable>(_ other: UnsafeRawPointer, at offset: Int, as: Word.Type) -> Bool {
    start.loadUnaligned(fromByteOffset: offset, as: Word.self) == other.loadUnaligned(fromByteOffset: offset, as: Word.self)
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

/// Which fields of a record have been read: one bit for each, in the order of their declaration.
@frozen
public struct FieldSet {
  /// Fields that one record can have.
  public static var fieldsMax: Int { 128 }

  @usableFromInline var low: UInt64 = 0
  @usableFromInline var high: UInt64 = 0

  @inlinable public init() {}

  /// Adds a field. `false` when it was there already.
  @inlinable @inline(__always)
  public mutating func insert(_ field: Int) -> Bool {
    let bit = UInt64(1) << UInt64(truncatingIfNeeded: field & 63)
    if field < 64 {
      defer { low |= bit }
      return low & bit == 0
    } else {
      defer { high |= bit }
      return high & bit == 0
    }
  }
}
