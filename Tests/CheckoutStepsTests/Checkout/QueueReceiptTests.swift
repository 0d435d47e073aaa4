import CheckoutSteps
import Testing
import ZerverCore

@Suite struct QueueReceiptTests {
  @Test("a receipt is asked for once, and an outage is the database's own")
  func queues() throws {
    let order = Order.sample()
    guard case .need(let need) = try QueueReceipt.run(order: order),
      case .database(.execute(let statement))? = need.effects.first
    else {
      Issue.record("the step writes")
      return
    }
    #expect(statement.parameters == [.text(order.orderId), .int(order.placedAt)])
    #expect(try QueueReceipt.resume(Resumption(.rows([.oneChanged])), order: order) == .continue(NoOutput()))
    #expect(throws: FlowFailure.self) { try QueueReceipt.resume(refused(.unavailable), order: order) }
  }
}
