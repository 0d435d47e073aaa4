import CheckoutData
import Foundation
import Testing
import ZerverServer

/// The generated Swift client against the running shop.
@Suite struct SwiftClientTests {
  private func client() throws -> ShopClient {
    let port = try Shop.open(.sqlite).running.port
    return ShopClient(baseURL: URL(string: "http://127.0.0.1:\(port)/")!)
  }

  @Test("a cart is shown, ordered and shown as ordered")
  func checkout() async throws {
    let client = try client()
    let cart = try await client.showCartV1(.init(cartId: "c-301"))
    #expect(cart.isOpen && cart.userId == ShopSeed.user(ofCart: 301) && !cart.lines.isEmpty)
    let request = ShopClient.CheckoutRequest(userId: cart.userId, cartId: "c-301", delivery: .express, giftNote: "Hi!")
    let receipt = try await client.checkoutCartV2(request, idempotencyKey: #"swift "301""#)
    #expect(receipt.status == .placed && receipt.delivery == .express && receipt.coupon == nil)
    #expect(receipt.lines.count == cart.lines.count && receipt.total.currency == "EUR")
    let order = try await client.showOrderV1(.init(orderId: receipt.orderId))
    #expect(order.orderId == receipt.orderId && order.totalCents == receipt.total.cents)
    let again = try await client.showCartV1(.init(cartId: "c-301"))
    #expect(!again.isOpen && again.orderId == receipt.orderId)
    // A repetition has the first answer, and its key stands for nothing else.
    #expect(try await client.checkoutCartV2(request, idempotencyKey: #"swift "301""#) == receipt)
    do {
      _ = try await client.checkoutCartV2(.init(userId: 4, cartId: "c-4"), idempotencyKey: #"swift "301""#)
      Issue.record("the key was taken for another request")
    } catch {
      guard case .problem(let problem) = error else { throw error }
      #expect(problem.status == 422 && problem.type == "urn:zerver:problem:idempotency-key-reused")
    }
  }

  @Test("a declared error is a case with its members")
  func declaredError() async throws {
    let client = try client()
    do {
      _ = try await client.checkoutCartV2(.init(userId: 4, cartId: "c-4"))
      Issue.record("the shelf does not hold what the cart asks for")
    } catch {
      guard case .outOfStock(let problem) = error else { throw error }
      #expect(problem.status == 409 && !problem.sku.isEmpty && problem.requested > 0 && problem.detail?.isEmpty == false)
    }
    await #expect(throws: ShopClient.ShowCartV1Failure.self) { try await client.showCartV1(.init(cartId: "no such cart")) }
  }

  @Test("a refused input is a problem that says what was wrong")
  func refusedInput() async throws {
    let client = try client()
    do {
      _ = try await client.searchProductsV1(.init(limit: 1_000))
      Issue.record("the limit is above the range")
    } catch {
      guard case .problem(let problem) = error else { throw error }
      #expect(problem.status == 422 && problem.code == "constraint-violated")
      #expect(String(decoding: problem.response.body, as: UTF8.self).contains(#""field":"limit""#))
    }
  }

  @Test("queries carry text as it is, enums, numbers and what is left out")
  func query() async throws {
    let client = try client()
    let page = try await client.searchProductsV1(.init(category: .garden, limit: 3))
    #expect(page.limit == 3 && page.products.count == 3 && page.products.allSatisfy { $0.category == .garden })
    let nothing = try await client.searchProductsV1(.init(text: "50% & more + ü?"))
    #expect(nothing.total == 0 && nothing.next == nil)
    #expect(try await client.sayHelloV1() == "Hello, world!")
    #expect(try await client.showMessageV1().message == "Hello, world!")
  }

  @Test("an answer in parts is a sequence, which may be left before its end")
  func stream() async throws {
    let client = try client()
    var ids: [Int] = []
    for try await level in try await client.reportStockV1(.init(mostPieces: 1_000_000)) {
      ids.append(level.productId)
      if ids.count == 500 { break }
    }
    #expect(ids == Array(1...500))
    do {
      _ = try await client.reportStockV1(.init(mostPieces: -1))
      Issue.record("the number is below the range")
    } catch {
      guard case .problem(let problem) = error else { throw error }
      #expect(problem.code == "constraint-violated")
    }
  }

  @Test("an input in parts is any sequence, made as it is sent")
  func inputStream() async throws {
    let client = try client()
    let counts = AsyncStream<ShopClient.StockCount> { continuation in
      for number in 1...3000 { continuation.yield(.init(sku: "no-such-sku", pieces: number)) }
      continuation.finish()
    }
    do {
      _ = try await client.importStockV1(counts)
      Issue.record("there is no such product")
    } catch {
      guard case .skuUnknown(let problem) = error else { throw error }
      #expect(problem.sku == "no-such-sku")
    }
    let nothing = AsyncStream<ShopClient.StockCount> { $0.finish() }
    #expect(try await client.importStockV1(nothing) == .init(products: 0, pieces: 0))
  }

  @Test("a server that is not there is no answer")
  func noAnswer() async throws {
    // Nothing listens on a port that was closed again. Port 1 is never listened on here.
    let client = ShopClient(baseURL: URL(string: "http://127.0.0.1:1")!)
    do {
      _ = try await client.sayHelloV1()
      Issue.record("nobody answers")
    } catch {
      guard case .noAnswer = error else { throw error }
    }
  }

  // Only what is deprecated may call what is deprecated without a warning, which shows that the client says so.
  @available(*, deprecated, message: "Calls version 1.")
  @Test("the deprecated version is still there")
  func deprecatedVersion() async throws {
    let receipt = try await client().checkoutCartV1(.init(userId: ShopSeed.user(ofCart: 302), cartId: "c-302"))
    #expect(receipt.totalCents > 0 && !receipt.items.isEmpty)
  }
}
