@_spi(Server) extension HTTPDate {
  /// Unix seconds of a date that a client sent, in any of the three forms that a recipient must know (RFC 9110 §5.6.7):
  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. `nil` for anything else,
  /// which makes the condition that it stands in disappear (RFC 9110 §13.1.3).
  /// A year of two digits lies between 1970 and 2069.
  public static func parse(_ text: UnsafeRawBufferPointer) -> Int? {
    let parts = text.split(omittingEmptySubsequences: true) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
    switch parts.count {
    case 6 where parts[5].elementsEqual("GMT".utf8):
      return seconds(year: number(parts[3], digits: 4), month: month(parts[2]), day: number(parts[1], digits: 2), time: parts[4])
    case 4 where parts[3].elementsEqual("GMT".utf8):
      let date = parts[1].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      guard date.count == 3, let year = number(date[2], digits: 2) else { return nil }
      return seconds(year: year + (year < 70 ? 2000 : 1900), month: month(date[1]), day: number(date[0], digits: 2), time: parts[2])
    case 5:
      return seconds(
        year: number(parts[4], digits: 4), month: month(parts[1]), day: number(parts[2], digits: parts[2].count), time: parts[3])
    default:
      return nil
    }
  }

  private typealias Part = Slice<UnsafeRawBufferPointer>

  private static func seconds(year: Int?, month: Int?, day: Int?, time: Part) -> Int? {
    let clock = time.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { number($0, digits: 2) }
    guard let year, let month, let day, (1...31).contains(day), clock.count == 3, let hour = clock[0], hour < 24,
      let minute = clock[1], minute < 60, let second = clock[2], second <= 60
    else { return nil }
    let days = self.days(year: year, month: month, day: day)
    // The 31st of a short month is no date.
    guard civil(days) == (year, month, day) else { return nil }
    return days * 86400 + hour * 3600 + minute * 60 + second
  }

  /// Days since 1970-01-01; the inverse of ``civil(_:)``.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func number(_ part: Part, digits: Int) -> Int? {
    guard part.count == digits, (1...4).contains(digits) else { return nil }
    var number = 0
    for byte in part {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }

  private static func month(_ part: Part) -> Int? {
    let names = "JanFebMarAprMayJunJulAugSepOctNovDec" as StaticString
    guard part.count == 3 else { return nil }
    for index in 0..<12 where part.elementsEqual(UnsafeRawBufferPointer(start: names.utf8Start + index * 3, count: 3)) {
      return index + 1
    }
    return nil
  }
}
