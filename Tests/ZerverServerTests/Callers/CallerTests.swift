import Foundation
import Logging
import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// What the server knows of its callers: from a file of tokens, in the log, and under a cap for each tenant.
@Suite struct CallerTests {
  private static let tokens = """
    ann-ann-ann-ann-ann-ann subject=ann tenant=acme roles=support
    bob-bob-bob-bob-bob-bob subject=bob tenant=zoo
    cay-cay-cay-cay-cay-cay subject=cay
    """

  private static func authorization(_ name: String) -> [String] {
    ["Authorization: Bearer " + Array(repeating: name, count: 6).joined(separator: "-")]
  }

  private func withTokensFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "zerver-tokens-\(UUID().uuidString)")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
  }

  private func serve<Result>(
    _ proactor: ProactorChoice, log: RequestLogMode = .none, store: LogStore = LogStore(), inFlightPerTenantMax: Int? = nil,
    _ body: (RunningServer) throws -> Result
  ) throws -> Result {
    try withTokensFile(Self.tokens) { path in
      var configuration = ServerConfiguration()
      configuration.port = 0
      configuration.workers = 1
      configuration.proactor = proactor
      configuration.log.requests = log
      configuration.callers.tokensFile = path
      if let inFlightPerTenantMax { configuration.requests.inFlightPerTenantMax = inFlightPerTenantMax }
      let running = try Server(
        catalogs: [try PropertyFlows.catalog()], configuration: configuration, logger: store.logger
      ).start()
      defer {
        running.stop()
        try? running.waitUntilStopped()
      }
      return try body(running)
    }
  }

  @Test("tokens come from the file that the configuration names", arguments: proactors)
  func tokensFile(_ proactor: ProactorChoice) throws {
    try serve(proactor) { running in
      let client = try TestClient(port: running.port)
      let known = try client.request("POST", "/flow/v1/cancel-order", headers: Self.authorization("ann"), body: "[]")
      #expect(known.status == 200 && known.text == "ann of acme")
      #expect(try client.request("POST", "/flow/v1/cancel-order", headers: Self.authorization("eve"), body: "[]").status == 401)
    }
  }

  @Test("a file of tokens that is missing or wrong keeps the server from starting, and no token is told")
  func badFile() throws {
    func refusal(_ path: String, authenticator: (any Authenticator)? = nil) throws -> String? {
      var configuration = ServerConfiguration()
      configuration.callers.tokensFile = path
      do {
        _ = try Server(catalogs: [try PropertyFlows.catalog()], authenticator: authenticator, configuration: configuration)
        return nil
      } catch let error as ServerError {
        #expect(error.code == .configurationInvalid)
        return error.description
      }
    }
    #expect(try refusal("/nonexistent/tokens")?.contains("/nonexistent/tokens cannot be read: No such file") == true)
    try withTokensFile("secret-but-short subject=ann") { path in
      let text = try #require(try refusal(path))
      #expect(text.contains("token 1 is shorter") && !text.contains("secret"))
    }
    try withTokensFile(Self.tokens) { path in
      let text = try refusal(path, authenticator: try BearerTokens(text: Self.tokens))
      #expect(text?.contains("one of the two decides") == true)
      #expect(try refusal(path) == nil)
    }
  }

  @Test("the log says by which name and by whom each flow was called, and no token", arguments: proactors)
  func log(_ proactor: ProactorChoice) throws {
    let store = LogStore()
    try serve(proactor, log: .all, store: store) { running in
      let client = try TestClient(port: running.port)
      _ = try client.request("POST", "/flow/v1/say-aliased", headers: Self.authorization("ann"))
      _ = try client.request("POST", "/flow/v1/say-served", headers: Self.authorization("cay"))
      _ = try client.request("POST", "/flow/v1/%73ay-served")
      _ = try client.request("POST", "/flow/v1/say-elsewhere", headers: Self.authorization("ann"))
      _ = try client.request("POST", "/flow/v1/say-served", headers: ["Authorization: Bearer nobody-nobody-nobody-nobody"])
      _ = try client.request("POST", "/flow/v1/cancel-order", headers: Self.authorization("bob"), body: "[]")
    }
    let lines = store.lines.filter { $0.message == "request" }.map { line in
      ["status", "alias", "caller", "tenant"].map { line.metadata[$0] ?? "-" }.joined(separator: " ")
    }
    #expect(
      lines == [
        "200 - ann acme", "200 say-served cay -", "200 say-served - -", "308 say-elsewhere - -", "401 say-served - -",
        "403 - bob zoo",
      ])
    #expect(!store.lines.contains { "\($0.metadata)".contains("ann-ann") || "\($0.metadata)".contains("nobody") })
  }

  @Test("a tenant at its cap is told to wait, and others are served", arguments: proactors)
  func cap(_ proactor: ProactorChoice) throws {
    let store = LogStore()
    try serve(proactor, log: .errors, store: store, inFlightPerTenantMax: 2) { running in
      let waiting = try (0..<2).map { _ in try TestClient(port: running.port) }
      for client in waiting {
        try client.send(
          "POST /flow/v1/wait-tenant HTTP/1.1\r\nHost: a\r\n\(Self.authorization("ann")[0])\r\nContent-Length: 0\r\n\r\n")
      }
      let client = try TestClient(port: running.port)
      func ask(_ name: String?) throws -> TestClient.Response {
        try client.request("POST", "/flow/v1/show-stock", headers: name.map(Self.authorization) ?? [], body: "[]")
      }
      // The refusal shows that both requests have been admitted.
      while try ask("ann").status == 200 {}
      let refused = try ask("ann")
      #expect(refused.status == 429 && refused["retry-after"] == "1" && refused.text.contains("too-many-requests"))
      #expect(try ask("bob").status == 200 && ask("cay").status == 200 && ask(nil).status == 200)
      // Flows that do not ask who is calling know no tenant.
      #expect(try client.request("GET", "/lines", headers: Self.authorization("ann")).status == 200)
      let metrics = try client.request("GET", "/metrics").text
      #expect(metrics.contains(#"zerver_requests_refused_total{reason="tenant-full",status="429"} "#))
      #expect(!metrics.contains(#"zerver_requests_refused_total{reason="tenant-full",status="429"} 0"#))
      waiting[0].reset()
      while try ask("ann").status == 429 {}
    }
    let line = store.lines.first { $0.metadata["status"] == "429" }
    #expect(line?.level == .warning && line?.metadata["tenant"] == "acme" && line?.metadata["problem"] == "too-many-requests")
  }
}

@Suite struct TenantCapTests {
  private func cap(_ max: Int) -> TenantCap {
    var requests = ServerConfiguration.Requests()
    requests.inFlightPerTenantMax = max
    return TenantCap(requests)
  }

  @Test("each tenant has its own count, and what has left makes room")
  func counts() {
    var cap = cap(2)
    for tenant in ["a", "a", "b", nil] { cap.entered(tenant) }
    #expect(cap.isFull("a") && !cap.isFull("b") && !cap.isFull(nil) && !cap.isFull("c"))
    cap.left("a")
    cap.left(nil)
    #expect(!cap.isFull("a"))
    cap.left("a")
    cap.entered("a")
    #expect(!cap.isFull("a"))
    cap.entered("a")
    #expect(cap.isFull("a"))
  }

  @Test("a cap that the worker cannot reach counts nothing")
  func unbounded() {
    var cap = cap(65_536)
    for _ in 0..<10 { cap.entered("a") }
    #expect(!cap.isFull("a"))
  }
}
