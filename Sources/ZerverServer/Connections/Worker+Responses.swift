import ZerverCatalog
import ZerverCore

// Writes responses into the output of their connection.
extension Worker where Backend: ~Copyable {
  // MARK: Answers of flows

  /// Returns the status.
  mutating func writeResponse(of slot: Int) -> UInt16 {
    let request = requests[slot]
    let out = output(request.pointee.connection)
    if let response = request.pointee.context.response {
      write(response, of: slot, to: out)
      return response.status
    }
    let status = request.pointee.context.status
    let length = request.pointee.context.output.count
    out.pointee.appendHead(
      status: status, contentType: request.pointee.context.contentType, length: length, date: date,
      connection: connectionField(request.pointee.read.head), lines: request.pointee.flow.pointee.deprecationLines,
      moreLines: canonicalLines(of: slot))
    if request.pointee.read.head.method != .head {
      request.pointee.context.output.withBytes { out.pointee.append(contentsOf: $0) }
    }
    return status
  }

  /// A step's own response. Its header fields are checked, because their text may come from anywhere.
  private mutating func write(_ response: Response, of slot: Int, to out: UnsafeMutablePointer<ByteBuffer>) {
    let request = requests[slot]
    out.pointee.appendHead(
      response, date: date, connection: connectionField(request.pointee.read.head),
      lines: request.pointee.flow.pointee.deprecationLines, moreLines: canonicalLines(of: slot))
    if request.pointee.read.head.method != .head { out.pointee.append(contentsOf: response.body) }
  }

  mutating func writeProblem(_ failure: FlowFailure, status: UInt16, of slot: Int) {
    let request = requests[slot]
    let flow = request.pointee.flow!
    problem.removeAll()
    problem.appendProblem(failure, status: status, instance: flow.pointee.path)
    writeProblemBody(
      status: status, to: request.pointee.connection, request.pointee.read.head, lines: flow.pointee.deprecationLines,
      retryAfter: status == 503)
  }

  private func canonicalLines(of slot: Int) -> UnsafeRawBufferPointer {
    let request = requests[slot]
    return request.pointee.read.isServedAlias
      ? request.pointee.flow.pointee.canonicalLines : UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// What `Connection` has to say: an HTTP/1.1 connection stays open unless it is said, an HTTP/1.0 one closes.
  private func connectionField(_ head: HTTPRequestHead) -> ConnectionField {
    guard head.keepsAlive, !isDraining else { return .close }
    return head.isVersion11 ? .none : .keepAlive
  }

  // MARK: Answers without a step

  mutating func write(
    _ answer: ImmediateAnswer, to slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) {
    let status: UInt16
    switch answer {
    case .notFound:
      status = writeProblem(404, "not-found", "No flow has this path. GET /flow/v1/catalog lists every flow.", slot, head)
    case .notImplemented:
      status = writeProblem(501, "not-implemented", "No flow is called with this method.", slot, head)
    case .getOnly:
      status = writeProblem(
        405, "method-not-allowed", "This path answers GET and HEAD.", slot, head, extra: "Allow: GET, HEAD\r\n")
    case .methodNotAllowed(let flow):
      status = writeMethodNotAllowed(flow, slot, head)
    case .redirect(let flow):
      status = 308
      writeRedirect(to: flow, slot, head, bytes)
    case .catalog: status = writeCatalog(slot, head, bytes)
    case .metrics:
      status = 200
      writeMetrics(slot, head)
    }
    let nanoseconds = now.nanoseconds &- min(now.nanoseconds, connections[slot].pointee.began.nanoseconds)
    metrics.requestFinished(flow: allMetrics.unrouted, status: status, nanoseconds: nanoseconds)
  }

  private mutating func writeProblem(
    _ status: UInt16, _ code: String, _ detail: String, _ slot: Int, _ head: HTTPRequestHead, extra: StaticString = "",
    retryAfter: Bool = false
  ) -> UInt16 {
    problem.removeAll()
    problem.appendProblem(
      FlowFailure(code: code, status: status, detail: detail), status: status, instance: UnsafeRawBufferPointer(start: nil, count: 0))
    writeProblemBody(
      status: status, to: slot, head,
      lines: UnsafeRawBufferPointer(start: extra.utf8Start, count: extra.utf8CodeUnitCount), retryAfter: retryAfter)
    return status
  }

  /// Sends what `problem` holds.
  private mutating func writeProblemBody(
    status: UInt16, to slot: Int, _ head: HTTPRequestHead, lines: UnsafeRawBufferPointer, retryAfter: Bool
  ) {
    let out = output(slot)
    let retryLine = retryAfter ? retryAfterLine : []
    retryLine.withUnsafeBytes { retry in
      out.pointee.appendHead(
        status: status, contentType: ContentType.problem, length: problem.count, date: date,
        connection: connectionField(head), lines: lines, moreLines: retry)
    }
    if head.method != .head { problem.withBytes { out.pointee.append(contentsOf: $0) } }
  }

  private mutating func writeMethodNotAllowed(
    _ flow: UnsafePointer<BoundFlow>, _ slot: Int, _ head: HTTPRequestHead
  ) -> UInt16 {
    let methods = flow.pointee.method == .get ? "GET, HEAD" : flow.pointee.method.rawValue
    problem.removeAll()
    problem.appendProblem(
      FlowFailure(code: "method-not-allowed", status: 405, detail: "This flow answers \(methods)."), status: 405,
      instance: flow.pointee.path)
    var allow = Array("Allow: \(methods)\r\n".utf8)
    allow += flow.pointee.deprecationLines
    allow.withUnsafeBytes { writeProblemBody(status: 405, to: slot, head, lines: $0, retryAfter: false) }
    return 405
  }

  /// 308 to the canonical path, query kept (RFC 9110 §15.4.9).
  private mutating func writeRedirect(
    to flow: UnsafePointer<BoundFlow>, _ slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) {
    var lines = Array("Location: ".utf8)
    lines += flow.pointee.path
    if head.flags.contains(.hasQuery) {
      lines.append(UInt8(ascii: "?"))
      lines += head.query.of(bytes)
    }
    lines += Array("\r\n".utf8)
    let out = output(slot)
    lines.withUnsafeBytes { location in
      out.pointee.appendHead(
        status: 308, contentType: nil, length: 0, date: date, connection: connectionField(head), lines: location,
        moreLines: flow.pointee.deprecationLines)
    }
  }

  private mutating func writeCatalog(_ slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer) -> UInt16 {
    let document = CatalogDocument(router.catalog, today: CalendarDate(unixSeconds: Int(WallClock.seconds)))
    let isCurrent = head.value(of: "if-none-match", in: bytes).map { EntityTag.matches($0, document.etag) } ?? false
    let etag = Array("ETag: \(document.etag)\r\n".utf8)
    let out = output(slot)
    etag.withUnsafeBytes { lines in
      out.pointee.appendHead(
        status: isCurrent ? 304 : 200, contentType: isCurrent ? nil : ContentType.json,
        length: isCurrent ? nil : document.body.buffer.count, date: date, connection: connectionField(head), lines: lines)
    }
    if !isCurrent, head.method != .head { document.body.buffer.withBytes { out.pointee.append(contentsOf: $0) } }
    return isCurrent ? 304 : 200
  }

  /// Metrics are rendered family by family, and the length is known at the end only: chunked where the client can read
  /// that, otherwise up to the end of the connection.
  private mutating func writeMetrics(_ slot: Int, _ head: HTTPRequestHead) {
    let out = output(slot)
    let isChunked = head.isVersion11
    if !isChunked { connections[slot].pointee.mustClose = true }
    out.pointee.appendHead(
      status: 200, contentType: MetricsRenderer.contentType, length: nil, isChunked: isChunked, date: date,
      connection: isChunked ? connectionField(head) : .close, lines: UnsafeRawBufferPointer(start: nil, count: 0))
    guard head.method != .head else { return }
    var renderer = MetricsRenderer(allMetrics)
    problem.removeAll()
    while renderer.renderNext(into: &problem) {
      problem.withBytes { part in
        if isChunked { out.pointee.appendChunk(part) } else { out.pointee.append(contentsOf: part) }
      }
      problem.removeAll()
    }
    if isChunked { out.pointee.appendLastChunk() }
  }

  // MARK: Refusals

  /// Refuses bytes that are no request, or one that may not be read to its end, and closes: nobody knows where the next
  /// request would begin.
  mutating func refuse(_ slot: Int, _ refusal: HTTPRefusal) {
    metrics.requestStarted()
    var head = HTTPRequestHead()
    head.flags = [.isVersion11, .closes]
    let status = writeProblem(refusal.status, refusal.code, refusal.reason.description, slot, head)
    let nanoseconds = now.nanoseconds &- min(now.nanoseconds, connections[slot].pointee.began.nanoseconds)
    metrics.requestFinished(flow: allMetrics.unrouted, status: status, nanoseconds: nanoseconds)
    end(slot, cleanly: false)
  }

  /// Refuses a request before its body was sent, and closes: the body may be on the way.
  mutating func refuse(_ slot: Int, _ answer: ImmediateAnswer, _ head: HTTPRequestHead, bytes: UnsafeRawBufferPointer) {
    metrics.requestStarted()
    var closing = head
    closing.flags.remove(.keepsAlive)
    write(answer, to: slot, closing, bytes)
    end(slot, cleanly: false)
  }

  /// Refuses a request that was read to its end, because there is no room for it now: 503, and the connection stays.
  mutating func refuse(_ slot: Int, _ reason: WorkerMetrics.Refusal, _ request: AdmittedRequest) {
    metrics.requestStarted()
    metrics.requestRefused(reason)
    let detail =
      reason == .draining ? "The server is shutting down." : "The server has as many requests as it can carry."
    let status = writeProblem(503, "overloaded", detail, slot, request.head, retryAfter: true)
    let nanoseconds = now.nanoseconds &- min(now.nanoseconds, connections[slot].pointee.began.nanoseconds)
    metrics.requestFinished(flow: request.flow.pointee.index, status: status, nanoseconds: nanoseconds)
    consumeRequest(of: slot, request.bytes)
    answered(slot, keepAlive: request.head.keepsAlive)
  }
}
