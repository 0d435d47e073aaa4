// Everything here runs on the failing path only. The path of a field is found by walking the document again, up to where
// reading stopped, so that success pays nothing for it.

extension JSONReader {
  /// The key that ``nextKey()`` returned is not one of the record's.
  @inline(never)
  public func unknownField() -> InputError {
    if isSensitive { return error(.unknownField, "a member of this field is not known here") }
    return error(.unknownField, "this member is not known here")
  }

  /// The key that ``nextKey()`` returned has been there before.
  @inline(never)
  public func duplicateField() -> InputError {
    let (line, column) = location(of: subject)
    return error(.malformedJSON, "line \(line), column \(column): a member stands twice in one object")
  }

  /// The object that has just ended lacks a member.
  @inline(never)
  public func missingField(_ name: StaticString) -> InputError {
    if isSensitive { return error(.missingField, "a member of this field is missing") }
    // The walk stops before the closing brace, so the object is still open.
    let field = JSONPath(base, upTo: position - 1).container(appending: name.description)
    return InputError(.missingField, field: field, detail: "this field is required")
  }

  /// The string read last is none of an enum's cases.
  ///
  /// - Parameter cases: all of them, as they are to be listed in the error.
  @inline(never)
  public func unknownCase(_ cases: StaticString) -> InputError { constraintViolated("must be one of: \(cases)") }

  /// The value read last breaks a rule. For extern types, whose own rules generated code does not know.
  ///
  /// - Parameter rule: what would be accepted, as in `must be 1 to 100`. It must not repeat the value.
  @inline(never)
  public func constraintViolated(_ rule: String) -> InputError { error(.constraintViolated, rule) }

  /// The next value is of another type than `expected`, or of none.
  @inline(never)
  public mutating func wrongType(_ expected: StaticString) -> InputError {
    let start = position
    let found = Self.typeName(base.byte(at: position))
    // What is no JSON at all is no value of a wrong type either.
    do throws(InputError) { try skipValue() } catch { return error }
    position = start
    subject = start
    return error(.wrongType, "must be \(expected), and is \(found)")
  }

  private static func typeName(_ first: UInt8) -> String {
    switch first {
    case UInt8(ascii: "{"): "an object"
    case UInt8(ascii: "["): "a list"
    case UInt8(ascii: "\""): "a string"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): "true or false"
    case UInt8(ascii: "n"): "null"
    default: "a number"
    }
  }

  @inline(never)
  func malformed(_ reason: String) -> InputError { malformed(reason, at: position) }

  @inline(never)
  func malformed(_ reason: String, at offset: Int) -> InputError {
    let (line, column) = location(of: offset)
    return InputError(.malformedJSON, field: "", detail: "line \(line), column \(column): \(reason)")
  }

  @inline(never)
  func outOfRange<Bound>(_ range: ClosedRange<Bound>) -> InputError {
    constraintViolated(InputRule.range(range))
  }

  @inline(__always)
  func check(_ scalars: Int, _ length: ClosedRange<Int>) throws(InputError) {
    guard length.contains(scalars) else { throw constraintViolated(InputRule.length(length)) }
  }

  @inline(__always)
  func check(_ bytes: UnsafeRawBufferPointer, _ pattern: PatternMatcher) throws(InputError) {
    guard pattern.matches(bytes) else { throw constraintViolated(InputRule.pattern(pattern)) }
  }

  /// Refuses U+0000 in the string or the member's name that was read last.
  @usableFromInline
  func checkZero() throws(InputError) {
    guard lastZero <= subject else { throw constraintViolated(InputRule.noZero) }
  }

  /// Remembers what a list or map is, while its elements become the subject.
  @usableFromInline var subjectMark: Int { subject }

  @usableFromInline @inline(never)
  func tooFewOrMany(_ items: ClosedRange<Int>, _ mark: Int) -> InputError {
    error(.constraintViolated, InputRule.items(items), about: mark)
  }

  @usableFromInline
  func text(of key: FieldKey) -> String { String(decoding: key.bytes, as: UTF8.self) }

  private var isSensitive: Bool { sensitiveStart < position }

  private func error(_ code: InputError.Code, _ detail: String) -> InputError { error(code, detail, about: subject) }

  private func error(_ code: InputError.Code, _ detail: String, about offset: Int) -> InputError {
    InputError(code, field: JSONPath(base, upTo: min(offset, sensitiveStart)).value, detail: detail)
  }

  /// Line and column of a byte, both from 1. Columns count Unicode scalars.
  private func location(of offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in UnsafeRawBufferPointer(start: base, count: min(offset, limit)) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}

/// The sentences about broken constraints, for JSON and queries alike.
enum InputRule {
  static func range<Bound>(_ range: ClosedRange<Bound>) -> String {
    "must be \(range.lowerBound) to \(range.upperBound)"
  }

  static func length(_ length: ClosedRange<Int>) -> String {
    "must be \(length.lowerBound) to \(length.upperBound) characters long"
  }

  static func items(_ items: ClosedRange<Int>) -> String {
    "must have \(items.lowerBound) to \(items.upperBound) items"
  }

  static var noZero: String { "must not contain the character U+0000" }

  static func pattern(_ pattern: PatternMatcher) -> String { "must match the pattern \(pattern.source)" }
}
