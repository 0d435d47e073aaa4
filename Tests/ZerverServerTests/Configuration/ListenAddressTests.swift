import Foundation
import Testing
import ZerverTesting

@testable import ZerverServer

@Suite struct ListenAddressTests {
  typealias ListenAddress = ServerConfiguration.ListenAddress

  @Test(
    "an address is read and written",
    arguments: [
      ("127.0.0.1:8080", ListenAddress(.tcp(host: "127.0.0.1", port: 8080))),
      ("[::]:8443 tls", ListenAddress(.tcp(host: "::", port: 8443), isEncrypted: true)),
      ("unix:/run/shop.sock", ListenAddress(.unix(path: "/run/shop.sock"))),
      ("unix:shop.sock tls", ListenAddress(.unix(path: "shop.sock"), isEncrypted: true)),
      ("127.0.0.1:8080 h2c", ListenAddress(.tcp(host: "127.0.0.1", port: 8080), allowsHTTP2: true)),
    ])
  func round(_ text: String, _ address: ListenAddress) {
    #expect(ListenAddress(text) == address)
    #expect(address.description == text)
  }

  @Test(
    "anything else is no address",
    arguments: [
      "", "8080", "127.0.0.1", "localhost:8080", "::1:8080", "[127.0.0.1]:1", "127.0.0.1:65536", "127.0.0.1:-1", "unix:",
      "127.0.0.1:1 tls tls", "127.0.0.1:1 tls h2c", "127.0.0.1:1 http", "tls 127.0.0.1:1", "unix:" + String(repeating: "a", count: 108),
    ])
  func refused(_ text: String) { #expect(ListenAddress(text) == nil) }

  @Test("a list has each place once, but for ports that the system chooses")
  func list() {
    #expect(ListenAddress.list("127.0.0.1:1, [::1]:1 tls")?.count == 2)
    #expect(ListenAddress.list("127.0.0.1:0,127.0.0.1:0")?.count == 2)
    #expect(ListenAddress.list("127.0.0.1:1,127.0.0.1:1 tls") == nil)
    #expect(ListenAddress.list("127.0.0.1:1,") == nil)
  }

  @Test("certificates and encrypted places need each other")
  func problems() throws {
    func problem(_ change: (inout ServerConfiguration) -> Void) -> String? {
      var configuration = ServerConfiguration()
      change(&configuration)
      return configuration.problem
    }
    let files = ServerConfiguration.CertificateFiles(chain: "a", key: "b")
    #expect(problem { $0.tls.certificates = [files] } == nil)
    #expect(problem { $0.listen = [ListenAddress("127.0.0.1:1 tls")!] }?.contains("no tls.certificates") == true)
    #expect(
      problem {
        $0.listen = [ListenAddress("127.0.0.1:1")!]
        $0.tls.certificates = [files]
      }?.contains("no place") == true)
    #expect(problem { $0.tls.clientCertificates = .required }?.contains("client-authorities") == true)
    #expect(problem { $0.tls.clientAuthorities = "ca.pem" }?.contains("no client is asked") == true)
  }

  @Test("several places are served by every worker, and the file of a socket goes with the server", arguments: proactors)
  func serve(_ proactor: ProactorChoice) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "zerver-\(UUID().uuidString.prefix(8)).sock").path
    let curl = ["curl", "-sS", "--unix-socket", path, "http://localhost/flow/v1/say-hello"]
    for _ in 0..<2 {
      try withServer(proactor) { configuration in
        configuration.workers = 2
        configuration.listen = [
          ListenAddress(.tcp(host: "127.0.0.1", port: 0)), ListenAddress(.unix(path: path)), ListenAddress(.tcp(host: "127.0.0.1", port: 0)),
        ]
      } _: { (server: RunningServer) throws in
        #expect(server.addresses[1] == "unix:\(path)")
        #expect(server.ports[0] != server.ports[2])
        for port in [server.ports[0], server.ports[2]] {
          #expect(try TestClient(port: port).request("GET", "/flow/v1/say-hello").text == "Hello, world!")
        }
        for _ in 0..<4 { #expect(try TestProgram.run(curl) == "Hello, world!") }
        // Somebody listens there.
        #expect(throws: ServerError.self) {
          try withServer(proactor) { $0.listen = [ListenAddress(.unix(path: path))] } _: { _ in }
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("the socket of a process that has ended is replaced, another file is not", arguments: proactors)
  func leftBehind(_ proactor: ProactorChoice) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "zerver-\(UUID().uuidString.prefix(8)).sock").path
    let (descriptor, file) = try UnixListener.open(path: path)
    close(descriptor)
    try withServer(proactor) { $0.listen = [ListenAddress(.unix(path: path))] } _: { (server: RunningServer) throws in
      // The file is not that of the one which has gone.
      file.remove()
      #expect(FileManager.default.fileExists(atPath: path))
    }
    try Data("text".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: ServerError.self) { try withServer(proactor) { $0.listen = [ListenAddress(.unix(path: path))] } _: { _ in } }
    #expect(FileManager.default.fileExists(atPath: path))
    try FileManager.default.removeItem(atPath: path)
  }
}
