import ZerverCatalog
import ZerverCore

// From the bytes of a connection to requests: heads, bodies, routes.
extension Worker where Backend: ~Copyable {
  /// Reads as many requests as can be read now. A connection works on one at a time, so answers keep their order.
  mutating func processInput(_ slot: Int) {
    let connection = connections[slot]
    while true {
      switch connection.pointee.phase {
      case .head:
        guard !inputIsEmpty(slot), !outputIsFull(slot) else { return inputRanOut(slot) }
        let bytes = input(slot)
        switch connection.pointee.parser.parse(bytes) {
        case .needMore: return inputRanOut(slot)
        case .refused(let refusal): return refuse(slot, refusal)
        case .complete(let head, let headBytes):
          connection.pointee.parser = RequestHeadParser(limits: httpLimits)
          begin(slot, ReadHead(head: head, bytes: headBytes), bytes)
        }
      case .body(let bytesNeeded):
        guard input(slot).count >= bytesNeeded, let head = connection.pointee.head else { return inputRanOut(slot) }
        dispatch(slot, head, bodyBytes: bytesNeeded - head.bytes, input(slot))
      case .chunks:
        guard decodeChunks(slot) else { return inputRanOut(slot) }
      case .busy, .ending, .lingering, .closing, .free: return
      }
    }
  }

  /// No request can be read before more bytes arrive, and none will when the client has ended.
  private mutating func inputRanOut(_ slot: Int) {
    guard connections[slot].pointee.hasEnded, inputIsEmpty(slot) || !outputIsFull(slot) else { return }
    end(slot, cleanly: true)
  }

  /// The request that is read, or that is in flight and not decoded yet: head and body in one piece.
  mutating func requestBytes(_ slot: Int) -> UnsafeRawBufferPointer {
    let chunked = connections[slot].pointee.chunkedRequest
    return chunked >= 0 ? buffers.buffer(chunked).pointee.view : input(slot)
  }

  /// Drops the bytes of a request. The next one begins behind them.
  mutating func consumeRequest(of slot: Int, _ bytes: Int) {
    let connection = connections[slot]
    connection.pointee.bytesOfRequest = 0
    connection.pointee.head = nil
    if connection.pointee.chunkedRequest >= 0 {
      buffers.give(connection.pointee.chunkedRequest)
      connection.pointee.chunkedRequest = -1
    } else {
      consume(slot, bytes)
    }
    if !inputIsEmpty(slot) { connection.pointee.began = now }
  }

  // MARK: Head and body

  /// A head is there: decides how to read the body.
  private mutating func begin(_ slot: Int, _ head: ReadHead, _ bytes: UnsafeRawBufferPointer) {
    let connection = connections[slot]
    let length = head.head.contentLength ?? 0
    guard length <= configuration.http.bodyBytesMax else { return refuse(slot, .bodyTooLarge) }
    if !head.head.isChunked, bytes.count >= head.bytes + length {
      return dispatch(slot, head, bodyBytes: length, bytes)
    }
    // Who may not call a flow does not get to send it a body.
    if router.asksForCaller, case .answer(let answer) = route(head.head, bytes), answer.isAboutTheCaller {
      return refuse(slot, answer, head.head)
    }
    setDeadline(slot, now.advanced(byNanoseconds: timeouts.body))
    connection.pointee.head = head
    if head.head.expectsContinue, bytes.count == head.bytes {
      // What will be refused whatever its body says is refused before the body is sent.
      if case .answer(let answer) = route(head.head, bytes), answer.isRefusal {
        return refuse(slot, answer, head.head)
      }
      ResponseHead.writeContinue(to: &output(slot).pointee)
    }
    if head.head.isChunked {
      // The head goes where the decoded body follows it, so that the request stands in one piece.
      let request = buffers.take()
      buffers.buffer(request).pointee.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(head.bytes)))
      consume(slot, head.bytes)
      connection.pointee.chunkedRequest = request
      connection.pointee.chunkDecoder = ChunkedDecoder(bodyBytesMax: configuration.http.bodyBytesMax, limits: httpLimits)
      connection.pointee.phase = .chunks
    } else {
      connection.pointee.phase = .body(bytesNeeded: head.bytes + length)
    }
  }

  /// Decodes what has arrived of a chunked body. `false` when that is not all.
  private mutating func decodeChunks(_ slot: Int) -> Bool {
    let connection = connections[slot]
    guard !inputIsEmpty(slot), let head = connection.pointee.head else { return false }
    let request = buffers.buffer(connection.pointee.chunkedRequest)
    let result = connection.pointee.chunkDecoder?.decode(input(slot), into: &request.pointee)
    switch result {
    case .needMore?:
      consume(slot, input(slot).count)
      return false
    case .complete(let consumed)?:
      consume(slot, consumed)
      connection.pointee.chunkDecoder = nil
      dispatch(slot, head, bodyBytes: request.pointee.count - head.bytes, request.pointee.view)
      return true
    case .refused(let refusal)?:
      refuse(slot, refusal)
      return true
    case nil: preconditionFailure("a chunked body has its decoder")
    }
  }

  // MARK: Routes

  /// A whole request is there: `bytes` begins with its head.
  private mutating func dispatch(_ slot: Int, _ read: ReadHead, bodyBytes: Int, _ bytes: UnsafeRawBufferPointer) {
    let connection = connections[slot]
    let head = read.head
    connection.pointee.head = nil
    connection.pointee.phase = .head
    switch route(head, bytes) {
    case .flow(let flow, let isAlias, let route):
      admit(
        AdmittedRequest(
          flow: flow, isServedAlias: isAlias, route: route, head: head, headBytes: read.bytes, bodyBytes: bodyBytes,
          hasJSONBody: hasJSONBody(head, bytes)),
        of: slot)
    case .answer(let answer):
      metrics.requestStarted()
      write(answer, to: slot, head, bytes)
      consumeRequest(of: slot, read.bytes + bodyBytes)
      answered(slot, keepAlive: head.keepsAlive && !connection.pointee.mustClose)
    }
  }

  /// What a head asks for.
  private mutating func route(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> Route {
    switch head.method {
    case .other, .connect, .trace: return .answer(.notImplemented)
    case .get, .head, .post, .put, .patch, .delete, .options: break
    }
    switch router.match(head.path.of(bytes), head.method) {
    case .flow(let flow, let isAlias):
      guard allows(flow.pointee.method, head.method) else { return .answer(.methodNotAllowed(flow)) }
      return route(to: flow, isAlias: isAlias, head, bytes)
    case .redirect(let flow): return .answer(isGone(flow) ? .gone(flow) : .redirect(flow))
    case .route(let flow, let number): return route(to: flow, by: number, head, bytes)
    case .otherMethods(let methods): return .answer(.otherMethods(methods))
    case .tombstone(let number): return .answer(.tombstone(number))
    case .document(let document): return .answer(allows(.get, head.method) ? .document(document) : .getOnly)
    case .none: return .answer(.notFound)
    }
  }

  @inline(__always)
  private mutating func route(
    to flow: UnsafePointer<BoundFlow>, isAlias: Bool = false, by number: Int = -1, _ head: HTTPRequestHead,
    _ bytes: UnsafeRawBufferPointer
  ) -> Route {
    if flow.pointee.hasConditions, let answer = refusal(of: flow, head, bytes) { return .answer(answer) }
    return .flow(flow, isAlias: isAlias, route: number)
  }

  private mutating func allows(_ method: FlowMethod, _ requested: HTTPMethod) -> Bool {
    switch (method, requested) {
    case (.get, .get), (.get, .head), (.head, .head), (.post, .post), (.put, .put), (.patch, .patch), (.delete, .delete): true
    default: false
    }
  }

  /// Whether a body may be read as JSON: a client that names no type is believed, one that names another is not.
  private mutating func hasJSONBody(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
    head.contentType.isEmpty || MediaType.isJSON(head.contentType.of(bytes))
  }

  // MARK: Answers

  /// A request has been answered. The connection waits for the next one, or ends.
  mutating func answered(_ slot: Int, keepAlive: Bool) {
    let connection = connections[slot]
    connection.pointee.request = -1
    connection.pointee.phase = .head
    if keepAlive && !isDraining {
      setDeadlineForPhase(slot)
    } else {
      end(slot, cleanly: inputIsEmpty(slot))
    }
  }
}

/// A head whose body is on the way.
struct ReadHead {
  let head: HTTPRequestHead
  /// Length of the head, its empty line included.
  let bytes: Int
}

enum Route {
  /// - Parameter route: the bound path by its number in the router; -1 for the flow's own.
  case flow(UnsafePointer<BoundFlow>, isAlias: Bool, route: Int)
  case answer(ImmediateAnswer)
}

/// An answer that needs no step.
enum ImmediateAnswer {
  case notFound, notImplemented, getOnly
  case methodNotAllowed(UnsafePointer<BoundFlow>)
  case redirect(UnsafePointer<BoundFlow>)
  case gone(UnsafePointer<BoundFlow>)
  case tombstone(Int)
  case otherMethods(FlowMethods)
  case unauthorized(UnsafePointer<BoundFlow>, challenge: String)
  case forbidden(UnsafePointer<BoundFlow>, reason: String)
  case document(ServerDocument)

  /// Whether the answer is the same whatever the body says.
  var isRefusal: Bool {
    switch self {
    case .notFound, .notImplemented, .getOnly, .methodNotAllowed, .redirect, .gone, .tombstone, .otherMethods, .unauthorized,
      .forbidden:
      true
    case .document: false
    }
  }
}

extension ImmediateAnswer {
  var isAboutTheCaller: Bool {
    switch self {
    case .unauthorized, .forbidden: true
    case .notFound, .notImplemented, .getOnly, .methodNotAllowed, .redirect, .gone, .tombstone, .otherMethods, .document: false
    }
  }
}

enum MediaType {
  /// `application/json` or any `+json` type (RFC 6839 §3.1), with or without parameters.
  static func isJSON(_ value: UnsafeRawBufferPointer) -> Bool {
    var end = value.startIndex
    while end < value.endIndex, value[end] != UInt8(ascii: ";") { end += 1 }
    while end > value.startIndex, value[end - 1] == UInt8(ascii: " ") || value[end - 1] == UInt8(ascii: "\t") { end -= 1 }
    let essence = value[..<end].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    return essence.elementsEqual("application/json".utf8)
      || (essence.count > 5 && essence.suffix(5).elementsEqual("+json".utf8) && essence.contains(UInt8(ascii: "/")))
  }
}
