import CheckoutSteps
import Testing
import ZerverCore

@Suite struct IssueIdentityTests {
  @Test("id and moment are asked for together, and the moment is kept in milliseconds")
  func identity() throws {
    #expect(try IssueIdentity.run() == .need(Need([.crypto(.uuid), .time(.now)])))
    let resumption = Resumption(.text("0f8fad5b-d9cb-469f-a165-70867728950e"), .instant(.nanoseconds(1_772_600_767_123_456_789)))
    #expect(
      try IssueIdentity.resume(resumption)
        == .continue(OrderIdentity(orderId: "0f8fad5b-d9cb-469f-a165-70867728950e", placedAt: 1_772_600_767_123)))
  }
}
