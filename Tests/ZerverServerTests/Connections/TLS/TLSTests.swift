import Foundation
import Logging
import Testing
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Encrypted connections over real sockets, with clients that are not ours: Python's ssl, `openssl s_client` and curl.
@Suite struct TLSTests {
  private func withTLS<Result>(
    _ proactor: ProactorChoice, certificates: [String] = ["localhost"], catalog: FlowCatalog? = nil,
    configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (RunningServer, Int) throws -> Result
  ) throws -> Result {
    let files = try TestCertificates.shared.get()
    return try withServer(proactor, catalog: catalog) { configuration in
      configuration.listen = [
        .init(.tcp(host: "127.0.0.1", port: 0), isEncrypted: true), .init(.tcp(host: "127.0.0.1", port: 0)),
      ]
      configuration.tls.certificates = certificates.map { files.files($0) }
      configure(&configuration)
    } _: { (server: RunningServer) throws in
      try body(server, server.ports[0])
    }
  }

  private func handshakes(_ server: RunningServer, _ outcome: WorkerMetrics.Handshake) -> UInt64 {
    server.metrics.workers.reduce(0) { $0 + $1.value(outcome) }
  }

  private func count(_ server: RunningServer, _ counter: WorkerMetrics.Counter) -> UInt64 {
    server.metrics.workers.reduce(0) { $0 + $1.value(counter) }
  }

  // MARK: Requests and answers

  @Test("a flow answers in both versions, and a plain place beside it as well", arguments: proactors)
  func answers(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      for (version, name) in [("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")] {
        let said = try runTLSPeer("get", port, ["version": version, "alpn": "http/1.1"])
        #expect(said["status"] == "200")
        #expect(said["body"] == "Hello, world!")
        #expect(said["version"] == name)
        #expect(said["alpn"] == "http/1.1")
      }
      #expect(handshakes(server, .full) == 2)
      #expect(try TestClient(port: server.ports[1]).request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("curl gets its answers", arguments: proactors)
  func curl(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      let url = "https://localhost:\(port)/flow/v1/say-hello"
      let command = ["curl", "-sS", "--http1.1", "--cacert", try TestCertificates.shared.get().path("all")]
      #expect(try TestProgram.run(command + [url, url]) == "Hello, world!Hello, world!")
      #expect(handshakes(server, .full) == 1)
    }
  }

  @Test("a handshake and a request that come byte by byte are understood", arguments: proactors)
  func drip(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (_: RunningServer, port: Int) throws in
      for version in ["1.2", "1.3"] {
        let said = try runTLSPeer("get", port, ["step": "1", "version": version])
        #expect(said["body"] == "Hello, world!")
      }
    }
  }

  @Test("a large answer and many pipelined ones come whole", arguments: proactors)
  func large(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (_: RunningServer, port: Int) throws in
      let said = try runTLSPeer("get", port, ["path": "/flow/v1/large-answer", "close": "1"])
      #expect(said["bytes"] == String(4 << 20))
      #expect(said["end"] == "clean")
      #expect(try runTLSPeer("pipeline", port, ["count": "2000"])["bodies"] == "Hello, world!")
    }
  }

  @Test("a session is resumed without another signature", arguments: proactors)
  func resumption(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      for version in ["1.2", "1.3"] {
        let said = try runTLSPeer("resume", port, ["version": version])
        #expect(said["first"] == "False")
        #expect(said["second"] == "True")
        #expect(said["status"] == "200")
      }
      #expect(handshakes(server, .full) == 2)
      #expect(handshakes(server, .resumed) == 2)
    }
  }

  // MARK: Certificates

  @Test("the client's server name chooses the certificate", arguments: proactors)
  func serverName(_ proactor: ProactorChoice) throws {
    try withTLS(proactor, certificates: ["localhost", "shop", "admin"]) { (_: RunningServer, port: Int) throws in
      for (name, names) in [
        ("localhost", "localhost"), ("shop.example", "shop.example,*.shop.example"), ("EU.shop.example", "shop.example,*.shop.example"),
        ("admin.example", "admin.example"),
      ] {
        #expect(try runTLSPeer("get", port, ["name": name])["names"] == names)
      }
    }
  }

  @Test("a client certificate is verified, and the authenticator sees it", arguments: proactors)
  func clientCertificate(_ proactor: ProactorChoice) throws {
    let files = try TestCertificates.shared.get()
    let billing = ["certificate": files.path("billing"), "key": files.path("billing-key")]
    let intruder = ["certificate": files.path("intruder"), "key": files.path("intruder-key")]
    for mode in [ServerConfiguration.ClientCertificates.required, .optional] {
      var configuration = ServerConfiguration()
      configuration.port = 0
      configuration.workers = 1
      configuration.proactor = proactor
      configuration.log.requests = .none
      configuration.tls.certificates = [files.files("localhost")]
      configuration.tls.clientCertificates = mode
      configuration.tls.clientAuthorities = files.path("authority")
      let server = try Server(
        catalogs: [PropertyFlows.catalog()], authenticator: CertificateCallers(), configuration: configuration,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let running = try server.start()
      defer {
        running.stop()
        try? running.waitUntilStopped()
      }
      let path = ["path": "/flow/v1/show-caller"]
      for version in ["1.2", "1.3"] {
        let said = try runTLSPeer("get", running.port, billing.merging(path) { $1 }.merging(["version": version]) { $1 })
        #expect(said["status"] == "200")
        #expect(said["body"]?.contains("CN=billing,O=Example billing.internal spiffe://example/billing 64") == true, "\(said)")
        #expect(try runTLSPeer("get", running.port, intruder.merging(["version": version]) { $1 })["refused"] != nil)
        let anonymous = try runTLSPeer("get", running.port, path.merging(["version": version]) { $1 })
        if mode == .required { #expect(anonymous["refused"] != nil) } else { #expect(anonymous["status"] == "401") }
      }
      #expect(handshakes(running, .failed) == (mode == .required ? 4 : 2))
    }
  }

  @Test("certificates are replaced under load, and connections keep theirs", arguments: proactors)
  func reload(_ proactor: ProactorChoice) throws {
    let files = try TestCertificates()
    try withServer(proactor) { configuration in
      configuration.tls.certificates = [files.files("localhost")]
    } _: { (server: RunningServer) throws in
      let old = try String(contentsOfFile: files.path("localhost"), encoding: .utf8)
      let oldKey = try String(contentsOfFile: files.path("localhost-key"), encoding: .utf8)
      #expect(!server.certificatesAreDue)
      try files.make("localhost", names: ["localhost"])
      #expect(server.certificatesAreDue)
      let both = files.directory.appending(path: "both.pem")
      try (old + String(contentsOfFile: files.path("localhost"), encoding: .utf8)).write(to: both, atomically: true, encoding: .utf8)
      let load = try TestProgram(try tlsPeerCommand("load", server.port, ["ca": both.path]))
      #expect(load.readLine() == "certificate")
      try server.reloadCertificates()
      #expect(!server.certificatesAreDue)
      #expect(load.readLine() == "certificate")
      // A file that cannot be used changes nothing.
      try oldKey.write(toFile: files.path("localhost-key"), atomically: true, encoding: .utf8)
      #expect(throws: ServerError.self) { try server.reloadCertificates() }
      #expect(try load.finish() == "certificates: 2\n")
    }
  }

  // MARK: Who breaks the rules

  @Test("bytes that are no TLS end the connection, and a broken handshake is told so", arguments: proactors)
  func garbage(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      let noise = try runTLSPeer("raw", port, ["bytes": String(repeating: "deadbeef", count: 100), "hex": "1"])
      #expect(noise == ["answer": ""])
      #expect(handshakes(server, .failed) == 1)
      // A record of the handshake, with a message that does not exist: a fatal alert, unexpected_message.
      let broken = try runTLSPeer("raw", port, ["bytes": "1603010004ff000000", "hex": "1"])
      #expect(broken == ["answer": "15030300020" + "20a"])
      #expect(handshakes(server, .failed) == 2)
      // Nothing at all, and an end.
      _ = try runTLSPeer("raw", port, ["bytes": "", "end": "1"])
      #expect(handshakes(server, .failed) == 3)
      #expect(try runTLSPeer("get", port)["status"] == "200")
    }
  }

  @Test("a plain request is told that the port speaks TLS", arguments: proactors)
  func plain(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      let response = try TestClient(port: port).request("GET", "/flow/v1/say-hello")
      #expect(response.status == 400)
      #expect(response.text.contains("speaks TLS"))
      #expect(response["connection"] == "close")
    }
  }

  @Test("a client that stalls in the handshake is given up, wherever it stops", arguments: proactors, [0, 1, 5, 60])
  func stall(_ proactor: ProactorChoice, _ bytes: Int) throws {
    try withTLS(proactor) { $0.timeouts.handshake = .milliseconds(50) } _: { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("stall", port, ["bytes": String(bytes)])["rest"] == "b''")
      #expect(handshakes(server, .timedOut) == 1)
    }
  }

  @Test("old versions, other protocols and a second handshake are refused", arguments: proactors)
  func refusals(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("get", port, ["version": "1.1"])["refused"] != nil)
      #expect(try runTLSPeer("get", port, ["alpn": "spdy/3"])["refused"]?.contains("no application protocol") == true)
      #expect(try runTLSPeer("renegotiate", port)["refused"] == "yes")
    }
    try withTLS(proactor) { $0.tls.versionMin = .v13 } _: { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("get", port, ["version": "1.2"])["refused"] != nil)
      #expect(try runTLSPeer("get", port, ["version": "1.3"])["status"] == "200")
    }
  }

  @Test("a record that was changed on its way ends the connection", arguments: proactors)
  func tamper(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("tamper", port)["end"]?.contains("BAD_RECORD_MAC") == true)
      #expect(count(server, .recordsRefused) == 1)
    }
  }

  // MARK: The end

  @Test("an end without a word is none: what was on its way is given up", arguments: proactors)
  func truncation(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("cut", port, ["half": "1"])["end"] == "yes")
      #expect(count(server, .recordsTruncated) == 1)
      // Between two requests nothing is lost.
      #expect(try runTLSPeer("cut", port)["end"] == "yes")
      #expect(count(server, .recordsTruncated) == 1)
    }
  }

  @Test("a client that says goodbye gets its answer, and a goodbye", arguments: proactors)
  func goodbye(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      // Handshake records of TLS 1.2 are over; one of data, one alert.
      #expect(try runTLSPeer("goodbye", port, ["version": "1.2"])["records"] == "23,21")
    }
  }

  @Test("an idle connection, and one of a server that stops, ends with a goodbye", arguments: proactors)
  func idle(_ proactor: ProactorChoice) throws {
    try withTLS(proactor) { $0.timeouts.idle = .milliseconds(30) } _: { (server: RunningServer, port: Int) throws in
      #expect(try runTLSPeer("get", port, ["close": "1"])["end"] == "clean")
      #expect(try runTLSPeer("idle", port)["end"] == "clean")
    }
    let stopped = try withTLS(proactor) { (server: RunningServer, port: Int) throws in
      let peer = try TestProgram(try tlsPeerCommand("idle", port, ["tell": "1"]))
      #expect(peer.readLine() == "answered")
      server.stop()
      return try peer.finish()
    }
    #expect(stopped == "end: clean\n")
  }

  // MARK: Start

  @Test("what is wrong with a certificate is said before anything is served")
  func mistakes() throws {
    let files = try TestCertificates.shared.get()
    let none = files.directory.appending(path: "none.pem")
    try "nothing\n".write(to: none, atomically: true, encoding: .utf8)
    func message(_ chain: String, _ key: String, authorities: String? = nil) -> String {
      var configuration = ServerConfiguration()
      configuration.port = 0
      configuration.tls.certificates = [.init(chain: chain, key: key)]
      if let authorities {
        configuration.tls.clientCertificates = .optional
        configuration.tls.clientAuthorities = authorities
      }
      do throws(ServerError) {
        let running = try Server(catalogs: [try! testCatalog()], configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }).start()
        running.stop()
        return "started"
      } catch {
        return "\(error.code == .certificatesUnusable) \(error.description)"
      }
    }
    let (chain, key) = (files.path("localhost"), files.path("localhost-key"))
    #expect(message("/nowhere/cert.pem", key) == "true I cannot read `/nowhere/cert.pem`: No such file or directory")
    #expect(message(chain, files.directory.path) == "true I cannot read `\(files.directory.path)`: Is a directory")
    #expect(message(none.path, key).hasPrefix("true `\(none.path)` has no certificate."))
    #expect(message(chain, chain).hasPrefix("true `\(chain)` has no private key that I can read"))
    #expect(message(chain, files.path("locked-key")).hasPrefix("true `\(files.path("locked-key"))` has no private key that I can read"))
    #expect(message(chain, files.path("shop-key")) == "true the key of `\(files.path("shop-key"))` is not that of the certificate in `\(chain)`")
    #expect(message(chain, key, authorities: none.path).hasPrefix("true `\(none.path)` has no certificate."))
  }
}

/// A caller is who its certificate says.
private struct CertificateCallers: Authenticator {
  var challenge: String { "Bearer" }

  func authenticate(_ request: borrowing RequestHeadView) -> Authentication {
    guard let certificate = request.clientCertificate else { return .anonymous }
    let subject = [certificate.subject] + certificate.dnsNames + certificate.uris + ["\(certificate.fingerprint.count)"]
    return .caller(Caller(subject: subject.joined(separator: " "), tenant: "acme", roles: ["support"]))
  }
}
