import Foundation
import ZerverTesting

@testable import ZerverServer

/// Plays one case against a server, and says what is different from what it expects.
struct CaseRunner {
  let server: RunningServer
  let row: ConformanceCase

  struct Difference: Error, CustomStringConvertible {
    let description: String
  }

  /// The first delivery that went wrong, and how; `nil` when all went well.
  func run() -> String? {
    for delivery in Delivery.all(row.bytes.count) {
      do {
        try play(delivery)
      } catch {
        return "\(delivery): \(error)"
      }
    }
    return nil
  }

  private func play(_ delivery: Delivery) throws {
    let client = try TestClient(port: server.port)
    try delivery.send(row.bytes, to: server, by: client)
    if row.finishesSending { client.finishSending() }
    for (index, expected) in row.responses.enumerated() {
      let response = try next(client, expected)
      do {
        try compare(response, expected)
      } catch let difference as Difference {
        throw Difference(description: "answer \(index + 1): \(difference)\n\(response.status) \(response.headers)\n\(response.text.prefix(500))")
      }
    }
    try checkEnding(client)
  }

  /// The next final response: interim ones depend on how the bytes come.
  private func next(_ client: TestClient, _ expected: ConformanceCase.Response) throws -> TestClient.Response {
    while true {
      let response = try client.readResponse(isHead: expected.isHead)
      if response.status >= 200 { return response }
    }
  }

  private func compare(_ response: TestClient.Response, _ expected: ConformanceCase.Response) throws {
    guard response.status == expected.status else { throw Difference(description: "status \(response.status), not \(expected.status)") }
    if let problem = expected.problem {
      guard response["content-type"] == "application/problem+json" else { throw Difference(description: "no problem") }
      let type = member("type", of: response)
      guard type == "urn:zerver:problem:\(problem)" else { throw Difference(description: "problem \(type ?? "none"), not \(problem)") }
    }
    for (name, value) in expected.assertions { try check(name, value, response) }
  }

  private func check(_ name: String, _ value: String, _ response: TestClient.Response) throws {
    if name.hasPrefix("!") {
      if let found = response[String(name.dropFirst())] { throw Difference(description: "\(name.dropFirst()): \(found)") }
      return
    }
    let found: String?
    switch name {
    case "body":
      guard response.body == (try ConformanceCase.unescaped(value)) else { throw Difference(description: "another body") }
      return
    case "body-bytes": found = "\(response.body.count)"
    case "detail": found = member("detail", of: response)
    default: found = response[name]
    }
    guard let found, matches(found, value) else { throw Difference(description: "\(name): \(found ?? "none"), not \(value)") }
  }

  private func member(_ name: String, of response: TestClient.Response) -> String? {
    let object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
    return object?[name] as? String
  }

  /// `*` at an end of the pattern stands for anything.
  private func matches(_ text: String, _ pattern: String) -> Bool {
    let parts = pattern.components(separatedBy: "*")
    guard parts.count > 1 else { return text == pattern }
    guard text.hasPrefix(parts[0]), text.hasSuffix(parts[parts.count - 1]) else { return false }
    return parts.allSatisfy { $0.isEmpty || text.contains($0) }
  }

  private func checkEnding(_ client: TestClient) throws {
    switch row.ending {
    case .open?:
      let probe = try client.request("GET", "/flow/v1/hello-world")
      guard probe.text == "Hello, world!" else { throw Difference(description: "the probe behind it was answered with \(probe.status)") }
    case .close?, .nothing?:
      guard try client.isAtEnd() else { throw Difference(description: "something came behind the last answer") }
    case nil: throw Difference(description: "the case does not say how it ends")
    }
  }
}
