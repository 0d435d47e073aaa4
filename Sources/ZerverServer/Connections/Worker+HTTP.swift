import ZerverCatalog
@_spi(Server) import ZerverCore

// From the bytes of a connection to requests: heads, bodies, routes.
extension Worker where Backend: ~Copyable {
  /// Reads as many requests as can be read now. A connection works on one at a time, so answers keep their order.
  mutating func processInput(_ slot: Int) {
    let connection = connections[slot]
    while true {
      switch connection.pointee.phase {
      case .head:
        guard !inputIsEmpty(slot), !outputIsFull(slot) else { return inputRanOut(slot) }
        if connection.pointee.mayBecomeMultiplexed {
          guard let isMultiplexed = startsWithPreface(slot) else { return inputRanOut(slot) }
          connection.pointee.mayBecomeMultiplexed = false
          if isMultiplexed {
            beginHTTP2(slot)
            continue
          }
        }
        let bytes = input(slot)
        switch connection.pointee.parser.parse(bytes) {
        case .needMore: return inputRanOut(slot)
        case .refused(let refusal): return refuse(slot, refusal)
        case .complete:
          countRequest(slot)
          begin(slot, bytes)
        }
      case .body(let bytesNeeded):
        let bytes = input(slot)
        guard bytes.count >= bytesNeeded else { return inputRanOut(slot) }
        dispatch(slot, bodyBytes: bytesNeeded - connection.pointee.parser.headBytes, bytes)
      case .chunks:
        guard decodeChunks(slot) else { return inputRanOut(slot) }
      case .frames: return receiveFrames(slot)
      case .parts: return bodyArrived(slot)
      case .proxyHeader, .handshake, .busy, .ending, .lingering, .closing, .free: return
      }
    }
  }

  /// The request is the connection's last when it may bring no more.
  @inline(__always)
  private mutating func countRequest(_ slot: Int) {
    let connection = connections[slot]
    connection.pointee.requestsBegun += 1
    guard connection.pointee.requestsBegun >= configuration.http.requestsPerConnectionMax else { return }
    connection.pointee.parser.head.flags.remove(.keepsAlive)
  }

  /// No request can be read before more bytes arrive, and none will when the client has ended.
  mutating func inputRanOut(_ slot: Int) {
    let connection = connections[slot]
    switch connection.pointee.phase {
    case .body: guard bodyGrew(slot, to: input(slot).count) else { return refuse(slot, .outOfMemory) }
    case .chunks: guard bodyGrew(slot, to: requestBytes(slot).count) else { return refuse(slot, .outOfMemory) }
    case .proxyHeader, .handshake, .head, .frames, .parts, .busy, .ending, .lingering, .closing, .free: break
    }
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
    connection.pointee.parser.restart()
    bodyIsGone(slot)
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
  @inline(__always)
  mutating func begin(_ slot: Int, _ bytes: UnsafeRawBufferPointer) {
    let connection = connections[slot]
    if hasCORS { readOrigin(slot, bytes) }
    let length = connection.pointee.parser.head.contentLength ?? 0
    if !connection.pointee.parser.head.isChunked, length <= configuration.http.bodyBytesMax,
      bytes.count >= connection.pointee.parser.headBytes + length
    {
      dispatch(slot, bodyBytes: length, bytes)
    } else {
      awaitBody(slot, length, bytes)
    }
  }

  private mutating func readOrigin(_ slot: Int, _ bytes: UnsafeRawBufferPointer) {
    guard let cors else { return }
    connections[slot].pointee.originLines = cors.lines(for: connections[slot].pointee.parser.head.value(of: "origin", in: bytes))
  }

  /// The body has not come, or not all of it.
  @inline(never)
  private mutating func awaitBody(_ slot: Int, _ length: Int, _ bytes: UnsafeRawBufferPointer) {
    let connection = connections[slot]
    let head = connection.pointee.parser.head
    let headBytes = connection.pointee.parser.headBytes
    let isTooLarge = length > configuration.http.bodyBytesMax
    if router.asksForCaller || router.takesParts {
      switch route(bytes, of: slot) {
      case .flow(let flow, let isAlias, let route):
        if flow.pointee.takesParts { return admitParts(slot, bytes, flow, isAlias: isAlias, route: route) }
      // Who may not call a flow does not get to send it a body.
      case .answer(let answer):
        if answer.isAboutTheCaller || answer.isAboutParts { return refuse(slot, answer, head) }
      }
    }
    guard !isTooLarge else { return refuse(slot, .bodyTooLarge) }
    guard !isShortOfMemory(for: length) else { return refuse(slot, .outOfMemory) }
    setDeadline(slot, now.advanced(byNanoseconds: timeouts.body))
    if head.expectsContinue, bytes.count == headBytes {
      // What will be refused whatever its body says is refused before the body is sent.
      if case .answer(let answer) = route(bytes, of: slot), answer.isRefusal { return refuse(slot, answer, head) }
      writeContinue(slot)
    }
    if head.isChunked {
      // The head goes where the decoded body follows it, so that the request stands in one piece.
      let request = buffers.take()
      buffers.buffer(request).pointee.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(headBytes)))
      consume(slot, headBytes)
      connection.pointee.chunkedRequest = request
      connection.pointee.chunkDecoder = ChunkedDecoder(bodyBytesMax: configuration.http.bodyBytesMax, limits: httpLimits)
      connection.pointee.phase = .chunks
    } else {
      connection.pointee.phase = .body(bytesNeeded: headBytes + length)
    }
  }

  mutating func writeContinue(_ slot: Int) {
    let connection = connections[slot]
    if connection.pointee.parent < 0 { return ResponseHead.writeContinue(to: &output(slot).pointee) }
    connections[connection.pointee.parent].pointee.session?.sendContinue(connection.pointee.stream)
  }

  /// Decodes what has arrived of a chunked body. `false` when that is not all.
  private mutating func decodeChunks(_ slot: Int) -> Bool {
    let connection = connections[slot]
    guard !inputIsEmpty(slot) else { return false }
    let request = buffers.buffer(connection.pointee.chunkedRequest)
    let result = connection.pointee.chunkDecoder?.decode(input(slot), into: &request.pointee)
    switch result {
    case .needMore?:
      consume(slot, input(slot).count)
      return false
    case .complete(let consumed)?:
      consume(slot, consumed)
      connection.pointee.chunkDecoder = nil
      dispatch(slot, bodyBytes: request.pointee.count - connection.pointee.parser.headBytes, request.pointee.view)
      return true
    case .refused(let refusal)?:
      refuse(slot, refusal)
      return true
    case nil: preconditionFailure("a chunked body has its decoder")
    }
  }

  // MARK: Routes

  /// A whole request is there: `bytes` begins with its head.
  mutating func dispatch(_ slot: Int, bodyBytes: Int, _ bytes: UnsafeRawBufferPointer) {
    connections[slot].pointee.phase = .head
    switch route(bytes, of: slot) {
    case .flow(let flow, let isAlias, let route):
      if flow.pointee.takesParts { return admitParts(slot, bytes, flow, isAlias: isAlias, route: route) }
      admit(flow, isAlias: isAlias, route: route, bodyBytes: bodyBytes, bytes, of: slot)
    case .answer(let answer): give(answer, to: slot, bodyBytes: bodyBytes, bytes)
    }
  }

  @inline(never)
  private mutating func give(_ answer: ImmediateAnswer, to slot: Int, bodyBytes: Int, _ bytes: UnsafeRawBufferPointer) {
    let connection = connections[slot]
    let head = connection.pointee.parser.head
    metrics.requestStarted()
    write(answer, to: slot, head, bytes)
    consumeRequest(of: slot, connection.pointee.parser.headBytes + bodyBytes)
    answered(slot, keepAlive: head.keepsAlive && !connection.pointee.mustClose)
  }

  /// Which of the flow's aliases the request came by; -1 for none.
  mutating func aliasNumber(
    _ flow: UnsafePointer<BoundFlow>, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> Int {
    let path = head.path.of(bytes)
    guard RequestPath.mayDiffer(path) else { return flow.pointee.alias(at: path) }
    body.removeAll()
    RequestPath.normalize(path, into: &body)
    return flow.pointee.alias(at: body.view)
  }

  /// What a head asks for.
  private mutating func route(_ bytes: UnsafeRawBufferPointer, of slot: Int) -> Route {
    let connection = connections[slot]
    let method = connection.pointee.parser.head.method
    switch match(connection.pointee.parser.head.path.of(bytes), method) {
    case .flow(let flow, let isAlias):
      guard allows(flow.pointee.method, method) else { return .answer(refusal(of: method, flow)) }
      return route(to: flow, isAlias: isAlias, bytes, of: slot)
    case .redirect(let flow):
      if isGone(flow) { return .answer(.gone(flow)) }
      // A client that asks what is possible is told so: browsers follow no redirect before a request of another origin.
      return .answer(isKnown(method) && method != .options ? .redirect(flow) : refusal(of: method, flow))
    case .route(let flow, let number): return route(to: flow, by: number, bytes, of: slot)
    case .otherMethods(let methods):
      guard isKnown(method) else { return .answer(.notImplemented) }
      return .answer(method == .options ? .optionsOfPath(methods) : .otherMethods(methods))
    case .tombstone(let number): return .answer(isKnown(method) ? .tombstone(number) : .notImplemented)
    case .document(let document):
      return .answer(allows(.get, method) ? .document(document) : documentRefusal(of: method))
    case .none:
      if connection.pointee.parser.head.flags.contains(.isAsterisk) { return .answer(.optionsOfServer) }
      return .answer(isKnown(method) ? .notFound : .notImplemented)
    }
  }

  @inline(__always)
  private mutating func route(
    to flow: UnsafePointer<BoundFlow>, isAlias: Bool = false, by number: Int = -1, _ bytes: UnsafeRawBufferPointer, of slot: Int
  ) -> Route {
    let connection = connections[slot]
    if flow.pointee.hasConditions, let answer = refusal(of: flow, connection.pointee.parser.head, bytes, from: slot) {
      return .answer(answer)
    }
    if connection.pointee.parser.head.flags.contains(.hasConditions), !connection.pointee.parser.head.method.isSafe,
      !flow.pointee.readsPrecondition, RequestConditions(connection.pointee.parser.head, in: bytes)?.isConditional == true
    {
      return .answer(.conditionUnknown(flow))
    }
    return .flow(flow, isAlias: isAlias, route: number)
  }

  /// What a path means: as it stands, and when it means nothing so, in its normal form. A flow's own path is in its normal
  /// form; the fields of a bound path may hold anything, so that one is looked for in its normal form only.
  private mutating func match(_ path: UnsafeRawBufferPointer, _ method: HTTPMethod) -> Router.Match {
    let own = router.match(path)
    guard case .none = own else { return own }
    guard RequestPath.mayDiffer(path) else { return router.match(bound: path, method) }
    body.removeAll()
    RequestPath.normalize(path, into: &body)
    let normal = router.match(body.view)
    guard case .none = normal else { return normal }
    return router.match(bound: body.view, method)
  }

  /// Some flow could be called with the method.
  private mutating func isKnown(_ method: HTTPMethod) -> Bool {
    switch method {
    case .get, .head, .post, .put, .patch, .delete, .options: true
    case .trace, .connect, .other: false
    }
  }

  /// The answer to a method that the flow does not have.
  private mutating func refusal(of method: HTTPMethod, _ flow: UnsafePointer<BoundFlow>) -> ImmediateAnswer {
    guard isKnown(method) else { return .notImplemented }
    return method == .options ? .options(flow) : .methodNotAllowed(flow)
  }

  /// The answer to a method that a document of the server's own does not have.
  private mutating func documentRefusal(of method: HTTPMethod) -> ImmediateAnswer {
    guard isKnown(method) else { return .notImplemented }
    return method == .options ? .optionsOfDocument : .getOnly
  }

  private mutating func allows(_ method: FlowMethod, _ requested: HTTPMethod) -> Bool {
    switch (method, requested) {
    case (.get, .get), (.get, .head), (.head, .head), (.post, .post), (.put, .put), (.patch, .patch), (.delete, .delete): true
    default: false
    }
  }

  /// Whether a body may be read as JSON: a client that names no type is believed, one that names another is not.
  @inline(__always)
  mutating func hasJSONBody(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> Bool {
    head.contentType.isEmpty || MediaType.isJSON(head.contentType.of(bytes))
  }

  /// Which of the framework's types the client takes. Asked of safe methods only: to refuse the answer of another one when
  /// its work is done would help nobody (RFC 9110 §12.4.1 lets a server disregard the field).
  @inline(__always)
  mutating func acceptedTypes(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> AcceptedTypes {
    !head.accept.isEmpty && head.method.isSafe ? readAcceptedTypes(head, bytes) : .all
  }

  private mutating func readAcceptedTypes(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> AcceptedTypes {
    let accepted = AcceptedTypes(head.accept.of(bytes))
    guard accepted != .all, let all = head.list(of: "accept", in: bytes) else { return accepted }
    return all.withUnsafeBytes { AcceptedTypes($0) }
  }

  /// How the elements of an answer in parts are written; `nil` when the client takes neither form.
  mutating func streamForm(_ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> StreamForm? {
    guard !head.accept.isEmpty else { return .lines }
    guard let all = head.list(of: "accept", in: bytes) else { return StreamForm(accept: head.accept.of(bytes)) }
    return all.withUnsafeBytes { StreamForm(accept: $0) }
  }

  // MARK: Answers

  /// A request has been answered. The connection waits for the next one, or ends.
  mutating func answered(_ slot: Int, keepAlive: Bool) {
    let connection = connections[slot]
    connection.pointee.request = -1
    connection.pointee.answersUnsent += 1
    connection.pointee.phase = .head
    if keepAlive && !isDraining && !connection.pointee.isCutShort {
      assert(connection.pointee.parser.isAtStart, "what was read of a request is not taken for a part of the next one")
      setDeadlineForPhase(slot)
    } else {
      end(slot, cleanly: inputIsEmpty(slot) && !connection.pointee.isCutShort)
    }
  }
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
  /// A method that changes something must be carried out on a condition, and the flow, which alone could know whether it holds,
  /// does not ask.
  case conditionUnknown(UnsafePointer<BoundFlow>)
  /// What may be done with a flow, a document of the server's own, or anything of the server.
  case options(UnsafePointer<BoundFlow>)
  case optionsOfDocument, optionsOfServer
  case optionsOfPath(FlowMethods)
  case redirect(UnsafePointer<BoundFlow>)
  /// The flow answers in parts, in two forms of which the client takes none.
  case notAcceptable(UnsafePointer<BoundFlow>)
  /// The flow takes a body in parts, and this is none of lines.
  case notLines(UnsafePointer<BoundFlow>)
  case gone(UnsafePointer<BoundFlow>)
  case tombstone(Int)
  case otherMethods(FlowMethods)
  case unauthorized(UnsafePointer<BoundFlow>, challenge: String)
  case forbidden(UnsafePointer<BoundFlow>, reason: String)
  /// The request's `Idempotency-Key` is missing or none.
  case keyRefused(UnsafePointer<BoundFlow>, FlowFailure)
  case document(ServerDocument)

  /// The flow that the request came to; `nil` when it came to none.
  var flow: UnsafePointer<BoundFlow>? {
    switch self {
    case .methodNotAllowed(let flow), .conditionUnknown(let flow), .options(let flow), .redirect(let flow),
      .notAcceptable(let flow), .notLines(let flow), .gone(let flow), .unauthorized(let flow, _), .forbidden(let flow, _), .keyRefused(let flow, _):
      flow
    case .notFound, .notImplemented, .getOnly, .optionsOfDocument, .optionsOfServer, .optionsOfPath, .tombstone, .otherMethods,
      .document:
      nil
    }
  }

  /// Whether the answer is the same whatever the body says.
  var isRefusal: Bool {
    switch self {
    case .notFound, .notImplemented, .getOnly, .methodNotAllowed, .redirect, .conditionUnknown, .notAcceptable, .notLines, .gone,
      .tombstone, .otherMethods, .unauthorized, .forbidden, .keyRefused:
      true
    case .document, .options, .optionsOfDocument, .optionsOfPath, .optionsOfServer: false
    }
  }

  /// The caller is known, and may not call the flow.
  var isForbidden: Bool {
    if case .forbidden = self { true } else { false }
  }

  /// Whether the answer is about who has sent the request.
  var isAboutTheCaller: Bool {
    switch self {
    case .unauthorized, .forbidden: true
    case .notFound, .notImplemented, .getOnly, .methodNotAllowed, .redirect, .conditionUnknown, .notAcceptable, .notLines, .gone,
      .tombstone, .otherMethods, .keyRefused, .document, .options, .optionsOfDocument, .optionsOfPath, .optionsOfServer:
      false
    }
  }

  /// A body in parts has no end that could be waited for.
  var isAboutParts: Bool { flow?.pointee.takesParts == true }
}

enum MediaType {
  /// One JSON document on each line. The type is not registered and goes by two names.
  static func isLines(_ value: UnsafeRawBufferPointer) -> Bool {
    let essence = essence(of: value)
    return essence.elementsEqual("application/x-ndjson".utf8) || essence.elementsEqual("application/jsonl".utf8)
  }

  /// `application/json` or any `+json` type (RFC 6839 §3.1), with or without parameters.
  static func isJSON(_ value: UnsafeRawBufferPointer) -> Bool {
    let essence = essence(of: value)
    return essence.elementsEqual("application/json".utf8)
      || (essence.count > 5 && essence.suffix(5).elementsEqual("+json".utf8) && essence.contains(UInt8(ascii: "/")))
  }

  /// Without parameters, in lower case.
  private static func essence(of value: UnsafeRawBufferPointer) -> [UInt8] {
    var end = value.startIndex
    while end < value.endIndex, value[end] != UInt8(ascii: ";") { end += 1 }
    while end > value.startIndex, value[end - 1] == UInt8(ascii: " ") || value[end - 1] == UInt8(ascii: "\t") { end -= 1 }
    return value[..<end].map { (65...90).contains($0) ? $0 | 0x20 : $0 }
  }
}
