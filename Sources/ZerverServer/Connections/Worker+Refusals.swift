@_spi(Server) import ZerverCore

// Limits on connections and on memory, and what a client is told that meets one.
extension Worker where Backend: ~Copyable {
  /// Connections beyond the limit that are told so. Each is open for as long as its refusal takes, a second at most; what
  /// comes when all are in use is closed without a word.
  static var refusedConnectionsMax: Int { 64 }

  /// Why a connection that the kernel has accepted is not served; `nil` when it is.
  mutating func connectionRefusal(_ slot: Int, isProxied: Bool) -> HTTPRefusal? {
    guard connections.inUse - streamsOpen - refusedConnections <= configuration.http.connectionsMax else { return .tooManyConnections }
    // A proxy says first who its client is.
    return isProxied ? nil : censusRefusal(slot)
  }

  /// Why a client does not get one more connection; `nil` when it does.
  mutating func censusRefusal(_ slot: Int) -> HTTPRefusal? {
    let connection = connections[slot]
    guard let census, let address = connection.pointee.clientAddress ?? IPAddress(peerOf: connection.pointee.descriptor) else {
      return nil
    }
    let client = ConnectionCensus.Client(address)
    guard census.enter(client) else { return .tooManyConnectionsOfAddress }
    connections[slot].pointee.client = client
    return nil
  }

  /// The connection is not counted any more.
  mutating func leaveCensus(_ slot: Int) {
    guard let client = connections[slot].pointee.client else { return }
    connections[slot].pointee.client = nil
    census?.leave(client)
  }

  // MARK: Memory

  /// Counts what a connection holds of a body that is on its way. `false` when the worker holds too much: the client that
  /// asks for more memory is the one that is refused, not those that have theirs.
  mutating func bodyGrew(_ slot: Int, to bytes: Int) -> Bool {
    let connection = connections[slot]
    bufferedBytes += bytes - connection.pointee.bodyBytesHeld
    connection.pointee.bodyBytesHeld = bytes
    return bytes <= Self.smallBodyBytes || bufferedBytes <= configuration.http.bufferedBytesMax
  }

  /// Bodies up to here are read under any pressure: they cost little more than their connection.
  private static var smallBodyBytes: Int { 4096 }

  /// The body has gone to its flow, or nobody wants it any more.
  @inline(__always)
  mutating func bodyIsGone(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.bodyBytesHeld > 0 else { return }
    bufferedBytes -= connection.pointee.bodyBytesHeld
    connection.pointee.bodyBytesHeld = 0
  }

  /// There is no room for a body of this length now.
  mutating func isShortOfMemory(for bytes: Int) -> Bool {
    bytes > Self.smallBodyBytes && bufferedBytes + bytes > configuration.http.bufferedBytesMax
  }
}

extension HTTPRefusal {
  static var tooManyConnections: HTTPRefusal { HTTPRefusal(503, "The server has as many connections as it can carry.") }
  static var tooManyConnectionsOfAddress: HTTPRefusal {
    HTTPRefusal(429, "There are too many connections from this address.")
  }
  static var outOfMemory: HTTPRefusal { HTTPRefusal(503, "The server holds as many bytes of requests and answers as it may.") }
}
