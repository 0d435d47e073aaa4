import Glibc
import Testing
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// Connections that end in every way a client can think of, against a server in a process of its own, so that what it
/// holds can be counted from outside.
@Suite struct ConnectionLeakTests {
  @Test("20,000 connections that come and go leave no descriptor and no memory behind", arguments: proactors)
  func comeAndGo(_ proactor: ProactorChoice) throws {
    let path = try TemporaryDirectory.fresh() + "/shop.sqlite"
    _ = try SmallShop(.sqlite(path: path), carts: 200, stock: 100_000)
    let (server, port) = try CheckoutProcess.serve(
      ["--database-url", "sqlite:///" + path.drop { $0 == "/" }, "--workers", "2", "--proactor", proactor.rawValue],
      environment: ["ZERVER_LOG_LEVEL": "error"])
    let watcher = try TestClient(port: port)

    // Warm: pools, slots and prepared statements are there.
    try comeAndGo(4_000, port: port)
    try until("only the watcher is connected") { try open(watcher) == 1 }
    let descriptors = server.descriptorsCount
    let memory = server.residentKiB

    try comeAndGo(20_000, port: port)
    try until("only the watcher is connected") { try open(watcher) == 1 }
    // The kernel closes a moment after the server has said so.
    try until("no descriptor is left of \(server.descriptorsCount) over \(descriptors)", seconds: 30) {
      server.descriptorsCount <= descriptors
    }
    let growth = server.residentKiB - memory
    #expect(growth < 20 << 10, "memory grew by \(growth) KiB from \(memory) KiB")
    print("\(proactor.rawValue): \(descriptors) descriptors, memory grew by \(growth) KiB from \(memory) KiB")

    // Nothing hangs on: a request in flight counts until it is answered or given up.
    try until("no request is in flight but the one that asks") { try metric("http_server_active_requests", watcher) <= 1 }
    #expect(try watcher.ask("GET", "/flow/v1/show-product?product-id=1").status == 200)
    server.send(SIGTERM)
    #expect(try server.waitForEnd() == 0)
  }

  private func open(_ watcher: TestClient) throws -> Int { try metric("zerver_connections_open", watcher) }

  private func metric(_ name: String, _ watcher: TestClient) throws -> Int {
    let text = try watcher.request("GET", "/metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    guard let value = line?.split(separator: " ").last.flatMap({ Int($0) }) else { throw Overdue(description: "no metric \(name)") }
    return value
  }

  // MARK: The clients

  /// How a connection ends.
  private enum Ending: Int, CaseIterable {
    case answered, silent, inHead, resetInHead, resetInBody, resetInFlight, halfClosed
  }

  private func comeAndGo(_ count: Int, port: Int) throws {
    // As many at once as the limit of descriptors that shells set by default has room for.
    let together = 250
    for start in stride(from: 0, to: count, by: together) {
      let numbers = start..<min(start + together, count)
      let clients = try numbers.map { number in
        (try BareConnection(port: port), Ending(rawValue: number % Ending.allCases.count) ?? .silent)
      }
      for (client, ending) in clients {
        switch ending {
        case .answered: try client.send("GET /flow/v1/say-hello HTTP/1.1\r\nHost: x\r\n\r\n")
        case .silent: break
        case .inHead, .resetInHead: try client.send("GET /flow/v1/say-hello HTTP/1.1\r\nHo")
        case .resetInBody:
          try client.send(
            "POST /flow/v2/checkout-cart HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{\"user")
        case .resetInFlight, .halfClosed:
          try client.send("GET /flow/v1/show-cart?cart-id=c-7 HTTP/1.1\r\nHost: x\r\n\r\n")
        }
      }
      for (client, ending) in clients {
        switch ending {
        case .answered: try client.receive("Hello, world!")
        case .silent, .inHead: break
        case .resetInHead, .resetInBody, .resetInFlight: client.resetsAtEnd()
        case .halfClosed:
          client.finishSending()
          try client.receive("\"cart-id\":\"c-7\"")
        }
        client.close()
      }
    }
  }
}

/// A client socket without buffers of its own: cheap enough for tens of thousands.
private struct BareConnection {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Overdue(description: "socket: errno \(errno)") }
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let descriptor = descriptor
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Overdue(description: "connect: errno \(errno)") }
  }

  func send(_ text: String) throws {
    var text = text
    let count = text.withUTF8 { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard count == text.utf8.count else { throw Overdue(description: "send: errno \(errno)") }
  }

  /// Reads until this text has come.
  func receive(_ text: String) throws {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      var received = ""
      while !received.contains(text) {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        guard count > 0 else { throw Overdue(description: "receive: \(count), errno \(errno), after: \(received)") }
        received += String(decoding: buffer[..<count], as: UTF8.self)
      }
    }
  }

  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  func resetsAtEnd() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  func close() { Glibc.close(descriptor) }
}
