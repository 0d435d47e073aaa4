@_spi(Server) import ZerverCore

// Answers to GET and HEAD of which the request may get a part, or nothing but the news that it has them already
// (RFC 9110 §12 to §14).
extension Worker where Backend: ~Copyable {
  /// The answer of the flow may have to differ from what the flow has answered. Most requests say no to all three.
  @inline(__always)
  mutating func mayBeSelected(_ slot: Int) -> Bool {
    let request = requests[slot]
    return request.pointee.hasConditions || request.pointee.read.accepted != .all || tagsAnswers
      || request.pointee.flow.pointee.isSelectable
  }

  /// Writes of the flow's answer what the request gets. Returns the status.
  mutating func writeSelected(of slot: Int) -> UInt16 {
    let request = requests[slot]
    let response = request.pointee.context.response
    if request.pointee.flow.pointee.isFile, response == nil { return writeFile(of: slot) }
    let status = response?.status ?? request.pointee.context.status
    switch request.pointee.read.head.method {
    // An answer in parts has no length and no tag, and one that came in one part is not to differ from it.
    case .get, .head: if request.pointee.flow.pointee.isStream { return writeUnselected(of: slot, status) }
    case .post, .put, .patch, .delete, .options, .trace, .connect, .other: return writeUnselected(of: slot, status)
    }
    lines.removeAll()
    if response == nil, isUnacceptable(slot, status) { return writeNotAcceptable(of: slot) }
    let validators = response.map { Validators($0) } ?? tag(slot, status)
    let isVaried = mayBeCompressed(slot, status, validators)
    if isVaried { lines.append("Vary: Accept-Encoding\r\n") }
    let bodyBytes = response?.body.count ?? request.pointee.context.output.count
    let selection =
      request.pointee.conditions?.selection(status: status, validators: validators, bodyBytes: bodyBytes) ?? .whole
    switch selection {
    case .whole:
      if isVaried, request.pointee.conditions?.range == nil, writeCompressed(status, of: slot) { return status }
      if validators.entityTag != nil { lines.append("Accept-Ranges: bytes\r\n") }
      write(status, 0..<bodyBytes, of: slot)
      return status
    case .part(let start, let count):
      appendContentRange(start: start, count: count, of: bodyBytes)
      write(206, start..<(start + count), of: slot)
      return 206
    case .notModified:
      write(304, 0..<0, of: slot)
      return 304
    case .preconditionFailed: return writePreconditionFailed(of: slot)
    case .rangeNotSatisfiable: return writeRangeNotSatisfiable(of: slot, bodyBytes: bodyBytes)
    }
  }

  mutating func writePreconditionFailed(of slot: Int) -> UInt16 {
    writeProblem(.preconditionFailed, status: 412, of: slot)
    return 412
  }

  mutating func writeRangeNotSatisfiable(of slot: Int, bodyBytes: Int) -> UInt16 {
    writeProblem(.rangeNotSatisfiable, status: 416, of: slot, extra: "Content-Range: bytes */\(bodyBytes)\r\n")
    return 416
  }

  /// Writes an answer that has neither conditions nor ranges.
  private mutating func writeUnselected(of slot: Int, _ status: UInt16) -> UInt16 {
    let request = requests[slot]
    let validators =
      request.pointee.context.response.map { Validators($0) } ?? Validators(entityTag: request.pointee.context.headerLines.entityTag)
    guard mayBeCompressed(slot, status, validators) else { return writeWhole(of: slot) }
    lines.removeAll()
    lines.append("Vary: Accept-Encoding\r\n")
    if writeCompressed(status, of: slot) { return status }
    write(status, 0..<(request.pointee.context.response?.body.count ?? request.pointee.context.output.count), of: slot)
    return status
  }

  /// Writes the whole answer in the coding that the client likes best. `false`, and nothing is written, when it likes none
  /// of them or the body is no smaller so.
  private mutating func writeCompressed(_ status: UInt16, of slot: Int) -> Bool {
    let request = requests[slot]
    guard let coding = request.pointee.read.coding, let compression = request.pointee.flow.pointee.compression?.settings else { return false }
    let response = request.pointee.context.response
    let isSmaller =
      if let response {
        response.body.withUnsafeBytes { compress($0, coding, compression) }
      } else {
        compress(request.pointee.context.output.view, coding, compression)
      }
    guard isSmaller else { return false }
    lines.append("Content-Encoding: \(coding.name)\r\n" as String)
    let out = beginHead(status, bodyBytes: body.count, of: slot)
    if !request.pointee.read.head.isHead { body.withBytes { out.pointee.append(contentsOf: $0) } }
    return true
  }

  /// The validators of an answer without any of its own, with their line in `lines`.
  private mutating func tag(_ slot: Int, _ status: UInt16) -> Validators {
    // A tag that the flow has chosen stands in its lines already.
    if let own = requests[slot].pointee.context.headerLines.entityTag { return Validators(entityTag: own) }
    guard tagsAnswers, status == 200 else { return Validators() }
    var tag = requests[slot].pointee.context.output.withBytes { EntityTag.of($0) }
    // Compressed or not, it is the same answer, and not the same bytes (RFC 9110 §8.8.3.3).
    if requests[slot].pointee.flow.pointee.isCompressible { tag = "W/" + tag }
    lines.append("ETag: \(tag)\r\n" as String)
    return Validators(entityTag: tag)
  }

  /// Writes the head with the lines in `lines`, and these bytes of the flow's body.
  private mutating func write(_ status: UInt16, _ part: Range<Int>, of slot: Int) {
    let request = requests[slot]
    let response = request.pointee.context.response
    let out = beginHead(status, bodyBytes: part.count, of: slot)
    guard !request.pointee.read.head.isHead, !HTTPStatus.forbidsBody(status) else { return }
    if let response {
      response.body.withUnsafeBytes { out.pointee.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[part])) }
    } else {
      request.pointee.context.output.withBytes { out.pointee.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[part])) }
    }
  }

  /// Writes the head with the lines in `lines`.
  mutating func beginHead(_ status: UInt16, bodyBytes: Int, of slot: Int) -> UnsafeMutablePointer<ByteBuffer> {
    let request = requests[slot]
    let out = output(request.pointee.connection)
    let response = request.pointee.context.response
    let answer = ResponseHead(
      status: status, contentType: response == nil ? request.pointee.context.contentType : nil, body: .length(bodyBytes),
      connection: connectionField(request.pointee.read.head))
    answer.begin(in: &out.pointee, date: date)
    lines.withBytes { out.pointee.append(contentsOf: $0) }
    appendFlowLines(of: slot, to: out)
    if let response { append(response, status: status, of: slot, to: out) }
    ResponseHead.end(in: &out.pointee)
    return out
  }

  // MARK: Accept

  /// The flow has answered in a type that the client does not take. Problems and answers that a step made itself are sent
  /// whatever `Accept` says: the one explains, the other's type is the step's own business.
  private mutating func isUnacceptable(_ slot: Int, _ status: UInt16) -> Bool {
    let request = requests[slot]
    guard !HTTPStatus.forbidsBody(status) else { return false }
    let isText = request.pointee.context.contentType.utf8Start == ContentType.text.utf8Start
    return !request.pointee.read.accepted.contains(isText ? .text : .json)
  }

  private mutating func writeNotAcceptable(of slot: Int) -> UInt16 {
    let type = requests[slot].pointee.context.contentType
    writeProblem(
      FlowFailure(code: "not-acceptable", status: 406, detail: "This flow answers in \(type), which Accept does not name."),
      status: 406, of: slot)
    return 406
  }

  // MARK: Documents of the server's own

  /// Sends the document that stands in `body`, or what of it the request gets. Returns the status.
  mutating func writeDocument(
    _ contentType: StaticString, entityTag: String, _ slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> UInt16 {
    let compression = configuration.profiles.default.compression
    let isVaried = !compression.codings.isEmpty && compression.fits(body.count)
    let entityTag = isVaried ? "W/" + entityTag : entityTag
    lines.append("ETag: \(entityTag)\r\n" as String)
    if isVaried { lines.append("Vary: Accept-Encoding\r\n") }
    let selection =
      RequestConditions(head, in: bytes)?
      .selection(status: 200, validators: Validators(entityTag: entityTag), bodyBytes: body.count) ?? .whole
    switch selection {
    case .whole:
      if isVaried, let coding = coding(of: compression, head, bytes) {
        swap(&body, &documentBody)
        if compress(documentBody.view, coding, compression) {
          lines.append("Content-Encoding: \(coding.name)\r\n" as String)
        } else {
          swap(&body, &documentBody)
        }
      } else {
        lines.append("Accept-Ranges: bytes\r\n")
      }
      writeBody(status: 200, contentType, to: slot, head)
      return 200
    case .part(let start, let count):
      appendContentRange(start: start, count: count, of: body.count)
      body.removeLast(body.count - start - count)
      body.consume(first: start)
      writeBody(status: 206, contentType, to: slot, head)
      return 206
    case .notModified:
      body.removeAll()
      writeBody(status: 304, contentType, to: slot, head)
      return 304
    case .preconditionFailed:
      writeProblem(.preconditionFailed, slot, head)
      return 412
    case .rangeNotSatisfiable:
      lines.append("Content-Range: bytes */\(body.count)\r\n" as String)
      writeProblem(.rangeNotSatisfiable, slot, head)
      return 416
    }
  }

  mutating func appendContentRange(start: Int, count: Int, of bodyBytes: Int) {
    lines.append("Content-Range: bytes \(start)-\(start + count - 1)/\(bodyBytes)\r\n" as String)
  }
}

extension FlowFailure {
  fileprivate static var rangeNotSatisfiable: FlowFailure {
    FlowFailure(code: "range-not-satisfiable", status: 416, detail: "The body has no byte in this range.")
  }
}

extension Validators {
  /// Those that a step has set itself.
  init(_ response: Response) {
    self.init()
    for header in response.headers {
      switch header.name.lowercased() {
      case "etag": entityTag = header.value
      case "last-modified":
        var value = header.value
        lastModified = value.withUTF8 { HTTPDate.parse(UnsafeRawBufferPointer($0)) }
      default: break
      }
    }
  }
}
