/// Checks a value that a program puts into a newtype. What a client sends is checked by the readers, with the same rules.
///
/// A value that breaks a rule is the program's mistake or that of the data it reads, so the failure is of status 500. Its
/// log detail names the type and the rule, never the value.
public enum NewtypeRule {
  public static func check(
    _ value: String, of type: StaticString, length: ClosedRange<Int>? = nil, pattern: PatternMatcher? = nil
  ) throws(FlowFailure) {
    if value.utf8.contains(0) { throw failure(type, InputRule.noZero) }
    if let length, !length.contains(value.unicodeScalars.count) { throw failure(type, InputRule.length(length)) }
    if let pattern, !pattern.matches(value) { throw failure(type, InputRule.pattern(pattern)) }
  }

  public static func check(_ value: Int, of type: StaticString, range: ClosedRange<Int>) throws(FlowFailure) {
    if !range.contains(value) { throw failure(type, InputRule.range(range)) }
  }

  public static func check(_ value: Double, of type: StaticString, range: ClosedRange<Double>) throws(FlowFailure) {
    if !range.contains(value) { throw failure(type, InputRule.range(range)) }
  }

  private static func failure(_ type: StaticString, _ rule: String) -> FlowFailure {
    .internalError("a value of type \(type) \(rule)")
  }
}
