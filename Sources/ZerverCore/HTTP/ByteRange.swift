/// What `Range` asks for of a body of known length (RFC 9110 §14).
@_spi(Server) public enum ByteRange: Equatable, Sendable {
  /// The whole body: the field is of another unit, is malformed, or asks for several parts. A server may always answer so
  /// (RFC 9110 §14.2), and several parts cost more than they save for what fits in memory.
  case whole
  /// These bytes, at least one.
  case part(start: Int, count: Int)
  /// Nothing of the body lies in the range: 416.
  case unsatisfiable

  /// - Parameter field: as in `bytes=0-499`, `bytes=500-` or `bytes=-200`.
  public init(_ field: UnsafeRawBufferPointer, of bodyBytes: Int) {
    self = .whole
    let unit: StaticString = "bytes="
    let length = unit.utf8CodeUnitCount
    guard let base = field.baseAddress, field.count > length,
      HTTPSyntax.equalsFolded(base, length, unit)
    else { return }
    let range = HTTPSyntax.trimmed(base, from: length, to: field.count).of(field)
    guard let hyphen = range.firstIndex(of: UInt8(ascii: "-")) else { return }
    let first = Self.number(range[..<hyphen])
    let last = Self.number(range[(hyphen + 1)...])
    switch (first, last) {
    case (.number(let first), .number(let last)) where first <= last: self = Self.part(first, last, bodyBytes)
    case (.number(let first), .empty): self = Self.part(first, .max, bodyBytes)
    case (.empty, .number(let count)):
      self = count == 0 ? .unsatisfiable : Self.part(max(0, bodyBytes - count), .max, bodyBytes)
    case (.number, .number), (.empty, .empty), (.malformed, _), (_, .malformed): return
    }
  }

  private static func part(_ first: Int, _ last: Int, _ bodyBytes: Int) -> ByteRange {
    guard first < bodyBytes else { return .unsatisfiable }
    return .part(start: first, count: min(last, bodyBytes - 1) - first + 1)
  }

  private enum Number {
    case empty, malformed
    case number(Int)
  }

  private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Number {
    guard !text.isEmpty else { return .empty }
    var number = 0
    for byte in text {
      guard byte &- UInt8(ascii: "0") < 10 else { return .malformed }
      // Beyond any body the exact value does not matter.
      number = min(number &* 10 &+ Int(byte &- UInt8(ascii: "0")), 1 << 56)
    }
    return .number(number)
  }
}
