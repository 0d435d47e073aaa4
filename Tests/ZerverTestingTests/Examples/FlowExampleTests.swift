import GeneratedFlows
import Testing
@_spi(Server) import ZerverCore

@testable import ZerverTesting

@Suite("Examples of flows")
struct FlowExampleTests {
  @Test("an example that says what happens holds", arguments: Routes.examples)
  func holds(_ example: FlowExample) throws { try example.run() }

  @Test("the examples of all flows are there, with the place that they have in their file")
  func places() {
    #expect(Routes.examples.map(\.flow).contains("v1/say-hello"))
    let example = Routes.examples.first { $0.name == "a basket that is gone" && $0.flow == "v1/show-basket" }
    #expect(example?.file.hasSuffix("v1/show-basket.flow") == true)
    #expect(example?.line == 19)
    #expect(example?.description == "v1/show-basket: a basket that is gone")
    #expect(example?.input == .body(#"{"basket-id":"c-3","pieces":7}"#))
  }

  // MARK: Examples that do not hold

  /// An example of `show-basket` with other givens or another expectation.
  private func changed(
    _ name: String, flow: String = "v1/show-basket", givens: (inout [String: FlowExample.Given]) -> Void = { _ in },
    expecting expectation: FlowExample.Expectation? = nil
  ) throws -> FlowExample {
    let example = try #require(Routes.examples.first { $0.flow == flow && $0.name == name })
    var changedGivens = example.givens
    givens(&changedGivens)
    return FlowExample(
      flow: example.flow, name: example.name, file: "Routes/show-basket.flow", line: 14, input: example.input,
      givens: changedGivens, expectation: expectation ?? example.expectation, definition: example.definition,
      substitute: example.substitute)
  }

  private func failure(_ example: FlowExample) -> String? {
    do throws(ExampleFailure) {
      try example.run()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("another status is reported with what came, and with the steps that have run")
  func status() throws {
    let example = try changed("a basket that is gone", expecting: .init(status: 404, error: "basket-broken"))
    #expect(
      failure(example) == #"""
        Routes/show-basket.flow:14: error: example "a basket that is gone" of v1/show-basket

        I expect 404 basket-broken, and the flow answers 404 basket-gone.

        The whole body: {"type":"urn:zerver:problem:basket-gone","title":"Basket gone","status":404,"basket-id":"c-3"}

        Steps: load-basket (given)
        """#)
  }

  @Test("another body is reported as a difference, place after place")
  func body() throws {
    let expected = #"{"basket-id":"b-2","price":299,"deliveries":["same-day"],"note":"fragile","opened":"1.00"}"#
    let example = try changed("a basket with three pieces", expecting: .init(status: 201, body: expected))
    #expect(
      failure(example) == #"""
        Routes/show-basket.flow:14: error: example "a basket with three pieces" of v1/show-basket

        The flow answers 201, as expected, and its body differs:

        - price: 299
        + price: 300
        - deliveries: 1 element: ["same-day"]
        + deliveries: 2 elements: ["same-day", "none"]
        - opened: "1.00"
        + opened: nothing

        The whole body: {"basket-id":"b-2","price":300,"deliveries":["same-day","none"],"note":"fragile"}

        Steps: load-basket (given), lock-basket (given), price-basket, view-basket
        """#)
  }

  @Test("a step that asks for an effect needs a given")
  func effect() throws {
    let example = try changed("a price of its own", givens: { $0["lock-basket"] = nil })
    #expect(
      failure(example) == #"""
        Routes/show-basket.flow:14: error: example "a price of its own" of v1/show-basket

        Step lock-basket asks for an effect (db), and an example has none. A line says what comes of it instead:

            given lock-basket = …
            given lock-basket fails …

        Steps: load-basket (given), lock-basket
        """#)
  }

  @Test("a compensation needs a given as well")
  func compensation() throws {
    let example = try changed("a basket that cannot be priced is unlocked again", givens: { $0["unlock-basket"] = nil })
    #expect(failure(example)?.contains("Step unlock-basket asks for an effect (db)") == true)
  }

  @Test("a text is compared as a text")
  func text() throws {
    let example = try changed("a greeting", flow: "v1/say-hello", expecting: .init(status: 200, body: #""Hello""#))
    #expect(failure(example)?.contains("- \"Hello\"\n+ \"Hello!\"") == true)
  }

  @Test("a given value that its type refuses says why")
  func value() throws {
    let example = try changed("a basket with three pieces", givens: { $0["load-basket"] = .output(#"{"basket-id":7}"#) })
    #expect(
      failure(example)?.contains("For the log: the given value is no Basket: basket-id must be a string, and is a number") == true)
  }
}
