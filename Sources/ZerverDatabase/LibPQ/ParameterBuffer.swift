import CPostgres
import Glibc
import ZerverCore

/// The parameters of one statement in the form that libpq takes, in memory that is used again for the next statement.
///
/// All but bytes go as text: the server infers each type from the statement, so that the same SQL and the same values
/// work for an `int`, a `bigint` and a `numeric` column, and libpq needs no type numbers. Only this buffer's owner uses
/// it, on one thread, and libpq copies everything before the call that gets it returns.
struct ParameterBuffer: ~Copyable {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var used = 0
  private var offsets: [Int] = []
  private(set) var values: [UnsafePointer<CChar>?] = []
  private(set) var lengths: [Int32] = []
  private(set) var formats: [Int32] = []

  init() {
    capacity = 4096
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  var count: Int32 { Int32(values.count) }

  /// The pointers in `values` are valid until the next call.
  mutating func encode(_ parameters: [DatabaseValue]) {
    used = 0
    offsets.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    formats.removeAll(keepingCapacity: true)
    for parameter in parameters { encode(parameter) }
    // The memory may have moved while it grew, so addresses are taken at the end.
    for offset in offsets {
      values.append(offset < 0 ? nil : UnsafeRawPointer(bytes + offset).assumingMemoryBound(to: CChar.self))
    }
  }

  private mutating func encode(_ value: DatabaseValue) {
    offsets.append(value == .null ? -1 : used)
    let start = used
    var format: Int32 = 0
    switch value {
    case .null: break
    // PostgreSQL reads 1 and 0 as booleans and as numbers alike.
    case .bool(let bool): append(byte: bool ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    case .int(let int): append(int)
    case .double(let double): append(double.description)
    case .text(let text): append(text)
    case .bytes(let array):
      format = 1
      reserve(array.count)
      array.withUnsafeBufferPointer { source in
        if let address = source.baseAddress { (bytes + used).update(from: address, count: source.count) }
      }
      used += array.count
    }
    lengths.append(Int32(used - start))
    formats.append(format)
    append(byte: 0)
  }

  private mutating func append(byte: UInt8) {
    reserve(1)
    bytes[used] = byte
    used += 1
  }

  private mutating func append(_ int: Int) {
    // Int.min has 20 characters.
    reserve(20)
    var magnitude = int.magnitude
    var digits = 0
    var scale = magnitude
    repeat {
      digits += 1
      scale /= 10
    } while scale > 0
    if int < 0 {
      bytes[used] = UInt8(ascii: "-")
      used += 1
    }
    for position in stride(from: digits - 1, through: 0, by: -1) {
      bytes[used + position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
      magnitude /= 10
    }
    used += digits
  }

  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { source in
      reserve(source.count)
      if let address = source.baseAddress { (bytes + used).update(from: address, count: source.count) }
      used += source.count
    }
  }

  private mutating func reserve(_ count: Int) {
    guard used + count > capacity else { return }
    let larger = max(capacity * 2, used + count)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: bytes, count: used)
    bytes.deallocate()
    bytes = moved
    capacity = larger
  }
}

extension ParameterBuffer {
  /// Why PostgreSQL could not take these parameters, before anything is sent; `nil` when it can.
  static func refusal(of parameters: [DatabaseValue]) -> String? {
    // The protocol counts parameters in 16 bits.
    guard parameters.count <= 65_535 else { return "\(parameters.count) parameters, and PostgreSQL takes 65,535" }
    for (index, parameter) in parameters.enumerated() {
      if case .text(let text) = parameter, containsZero(text) {
        return "parameter $\(index + 1) contains the character U+0000, which PostgreSQL has no text for"
      }
    }
    return nil
  }

  private static func containsZero(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let address = bytes.baseAddress else { return false }
      return memchr(address, 0, bytes.count) != nil
    }
  }
}
