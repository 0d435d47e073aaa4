import Foundation
import Testing

@testable import FlowTools

/// The Swift clients stand in test targets, which compile them; what they do against a server is tested where one runs.
@Suite("Generated clients")
struct ClientEmitterTests {
  @Test("the shop's clients are the committed ones")
  func shop() throws {
    let folder = "Tests/IntegrationTests/Clients"
    try Golden(path: "\(folder)/ShopClient.swift").expect(SwiftClientEmitter.emit(ReferenceShop.catalog, name: "ShopClient"))
    try Golden(path: "\(folder)/Node/shop-client.ts").expect(TypeScriptClientEmitter.emit(ReferenceShop.catalog, name: "ShopClient"))
  }

  @Test("a catalog with every construct gives the committed clients")
  func everything() throws {
    let folder = "Tests/FlowToolsTests/Client/Golden"
    try Golden(path: "\(folder)/EveryConstructClient.swift")
      .expect(SwiftClientEmitter.emit(EveryConstruct.catalog, name: "EveryConstructClient"))
    try Golden(path: "\(folder)/every-construct-client.ts")
      .expect(TypeScriptClientEmitter.emit(EveryConstruct.catalog, name: "EveryConstructClient"))
  }

  @Test("TypeScript accepts the clients under its strictest settings", arguments: [
    "Tests/IntegrationTests/Clients/Node/shop-client.ts", "Tests/FlowToolsTests/Client/Golden/every-construct-client.ts",
  ])
  func typeScript(path: String) throws {
    let (status, output) = try Tool.run(
      "tsc",
      ["--strict", "--noEmit", "--noUnusedLocals", "--noUnusedParameters", "--noImplicitReturns", "--noUncheckedIndexedAccess",
       "--exactOptionalPropertyTypes", "--target", "es2020", "--module", "es2020", "--lib", "es2020,dom,dom.iterable",
       ReferenceShop.root.appending(path: path).path])
    #expect(status == 0, "\(output)")
  }

  @Test("a client leaves out what is retired")
  func retired() {
    #expect(!SwiftClientEmitter.emit(EveryConstruct.catalog).contains("dropThingV1"))
    #expect(!TypeScriptClientEmitter.emit(EveryConstruct.catalog).contains("dropThingV1"))
  }

  @Test("a request of every construct says what the input says, and nothing secret is printed")
  func request() async throws {
    let sent = Sent()
    let client = EveryConstructClient(transport: sent, headers: ["Authorization": "Bearer t"])
    let input = EveryConstructClient.Search(kind: .plusSize, text: "a b&ü", heavierThan: .init(1.5), token: "hush")
    await #expect(throws: EveryConstructClient.StreamThingsV1Failure.self) { try await client.streamThingsV1(input) }
    let request = try #require(await sent.requests.first)
    #expect(request.target == "/flow/v1/stream-things?kind=plus-size&text=a%20b%26%C3%BC&heavier-than=1.5&limit=20&exact=false&token=hush")
    #expect(request.headers["Authorization"] == "Bearer t")
    #expect(!"\(input)".contains("hush") && "\(input)".contains("a b&ü"))
  }

  @Test("an idempotency key is sent as a structured-field string")
  func idempotencyKey() async throws {
    let sent = Sent()
    let client = EveryConstructClient(transport: sent)
    let input = EveryConstructClient.Everything(
      cartId: "c-1", name: "n", weight: 2.0, matrix: [[1]], ownCart: .init(open: true), stockCart: .init(shelf: "s"), secret: "hush")
    await #expect(throws: EveryConstructClient.PlaceOrderV2Failure.self) {
      try await client.placeOrderV2(input, idempotencyKey: #"a"b\c"#)
    }
    let request = try #require(await sent.requests.first)
    #expect(request.headers["Idempotency-Key"] == #""a\"b\\c""#)
    let body = try JSONSerialization.jsonObject(with: try #require(request.body)) as? [String: Any]
    #expect(body?["cart-id"] as? String == "c-1" && body?["count"] as? Int == -2 && body?["later"] == nil)
  }

  @Test("a problem becomes the case of its error, with members; another one stays a problem")
  func problems() async throws {
    let type = "urn:zerver:problem:"
    let known = #"{"type":"\#(type)out-of-stock","title":"Out of stock","status":409,"sku":"A-1"}"#
    let other = #"{"type":"\#(type)too-many","title":"Too many","status":429}"#
    let client = EveryConstructClient(transport: Sent(status: 409, body: known))
    do {
      _ = try await client.streamThingsV1(.init(kind: .free))
    } catch {
      guard case .problem(let problem) = error else { throw error }
      #expect(problem.code == "out-of-stock", "a flow without this error does not know it")
    }
    #expect(EveryConstructClient.PlaceOrderV2Failure(problem(known)).sku == "A-1")
    #expect(EveryConstructClient.PlaceOrderV2Failure(problem(other)).sku == nil)
  }

  private func problem(_ body: String) -> EveryConstructClient.Problem {
    let headers = ["content-type": "application/problem+json", "retry-after": "3"]
    return EveryConstructClient.Problem(.init(status: 409, headers: headers, body: Data(body.utf8)))!
  }
}

extension EveryConstructClient.PlaceOrderV2Failure {
  fileprivate var sku: String? { if case .outOfStock(let problem) = self { problem.sku } else { nil } }
}

/// Keeps what a client sends, and answers all of it alike.
private actor Sent: EveryConstructClient.Transport {
  private(set) var requests: [EveryConstructClient.Request] = []
  private let response: EveryConstructClient.Response

  init(status: Int = 500, body: String = "{}") {
    response = .init(status: status, headers: ["content-type": "application/problem+json"], body: Data(body.utf8))
  }

  func send(_ request: EveryConstructClient.Request) -> EveryConstructClient.Response {
    requests.append(request)
    return response
  }
}
