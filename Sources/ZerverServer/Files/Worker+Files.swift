import Glibc
import Logging
@_spi(Server) import ZerverCore

// Answers whose body is a file: `output file`. The head and the first bytes go out as every answer does; of a large file the
// kernel sends the rest from its page cache, where the connection has its own socket and does not encrypt.
extension Worker where Backend: ~Copyable {
  /// Bytes of a file that are read at a time. A file of no more is sent with its head in one send.
  static var fileBytesRead: Int { 64 << 10 }
  /// Bytes of a file that the kernel is asked to send at a time, so that the other connections have their turn.
  static var fileBytesSent: Int { 1 << 20 }

  /// Writes the head of the file whose path the flow has answered, or why it is not sent. Returns the status.
  mutating func writeFile(of slot: Int) -> UInt16 {
    let request = requests[slot]
    guard let files else { preconditionFailure("a flow that answers with files is bound with a folder for them") }
    let path = request.pointee.context.output.view
    guard filesInFlight.count < filesInFlight.countMax else { return writeFileProblem(.exhausted, of: slot) }
    let file: OpenFile
    do throws(FileRoot.Failure) { file = try files.open(path) } catch { return writeFileProblem(error, of: slot) }
    request.pointee.context.setHead(status: 200, contentType: FileType.of(path))
    // Files have times that no date of HTTP can say, and times to come, which nothing was last modified at (RFC 9110 §8.8.2.1).
    let lastModified = min(max(0, file.lastModified), Int(wallSeconds))
    var validators = Validators(entityTag: request.pointee.context.headerLines.entityTag, lastModified: lastModified)
    lines.removeAll()
    if validators.entityTag == nil {
      validators.entityTag = file.entityTag
      lines.append("ETag: \(file.entityTag)\r\n" as String)
    }
    lines.append("Last-Modified: \(HTTPDate.text(unixSeconds: lastModified))\r\n" as String)
    // The name decides on the type, and nothing in the file.
    lines.append("Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n")
    return write(file, validators, of: slot)
  }

  private mutating func write(_ file: OpenFile, _ validators: Validators, of slot: Int) -> UInt16 {
    let selection =
      requests[slot].pointee.conditions?.selection(status: 200, validators: validators, bodyBytes: file.bytes) ?? .whole
    switch selection {
    case .whole:
      writeHead(of: file, 200, 0..<file.bytes, of: slot)
      return 200
    case .part(let start, let count):
      appendContentRange(start: start, count: count, of: file.bytes)
      writeHead(of: file, 206, start..<(start + count), of: slot)
      return 206
    case .notModified:
      _ = beginHead(304, bodyBytes: 0, of: slot)
      return 304
    case .preconditionFailed: return writePreconditionFailed(of: slot)
    case .rangeNotSatisfiable: return writeRangeNotSatisfiable(of: slot, bodyBytes: file.bytes)
    }
  }

  private mutating func writeHead(of file: OpenFile, _ status: UInt16, _ part: Range<Int>, of slot: Int) {
    let request = requests[slot]
    _ = beginHead(status, bodyBytes: part.count, of: slot)
    guard !request.pointee.read.head.isHead, !part.isEmpty else { return }
    let connection = connections[request.pointee.connection]
    let keepsAlive = request.pointee.read.head.keepsAlive && !connection.pointee.mustClose
    connection.pointee.file = OutgoingFile(file, part, keepsAlive: keepsAlive, filesInFlight)
  }

  private mutating func writeFileProblem(_ failure: FileRoot.Failure, of slot: Int) -> UInt16 {
    let problem: FlowFailure
    switch failure {
    case .notFound: problem = FlowFailure(code: "not-found", status: 404, detail: "There is no such file.")
    case .exhausted:
      problem = FlowFailure(code: "overloaded", status: 503, detail: "The server has as many files open as it can.")
    case .unreadable(let error):
      let request = requests[slot]
      logger.error(
        "a file cannot be read",
        metadata: [
          "flow": "\(request.pointee.flow.pointee.entry.reference)",
          "path": "\(EscapedText.quoted(request.pointee.context.output.withBytes { String(decoding: $0, as: UTF8.self) }))",
          "reason": "\(String(cString: strerror(error)))",
        ])
      problem = FlowFailure(code: "internal", status: 500, detail: "The file cannot be read.")
    }
    writeProblem(problem, status: problem.status ?? 500, of: slot)
    return problem.status ?? 500
  }

  // MARK: The body

  /// The request is done with, and its slot may be another's by the time that the file is sent.
  mutating func beginFile(_ slot: Int) {
    connections[slot].pointee.request = -1
    continueFile(slot)
  }

  /// Sends as much of the connection's file as there is room for.
  mutating func continueFile(_ slot: Int) {
    let connection = connections[slot]
    guard let file = connection.pointee.file, !file.isPolling else { return }
    // What goes through a session, of TLS or HTTP/2, has to pass through memory, and so do the bytes that go with the head.
    guard file.hasBegun, connection.pointee.parent < 0, !connection.pointee.isEncrypted else { return readFile(slot, file) }
    guard bytesUnsent(slot) == 0 else { return connection.pointee.waitsForRoom = true }
    sendFile(slot, file)
  }

  private mutating func readFile(_ slot: Int, _ file: OutgoingFile) {
    file.hasBegun = true
    let wanted = min(file.bytesLeft, Self.fileBytesRead)
    var count = 0
    output(slot).pointee.append(atMost: wanted) { memory in
      count = pread(file.file.descriptor, memory.baseAddress, wanted, file.offset)
      return max(0, count)
    }
    guard count > 0 else { return breakFile(slot, count < 0 ? errno : 0) }
    file.offset += count
    if file.bytesLeft == 0 { fileEnded(slot, file) } else { connections[slot].pointee.waitsForRoom = true }
  }

  private mutating func sendFile(_ slot: Int, _ file: OutgoingFile) {
    let connection = connections[slot]
    let count = file.send(to: connection.pointee.descriptor, bytesMax: Self.fileBytesSent)
    if count > 0 {
      metrics.sent(bytes: count)
      file.offset += count
      if file.bytesLeft == 0 { return fileEnded(slot, file) }
    } else if count != -Int(EAGAIN) {
      return breakFile(slot, Int32(-count))
    }
    // Also where there is room still: the other connections have their turn first.
    file.isPolling = true
    connection.pointee.operations += 1
    proactor.poll(descriptor: connection.pointee.descriptor, for: .writable, token: token(.writable, slot))
    connection.pointee.writeDeadline = now.advanced(byNanoseconds: timeouts.write)
    arm(slot, connection.pointee.writeDeadline)
  }

  /// The kernel has room for more of a file, or the connection is broken, which the next attempt shows.
  mutating func writable(_ completion: Completion) {
    let slot = completion.token.slot
    let connection = connections[slot]
    connection.pointee.operations -= 1
    connection.pointee.writeDeadline = Instant(nanoseconds: .max)
    connection.pointee.file?.isPolling = false
    if connection.pointee.phase == .closing { return freeIfDone(slot) }
    continueFile(slot)
  }

  private mutating func fileEnded(_ slot: Int, _ file: OutgoingFile) {
    connections[slot].pointee.file = nil
    answered(slot, keepAlive: file.keepsAlive)
    processInput(slot)
    // No send follows that would see to it.
    if connections[slot].pointee.isHeldBack, connections[slot].pointee.phase != .closing { resumeReceiving(slot) }
  }

  /// The rest of the file does not come. The client has the length already, and sees a body that is too short.
  ///
  /// - Parameter error: 0 when the file has become shorter.
  private mutating func breakFile(_ slot: Int, _ error: Int32) {
    if error != EPIPE, error != ECONNRESET {
      logger.error(
        "a file was not sent to its end",
        metadata: ["reason": error == 0 ? "it has become shorter meanwhile" : "\(String(cString: strerror(error)))"])
    }
    guard connections[slot].pointee.parent < 0 else { return close(slot) }
    connections[slot].pointee.file = nil
    connections[slot].pointee.waitsForRoom = false
    // What has been answered before is sent still.
    end(slot, cleanly: false)
  }
}
