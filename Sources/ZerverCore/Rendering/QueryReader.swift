/// Reads a query in `application/x-www-form-urlencoded` form: `key=value` pairs between `&`, percent-encoded, `+` for a
/// space. Values are UTF-8.
///
/// Generated code has the form that it has for ``JSONReader``, with the same names: ``nextKey()`` until it is `nil`, one
/// read for each key, a ``FieldSet`` against duplicates. A record of constrained scalars reads alike from both.
public struct QueryReader: ~Copyable {
  /// Pairs that one query may have.
  public static var pairsMax: Int { FieldSet.fieldsMax }

  let base: UnsafeRawPointer
  let limit: Int
  /// The first byte of the next pair.
  var position = 0
  var pairs = 0
  /// The value of the current pair, still encoded.
  var valueStart = 0
  var valueEnd = 0
  /// The key and the value of the current pair, decoded, where they had to be.
  var keyScratch = ByteBuffer()
  var valueScratch = ByteBuffer()
  var key = UnsafeRawBufferPointer(start: nil, count: 0)

  /// - Parameter query: what stands behind the `?`. It must stay alive and unchanged while the reader lives.
  public init(_ query: UnsafeRawBufferPointer) throws(InputError) {
    base = query.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
    limit = query.count
  }

  /// Makes sure that every pair has been read.
  public mutating func finish() throws(InputError) {
    guard try nextKey() == nil else { throw unknownField() }
  }

  /// The key of the next pair, or `nil` behind the last. Empty pairs, as in `a=1&&b=2`, are skipped, as browsers do.
  public mutating func nextKey() throws(InputError) -> FieldKey? {
    while position < limit, base.byte(at: position) == UInt8(ascii: "&") { position &+= 1 }
    guard position < limit else { return nil }
    pairs &+= 1
    guard pairs <= Self.pairsMax else { throw malformed("it has more than \(Self.pairsMax) parameters") }
    let start = position
    var keyEnd = -1
    while position < limit, case let byte = base.byte(at: position), byte != UInt8(ascii: "&") {
      if byte == UInt8(ascii: "="), keyEnd < 0 { keyEnd = position }
      position &+= 1
    }
    // A key without `=` has the empty value.
    if keyEnd < 0 { keyEnd = position }
    valueStart = min(keyEnd &+ 1, position)
    valueEnd = position
    key = try Self.decode(base, start, keyEnd, into: &keyScratch)
    return FieldKey(start: key.baseAddress.unsafelyUnwrapped, count: key.count)
  }

  // MARK: Values

  /// A string without U+0000. For `length` and `pattern` see ``JSONReader/readString(length:pattern:)``.
  public mutating func readString(
    length: ClosedRange<Int>? = nil, pattern: PatternMatcher? = nil
  ) throws(InputError) -> String {
    let bytes = try value()
    guard !bytes.contains(0) else { throw constraintViolated(InputRule.noZero) }
    if let length, !length.contains(UTF8Validation.scalarCount(bytes)) {
      throw constraintViolated(InputRule.length(length))
    }
    if let pattern, !pattern.matches(bytes) { throw constraintViolated(InputRule.pattern(pattern)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A whole number in decimal digits.
  public mutating func readInt(range: ClosedRange<Int>? = nil) throws(InputError) -> Int {
    let bytes = try value()
    guard let number = number(bytes), !number.isFractional else { throw wrongType("a whole number") }
    guard let int = number.int else { throw constraintViolated("must be a whole number of at most 64 bits") }
    if let range, !range.contains(int) { throw constraintViolated(InputRule.range(range)) }
    return int
  }

  /// A number as JSON writes it.
  public mutating func readDouble(range: ClosedRange<Double>? = nil) throws(InputError) -> Double {
    let bytes = try value()
    guard let number = number(bytes) else { throw wrongType("a number") }
    guard let double = number.double(bytes) else { throw constraintViolated("must be a number that a double can hold") }
    if let range, !range.contains(double) { throw constraintViolated(InputRule.range(range)) }
    return double
  }

  /// `true` or `false`.
  public mutating func readBool() throws(InputError) -> Bool {
    let token = try readToken()
    if token.matches("true") { return true }
    guard token.matches("false") else { throw wrongType("true or false") }
    return false
  }

  /// The value as it stands, for the comparison with the cases of an enum.
  public mutating func readToken() throws(InputError) -> FieldKey {
    let bytes = try value()
    return FieldKey(start: bytes.baseAddress.unsafelyUnwrapped, count: bytes.count)
  }

  // MARK: Errors

  /// The key that ``nextKey()`` returned is not one of the record's.
  @inline(never)
  public func unknownField() -> InputError {
    InputError(.unknownField, field: field, detail: "this parameter is not known here")
  }

  /// The key that ``nextKey()`` returned has been there before.
  @inline(never)
  public func duplicateField() -> InputError {
    InputError(.malformedQuery, field: field, detail: "a parameter stands twice in the query")
  }

  @inline(never)
  public func missingField(_ name: StaticString) -> InputError {
    InputError(.missingField, field: name.description, detail: "this parameter is required")
  }

  /// The value read last is none of an enum's cases.
  @inline(never)
  public func unknownCase(_ cases: StaticString) -> InputError { constraintViolated("must be one of: \(cases)") }

  /// The value read last breaks a rule of its type. See ``JSONReader/constraintViolated(_:)``.
  @inline(never)
  public func constraintViolated(_ rule: String) -> InputError {
    InputError(.constraintViolated, field: field, detail: rule)
  }

  /// The value read last is of another type than `expected`.
  @inline(never)
  public func wrongType(_ expected: StaticString) -> InputError {
    InputError(.wrongType, field: field, detail: "must be \(expected)")
  }

  private var field: String { JSONPath.component(String(decoding: key, as: UTF8.self), isFirst: true) }

  @inline(never)
  private func malformed(_ reason: String) -> InputError {
    InputError(.malformedQuery, field: "", detail: "the query cannot be read: \(reason)")
  }

  // MARK: Decoding

  private mutating func value() throws(InputError) -> UnsafeRawBufferPointer {
    try Self.decode(base, valueStart, valueEnd, into: &valueScratch)
  }

  private func number(_ bytes: UnsafeRawBufferPointer) -> JSONNumber? {
    let start = bytes.baseAddress.unsafelyUnwrapped
    guard let number = JSONNumber(start, from: 0, to: bytes.count), number.end == bytes.count else { return nil }
    return number
  }

  /// Undoes the encoding: in place when there is none, into `scratch` otherwise. The result has an address even when it
  /// is empty.
  private static func decode(
    _ base: UnsafeRawPointer, _ start: Int, _ end: Int, into scratch: inout ByteBuffer
  ) throws(InputError) -> UnsafeRawBufferPointer {
    var offset = start
    while offset < end {
      let byte = base.byte(at: offset)
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "+") || byte >= 0x80 { break }
      offset &+= 1
    }
    if offset == end { return UnsafeRawBufferPointer(start: base + start, count: end &- start) }
    scratch.removeAll()
    scratch.append(contentsOf: UnsafeRawBufferPointer(start: base + start, count: offset &- start))
    while offset < end {
      let byte = base.byte(at: offset)
      switch byte {
      case UInt8(ascii: "+"):
        scratch.append(byte: 0x20)
        offset &+= 1
      case UInt8(ascii: "%"):
        guard end &- offset >= 3, let high = hexadecimalValue(base.byte(at: offset &+ 1)),
          let low = hexadecimalValue(base.byte(at: offset &+ 2))
        else { throw undecodable("% must be followed by two hexadecimal digits") }
        scratch.append(byte: high << 4 | low)
        offset &+= 3
      default:
        scratch.append(byte: byte)
        offset &+= 1
      }
    }
    let view = scratch.view
    guard UTF8Validation.firstInvalid(view.baseAddress.unsafelyUnwrapped, from: 0, to: view.count) == nil else {
      throw undecodable("it is not valid UTF-8")
    }
    return view
  }

  @inline(never)
  private static func undecodable(_ reason: String) -> InputError {
    InputError(.malformedQuery, field: "", detail: "the query cannot be decoded: \(reason)")
  }
}
