/// A number in the grammar of RFC 8259 §6.
struct JSONNumber {
  /// Offset behind the number.
  var end = 0
  var isNegative = false
  /// All digits without point and exponent. Meaningless when `digitsOverflow`.
  var digits: UInt64 = 0
  var digitsOverflow = false
  /// The power of ten that `digits` is multiplied by.
  var exponent = 0
  /// There is a fraction or an exponent, even one that changes nothing.
  var isFractional = false

  /// Reads the longest number at `start`. `nil` when the bytes begin none.
  @inline(__always)
  init?(_ bytes: UnsafeRawPointer, from start: Int, to limit: Int) {
    var offset = start
    if offset < limit, bytes.byte(at: offset) == UInt8(ascii: "-") {
      isNegative = true
      offset &+= 1
    }
    guard offset < limit else { return nil }
    let first = bytes.byte(at: offset) &- UInt8(ascii: "0")
    guard first < 10 else { return nil }
    offset &+= 1
    digits = UInt64(first)
    // A number that begins with zero is zero or a fraction: 01 is none.
    if first != 0 { readDigits(bytes, &offset, limit) }
    if offset < limit {
      let byte = bytes.byte(at: offset)
      if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
        guard readFraction(bytes, &offset, limit) else { return nil }
      }
    }
    end = offset
  }

  @inline(__always)
  private mutating func readDigits(_ bytes: UnsafeRawPointer, _ offset: inout Int, _ limit: Int) {
    while offset < limit {
      let digit = bytes.byte(at: offset) &- UInt8(ascii: "0")
      guard digit < 10 else { return }
      offset &+= 1
      // 18 digits always fit, so the checked multiplication is for the rare rest.
      if digits < 100_000_000_000_000_000 {
        digits = digits &* 10 &+ UInt64(digit)
      } else {
        addChecked(digit)
      }
    }
  }

  private mutating func addChecked(_ digit: UInt8) {
    let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
    digitsOverflow = digitsOverflow || overflow || carry
    digits = sum
  }

  @inline(never)
  private mutating func readFraction(_ bytes: UnsafeRawPointer, _ offset: inout Int, _ limit: Int) -> Bool {
    isFractional = true
    if bytes.byte(at: offset) == UInt8(ascii: ".") {
      offset &+= 1
      let start = offset
      readDigits(bytes, &offset, limit)
      guard offset > start else { return false }
      exponent = start - offset
    }
    guard offset < limit, bytes.byte(at: offset) | 0x20 == UInt8(ascii: "e") else { return true }
    offset &+= 1
    var isSmall = false
    if offset < limit, bytes.byte(at: offset) == UInt8(ascii: "-") || bytes.byte(at: offset) == UInt8(ascii: "+") {
      isSmall = bytes.byte(at: offset) == UInt8(ascii: "-")
      offset &+= 1
    }
    let start = offset
    var power = 0
    while offset < limit, case let digit = bytes.byte(at: offset) &- UInt8(ascii: "0"), digit < 10 {
      // Far beyond any double, and far below an overflow.
      if power < 100_000 { power = power &* 10 &+ Int(digit) }
      offset &+= 1
    }
    exponent &+= isSmall ? -power : power
    return offset > start
  }

  /// The value, or `nil` when it does not fit.
  var int: Int? {
    guard !digitsOverflow else { return nil }
    if isNegative {
      return digits <= UInt64(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- digits) : nil
    }
    return digits <= UInt64(Int.max) ? Int(truncatingIfNeeded: digits) : nil
  }

  /// The nearest double, or `nil` when it is beyond the largest. `text` is the number itself.
  func double(_ text: UnsafeRawBufferPointer) -> Double? {
    // Both operands are exact, so one operation rounds once, correctly (Clinger 1990).
    if !digitsOverflow, digits < 1 << 53, exponent.magnitude <= 22 {
      let scale = Self.powerOfTen(Int(exponent.magnitude))
      let value = exponent < 0 ? Double(digits) / scale : Double(digits) * scale
      return isNegative ? -value : value
    }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }

  /// Exact up to 10^22.
  private static func powerOfTen(_ exponent: Int) -> Double {
    var value = 1.0
    for _ in 0..<exponent { value *= 10 }
    return value
  }
}
