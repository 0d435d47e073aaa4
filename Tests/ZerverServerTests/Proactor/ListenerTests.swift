import Glibc
import Testing

@testable import ZerverServer

@Suite("Listener")
struct ListenerTests {
  @Test("the system chooses a port, on either kind of address", arguments: ["127.0.0.1", "::1", "localhost"])
  func anyPort(host: String) throws {
    let listener = try Listener(host: host, port: 0)
    #expect(listener.address.port != 0)
    #expect(["127.0.0.1", "::1"].contains(listener.address.host))
    let peer = try Peer(to: listener.address)
    let connection = accept(listener.descriptor, nil, nil)
    #expect(connection >= 0)
    #expect(SocketAddress(peerOf: connection)?.port == SocketAddress(localOf: peer.descriptor)?.port)
    close(connection)
  }

  @Test("an address reads as in a URL")
  func description() throws {
    let four = try Listener(host: "127.0.0.1", port: 0)
    let six = try Listener(host: "::1", port: 0)
    #expect("\(four.address)" == "127.0.0.1:\(four.address.port)")
    #expect("\(six.address)" == "[::1]:\(six.address.port)")
  }

  @Test("workers join a port, a stranger is refused")
  func sharing() throws {
    let first = try Listener(host: "127.0.0.1", port: 0)
    let port = first.address.port
    let second = try Listener(host: "127.0.0.1", port: port, joining: true)
    #expect(second.address.port == port)
    var message = ""
    do throws(ProactorError) { _ = try Listener(host: "127.0.0.1", port: port) } catch { message = "\(error)" }
    #expect(message == "bind 127.0.0.1:\(port): address already in use (EADDRINUSE)")
  }

  @Test("a host that does not exist is named")
  func unknownHost() {
    var message = ""
    do throws(ProactorError) { _ = try Listener(host: "256.1.1.1.", port: 0) } catch { message = "\(error)" }
    #expect(message.hasPrefix("resolve 256.1.1.1.: "))
  }
}
