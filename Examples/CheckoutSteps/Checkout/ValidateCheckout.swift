public import ZerverCore

public enum ValidateCheckout: ValidateCheckoutStep {
  public static func run(input: CheckoutRequest) throws(FlowFailure) -> Decision<CheckoutRequest> {
    var request = input
    request.coupon = input.coupon?.uppercased()
    let note = input.giftNote.map(trimmed) ?? ""
    request.giftNote = note.isEmpty ? nil : note
    return .continue(request)
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
