@_spi(Server) import ZerverCore

// Connections that a proxy has opened for somebody else, who it names first.
extension Worker where Backend: ~Copyable {
  /// Waits for the header of a proxy. `false` when whoever has connected is none.
  mutating func awaitProxyHeader(_ slot: Int) -> Bool {
    let connection = connections[slot]
    // A Unix-domain socket has no address: its file says who may connect.
    if let peer = IPAddress(peerOf: connection.pointee.descriptor), !isTrustedProxy(peer) { return false }
    connection.pointee.phase = .proxyHeader
    setDeadline(slot, now.advanced(byNanoseconds: timeouts.header))
    return true
  }

  func isTrustedProxy(_ address: IPAddress) -> Bool { configuration.proxies.trusted.contains { $0.contains(address) } }

  mutating func takeProxyHeader(_ bytes: UnsafeRawBufferPointer, of slot: Int) {
    let connection = connections[slot]
    buffers.buffer(inputBuffer(slot)).pointee.append(contentsOf: bytes)
    switch ProxyHeader.read(input(slot)) {
    case .needsMore: return
    case .malformed: return close(slot)
    case .complete(let headerBytes, let client):
      connection.pointee.clientAddress = client
      connection.pointee.phase = .head
      connection.pointee.began = now
      consume(slot, headerBytes)
    }
    let isEncrypted = connection.pointee.startsEncrypted
    if let refusal = censusRefusal(slot) {
      metrics.connectionRefused()
      return isEncrypted ? close(slot) : refuse(slot, refusal)
    }
    guard isEncrypted else {
      return inputIsEmpty(slot) ? setDeadline(slot, now.advanced(byNanoseconds: timeouts.header)) : inputArrived(slot, isFirst: true)
    }
    let rest = Array(input(slot))
    giveInputBuffer(slot)
    guard beginHandshake(slot) else { return close(slot) }
    if !rest.isEmpty { rest.withUnsafeBytes { takeRecords($0, of: slot) } }
  }

  /// What an authenticator may know of the connection that a request came by.
  mutating func origin(of slot: Int) -> RequestOrigin {
    let parent = connections[slot].pointee.parent
    let connection = connections[parent < 0 ? slot : parent]
    return RequestOrigin(
      certificate: connection.pointee.tls?.certificate, descriptor: connection.pointee.descriptor,
      proxied: connection.pointee.clientAddress, isEncrypted: connection.pointee.isEncrypted, proxies: configuration.proxies)
  }
}

/// Where a request has come from.
struct RequestOrigin {
  var certificate: ClientCertificate?
  /// Of the connection; asked for its peer only when somebody wants to know.
  var descriptor: Int32
  /// The client that a proxy has named for the whole connection.
  var proxied: IPAddress?
  var isEncrypted: Bool
  var proxies: ServerConfiguration.Proxies

  /// Who the request is from, by what those say who are trusted. `nil` when there is no address at all.
  func client(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> ForwardedClient? {
    guard let peer = proxied ?? IPAddress(peerOf: descriptor) else { return nil }
    func list(_ name: StaticString) -> String? { head.list(of: name, in: bytes).map { String(decoding: $0, as: UTF8.self) } }
    let elements: [ForwardedClient.Element] =
      switch proxies.header {
      case .none: []
      case .forwarded: list("forwarded").map { ForwardedClient.Element.forwarded($0) } ?? []
      case .xForwardedFor:
        list("x-forwarded-for").map { ForwardedClient.Element.forwardedFor($0, proto: list("x-forwarded-proto")) } ?? []
      }
    return ForwardedClient.find(elements, peer: peer) { address in proxies.trusted.contains { $0.contains(address) } }
  }
}
