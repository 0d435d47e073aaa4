import COpenSSL
@_spi(Server) import ZerverCore

// Connections that are encrypted: between the records in the kernel and the bytes of HTTP.
extension Worker where Backend: ~Copyable {
  /// Records that may wait while the client takes none, in bytes. What HTTP has to say is sealed only when it is sent, so
  /// these are answers to the client's own messages, such as updates of keys, and one that asks for more is not served.
  private static var recordBytesMax: Int { 64 << 10 }

  /// A new connection speaks TLS. `false` when there is no memory for it.
  mutating func beginHandshake(_ slot: Int) -> Bool {
    guard let certificates = tls?.current else { return false }
    let connection = connections[slot]
    connection.pointee.tls = TLSSession(certificates)
    guard connection.pointee.tls != nil else { return false }
    connection.pointee.isEncrypted = true
    connection.pointee.phase = .handshake
    setDeadline(slot, now.advanced(byNanoseconds: timeouts.handshake))
    return true
  }

  // MARK: Receiving

  /// Takes the records of a receive, and does what they say.
  mutating func takeRecords(_ bytes: UnsafeRawBufferPointer, of slot: Int) {
    let connection = connections[slot]
    let records = recordBuffer(slot)
    connection.pointee.tls?.feed(bytes)
    if connection.pointee.phase == .handshake {
      let state = connection.pointee.tls?.handshake(records) ?? .failed
      guard state == .done else { return handshakeStopped(slot, state) }
      handshakeFinished(slot)
    }
    let wasEmpty = inputIsEmpty(slot)
    let input = buffers.buffer(inputBuffer(slot))
    let bytesBefore = input.pointee.count
    let state = connection.pointee.tls?.open(bytes.count, into: &input.pointee, records) ?? .failed
    let hasMore = input.pointee.count > bytesBefore
    if input.pointee.isEmpty { giveInputBuffer(slot) }
    sendRecords(slot)
    if hasMore, connection.pointee.phase != .closing { inputArrived(slot, isFirst: wasEmpty) }
    switch state {
    case .needsMore, .done: break
    case .closed where connection.pointee.phase != .closing: ended(slot)
    case .closed: break
    case .failed, .plainHTTP: recordsFailed(slot)
    }
  }

  private mutating func handshakeFinished(_ slot: Int) {
    let connection = connections[slot]
    metrics.handshakeEnded(connection.pointee.tls?.isResumed == true ? .resumed : .full)
    connection.pointee.phase = .head
    connection.pointee.began = now
    setDeadline(slot, now.advanced(byNanoseconds: isDraining ? min(timeouts.header, timeouts.drainIdle) : timeouts.header))
    if connection.pointee.tls?.speaksHTTP2 == true { beginHTTP2(slot) }
  }

  /// The handshake needs more, or has failed.
  private mutating func handshakeStopped(_ slot: Int, _ state: TLSSession.State) {
    switch state {
    case .needsMore, .done: sendRecords(slot)
    case .plainHTTP:
      metrics.handshakeEnded(.failed)
      becomePlain(slot)
      refuse(slot, .encryptionNeeded)
    case .failed, .closed:
      metrics.handshakeEnded(.failed)
      sendRecords(slot)
      end(slot, cleanly: false)
    }
  }

  /// There is nothing to encrypt with: whatever is said to the client now is readable.
  private mutating func becomePlain(_ slot: Int) {
    let connection = connections[slot]
    giveRecordBuffer(slot)
    connection.pointee.tls = nil
    connection.pointee.isEncrypted = false
    connection.pointee.phase = .head
  }

  /// A record that nobody could have sealed: the connection is not the client's alone any more.
  private mutating func recordsFailed(_ slot: Int) {
    metrics.recordRefused()
    let connection = connections[slot]
    guard connection.pointee.phase != .closing, connection.pointee.phase != .free else { return }
    // Only the alert is still to be sent.
    guard connection.pointee.records >= 0 else { return close(slot) }
    abandonRequest(of: slot)
    end(slot, cleanly: false)
  }

  /// The client's last byte has come. Without `close_notify` before it anybody may have cut the connection (RFC 8446 §6.1):
  /// what was on its way, request or answer, is given up.
  mutating func recordsEnded(_ slot: Int) {
    let connection = connections[slot]
    switch connection.pointee.phase {
    case .ending, .lingering, .closing, .free: return ended(slot)
    case .proxyHeader: return close(slot)
    case .handshake:
      metrics.handshakeEnded(.failed)
      return close(slot)
    case .head, .body, .chunks, .frames, .parts, .busy: break
    }
    if connection.pointee.hasEnded { return ended(slot) }
    let isIdle = connection.pointee.phase == .frames ? connection.pointee.session?.hasStreams == false : connection.pointee.phase == .head
    if !isIdle || !inputIsEmpty(slot) { metrics.recordsTruncated() }
    close(slot)
  }

  // MARK: Sending

  /// Seals the next bytes of HTTP behind the records that wait. Returns all that is to be sent, and how many bytes of HTTP
  /// that is; `nil` when the session has failed.
  mutating func seal(_ slot: Int) -> (records: UnsafeRawBufferPointer, bytes: Int)? {
    let connection = connections[slot]
    let records = recordBuffer(slot)
    var bytes = 0
    var isAll = true
    if connection.pointee.sending >= 0 {
      let rest = buffers.buffer(connection.pointee.sending).pointee.view
      let slice = rest.prefix(Self.sliceBytesMax)
      bytes = slice.count
      isAll = bytes == rest.count
      guard connection.pointee.tls?.seal(UnsafeRawBufferPointer(rebasing: slice), records) == true else { return nil }
    }
    // The end of the last answer and the end of the connection go out together.
    if isAll, connection.pointee.phase == .ending { connection.pointee.tls?.sayGoodbye(records) }
    connection.pointee.recordsSending = connection.pointee.records
    connection.pointee.records = -1
    return (records.pointee.view, bytes)
  }

  /// Says that nothing more will come. `true` when that has to be sent first.
  mutating func sayGoodbye(_ slot: Int) -> Bool {
    let connection = connections[slot]
    guard connection.pointee.tls?.hasSaidGoodbye == false else { return false }
    connection.pointee.tls?.sayGoodbye(recordBuffer(slot))
    sendRecords(slot)
    return connections[slot].pointee.records >= 0
  }

  /// Has the records that wait sent at the end of the turn; gives their buffer back when there are none.
  private mutating func sendRecords(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.records >= 0 else { return }
    let bytes = buffers.buffer(connection.pointee.records).pointee.count
    if bytes == 0 { return giveRecordBuffer(slot) }
    if bytes > Self.recordBytesMax { return close(slot) }
    markDirty(slot)
  }

  private mutating func recordBuffer(_ slot: Int) -> TLSSession.Records {
    let connection = connections[slot]
    if connection.pointee.records < 0 { connection.pointee.records = buffers.take() }
    return buffers.buffer(connection.pointee.records)
  }

  mutating func giveRecordBuffer(_ slot: Int) {
    let connection = connections[slot]
    guard connection.pointee.records >= 0 else { return }
    buffers.give(connection.pointee.records)
    connection.pointee.records = -1
  }
}

extension HTTPRefusal {
  static var encryptionNeeded: HTTPRefusal { HTTPRefusal(400, "This port speaks TLS. Ask for an https URL.") }
}
