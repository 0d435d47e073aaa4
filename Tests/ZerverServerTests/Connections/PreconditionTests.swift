import Foundation
import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Requests that change something on a condition, over real sockets: what the flow decides, and what is refused before.
@Suite struct PreconditionTests {
  /// The note that is there, in its seventh version.
  private enum ReplaceNote: Step {
    static func run(_ reads: (String, Precondition)) throws(FlowFailure) -> Decision<String> {
      let (text, precondition) = reads
      guard precondition.holds(entityTag: "7", lastModified: 1_775_044_800) else { return .fail(.preconditionFailed) }
      return .continue(text + (precondition.isEmpty ? "" : " on a condition"))
    }
  }

  private enum WriteNote: Step {
    static func run(_ text: String) throws(FlowFailure) -> Decision<String> { .continue(text) }
  }

  private static let catalog = FlowCatalog(
    Flow("replace-note", .v1, method: .put, owner: "tests", input: .body(String.self), output: .json()) { text in
      step(ReplaceNote.self, text, .precondition())
    }
    .alias("swap-note", mode: .serve),
    Flow("change-note", .v1, method: .patch, owner: "tests", input: .body(String.self), output: .json()) { text in
      step(ReplaceNote.self, text, .precondition())
    },
    Flow("remove-note", .v1, method: .delete, owner: "tests", output: .json()) {
      step(ReplaceNote.self, step(Sigh.self), .precondition())
    },
    Flow("write-note", .v1, method: .put, owner: "tests", input: .body(String.self), output: .json()) { text in
      step(WriteNote.self, text)
    })

  private enum Sigh: Step {
    static func run(_ reads: Void) throws(FlowFailure) -> Decision<String> { .continue("gone") }
  }

  /// Of the stored note: whether each request may go on.
  private static let conditions: [(fields: [String], holds: Bool)] = [
    (["If-Match: \"7\""], true), (["If-Match: \"6\", \"7\""], true), (["If-Match: \"6\"", "If-Match: \"7\""], true),
    (["If-Match: *"], true), (["If-Match: \"8\""], false), (["If-Match: W/\"7\""], false), (["If-Match: 7"], false),
    (["If-None-Match: *"], false), (["If-None-Match: W/\"7\""], false), (["If-None-Match: \"8\""], true),
    (["If-Unmodified-Since: Wed, 01 Apr 2026 12:00:00 GMT"], true),
    (["If-Unmodified-Since: Wed, 01 Apr 2026 11:59:59 GMT"], false),
    (["If-Match: \"7\"", "If-Unmodified-Since: Wed, 01 Apr 2026 11:59:59 GMT"], true),
  ]

  @Test("a flow that reads the condition decides, whatever the method", arguments: proactors)
  func decided(_ proactor: ProactorChoice) throws {
    try withServer(proactor, catalog: Self.catalog) { server in
      let client = try TestClient(port: server.port)
      for (method, flow, body) in [("PUT", "replace-note", "\"new\""), ("PATCH", "change-note", "\"new\""), ("DELETE", "remove-note", ""), ("PUT", "swap-note", "\"new\"")] {
        for (fields, holds) in Self.conditions {
          let response = try client.request(method, "/flow/v1/\(flow)", headers: fields, body: body)
          #expect(response.status == (holds ? 200 : 412), "\(method) \(flow) \(fields)")
          #expect(response.text.contains(holds ? " on a condition" : "urn:zerver:problem:precondition-failed"), "\(response.text)")
        }
        // The next request of the connection has none again.
        let plain = try client.request(method, "/flow/v1/\(flow)", body: body)
        #expect(plain.status == 200 && !plain.text.contains("condition"))
      }
    }
  }

  @Test("fields that mean nothing to a method that changes something do not count", arguments: proactors)
  func ignored(_ proactor: ProactorChoice) throws {
    try withServer(proactor, catalog: Self.catalog) { server in
      let client = try TestClient(port: server.port)
      for field in ["If-Modified-Since: Wed, 01 Apr 2026 12:00:00 GMT", "If-Unmodified-Since: yesterday", "Range: bytes=0-1"] {
        let response = try client.request("PUT", "/flow/v1/replace-note", headers: [field], body: "\"new\"")
        #expect(response.status == 200 && response.text == "\"new\"", "\(field)")
      }
    }
  }

  @Test("a flow that does not read the condition is refused before it runs, and before its body is read", arguments: proactors)
  func refused(_ proactor: ProactorChoice) throws {
    try withServer(proactor, catalog: Self.catalog) { server in
      let client = try TestClient(port: server.port)
      for (fields, _) in Self.conditions {
        let response = try client.request("PUT", "/flow/v1/write-note", headers: fields, body: "\"new\"")
        #expect(response.status == 412 && response.text.contains("precondition-failed"), "\(fields)")
      }
      #expect(try client.request("PUT", "/flow/v1/write-note", body: "\"new\"").text == "\"new\"")
      let head = "HTTP/1.1\r\nHost: a\r\nIf-Match: \"7\"\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
      let asking = try TestClient(port: server.port)
      try asking.send("PUT /flow/v1/write-note " + head)
      #expect(try asking.readResponse().status == 412)
      let invited = try TestClient(port: server.port)
      try invited.send("PUT /flow/v1/replace-note " + head)
      #expect(try invited.readResponse().status == 100)
      try invited.send("\"new\"")
      #expect(try invited.readResponse().status == 200)
    }
  }

  @Test("HTTP/2 is answered the same", arguments: proactors)
  func http2(_ proactor: ProactorChoice) throws {
    try withServer(proactor, catalog: Self.catalog) {
      $0.listen = [.init(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true)]
    } _: { server in
      for version in ["--http1.1", "--http2-prior-knowledge"] {
        for (flow, tag, answer) in [("replace-note", "7", "200"), ("replace-note", "8", "412"), ("write-note", "7", "412")] {
          let report = try TestProgram.run([
            "curl", "-sS", version, "-X", "PUT", "-H", "If-Match: \"\(tag)\"", "-H", "Content-Type: application/json", "-d", "\"new\"",
            "-o", "/dev/null", "-w", "%{http_code}", "http://localhost:\(server.ports[0])/flow/v1/\(flow)",
          ])
          #expect(report == answer, "\(version) \(flow) \(tag)")
        }
      }
    }
  }
}
