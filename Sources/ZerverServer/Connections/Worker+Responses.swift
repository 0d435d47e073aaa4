import Logging
import ZerverCatalog
@_spi(Server) import ZerverCore

// Writes responses into the output of their connection.
extension Worker where Backend: ~Copyable {
  // MARK: Answers of flows

  /// Writes what the flow has answered. Returns the status.
  mutating func writeResponse(of slot: Int) -> UInt16 {
    if requests[slot].pointee.isStreaming {
      finishStream(of: slot)
      return requests[slot].pointee.context.status
    }
    return mayBeSelected(slot) ? writeSelected(of: slot) : writeWhole(of: slot)
  }

  /// Writes all of what the flow has answered. Returns the status.
  @inline(__always)
  mutating func writeWhole(of slot: Int) -> UInt16 {
    let request = requests[slot]
    let out = output(request.pointee.connection)
    let head = request.pointee.read.head
    if let response = request.pointee.context.response {
      write(response, of: slot, to: out)
      return response.status
    }
    let status = request.pointee.context.status
    let answer = ResponseHead(
      status: status, contentType: request.pointee.context.contentType,
      body: .length(request.pointee.context.output.count), connection: connectionField(head))
    answer.begin(in: &out.pointee, date: date)
    appendFlowLines(of: slot, to: out)
    ResponseHead.end(in: &out.pointee)
    if !head.isHead, !HTTPStatus.forbidsBody(status) {
      out.pointee.append(taking: &request.pointee.context.output)
    }
    return status
  }

  /// Writes a step's own response.
  private mutating func write(_ response: Response, of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    let head = requests[slot].pointee.read.head
    let answer = ResponseHead(
      status: response.status, contentType: nil, body: .length(response.body.count), connection: connectionField(head))
    answer.begin(in: &out.pointee, date: date)
    appendFlowLines(of: slot, to: out)
    append(response, status: response.status, of: slot, to: out)
    ResponseHead.end(in: &out.pointee)
    if !head.isHead, !HTTPStatus.forbidsBody(response.status) { out.pointee.append(contentsOf: response.body) }
  }

  /// Appends the header lines that every answer of the flow has.
  @inline(__always)
  mutating func appendFlowLines(of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    let request = requests[slot]
    out.pointee.append(contentsOf: request.pointee.flow.pointee.deprecationLines)
    if request.pointee.read.isServedAlias { out.pointee.append(contentsOf: request.pointee.flow.pointee.canonicalLines) }
    request.pointee.context.headerLines.bytes.withBytes { out.pointee.append(contentsOf: $0) }
    if request.pointee.flow.pointee.isStream { appendStreamLines(of: slot, to: out) }
    if hasCORS { appendOriginLines(request.pointee.connection, to: out) }
  }

  /// Appends what browsers are told about the page that asks.
  mutating func appendOriginLines(_ connection: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    cors?.append(connections[connection].pointee.originLines, to: &out.pointee)
  }

  private mutating func appendPreflightLines(_ connection: Int, methods: String) {
    cors?.appendPreflight(connections[connection].pointee.originLines, methods: methods, to: &lines)
  }

  /// Appends the header lines that a step chose. Those that HTTP does not allow are left out and logged: their text may
  /// come from anywhere.
  mutating func append(_ response: Response, status: UInt16, of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    if !HTTPStatus.forbidsBody(status) { ResponseHead.contentType(response.contentType, in: &out.pointee) }
    for header in response.headers where !ResponseHead.line(header.name, header.value, in: &out.pointee) {
      logger.warning(
        "header field left out",
        metadata: [
          "name": "\(EscapedText.quoted(header.name))", "flow": "\(requests[slot].pointee.flow.pointee.entry.reference)",
        ])
    }
  }

  /// Writes why the flow has failed.
  ///
  /// - Parameter extra: whole header lines.
  mutating func writeProblem(_ failure: FlowFailure, status: UInt16, of slot: Int, extra: String = "") {
    let request = requests[slot]
    let flow = request.pointee.flow
    body.removeAll()
    ProblemRenderer.render(failure, status: status, instance: flow.pointee.path, to: &body)
    lines.removeAll()
    lines.append(contentsOf: flow.pointee.deprecationLines)
    if status == 503 || status == 429 || status == 409 && failure.isTransient { lines.append(contentsOf: retryAfterLine) }
    lines.append(extra)
    writeBody(status: status, ContentType.problem, to: request.pointee.connection, request.pointee.read.head)
  }

  /// What `Connection` has to say: an HTTP/1.1 connection stays open unless it is said, an HTTP/1.0 one closes.
  mutating func connectionField(_ head: HTTPRequestHead) -> ResponseHead.Connection {
    guard head.keepsAlive, !isDraining else { return .close }
    return head.isVersion11 ? .unchanged : .keepAlive
  }

  // MARK: Answers without a step

  mutating func write(
    _ answer: ImmediateAnswer, to slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) {
    lines.removeAll()
    let status: UInt16
    switch answer {
    case .notFound:
      status = 404
      writeProblem(status, "not-found", "No flow has this path. GET /flow/v1/catalog lists every flow.", slot, head)
    case .notImplemented:
      status = 501
      writeProblem(status, "not-implemented", "No flow is called with this method.", slot, head)
    case .getOnly:
      status = 405
      lines.append("Allow: GET, HEAD, OPTIONS\r\n")
      writeProblem(status, "method-not-allowed", "This path answers GET, HEAD and OPTIONS.", slot, head)
    case .methodNotAllowed(let flow):
      status = 405
      let methods = allowedMethods(flow)
      lines.append("Allow: \(methods)\r\n" as String)
      lines.append(contentsOf: flow.pointee.deprecationLines)
      writeProblem(status, "method-not-allowed", "This flow answers \(methods).", slot, head)
    case .conditionUnknown(let flow):
      status = 412
      lines.append(contentsOf: flow.pointee.deprecationLines)
      writeProblem(
        status, "precondition-failed", "This flow changes something and cannot tell whether the condition holds.", slot, head)
    case .options(let flow):
      status = 204
      let methods = allowedMethods(flow)
      lines.append("Allow: \(methods)\r\n" as String)
      lines.append(contentsOf: flow.pointee.deprecationLines)
      appendPreflightLines(slot, methods: methods)
      writeEmpty(status, slot, head)
    case .optionsOfDocument:
      status = 204
      lines.append("Allow: GET, HEAD, OPTIONS\r\n")
      appendPreflightLines(slot, methods: "GET, HEAD, OPTIONS")
      writeEmpty(status, slot, head)
    case .optionsOfServer:
      status = 204
      lines.append("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n")
      writeEmpty(status, slot, head)
    case .redirect(let flow):
      status = 308
      writeRedirect(to: flow, slot, head, bytes)
    case .document(let document):
      status = write(document, to: slot, head, bytes)
    case .otherMethods(let methods):
      status = 405
      lines.append("Allow: \(methods.allowed)\r\n" as String)
      writeProblem(status, "method-not-allowed", "This path answers \(methods.allowed).", slot, head)
    case .optionsOfPath(let methods):
      status = 204
      lines.append("Allow: \(methods.allowed)\r\n" as String)
      appendPreflightLines(slot, methods: methods.allowed)
      writeEmpty(status, slot, head)
    case .notAcceptable(let flow):
      status = 406
      lines.append(contentsOf: flow.pointee.deprecationLines)
      lines.append("Vary: Accept\r\n")
      writeProblem(
        status, "not-acceptable",
        "This flow answers in \(ContentType.lines) or \(ContentType.events), and Accept names neither.", slot, head)
    case .notLines(let flow):
      status = 415
      lines.append(contentsOf: flow.pointee.deprecationLines)
      // What would be taken (RFC 9110 §15.5.16).
      lines.append("Accept: application/x-ndjson, application/jsonl\r\n")
      writeProblem(status, "unsupported-media-type", "The body must be \(ContentType.lines).", slot, head)
    case .gone(let flow):
      status = 410
      writeGone(flow, to: slot, head)
    case .tombstone(let number):
      status = 410
      writeTombstone(number, to: slot, head)
    case .unauthorized(let flow, let challenge):
      status = 401
      writeUnauthorized(flow, challenge, to: slot, head)
    case .forbidden(let flow, let reason):
      status = 403
      writeForbidden(flow, reason, to: slot, head)
    case .keyRefused(let flow, let failure):
      status = failure.status ?? 400
      lines.append(contentsOf: flow.pointee.deprecationLines)
      writeProblem(failure, slot, head)
    }
    metrics.requestFinished(flow: allMetrics.unrouted, status: status, nanoseconds: elapsed(slot))
    if let flow = answer.flow, requestLog.records(status: status) {
      log(flow, status, problem: nil, caller: answer.isForbidden ? caller : nil, slot, head, bytes)
    }
  }

  /// A line for a request that its flow has not seen.
  private mutating func log(
    _ flow: UnsafePointer<BoundFlow>, _ status: UInt16, problem: String?, caller: Caller?, _ slot: Int, _ head: HTTPRequestHead,
    _ bytes: UnsafeRawBufferPointer
  ) {
    let entry = flow.pointee.entry
    let alias = aliasNumber(flow, head, bytes)
    requestLog.record(
      RequestLog.Entry(
        method: String(decoding: head.methodName.of(bytes), as: UTF8.self), flow: (entry.slug.text, entry.version.number),
        alias: alias < 0 ? nil : entry.aliases[alias].slug.text, caller: caller, status: status,
        duration: .nanoseconds(Int64(elapsed(slot))), problem: problem, detail: ""),
      at: now)
  }

  private mutating func elapsed(_ slot: Int) -> UInt64 {
    now.nanoseconds(since: connections[slot].pointee.began)
  }

  /// What `Allow` says of a flow (RFC 9110 §10.2.1).
  private mutating func allowedMethods(_ flow: UnsafePointer<BoundFlow>) -> String {
    flow.pointee.method == .get ? "GET, HEAD, OPTIONS" : "\(flow.pointee.method.rawValue), OPTIONS"
  }

  /// Sends a problem of the framework's own, with the header lines that stand in `lines`.
  mutating func writeProblem(
    _ status: UInt16, _ code: String, _ detail: String, _ slot: Int, _ head: HTTPRequestHead
  ) {
    writeProblem(FlowFailure(code: code, status: status, detail: detail), slot, head)
  }

  mutating func writeProblem(_ failure: FlowFailure, _ slot: Int, _ head: HTTPRequestHead) {
    let status = failure.status ?? 500
    body.removeAll()
    ProblemRenderer.render(failure, status: status, instance: UnsafeRawBufferPointer(start: nil, count: 0), to: &body)
    writeBody(status: status, ContentType.problem, to: slot, head)
  }

  /// Sends an answer without a body, with the header lines that stand in `lines`.
  private mutating func writeEmpty(_ status: UInt16, _ slot: Int, _ head: HTTPRequestHead) {
    let answer = ResponseHead(status: status, contentType: nil, body: .length(0), connection: connectionField(head))
    let out = output(slot)
    cors?.append(connections[slot].pointee.originLines, to: &lines)
    lines.withBytes { answer.write(to: &out.pointee, date: date, extra: $0) }
  }

  /// Sends what `body` holds, with the header lines that `lines` holds.
  mutating func writeBody(
    status: UInt16, _ contentType: StaticString, to slot: Int, _ head: HTTPRequestHead
  ) {
    let out = output(slot)
    let answer = ResponseHead(
      status: status, contentType: contentType, body: .length(body.count), connection: connectionField(head))
    cors?.append(connections[slot].pointee.originLines, to: &lines)
    lines.withBytes { answer.write(to: &out.pointee, date: date, extra: $0) }
    if !head.isHead { body.withBytes { out.pointee.append(contentsOf: $0) } }
  }

  /// 308 to the canonical path, query kept (RFC 9110 §15.4.9).
  private mutating func writeRedirect(
    to flow: UnsafePointer<BoundFlow>, _ slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) {
    lines.append("Location: ")
    lines.append(contentsOf: flow.pointee.path)
    if head.flags.contains(.hasQuery) {
      lines.append("?")
      lines.append(contentsOf: head.query.of(bytes))
    }
    lines.append("\r\n")
    lines.append(contentsOf: flow.pointee.deprecationLines)
    writeEmpty(308, slot, head)
  }

  /// Metrics are rendered family by family, and their length is known at the end only: chunks for a client that can read
  /// them, otherwise the end of the connection ends the body.
  mutating func writeMetrics(_ slot: Int, _ head: HTTPRequestHead) {
    let out = output(slot)
    let isChunked = head.isVersion11
    if !isChunked { connections[slot].pointee.mustClose = true }
    let answer = ResponseHead(
      status: 200, contentType: MetricsRenderer.contentType, body: isChunked ? .chunked : .untilClose,
      connection: isChunked ? connectionField(head) : .close)
    answer.write(to: &out.pointee, date: date)
    guard !head.isHead else { return }
    var renderer = MetricsRenderer(allMetrics)
    body.removeAll()
    var hasMore = true
    while hasMore {
      hasMore = renderer.render(into: &body)
      body.withBytes { part in
        if isChunked { ChunkedWriter.append(part, to: &out.pointee) } else { out.pointee.append(contentsOf: part) }
      }
      body.removeAll()
    }
    if isChunked { ChunkedWriter.finish(&out.pointee) }
  }

  // MARK: Refusals

  /// Refuses bytes that are no request, or one that may not be read to its end, and closes: nobody knows where the next
  /// request would begin.
  mutating func refuse(_ slot: Int, _ refusal: HTTPRefusal) {
    metrics.requestStarted()
    var head = HTTPRequestHead()
    head.flags = [.isVersion11]
    lines.removeAll()
    if refusal.status == 503 || refusal.status == 429 { lines.append(contentsOf: retryAfterLine) }
    writeProblem(refusal.status, refusal.code, refusal.reason.description, slot, head)
    metrics.requestFinished(flow: allMetrics.unrouted, status: refusal.status, nanoseconds: elapsed(slot))
    end(slot, cleanly: false)
  }

  /// Refuses a request before its body was sent, and closes: the body may be on the way.
  mutating func refuse(_ slot: Int, _ answer: ImmediateAnswer, _ head: HTTPRequestHead) {
    metrics.requestStarted()
    var closing = head
    closing.flags.remove(.keepsAlive)
    write(answer, to: slot, closing, input(slot))
    end(slot, cleanly: false)
  }

  /// Refuses a request that was read to its end, because there is no room for it now: 503, or 429 when it is the tenant that
  /// has no room. The connection stays, unless the rest of a body in parts is on its way.
  mutating func refuse(_ slot: Int, _ reason: WorkerMetrics.Refusal, _ flow: UnsafePointer<BoundFlow>, bodyBytes: Int) {
    var head = connections[slot].pointee.parser.head
    let bytes = connections[slot].pointee.parser.headBytes + bodyBytes
    metrics.requestStarted()
    metrics.requestRefused(reason)
    lines.removeAll()
    lines.append(contentsOf: flow.pointee.deprecationLines)
    lines.append(contentsOf: retryAfterLine)
    let detail =
      switch reason {
      case .memoryFull: HTTPRefusal.outOfMemory.reason.description
      case .profileFull: "There are as many requests of this kind in flight as the server allows."
      case .queueFull, .slotsFull: "The server has as many requests as it can carry."
      case .tenantFull: "The tenant has as many requests in flight as it may."
      }
    let code = reason == .tenantFull ? "too-many-requests" : "overloaded"
    if flow.pointee.takesParts {
      head.flags.remove(.keepsAlive)
      dropParts(slot, .refused)
    }
    writeProblem(reason.status, code, detail, slot, head)
    metrics.requestFinished(flow: flow.pointee.index, status: reason.status, nanoseconds: elapsed(slot))
    if requestLog.records(status: reason.status) {
      log(flow, reason.status, problem: code, caller: flow.pointee.asksForCaller ? caller : nil, slot, head, requestBytes(slot))
    }
    consumeRequest(of: slot, bytes)
    answered(slot, keepAlive: head.keepsAlive)
  }
}

extension HTTPRefusal {
  /// RFC 9110 §15.5.9.
  static var requestTimeout: HTTPRefusal { HTTPRefusal(408, "The request did not arrive in time.") }
  /// RFC 9110 §15.5.14.
  static var bodyTooLarge: HTTPRefusal { HTTPRefusal(413, "The body is larger than this server takes.") }

  /// The last part of the problem's type.
  var code: String {
    switch status {
    case 408: "request-timeout"
    case 413: "content-too-large"
    case 414: "uri-too-long"
    case 417: "expectation-failed"
    case 429: "too-many-connections"
    case 431: "header-fields-too-large"
    case 501: "not-implemented"
    case 503: "overloaded"
    case 505: "http-version-not-supported"
    default: "bad-request"
    }
  }
}
