/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 §5.6.7).
@_spi(Server) public enum HTTPDate {
  /// Length of every date in bytes.
  public static var bytes: Int { 29 }

  /// The date as a text, for those who have no buffer.
  public static func text(unixSeconds: Int) -> String {
    var buffer = ByteBuffer()
    append(unixSeconds, to: &buffer)
    return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Appends the date.
  ///
  /// - Parameter unixSeconds: seconds since 1970-01-01 00:00:00 UTC, of the years 0 to 9999.
  public static func append(_ unixSeconds: Int, to buffer: inout ByteBuffer) {
    let days = floorDivide(unixSeconds, 86400)
    let second = unixSeconds - days * 86400
    let (year, month, day) = civil(days)
    precondition((0...9999).contains(year), "a date of HTTP has four digits for the year")
    // 1970-01-01 was a Thursday.
    let weekday = (days % 7 + 7 + 4) % 7
    append("SunMonTueWedThuFriSat", weekday, to: &buffer)
    buffer.append(", ")
    append(twoDigits: day, to: &buffer)
    buffer.append(" ")
    append("JanFebMarAprMayJunJulAugSepOctNovDec", month - 1, to: &buffer)
    buffer.append(" ")
    append(twoDigits: year / 100, to: &buffer)
    append(twoDigits: year % 100, to: &buffer)
    buffer.append(" ")
    append(twoDigits: second / 3600, to: &buffer)
    buffer.append(":")
    append(twoDigits: second / 60 % 60, to: &buffer)
    buffer.append(":")
    append(twoDigits: second % 60, to: &buffer)
    buffer.append(" GMT")
  }

  /// Year, month from 1 and day from 1 of a day since 1970-01-01, in the Gregorian calendar.
  ///
  /// Counts in eras of 400 years that begin in March, so that the leap day is a year's last (Howard Hinnant,
  /// "chrono-Compatible Low-Level Date Algorithms").
  static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }

  private static func append(_ names: StaticString, _ index: Int, to buffer: inout ByteBuffer) {
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: names.utf8Start + index * 3, count: 3))
  }

  private static func append(twoDigits number: Int, to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "0") + UInt8(number / 10))
    buffer.append(byte: UInt8(ascii: "0") + UInt8(number % 10))
  }
}

/// The `Date` line of responses, written once a second.
@_spi(Server) public struct HTTPDateLine: ~Copyable {
  private var unixSeconds = Int.min
  private var line = ByteBuffer()

  public init(unixSeconds: Int) { update(unixSeconds: unixSeconds) }

  /// Tells the time. Costs a comparison when the second has not changed.
  public mutating func update(unixSeconds: Int) {
    guard unixSeconds != self.unixSeconds else { return }
    self.unixSeconds = unixSeconds
    line.removeAll()
    line.append("Date: ")
    HTTPDate.append(unixSeconds, to: &line)
    line.append("\r\n")
  }

  /// Length of the line with its line break.
  @inline(__always) static var bytes: Int { 37 }

  @inline(__always)
  borrowing func put(at cursor: inout ByteCursor) {
    precondition(line.count == Self.bytes, "every date has the same length")
    // A constant length makes the copy a few moves.
    cursor.put(line.view.baseAddress.unsafelyUnwrapped, count: Self.bytes)
  }
}
