import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore

@testable import ZerverServer

@Suite struct PathInputTests {
  private func query(_ path: String, _ query: String) throws -> String? {
    let input = PathInput(try RouteBinding(method: .get, template: "/orders/{order}/lines/{line}"), .query)
    return join(path, query) { input.writeQuery(path: $0, query: $1, to: &$2) }
  }

  private func body(_ path: String, _ body: String) throws -> String? {
    let input = PathInput(
      try RouteBinding(method: .put, template: "/orders/{order}/lines/{line}"), .json(unquoted: ["line"]))
    return join(path, body) { input.writeBody(path: $0, body: $1, to: &$2) }
  }

  /// `nil` when the path cannot be decoded.
  private func join(
    _ path: String, _ rest: String, _ write: (UnsafeRawBufferPointer, UnsafeRawBufferPointer, inout ByteBuffer) -> Bool
  ) -> String? {
    var buffer = ByteBuffer()
    let isWritten = Array(path.utf8).withUnsafeBytes { path in
      Array(rest.utf8).withUnsafeBytes { write(path, $0, &buffer) }
    }
    return isWritten ? buffer.withBytes { String(decoding: $0, as: UTF8.self) } : nil
  }

  @Test("fields of the path come first in the query, encoded so that they mean there what they mean in the path", arguments: [
    ("/orders/o-1/lines/2", "", "order=o-1&line=2"), ("/orders/o-1/lines/2", "note=x", "order=o-1&line=2&note=x"),
    ("/orders/a+b&c=d/lines/2", "", "order=a%2Bb%26c%3Dd&line=2"), ("/orders/%C3%A4%2F/lines/2", "", "order=%C3%A4%2F&line=2"),
  ])
  func queries(path: String, query: String, joined: String) throws {
    #expect(try self.query(path, query) == joined)
  }

  @Test("fields of the path come last in the body, numbers without quotes", arguments: [
    ("/orders/o-1/lines/2", "", #"{"order":"o-1","line":2}"#), ("/orders/o-1/lines/2", "{}", #"{"order":"o-1","line":2}"#),
    ("/orders/o-1/lines/2", " \n{ } ", " \n{ \"order\":\"o-1\",\"line\":2}"),
    ("/orders/o-1/lines/2", #"{"note":"x"}"#, #"{"note":"x","order":"o-1","line":2}"#),
    ("/orders/%22%5C%0A/lines/x", "{}", #"{"order":"\"\\\n","line":"x"}"#),
    ("/orders/o-1/lines/2x", "{}", #"{"order":"o-1","line":"2x"}"#),
    // Not for the joining to judge.
    ("/orders/o-1/lines/2", "[1]", "[1]"), ("/orders/o-1/lines/2", "{", "{"),
  ])
  func bodies(path: String, body: String, joined: String) throws {
    #expect(try self.body(path, body) == joined)
  }

  @Test("a path that stands for no text is refused", arguments: ["/orders/%FF/lines/1", "/orders/%C3/lines/1"])
  func undecodable(path: String) throws {
    #expect(try query(path, "") == nil)
    #expect(try body(path, "{}") == nil)
  }

  @Test("a field that comes twice is explained, other failures are not touched")
  func explains() throws {
    let input = PathInput(try RouteBinding(method: .get, template: "/orders/{order}"), .query)
    let twice = FlowFailure(
      code: "malformed-query", status: 400, detail: "a parameter stands twice in the query", members: [.init("field", .string("order"))])
    #expect(input.explained(twice).detail == "The path gives this field already.")
    let other = FlowFailure(
      code: "malformed-query", status: 400, detail: "a parameter stands twice in the query", members: [.init("field", .string("note"))])
    #expect(input.explained(other) == other)
  }
}
