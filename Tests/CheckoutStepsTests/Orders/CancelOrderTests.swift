import CheckoutSteps
import Testing
import ZerverCore

/// The steps of `cancel-order`, but for the one that loads the order.
@Suite struct CancelOrderTests {
  static let orderId = OrderIdentity.sample.orderId

  @Test("an order belongs to its buyer alone", arguments: [(1, true), (2, false)])
  func buyer(userId: Int, passes: Bool) throws {
    let decision = try CheckBuyer.run(request: CancelRequest(orderId: Self.orderId, userId: userId), order: .sample())
    #expect(decision == (passes ? .continue(NoOutput()) : .fail(.orderNotFound(orderId: Self.orderId))))
  }

  @Test("the order is cancelled and its pieces go back, in the order of product ids")
  func putBack() throws {
    let order = Order.sample(lines: [.sample(productId: 8, quantity: 1), .sample(productId: 3, quantity: 2)])
    let statements = try #require(transaction(try ReturnStock.run(order: order)))
    #expect(statements.map(\.parameters) == [[.text(Self.orderId)], [2, 3], [1, 8]])
    #expect(statements.allSatisfy { $0.requiredRows == 1 })
    let resumption = Resumption(.rows([.oneChanged, .oneChanged, .oneChanged]))
    #expect(try ReturnStock.resume(resumption, order: order) == .continue(StockReturn(pieces: 3)))
  }

  @Test("an order that was shipped at the same moment is not cancelled")
  func guarded() throws {
    #expect(
      try ReturnStock.resume(refused(.conditionNotMet(statement: 0)), order: .sample())
        == .fail(.orderNotCancellable(orderId: Self.orderId)))
  }

  @Test("the customer is told by another program, once")
  func notice() throws {
    guard case .need(let need) = try QueueNotice.run(order: .sample()), case .database(.execute(let statement)) = need.effects.first
    else {
      Issue.record("nothing is written")
      return
    }
    #expect(statement.parameters == [.text(Self.orderId)])
    #expect(try QueueNotice.resume(Resumption(.rows([.oneChanged])), order: .sample()) == .continue(NoOutput()))
    #expect(throws: FlowFailure.self) { try QueueNotice.resume(refused(.unavailable), order: .sample()) }
  }

  @Test("a cancellation can be repeated", arguments: [(OrderStatus.cancelled, true), (.shipped, false), (.placed, false)])
  func repeated(status: OrderStatus, passes: Bool) throws {
    let decision = try ExpectCancelled.run(order: .sample(status: status))
    #expect(decision == (passes ? .continue(NoOutput()) : .fail(.orderNotCancellable(orderId: Self.orderId))))
  }

  @Test("the answer counts what this request has put back", arguments: [(StockReturn(pieces: 4), 4), (nil, 0)])
  func answer(returned: StockReturn?, pieces: Int) throws {
    #expect(
      try RenderCancellation.run(order: .sample(), returned: returned)
        == .continue(Cancellation(orderId: Self.orderId, status: .cancelled, returnedPieces: pieces)))
  }
}
