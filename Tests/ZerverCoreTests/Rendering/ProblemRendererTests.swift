import Testing

@_spi(Server) @testable import ZerverCore

struct ProblemRendererTests {
  static func render(_ failure: FlowFailure, status: UInt16, instance: String = "/flow/v1/checkout-cart") -> String {
    var buffer = ByteBuffer()
    Array(instance.utf8).withUnsafeBytes { ProblemRenderer.render(failure, status: status, instance: $0, to: &buffer) }
    return buffer.text
  }

  @Test("a declared error becomes a problem with its fields as members")
  func declared() {
    let failure = FlowFailure(
      code: "out-of-stock", detail: "No \"A\" left.",
      members: [
        .init("sku", .string("A-1")), .init("left", .int(0)), .init("price", .double(1.5)), .init("final", .bool(true)),
        .init("status", .int(1)),
      ])
    #expect(
      Self.render(failure, status: 409)
        == #"{"type":"urn:zerver:problem:out-of-stock","title":"Out of stock","status":409,"detail":"No \"A\" left.","#
        + #""instance":"/flow/v1/checkout-cart","sku":"A-1","left":0,"price":1.5,"final":true}"#)
  }

  @Test("what is empty is left out")
  func empty() {
    #expect(
      Self.render(FlowFailure(code: "cart-not-found"), status: 404, instance: "")
        == #"{"type":"urn:zerver:problem:cart-not-found","title":"Cart not found","status":404}"#)
  }

  @Test("an input error names the field")
  func input() {
    let error = InputError(.constraintViolated, field: "lines[2].quantity", detail: "must be 1 to 100")
    let failure = FlowFailure(error)
    #expect(failure.status == 422)
    #expect(
      Self.render(failure, status: 422, instance: "")
        == #"{"type":"urn:zerver:problem:constraint-violated","title":"Constraint violated","status":422,"#
        + #""detail":"must be 1 to 100","field":"lines[2].quantity"}"#)
  }

  @Test("a status without a code of its own takes its reason phrase", arguments: [
    (UInt16(404), "not-found", "Not found"), (413, "content-too-large", "Content too large"),
    (431, "request-header-fields-too-large", "Request header fields too large"), (599, "status-599", "Status 599"),
  ])
  func generic(status: UInt16, code: String, title: String) {
    let failure = FlowFailure(status: status, detail: "x")
    #expect(failure.code == code && failure.status == status)
    #expect(ProblemRenderer.title(code) == title)
  }

  @Test("what the log is told does not reach the client, and odd codes and paths stay inside their strings")
  func hides() {
    #expect(!Self.render(.internalError("secret"), status: 500).contains("secret"))
    #expect(Self.render(FlowFailure(code: "a\"b"), status: 500, instance: "/\"\n").contains(#""type":"urn:zerver:problem:a\"b""#))
    #expect(Self.render(FlowFailure(code: "a"), status: 500, instance: "/\n").contains(#""instance":"""#))
  }

  @Test("a refused request becomes a problem of its status")
  func refusal() {
    let failure = FlowFailure(HTTPRefusal(400, "Host is missing"))
    #expect(failure.code == "bad-request" && failure.detail == "Host is missing")
  }
}
