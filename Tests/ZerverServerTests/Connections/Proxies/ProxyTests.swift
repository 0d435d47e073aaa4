import Foundation
import Logging
import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

@Suite struct ProxyHeaderTests {
  private func read(_ text: String) -> ProxyHeader { Array(text.utf8).withUnsafeBytes { ProxyHeader.read($0) } }
  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  @Test("version 1 is a line")
  func line() {
    let four = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"
    #expect(read(four + "GET") == .complete(bytes: four.utf8.count, client: IPAddress("192.0.2.1")))
    let six = "PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n"
    #expect(read(six) == .complete(bytes: six.utf8.count, client: IPAddress("2001:db8::1")))
    #expect(read("PROXY UNKNOWN\r\n") == .complete(bytes: 15, client: nil))
    #expect(read("PROXY UNKNOWN ffff::1 ::1 1 2\r\nx") == .complete(bytes: 31, client: nil))
    for end in 0..<four.utf8.count { #expect(read(String(decoding: four.utf8.prefix(end), as: UTF8.self)) == .needsMore, "\(end)") }
  }

  @Test(
    "what is no header is malformed",
    arguments: [
      "GET / HTTP/1.1\r\n", "PROXY\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n", "PROXY TCP4 a b 1 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n", "PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n", "PROXY TCP4 ::1 ::2 1 2\r\n",
      "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n", "PROXY UNKNOWN\n", "proxy UNKNOWN\r\n", "PROXY " + String(repeating: "x", count: 101),
    ])
  func malformedLine(_ text: String) { #expect(read(text) == .malformed) }

  private func binary(_ head: [UInt8], _ rest: [UInt8]) -> ProxyHeader {
    let count = [UInt8(rest.count >> 8), UInt8(rest.count & 255)]
    return (Self.signature + head + count + rest).withUnsafeBytes { ProxyHeader.read($0) }
  }

  @Test("version 2 is binary, and may say more than addresses")
  func binary() {
    let four: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0, 1, 0, 2]
    #expect(binary([0x21, 0x11], four) == .complete(bytes: 28, client: IPAddress("192.0.2.1")))
    #expect(binary([0x21, 0x11], four + [4, 0, 1, 0]) == .complete(bytes: 32, client: IPAddress("192.0.2.1")))
    let six: [UInt8] = [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1] + Array(repeating: 0, count: 20)
    #expect(binary([0x21, 0x21], six) == .complete(bytes: 52, client: IPAddress("2001:db8::1")))
    // LOCAL, and a family that has no address.
    #expect(binary([0x20, 0x11], four) == .complete(bytes: 28, client: nil))
    #expect(binary([0x21, 0x00], []) == .complete(bytes: 16, client: nil))
    let whole = Self.signature + [0x21, 0x11, 0, 12] + four
    for end in 0..<whole.count { #expect(whole[..<end].withUnsafeBytes { ProxyHeader.read($0) } == .needsMore, "\(end)") }
  }

  @Test("a version, a command and a length that do not exist are malformed")
  func malformedBinary() {
    #expect(binary([0x11, 0x11], Array(repeating: 0, count: 12)) == .malformed)
    #expect(binary([0x22, 0x11], Array(repeating: 0, count: 12)) == .malformed)
    #expect(binary([0x21, 0x11], Array(repeating: 0, count: 11)) == .malformed)
    #expect(binary([0x21, 0x21], Array(repeating: 0, count: 35)) == .malformed)
    #expect(binary([0x21, 0x11], Array(repeating: 0, count: 5000)) == .malformed)
    #expect(read("\r\n\r\n\u{0}\r\nQUIX\n") == .malformed)
  }
}

@Suite struct ForwardedClientTests {
  private typealias Element = ForwardedClient.Element

  @Test("the list is read from its end, and only for as long as who speaks is trusted")
  func find() throws {
    let peer = try #require(IPAddress("10.0.0.1"))
    func client(_ list: String, trusted: String = "10.0.0.0/8", from: IPAddress? = nil) throws -> String {
      let network = try #require(ServerConfiguration.Network(trusted))
      return ForwardedClient.find(Element.forwardedFor(list, proto: nil), peer: from ?? peer) { network.contains($0) }.address.description
    }
    #expect(try client("192.0.2.7") == "192.0.2.7")
    #expect(try client("203.0.113.9, 192.0.2.7") == "192.0.2.7")
    #expect(try client("203.0.113.9, 192.0.2.7, 10.3.3.3") == "192.0.2.7")
    #expect(try client("10.9.9.9, 10.3.3.3") == "10.9.9.9")
    #expect(try client("192.0.2.7, unknown") == "10.0.0.1")
    #expect(try client("192.0.2.7", trusted: "10.0.0.2") == "10.0.0.1")
    #expect(try client("192.0.2.7", from: IPAddress("198.51.100.1")) == "198.51.100.1")
  }

  @Test("both forms have addresses with ports and brackets, and say how the client is connected")
  func forms() throws {
    let address = IPAddress("192.0.2.60")
    #expect(
      Element.forwarded(#"for="[2001:db8::1]:4711", For=192.0.2.60;proto=https;by=x, for="_hidden, not";PROTO=http"#) == [
        Element(address: IPAddress("2001:db8::1")), Element(address: address, isEncrypted: true), Element(address: nil, isEncrypted: false),
      ])
    #expect(
      Element.forwardedFor("192.0.2.60:80,[2001:db8::1] , 2001:db8::2", proto: "http, https") == [
        Element(address: address), Element(address: IPAddress("2001:db8::1")),
        Element(address: IPAddress("2001:db8::2"), isEncrypted: true),
      ])
  }
}

@Suite struct NetworkTests {
  @Test(
    "a network contains what begins with its bits",
    arguments: [
      ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "203.0.113.1", true),
      ("0.0.0.0/0", "::2", false), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
      ("2001:db8::/32", "2001:db8:1::1", true), ("2001:db8::/32", "2001:db9::1", false), ("::/0", "192.0.2.1", true),
      ("2001:db8::1", "2001:db8::1", true), ("2001:db8::/65", "2001:db8:0:0:8000::", false), ("10.0.0.0/8", "::ffff:10.0.0.1", true),
    ])
  func contains(_ text: String, _ address: String, _ isInside: Bool) throws {
    let network = try #require(ServerConfiguration.Network(text))
    #expect(network.contains(try #require(IPAddress(address))) == isInside)
    #expect(network.description == text)
  }

  @Test("anything else is no network", arguments: ["", "10.0.0.0/33", "10.1.0.0/8", "10.0.0.0/", "/8", "::/129", "ten", "10.0.0.0/8/8", "::1/64"])
  func refused(_ text: String) { #expect(ServerConfiguration.Network(text) == nil) }
}

/// Connections through proxies, over real sockets.
@Suite struct ProxyTests {
  private func withProxies<Result>(
    _ proactor: ProactorChoice, _ listen: String, _ configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer) throws -> Result
  ) throws -> Result {
    var configuration = ServerConfiguration()
    configuration.workers = 1
    configuration.proactor = proactor
    configuration.log.requests = .none
    configuration.listen = try #require(ServerConfiguration.ListenAddress.list(listen))
    configuration.proxies.trusted = [try #require(ServerConfiguration.Network("127.0.0.0/8"))]
    configure(&configuration)
    let server = try Server(
      catalogs: [PropertyFlows.catalog()], authenticator: AddressCallers(), configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let running = try server.start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    return try body(running)
  }

  private static let request = "GET /flow/v1/show-caller HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("the proxy's header says who the client is, whole or byte by byte", arguments: proactors)
  func header(_ proactor: ProactorChoice) throws {
    try withProxies(proactor, "127.0.0.1:0 proxy") { (server: RunningServer) throws in
      for isWhole in [true, false] {
        let client = try TestClient(port: server.port)
        let bytes = Array(("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n" + Self.request).utf8)
        if isWhole { try client.send(bytes) } else { for byte in bytes { try client.send([byte]) } }
        #expect(try client.readResponse().text == "192.0.2.7 plain of acme")
        try client.send(Self.request)
        #expect(try client.readResponse().text == "192.0.2.7 plain of acme")
      }
      let local = try TestClient(port: server.port)
      try local.send("PROXY UNKNOWN\r\n" + Self.request)
      #expect(try local.readResponse().text == "127.0.0.1 plain of acme")
      // Without a header, nobody is served.
      let none = try TestClient(port: server.port)
      try none.send(Self.request)
      #expect(try none.readToEnd().isEmpty)
    }
  }

  @Test("who is not trusted may not speak for others, and limits count the client", arguments: proactors)
  func trust(_ proactor: ProactorChoice) throws {
    try withProxies(proactor, "127.0.0.1:0 proxy", { $0.proxies.trusted = [ServerConfiguration.Network("10.0.0.0/8")!] }) {
      (server: RunningServer) throws in
      #expect(try TestClient(port: server.port).readToEnd().isEmpty)
    }
    try withProxies(proactor, "127.0.0.1:0 proxy", { $0.http.connectionsPerAddressMax = 1 }) { (server: RunningServer) throws in
      func ask(_ address: String) throws -> (TestClient, Int) {
        let client = try TestClient(port: server.port)
        try client.send("PROXY TCP4 \(address) 127.0.0.1 1 2\r\n" + Self.request)
        return (client, try client.readResponse().status)
      }
      // Each stays open until the last has its answer.
      let clients = try ["192.0.2.1", "192.0.2.2", "192.0.2.1"].map(ask)
      let statuses: [Int] = clients.map(\.1)
      #expect(statuses == [200, 200, 429])
    }
  }

  @Test("TLS begins behind the header", arguments: proactors)
  func encrypted(_ proactor: ProactorChoice) throws {
    let files = try TestCertificates.shared.get()
    try withProxies(proactor, "127.0.0.1:0 tls proxy", { $0.tls.certificates = [files.files("localhost")] }) {
      (server: RunningServer) throws in
      for step in ["1", "100000"] {
        let said = try runTLSPeer(
          "get", server.port, ["proxy": "192.0.2.7", "path": "/flow/v1/show-caller", "step": step])
        #expect(said["body"] == "192.0.2.7 encrypted of acme")
      }
    }
  }

  @Test("a trusted proxy's header of a request says who has sent it", arguments: proactors)
  func forwarded(_ proactor: ProactorChoice) throws {
    let own = "X-Forwarded-For: 203.0.113.1, 192.0.2.9"
    try withProxies(proactor, "127.0.0.1:0", { $0.proxies.header = .xForwardedFor }) { (server: RunningServer) throws in
      let client = try TestClient(port: server.port)
      func ask(_ headers: String...) throws -> String { try client.request("GET", "/flow/v1/show-caller", headers: headers).text }
      #expect(try ask(own, "X-Forwarded-Proto: https") == "192.0.2.9 encrypted of acme")
      #expect(try ask("X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 192.0.2.9") == "192.0.2.9 plain of acme")
      #expect(try ask("Forwarded: for=192.0.2.9") == "127.0.0.1 plain of acme")
    }
    try withProxies(proactor, "127.0.0.1:0", { $0.proxies.header = .forwarded }) { (server: RunningServer) throws in
      let client = try TestClient(port: server.port)
      let response = try client.request("GET", "/flow/v1/show-caller", headers: [own, #"Forwarded: for="[2001:db8::9]";proto=https"#])
      #expect(response.text == "2001:db8::9 encrypted of acme")
    }
    try withProxies(proactor, "127.0.0.1:0") { (server: RunningServer) throws in
      let client = try TestClient(port: server.port)
      #expect(try client.request("GET", "/flow/v1/show-caller", headers: [own]).text == "127.0.0.1 plain of acme")
    }
  }
}

/// A caller is where it comes from.
private struct AddressCallers: Authenticator {
  var challenge: String { "Bearer" }

  func authenticate(_ request: borrowing RequestHeadView) -> Authentication {
    let subject = "\(request.clientAddress ?? "nowhere") \(request.isEncrypted ? "encrypted" : "plain")"
    return .caller(Caller(subject: subject, tenant: "acme", roles: ["support"]))
  }
}
