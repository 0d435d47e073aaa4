import GeneratedFlows
import Testing
import ZerverCore

@Suite("Generated newtypes")
struct GeneratedNewtypeTests {
  let echo = Routes.catalog.flows[Routes.index(of: Routes.V1.echoBasket.path)]
  let find = Routes.catalog.flows[Routes.index(of: Routes.V1.findBasket.path)]
  let runner = FlowRunner()

  @Test("a newtype travels as what it wraps")
  func roundTrip() {
    let json = """
      {"basket-id":"a-1","pieces":7,"ratio":-0.5,"note":"","token":"hush","tokens":{"a":"hush"},"deliveries":["none","same-day"],\
      "others":["a-1","b-2"],"counts":{"x":99}}
      """
    #expect(runner.run(echo, body: json).body == json)
  }

  @Test("what is left out has its default value, that of a list and of a map too")
  func defaults() {
    #expect(
      runner.run(echo, body: #"{"basket-id":"a-1"}"#).body
        == #"{"basket-id":"a-1","pieces":1,"note":"none","tokens":{},"deliveries":[],"others":[],"counts":{}}"#)
  }

  @Test("a value that breaks the newtype's constraints is refused where it stands", arguments: [
    (#"{"basket-id":"a"}"#, "constraint-violated basket-id"), (#"{"basket-id":"A-1"}"#, "constraint-violated basket-id"),
    (#"{"basket-id":"a-1234567"}"#, "constraint-violated basket-id"), (#"{"basket-id":7}"#, "wrong-type basket-id"),
    (#"{}"#, "missing-field basket-id"), (#"{"basket-id":"a-1","pieces":0}"#, "constraint-violated pieces"),
    (#"{"basket-id":"a-1","ratio":1.6}"#, "constraint-violated ratio"),
    (#"{"basket-id":"a-1","counts":{"x":1,"y":100}}"#, "constraint-violated counts.y"),
    (#"{"basket-id":"a-1","others":["b-2","nobody"]}"#, "constraint-violated others[1]"),
    (#"{"basket-id":"a-1","token":"abc"}"#, "constraint-violated token"),
  ])
  func refused(body: String, failure: String) { #expect(runner.run(echo, body: body).failure == failure) }

  @Test("an element that repeats another is refused where it stands", arguments: [
    (#"{"basket-id":"a-1","others":["b-2","c-3","b-2"]}"#, "constraint-violated others[2]"),
    (#"{"basket-id":"a-1","deliveries":["standard","standard"]}"#, "constraint-violated deliveries[1]"),
  ])
  func repeated(body: String, failure: String) {
    #expect(runner.run(echo, body: body).failure == failure)
    guard case .failure(let problem) = runner.run(echo, body: body) else { return }
    #expect(problem.detail == "must differ from the elements before it")
  }

  @Test("a query holds newtypes")
  func query() {
    #expect(
      runner.run(find, query: "basket-id=a-12&ratio=1.5").body
        == #"{"basket-id":"a-12","pieces":4,"ratio":1.5,"note":"all","tokens":{},"deliveries":[],"others":[],"counts":{}}"#)
    #expect(runner.run(find, query: "basket-id=12").failure == "constraint-violated basket-id")
    #expect(runner.run(find, query: "basket-id=a-12&pieces=100").failure == "constraint-violated pieces")
  }

  @Test("an error carries the wrapped value, and never a sensitive one")
  func members() {
    let answer = runner.run(find, query: "basket-id=g-1&pieces=3")
    guard case .failure(let failure) = answer else { return #expect(Bool(false), "\(answer)") }
    #expect(
      failure.members == [.init("basket-id", .string("g-1")), .init("pieces", .int(3)), .init("ratio", .double(0.5))])
  }

  @Test("a step cannot make a value that breaks the constraints, and the failure does not repeat the value")
  func unchecked() throws {
    #expect(throws: FlowFailure.internalError("a value of type BasketId must be 3 to 8 characters long")) { try BasketId("a") }
    #expect(throws: FlowFailure.internalError("a value of type BasketId must match the pattern [a-z]-[0-9]+")) { try BasketId("abc") }
    #expect(throws: FlowFailure.internalError("a value of type Pieces must be 1 to 99")) { try Pieces(100) }
    #expect(throws: FlowFailure.internalError("a value of type Ratio must be -0.5 to 1.5")) { try Ratio(2) }
    #expect(throws: FlowFailure.self) { try Token("ab\u{0}cd") }
    #expect(Note("").value == "")
    #expect(runner.run(find, query: "basket-id=g-2&note=secret-note").failure == "internal-error")
    #expect(try Set([Pieces(1), Pieces(1), Pieces(2)]).count == 2)
  }

  @Test("a newtype prints its value, and a sensitive one never does")
  func description() throws {
    #expect("\(try BasketId("a-1")) \(try Pieces(5)) \(Note("n"))" == "a-1 5 n")
    let token = try Token("hush-hush")
    var dumped = ""
    dump(token, to: &dumped)
    let basket = Basket(basketId: try BasketId("a-1"), token: token, tokens: ["mine": token])
    var dumpedBasket = ""
    dump(basket, to: &dumpedBasket)
    for text in ["\(token)", String(reflecting: token), dumped, "\(basket)", String(reflecting: basket), dumpedBasket, "\([token])"] {
      #expect(!text.contains("hush"), "\(text)")
      #expect(text.contains("redacted"))
    }
  }
}
