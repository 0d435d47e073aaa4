/// Reads one JSON document strictly: the grammar of RFC 8259, valid UTF-8, no lone surrogates, no member twice, at most
/// ``depthMax`` levels, nothing behind the value.
///
/// It pulls: the caller says which type comes next. It allocates nothing but the strings that it returns, and looks for
/// the line, the column and the path of a field only when it has failed.
///
/// Generated code has this form, for a record and for an enum. A field set guards against duplicates, a chain of
/// comparisons finds the field, and the errors come from the reader:
///
/// ```swift
/// public init(from reader: inout JSONReader) throws(InputError) {
///   var fields = FieldSet()
///   var cartId: String?
///   var lines: [OrderLine]?
///   var coupon: String?
///   try reader.beginObject()
///   while let key = try reader.nextKey() {
///     if key.matches("cart-id") {
///       guard fields.insert(0) else { throw reader.duplicateField() }
///       cartId = try reader.readString(length: 1...64)
///     } else if key.matches("lines") {
///       guard fields.insert(1) else { throw reader.duplicateField() }
///       lines = try reader.readList(of: OrderLine.self, items: 1...50)
///     } else if key.matches("coupon") {
///       guard fields.insert(2) else { throw reader.duplicateField() }
///       coupon = try reader.readNull() ? nil : reader.readString(pattern: couponPattern)
///     } else {
///       throw reader.unknownField()
///     }
///   }
///   guard let cartId else { throw reader.missingField("cart-id") }
///   guard let lines else { throw reader.missingField("lines") }
///   self.init(cartId: cartId, lines: lines, coupon: coupon)
/// }
///
/// public init(from reader: inout JSONReader) throws(InputError) {
///   let name = try reader.readToken()
///   if name.matches("free") { self = .free }
///   else if name.matches("plus") { self = .plus }
///   else { throw reader.unknownCase("free, plus") }
/// }
/// ```
///
/// A list of constrained elements, and a map, take a closure:
///
/// ```swift
/// tags = try reader.readList(items: 0...5) { (reader: inout JSONReader) throws(InputError) in
///   try reader.readString(length: 1...20)
/// }
/// ```
///
/// A field that is `sensitive` and holds a record, list or map is read between ``enterSensitive()`` and
/// ``leaveSensitive(_:)``, so that no error names what is inside. Values themselves are never part of an error.
public struct JSONReader: ~Copyable {
  /// Levels of nesting that a document may have. Far beyond any sensible record, far below the stack's end.
  public static var depthMax: Int { 64 }

  let base: UnsafeRawPointer
  let limit: Int
  var position = 0
  /// Directly behind an opening bracket, where no comma comes first.
  var isFirst = false
  var depth = 0
  /// Where the value or key begins that was read last: what an error is about.
  var subject = 0
  /// Where the sensitive value begins that is being read. Errors inside it are about it as a whole.
  var sensitiveStart = Int.max
  /// A string that had escapes, decoded.
  var scratch = ByteBuffer()
  /// Where U+0000 was read last. Only an escape can bring it.
  var lastZero = -1

  /// The bytes must stay alive and unchanged while the reader lives.
  public init(_ bytes: UnsafeRawBufferPointer) {
    // Of an empty document no byte is ever read, so any address will do.
    base = bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
    limit = bytes.count
  }

  // MARK: Structure

  /// Makes sure that only white space follows the value.
  public mutating func finish() throws(InputError) {
    skipSpace()
    guard position == limit else { throw malformed("the document goes on behind its value") }
  }

  public mutating func beginObject() throws(InputError) {
    guard try peek() == UInt8(ascii: "{") else { throw wrongType("an object") }
    try open()
  }

  /// The key of the next member with its colon consumed, or `nil` at the end of the object.
  public mutating func nextKey() throws(InputError) -> FieldKey? {
    var byte = try peek()
    if byte == UInt8(ascii: "}") {
      close()
      return nil
    }
    if isFirst {
      isFirst = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw malformed("a comma or } is expected here") }
      position &+= 1
      byte = try peek()
    }
    guard byte == UInt8(ascii: "\"") else { throw malformed("a member's name in quotes is expected here") }
    subject = position
    let key = try readStringBytes().bytes
    guard try peek() == UInt8(ascii: ":") else { throw malformed("a colon is expected here") }
    position &+= 1
    return FieldKey(start: key.baseAddress.unsafelyUnwrapped, count: key.count)
  }

  public mutating func beginArray() throws(InputError) {
    guard try peek() == UInt8(ascii: "[") else { throw wrongType("a list") }
    try open()
  }

  /// Whether another element comes; `false` has consumed the end of the array.
  public mutating func nextElement() throws(InputError) -> Bool {
    let byte = try peek()
    if byte == UInt8(ascii: "]") {
      close()
      return false
    }
    if isFirst {
      isFirst = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw malformed("a comma or ] is expected here") }
      position &+= 1
      // Without this, a list whose elements may be anything would end at `[1,]`.
      guard try peek() != UInt8(ascii: "]") else { throw malformed("a value is expected here") }
    }
    return true
  }

  @inline(__always)
  private mutating func open() throws(InputError) {
    guard depth < Self.depthMax else { throw malformed("the document is nested deeper than \(Self.depthMax) levels") }
    subject = position
    position &+= 1
    depth &+= 1
    isFirst = true
  }

  @inline(__always)
  private mutating func close() {
    position &+= 1
    depth &-= 1
    isFirst = false
  }

  // MARK: Scalars

  /// Consumes a `null`. `false` when the next value is another one, which stays.
  public mutating func readNull() throws(InputError) -> Bool {
    guard try peek() == UInt8(ascii: "n") else { return false }
    subject = position
    try readLiteral("null")
    return true
  }

  public mutating func readBool() throws(InputError) -> Bool {
    let byte = try peek()
    subject = position
    switch byte {
    case UInt8(ascii: "t"):
      try readLiteral("true")
      return true
    case UInt8(ascii: "f"):
      try readLiteral("false")
      return false
    default:
      throw wrongType("true or false")
    }
  }

  /// A whole number without fraction and exponent, in the range of `Int` and in `range`.
  public mutating func readInt(range: ClosedRange<Int>? = nil) throws(InputError) -> Int {
    let number = try readNumber("a whole number")
    guard !number.isFractional else { throw wrongType("a whole number") }
    guard let int = number.int else { throw constraintViolated("must be a whole number of at most 64 bits") }
    if let range, !range.contains(int) { throw outOfRange(range) }
    position = number.end
    return int
  }

  /// A number in the range of `Double` and in `range`.
  public mutating func readDouble(range: ClosedRange<Double>? = nil) throws(InputError) -> Double {
    let number = try readNumber("a number")
    let text = UnsafeRawBufferPointer(start: base + position, count: number.end &- position)
    guard let double = number.double(text) else { throw constraintViolated("must be a number that a double can hold") }
    if let range, !range.contains(double) { throw outOfRange(range) }
    position = number.end
    return double
  }

  /// A string. U+0000 is refused everywhere: PostgreSQL has no text for it, and to C it is the end of one, so it would
  /// be a different string in each place that it reaches.
  ///
  /// - Parameters:
  ///   - length: bounds of its number of Unicode scalars.
  ///   - pattern: what the whole string must match.
  public mutating func readString(
    length: ClosedRange<Int>? = nil, pattern: PatternMatcher? = nil
  ) throws(InputError) -> String {
    guard try peek() == UInt8(ascii: "\"") else { throw wrongType("a string") }
    subject = position
    let (bytes, isASCII) = try readStringBytes()
    try checkZero()
    if let length { try check(isASCII ? bytes.count : UTF8Validation.scalarCount(bytes), length) }
    if let pattern { try check(bytes, pattern) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A string as it stands, for the comparison with the cases of an enum.
  public mutating func readToken() throws(InputError) -> FieldKey {
    guard try peek() == UInt8(ascii: "\"") else { throw wrongType("a string") }
    subject = position
    let bytes = try readStringBytes().bytes
    return FieldKey(start: bytes.baseAddress.unsafelyUnwrapped, count: bytes.count)
  }

  // MARK: Lists and maps

  /// A list.
  ///
  /// - Parameter items: bounds of its number of elements. The list is refused at the first element too many.
  @inlinable
  public mutating func readList<Element: JSONDecodable>(
    of type: Element.Type, items: ClosedRange<Int>? = nil
  ) throws(InputError) -> [Element] {
    try readList(items: items) { (reader: inout JSONReader) throws(InputError) -> Element in try Element(from: &reader) }
  }

  /// A list, with a closure that reads one element.
  @inlinable
  public mutating func readList<Element>(
    items: ClosedRange<Int>? = nil, _ element: (inout JSONReader) throws(InputError) -> Element
  ) throws(InputError) -> [Element] {
    try beginArray()
    let mark = subjectMark
    var list: [Element] = []
    while try nextElement() {
      if let items, list.count == items.upperBound { throw tooFewOrMany(items, mark) }
      // One allocation in place of the four that growing from nothing would take.
      if list.isEmpty { list.reserveCapacity(8) }
      list.append(try element(&self))
    }
    if let items, list.count < items.lowerBound { throw tooFewOrMany(items, mark) }
    return list
  }

  /// A list whose elements are all different. The error is about the first one that repeats another.
  ///
  /// - Parameter items: bounds of its number of elements.
  @inlinable
  public mutating func readUniqueList<Element: JSONDecodable & Hashable>(
    of type: Element.Type, items: ClosedRange<Int>? = nil
  ) throws(InputError) -> [Element] {
    var seen: Set<Element> = []
    return try readList(items: items) { (reader: inout JSONReader) throws(InputError) -> Element in
      let element = try Element(from: &reader)
      guard seen.insert(element).inserted else { throw reader.constraintViolated("must differ from the elements before it") }
      return element
    }
  }

  /// A map from strings.
  ///
  /// - Parameter items: bounds of its number of members.
  @inlinable
  public mutating func readMap<Value: JSONDecodable>(
    of type: Value.Type, items: ClosedRange<Int>? = nil
  ) throws(InputError) -> [String: Value] {
    try readMap(items: items) { (reader: inout JSONReader) throws(InputError) -> Value in try Value(from: &reader) }
  }

  /// A map from strings, with a closure that reads one value.
  @inlinable
  public mutating func readMap<Value>(
    items: ClosedRange<Int>? = nil, _ value: (inout JSONReader) throws(InputError) -> Value
  ) throws(InputError) -> [String: Value] {
    try beginObject()
    let mark = subjectMark
    var map: [String: Value] = [:]
    while let key = try nextKey() {
      if let items, map.count == items.upperBound { throw tooFewOrMany(items, mark) }
      try checkZero()
      let name = text(of: key)
      guard map[name] == nil else { throw duplicateField() }
      map[name] = try value(&self)
    }
    if let items, map.count < items.lowerBound { throw tooFewOrMany(items, mark) }
    return map
  }

  /// Reads a value of any type and forgets it. Everything that is checked elsewhere is checked here, but for duplicates.
  public mutating func skipValue() throws(InputError) {
    switch try peek() {
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    case UInt8(ascii: "["):
      try beginArray()
      while try nextElement() { try skipValue() }
    case UInt8(ascii: "\""): _ = try readStringBytes()
    case UInt8(ascii: "t"): try readLiteral("true")
    case UInt8(ascii: "f"): try readLiteral("false")
    case UInt8(ascii: "n"): try readLiteral("null")
    default:
      guard let number = JSONNumber(base, from: position, to: limit) else { throw malformed("a value is expected here") }
      position = number.end
    }
  }

  // MARK: Sensitive fields

  /// Errors from here on are about the value that comes next, as a whole.
  public mutating func enterSensitive() -> SensitiveMark {
    let mark = SensitiveMark(start: sensitiveStart)
    skipSpace()
    sensitiveStart = min(sensitiveStart, position)
    return mark
  }

  /// Ends what ``enterSensitive()`` began, with the mark that it returned.
  public mutating func leaveSensitive(_ mark: SensitiveMark) { sensitiveStart = mark.start }

  public struct SensitiveMark {
    let start: Int
  }

  // MARK: Bytes

  /// Skips white space and returns the byte behind it, which stays.
  @inline(__always)
  mutating func peek() throws(InputError) -> UInt8 {
    if position < limit {
      let byte = base.byte(at: position)
      if byte > 0x20 { return byte }
    }
    skipSpace()
    guard position < limit else { throw malformed("the document ends too early") }
    return base.byte(at: position)
  }

  mutating func skipSpace() {
    while position < limit {
      switch base.byte(at: position) {
      case 0x20, 0x09, 0x0A, 0x0D: position &+= 1
      default: return
      }
    }
  }

  private mutating func readLiteral(_ literal: StaticString) throws(InputError) {
    let length = literal.utf8CodeUnitCount
    guard limit &- position >= length, FieldKey(start: base + position, count: length).matches(literal) else {
      throw malformed("a value is expected here")
    }
    position &+= length
  }

  /// The number at the position, which stays.
  @inline(__always)
  private mutating func readNumber(_ expected: StaticString) throws(InputError) -> JSONNumber {
    let byte = try peek()
    subject = position
    guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10 else { throw wrongType(expected) }
    guard let number = JSONNumber(base, from: position, to: limit) else { throw malformed("a number is cut short here") }
    return number
  }

  /// The string whose opening quote is at the position: in place, or in `scratch` when it has escapes.
  @inline(__always)
  mutating func readStringBytes() throws(InputError) -> (bytes: UnsafeRawBufferPointer, isASCII: Bool) {
    let start = position &+ 1
    var offset = start
    while limit &- offset >= 8 {
      let found = Self.special(base.word(at: offset))
      if found != 0 {
        offset &+= bytesBefore(found)
        break
      }
      offset &+= 8
    }
    while offset < limit {
      let byte = base.byte(at: offset)
      if byte == UInt8(ascii: "\"") {
        position = offset &+ 1
        return (UnsafeRawBufferPointer(start: base + start, count: offset &- start), true)
      }
      if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\\") { break }
      offset &+= 1
    }
    return try readStringBytesSlowly(start, offset)
  }

  /// Marks what ends a run of plain ASCII: a quote, a backslash, a control character, a byte of a longer scalar.
  @inline(__always)
  private static func special(_ word: UInt64) -> UInt64 {
    marks(word, below: 0x20) | marks(word, equalTo: UInt8(ascii: "\"")) | marks(word, equalTo: UInt8(ascii: "\\"))
      | word & repeated(0x80)
  }

  @inline(never)
  private mutating func readStringBytesSlowly(
    _ start: Int, _ from: Int
  ) throws(InputError) -> (bytes: UnsafeRawBufferPointer, isASCII: Bool) {
    var offset = from
    var isASCII = true
    var hasEscapes = false
    /// Where the run begins that has not been copied yet.
    var run = start
    while offset < limit {
      let byte = base.byte(at: offset)
      if byte == UInt8(ascii: "\"") {
        position = offset &+ 1
        let rest = UnsafeRawBufferPointer(start: base + run, count: offset &- run)
        guard hasEscapes else { return (rest, isASCII) }
        scratch.append(contentsOf: rest)
        // A string of nothing but escapes may be empty of bytes only if it has no escape, so the view has an address.
        return (scratch.view, isASCII)
      }
      if byte == UInt8(ascii: "\\") {
        if !hasEscapes { scratch.removeAll() }
        hasEscapes = true
        scratch.append(contentsOf: UnsafeRawBufferPointer(start: base + run, count: offset &- run))
        let value = try readEscape(&offset)
        if value == 0 { lastZero = offset }
        if value >= 0x80 { isASCII = false }
        scratch.append(scalar: value)
        run = offset
      } else if byte < 0x20 {
        throw malformed("a control character must be escaped", at: offset)
      } else if byte < 0x80 {
        offset &+= 1
      } else {
        guard let scalar = UTF8Validation.scalar(base, at: offset, end: limit) else {
          throw malformed("the text is not valid UTF-8", at: offset)
        }
        isASCII = false
        offset &+= scalar.length
      }
    }
    throw malformed("the document ends inside a string", at: limit)
  }

  /// The scalar of the escape whose backslash is at `offset`, which moves behind it.
  private func readEscape(_ offset: inout Int) throws(InputError) -> UInt32 {
    let start = offset
    guard limit &- offset >= 2 else { throw malformed("the document ends inside a string", at: limit) }
    let letter = base.byte(at: offset &+ 1)
    offset &+= 2
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt32(letter)
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"): break
    default: throw malformed("there is no such escape", at: start)
    }
    guard let first = readHexadecimal(&offset) else { throw malformed("four hexadecimal digits are expected after \\u", at: start) }
    switch first {
    case 0xD800..<0xDC00:
      guard limit &- offset >= 6, base.byte(at: offset) == UInt8(ascii: "\\"), base.byte(at: offset &+ 1) == UInt8(ascii: "u")
      else { throw malformed("a surrogate stands alone", at: start) }
      offset &+= 2
      guard let second = readHexadecimal(&offset), (0xDC00..<0xE000).contains(second) else {
        throw malformed("a surrogate stands alone", at: start)
      }
      return 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    case 0xDC00..<0xE000:
      throw malformed("a surrogate stands alone", at: start)
    default:
      return first
    }
  }

  private func readHexadecimal(_ offset: inout Int) -> UInt32? {
    guard limit &- offset >= 4 else { return nil }
    var value: UInt32 = 0
    for index in 0..<4 {
      guard let digit = hexadecimalValue(base.byte(at: offset &+ index)) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    offset &+= 4
    return value
  }
}
