extension ByteBuffer {
  /// Appends a whole number in decimal digits.
  public mutating func append(_ number: Int) {
    if number < 0 {
      append(byte: UInt8(ascii: "-"))
    }
    append(number.magnitude)
  }

  /// Appends a whole number in decimal digits.
  public mutating func append(_ number: UInt) {
    if number < 10 {
      append(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number))
      return
    }
    let digits = Self.digitCount(number)
    Self.storeDigits(number, digits, at: tail(reserving: digits))
    end &+= digits
  }

  /// Stores a number of so many digits.
  static func storeDigits(_ number: UInt, _ digits: Int, at target: UnsafeMutableRawPointer) {
    // Two digits per division: half the divisions, which are what this costs.
    let pairs = UnsafeRawPointer(digitPairs.utf8Start)
    var rest = number
    var offset = digits
    while rest >= 100 {
      offset &-= 2
      let pair = Int(truncatingIfNeeded: rest % 100) &* 2
      rest /= 100
      target.storeBytes(of: pairs.loadUnaligned(fromByteOffset: pair, as: UInt16.self), toByteOffset: offset, as: UInt16.self)
    }
    if rest >= 10 {
      let pair = Int(truncatingIfNeeded: rest) &* 2
      target.storeBytes(of: pairs.loadUnaligned(fromByteOffset: pair, as: UInt16.self), toByteOffset: 0, as: UInt16.self)
    } else {
      target.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    }
  }

  /// Appends lower-case hexadecimal digits without leading zeros, as a chunk size is written.
  @_spi(Server) public mutating func append(hexadecimal number: UInt) {
    let digits = max(1, (UInt.bitWidth - number.leadingZeroBitCount + 3) / 4)
    for position in stride(from: digits - 1, through: 0, by: -1) {
      append(byte: hexadecimalDigit(UInt8(truncatingIfNeeded: number >> UInt(position * 4) & 0xF)))
    }
  }

  static func digitCount(_ number: UInt) -> Int {
    // Most numbers are short: no table of powers is as fast for them.
    var digits = 1
    var rest = number
    while rest >= 10000 {
      rest /= 10000
      digits &+= 4
    }
    return digits &+ (rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
  }

  static var digitPairs: StaticString {
    """
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """
  }
}

/// The lower-case digit of a value below 16.
func hexadecimalDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
}

/// The value of a hexadecimal digit of either case.
@inline(__always)
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- UInt8(ascii: "a") &+ 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- UInt8(ascii: "A") &+ 10
  default: nil
  }
}
