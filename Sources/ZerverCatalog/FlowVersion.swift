/// The major version of a flow, which is the name of its folder and a part of its path: `v2`.
public struct FlowVersion: Hashable, Comparable, Sendable {
  /// Three digits are more than any interface lives through.
  public static var numberMax: Int { 999 }

  public let number: Int

  /// `nil` outside 1 to ``numberMax``.
  public init?(_ number: Int) {
    guard (1...Self.numberMax).contains(number) else { return nil }
    self.number = number
  }

  /// Reads `v2`; `nil` for anything else, leading zeros among them, so that every version has one spelling.
  public init?(text: some StringProtocol) {
    let digits = text.utf8.dropFirst()
    guard text.utf8.first == UInt8(ascii: "v"), (1...3).contains(digits.count),
      digits.first != UInt8(ascii: "0"), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    self.init(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
  }

  public static func < (a: FlowVersion, b: FlowVersion) -> Bool { a.number < b.number }
}

extension FlowVersion: CustomStringConvertible {
  public var description: String { "v\(number)" }
}
