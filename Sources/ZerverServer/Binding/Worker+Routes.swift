import ZerverCatalog
@_spi(Server) import ZerverCore

// What a request meets between its path and its flow: the end of the flow's life, who may call it, and the fields that its
// path brings along.
extension Worker where Backend: ~Copyable {
  /// The answer to a request that the flow must not see, whatever its body says; `nil` when it may run. Leaves who has
  /// sent the request in `caller`.
  mutating func refusal(
    of flow: UnsafePointer<BoundFlow>, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, from connection: Int
  ) -> ImmediateAnswer? {
    caller = nil
    if isGone(flow) { return .gone(flow) }
    if flow.pointee.isStream, streamForm(head, bytes) == nil { return .notAcceptable(flow) }
    if flow.pointee.takesParts, !head.contentType.isEmpty, !MediaType.isLines(head.contentType.of(bytes)) { return .notLines(flow) }
    if flow.pointee.asksForCaller, let answer = callerRefusal(of: flow, head, bytes, connection) { return answer }
    return flow.pointee.idempotency == nil ? nil : keyRefusal(of: flow, head, bytes)
  }

  private mutating func callerRefusal(
    of flow: UnsafePointer<BoundFlow>, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, _ connection: Int
  ) -> ImmediateAnswer? {
    guard let authenticator else { return nil }
    switch authenticator.authenticate(RequestHeadView(head, bytes, origin: origin(of: connection))) {
    case .caller(let found):
      caller = found
      return callerRefusal(of: flow, found)
    case .anonymous:
      let entry = flow.pointee.entry
      let needsCaller = entry.tenantScope == .required || !entry.requirements.isEmpty
      return needsCaller ? .unauthorized(flow, challenge: authenticator.challenge) : nil
    case .refused(let challenge): return .unauthorized(flow, challenge: challenge ?? authenticator.challenge)
    }
  }

  mutating func isGone(_ flow: UnsafePointer<BoundFlow>) -> Bool { wallSeconds >= flow.pointee.goneFromSeconds }

  private mutating func callerRefusal(of flow: UnsafePointer<BoundFlow>, _ caller: Caller) -> ImmediateAnswer? {
    let entry = flow.pointee.entry
    if entry.tenantScope == .required, caller.tenant == nil {
      return .forbidden(flow, reason: "This flow is called for a tenant, and the caller has none.")
    }
    for requirement in entry.requirements {
      let has =
        switch requirement.kind {
        case .role: caller.roles
        case .capability: caller.capabilities
        }
      if !has.contains(requirement.name) {
        return .forbidden(flow, reason: "The caller lacks the \(requirement.kind.rawValue) \(requirement.name).")
      }
    }
    return nil
  }

  // MARK: Path fields

  /// Puts the fields of the path into the query or the body. `nil` when that is done, otherwise why it cannot be.
  mutating func joinPath(of slot: Int, _ bytes: UnsafeRawBufferPointer) -> FlowFailure? {
    let request = requests[slot]
    let route = router.routes[request.pointee.read.route]
    var path = request.pointee.read.head.path.of(bytes)
    // As it was when its route was found.
    if RequestPath.mayDiffer(path) {
      body.removeAll()
      RequestPath.normalize(path, into: &body)
      path = body.view
    }
    joined.removeAll()
    let isJoined =
      route.input.readsQuery
      ? route.input.writeQuery(path: path, query: request.pointee.context.query, to: &joined)
      : route.input.writeBody(path: path, body: request.pointee.context.body, to: &joined)
    guard isJoined else { return PathInput.undecodablePath }
    if route.input.readsQuery {
      request.pointee.context.query = joined.view
    } else {
      request.pointee.context.body = joined.view
    }
    if route.hasContentLocation { writeContentLocation(of: slot) }
    return nil
  }

  /// The same answer stands under the flow's own path with everything in the query (RFC 9110 §8.7).
  private mutating func writeContentLocation(of slot: Int) {
    let request = requests[slot]
    lines.removeAll()
    lines.append("Content-Location: ")
    lines.append(contentsOf: request.pointee.flow.pointee.path)
    if !joined.isEmpty {
      lines.append("?")
      lines.append(contentsOf: joined.view)
    }
    lines.append("\r\n")
    request.pointee.context.append(headerLines: lines.view)
  }

  // MARK: Answers

  mutating func writeGone(_ flow: UnsafePointer<BoundFlow>, to slot: Int, _ head: HTTPRequestHead) {
    lines.append(contentsOf: flow.pointee.deprecationLines)
    body.removeAll()
    body.append(contentsOf: flow.pointee.goneProblem)
    writeBody(status: 410, ContentType.problem, to: slot, head)
  }

  mutating func writeTombstone(_ number: Int, to slot: Int, _ head: HTTPRequestHead) {
    let tombstone = router.tombstones[number]
    lines.append(contentsOf: tombstone.lines)
    body.removeAll()
    body.append(contentsOf: tombstone.problem)
    writeBody(status: 410, ContentType.problem, to: slot, head)
  }

  mutating func writeUnauthorized(
    _ flow: UnsafePointer<BoundFlow>, _ challenge: String, to slot: Int, _ head: HTTPRequestHead
  ) {
    // An authenticator's own text: what no header can have is left out, with the whole line.
    if !ResponseHead.line("WWW-Authenticate", challenge, in: &lines) { lines.append("WWW-Authenticate: Bearer\r\n") }
    lines.append(contentsOf: flow.pointee.deprecationLines)
    writeProblem(401, "unauthorized", "This flow has to know its caller.", slot, head)
  }

  mutating func writeForbidden(
    _ flow: UnsafePointer<BoundFlow>, _ reason: String, to slot: Int, _ head: HTTPRequestHead
  ) {
    lines.append(contentsOf: flow.pointee.deprecationLines)
    writeProblem(403, "forbidden", reason, slot, head)
  }

  // MARK: Documents

  /// Returns the status.
  mutating func write(
    _ document: ServerDocument, to slot: Int, _ head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer
  ) -> UInt16 {
    switch document {
    case .metrics:
      writeMetrics(slot, head)
      return 200
    case .catalog, .apiCatalog:
      documents.update(router.catalog, hasOpenAPI: openAPI != nil, unixSeconds: wallSeconds)
      body.removeAll()
      if document == .catalog {
        documents.catalog.withBytes { body.append(contentsOf: $0) }
        return writeDocument(ContentType.json, entityTag: documents.catalogTag, slot, head, bytes)
      }
      documents.apiCatalog.withBytes { body.append(contentsOf: $0) }
      lines.append(APICatalogDocument.linkLine)
      return writeDocument(APICatalogDocument.contentType, entityTag: documents.apiCatalogTag, slot, head, bytes)
    case .openAPI:
      guard let openAPI else {
        writeProblem(404, "not-found", "This server has no OpenAPI document. GET /flow/v1/catalog lists every flow.", slot, head)
        return 404
      }
      body.removeAll()
      body.append(contentsOf: openAPI.bytes)
      return writeDocument(OpenAPIDocument.contentType, entityTag: openAPI.tag, slot, head, bytes)
    }
  }
}
