public import ZerverCore

public enum FillSize: FillSizeStep {
  public static func run(size: Size) throws(FlowFailure) -> Decision<String> {
    let pattern = "0123456789abcdef"
    return .continue(String(repeating: pattern, count: size.bytes / 16) + pattern.prefix(size.bytes % 16))
  }
}
