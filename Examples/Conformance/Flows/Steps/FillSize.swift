public import ZerverCore

public enum FillSize: FillSizeStep {
  /// To repeat 16 bytes takes longer than to send the answer.
  private static let page = String(repeating: "0123456789abcdef", count: 4096)

  public static func run(size: Size) throws(FlowFailure) -> Decision<String> {
    let (pages, rest) = size.bytes.quotientAndRemainder(dividingBy: page.utf8.count)
    // A short answer is one piece already.
    guard pages > 0 else { return .continue(String(decoding: page.utf8.prefix(rest), as: UTF8.self)) }
    return .continue(String(repeating: page, count: pages) + String(decoding: page.utf8.prefix(rest), as: UTF8.self))
  }
}
