@_spi(Server) import ZerverCore

/// Writes the metrics of all workers in the Prometheus text format 0.0.4, piece by piece.
///
/// With many flows the text is megabytes long, so the endpoint asks for a piece, sends it as a chunk, and asks again:
/// the worker serves other requests in between, and the buffer stays small. Counts go on in the meantime; each sample is
/// read when it is written.
struct MetricsRenderer: ~Copyable {
  static var contentType: StaticString { "text/plain; version=0.0.4; charset=utf-8" }

  /// A piece of text that is written at once: the small families together, or one flow's samples of a large one.
  private enum Piece: Equatable {
    case latency(flow: Int)
    case answers(flow: Int)
    case overruns(flow: Int)
    case events(PlanFamily, flow: Int)
    case server
    case finished
  }

  private let metrics: Metrics
  /// The labels that name each flow, without braces.
  private let labels: [String]
  private var next = Piece.latency(flow: 0)

  init(_ metrics: Metrics) {
    self.metrics = metrics
    labels =
      metrics.flows.map { flow in
        let method = PrometheusText.escapedLabel(flow.method)
        let path = PrometheusText.escapedLabel(flow.path)
        let slug = PrometheusText.escapedLabel(flow.slug)
        return #"http_request_method="\#(method)",http_route="\#(path)",slug="\#(slug)",version="\#(flow.version)""#
      } + [#"http_request_method="_OTHER",http_route="",slug="",version="""#]
  }

  /// Appends whole lines until the buffer holds at least this many bytes or nothing is left.
  ///
  /// - Returns: whether more is left.
  mutating func render(into buffer: inout ByteBuffer, bytes: Int = 32 << 10) -> Bool {
    while buffer.count < bytes, next != .finished { renderPiece(into: &buffer) }
    return next != .finished
  }

  private mutating func renderPiece(into buffer: inout ByteBuffer) {
    switch next {
    case .latency(let flow):
      if flow == 0 {
        PrometheusText.family(
          "http_server_request_duration_seconds", .histogram, "Time from the first byte of a request to its answer.", &buffer)
      }
      renderLatency(of: flow, into: &buffer)
      next = flow < metrics.unrouted ? .latency(flow: flow + 1) : .answers(flow: 0)
    case .answers(let flow):
      if flow == 0 {
        PrometheusText.family("http_server_requests_total", .counter, "Requests that were answered, by class of status.", &buffer)
      }
      renderAnswers(of: flow, into: &buffer)
      next = flow < metrics.unrouted ? .answers(flow: flow + 1) : .overruns(flow: 0)
    case .overruns(let flow):
      if flow == 0 {
        PrometheusText.family(
          "zerver_quantum_overruns_total", .counter, "Times that steps kept the thread longer than their quantum.", &buffer)
      }
      let overruns = sum { $0.flows[flow].quantumOverruns }
      PrometheusText.sample("zerver_quantum_overruns_total", labels[flow], overruns, &buffer)
      next = flow < metrics.unrouted ? .overruns(flow: flow + 1) : .events(.retries, flow: 0)
    case .events(let family, let flow):
      if flow == 0 { PrometheusText.family(family.name, .counter, family.help, &buffer) }
      for (event, outcome) in family.events {
        let own = labels[flow]
        PrometheusText.sample(family.name, outcome.map { "\(own),outcome=\"\($0)\"" } ?? own, sum { $0.flows[flow].value(event) }, &buffer)
      }
      next = flow + 1 < metrics.unrouted ? .events(family, flow: flow + 1) : family.next.map { .events($0, flow: 0) } ?? .server
    case .server:
      renderConnections(into: &buffer)
      renderEncryption(into: &buffer)
      renderHTTP2(into: &buffer)
      renderRequests(into: &buffer)
      renderStreams(into: &buffer)
      renderEffects(into: &buffer)
      renderKeys(into: &buffer)
      next = .finished
    case .finished:
      break
    }
  }

  // MARK: Flows

  private func renderLatency(of flow: Int, into buffer: inout ByteBuffer) {
    let labels = labels[flow]
    var count: UInt64 = 0
    for bucket in 0..<FlowMetrics.bucketCount {
      count += sum { $0.flows[flow].durations(inBucket: bucket) }
      buffer.append("http_server_request_duration_seconds_bucket{")
      buffer.append(labels)
      buffer.append(",le=\"")
      if bucket < FlowMetrics.bucketBounds.count {
        PrometheusText.seconds(FlowMetrics.bucketBounds[bucket], &buffer)
      } else {
        buffer.append("+Inf")
      }
      buffer.append("\"} ")
      buffer.append(UInt(count))
      buffer.append("\n")
    }
    buffer.append("http_server_request_duration_seconds_sum{")
    buffer.append(labels)
    buffer.append("} ")
    PrometheusText.seconds(sum { $0.flows[flow].durationsSumNanoseconds }, &buffer)
    buffer.append("\n")
    // From the buckets themselves, so that it always equals the last of them.
    PrometheusText.sample("http_server_request_duration_seconds_count", labels, count, &buffer)
  }

  private func renderAnswers(of flow: Int, into buffer: inout ByteBuffer) {
    for statusClass in 1...FlowMetrics.statusClassCount {
      let answers = sum { $0.flows[flow].answers(statusClass: statusClass) }
      PrometheusText.sample("http_server_requests_total", "\(labels[flow]),status=\"\(statusClass)xx\"", answers, &buffer)
    }
  }

  // MARK: Server

  private func renderConnections(into buffer: inout ByteBuffer) {
    // Closed first: a connection that ends in between must not make the difference too small.
    let closed = sum { $0.value(.connectionsClosed) }
    let accepted = sum { $0.value(.connectionsAccepted) }
    PrometheusText.single("zerver_workers", .gauge, "Worker threads.", UInt64(metrics.workers.count), &buffer)
    PrometheusText.single(
      "zerver_connections_open", .gauge, "Open connections.", accepted > closed ? accepted - closed : 0, &buffer)
    PrometheusText.single("zerver_connections_accepted_total", .counter, "Connections that were accepted.", accepted, &buffer)
    PrometheusText.single(
      "zerver_connections_refused_total", .counter, "Connections that were closed at once, because a worker had as many as it may.",
      sum { $0.value(.connectionsRefused) }, &buffer)
    PrometheusText.single(
      "zerver_received_bytes_total", .counter, "Bytes received from clients.", sum { $0.value(.bytesReceived) }, &buffer)
    PrometheusText.single("zerver_sent_bytes_total", .counter, "Bytes sent to clients.", sum { $0.value(.bytesSent) }, &buffer)
  }

  private func renderEncryption(into buffer: inout ByteBuffer) {
    PrometheusText.family("zerver_tls_handshakes_total", .counter, "TLS handshakes that have ended, by outcome.", &buffer)
    for handshake in WorkerMetrics.Handshake.allCases {
      PrometheusText.sample(
        "zerver_tls_handshakes_total", "outcome=\"\(handshake.label)\"", sum { $0.value(handshake) }, &buffer)
    }
    PrometheusText.single(
      "zerver_tls_records_refused_total", .counter, "Connections that were given up, because a record was not authentic.",
      sum { $0.value(.recordsRefused) }, &buffer)
    PrometheusText.single(
      "zerver_tls_truncations_total", .counter, "Encrypted connections that were cut off while a request was under way.",
      sum { $0.value(.recordsTruncated) }, &buffer)
  }

  private func renderHTTP2(into buffer: inout ByteBuffer) {
    PrometheusText.single(
      "zerver_http2_connections_total", .counter, "Connections that carried HTTP/2.", sum { $0.value(.http2Connections) }, &buffer)
    PrometheusText.single(
      "zerver_http2_streams_total", .counter, "Requests of HTTP/2 that have begun.", sum { $0.value(.http2Streams) }, &buffer)
    PrometheusText.family(
      "zerver_http2_faults_total", .counter, "Connections of HTTP/2 that were ended for what their clients did.", &buffer)
    for fault in HTTP2Session.Fault.allCases {
      PrometheusText.sample("zerver_http2_faults_total", "reason=\"\(fault.label)\"", sum { $0.value(fault) }, &buffer)
    }
  }

  private func renderRequests(into buffer: inout ByteBuffer) {
    // Finished first, for the same reason.
    let finished = sum { $0.value(.requestsFinished) }
    let started = sum { $0.value(.requestsStarted) }
    PrometheusText.single(
      "http_server_active_requests", .gauge, "Requests that have begun and are not answered.",
      started > finished ? started - finished : 0, &buffer)
    PrometheusText.family("zerver_requests_refused_total", .counter, "Requests that were refused before they ran.", &buffer)
    for refusal in WorkerMetrics.Refusal.allCases {
      let labels = "reason=\"\(refusal.label)\",status=\"\(refusal.status)\""
      PrometheusText.sample("zerver_requests_refused_total", labels, sum { $0.value(refusal) }, &buffer)
    }
    PrometheusText.family("zerver_queue_depth", .gauge, "Requests that are ready to run, by priority class.", &buffer)
    for priority in PriorityClass.allCases {
      PrometheusText.sample("zerver_queue_depth", "class=\"\(priority.name)\"", sum { $0.queueDepth(priority) }, &buffer)
    }
  }

  private func renderStreams(into buffer: inout ByteBuffer) {
    // The ends first, for the same reason.
    let ends = WorkerMetrics.StreamEnd.allCases.map { end in (end, sum { $0.value(end) }) }
    let ended = ends.reduce(0) { $0 &+ $1.1 }
    let begun = sum { $0.value(.streamsBegun) }
    PrometheusText.single(
      "zerver_streams_open", .gauge, "Answers in parts that have begun and not ended.", begun > ended ? begun - ended : 0, &buffer)
    PrometheusText.family("zerver_streams_ended_total", .counter, "Answers in parts that have ended, by outcome.", &buffer)
    for (end, count) in ends { PrometheusText.sample("zerver_streams_ended_total", "outcome=\"\(end.label)\"", count, &buffer) }
    PrometheusText.single(
      "zerver_stream_parts_total", .counter, "Parts that steps have given.", sum { $0.value(.streamParts) }, &buffer)
    PrometheusText.single(
      "zerver_stream_bytes_total", .counter, "Bytes of these parts, before they are compressed.", sum { $0.value(.streamBytes) }, &buffer)
    PrometheusText.single(
      "zerver_stream_heartbeats_total", .counter, "Comments that quiet streams of events were sent.",
      sum { $0.value(.streamHeartbeats) }, &buffer)
    renderInputStreams(into: &buffer)
  }

  private func renderInputStreams(into buffer: inout ByteBuffer) {
    let ends = WorkerMetrics.InputStreamEnd.allCases.map { end in (end, sum { $0.value(end) }) }
    let ended = ends.reduce(0) { $0 &+ $1.1 }
    let begun = sum { $0.value(.inputStreamsBegun) }
    PrometheusText.single(
      "zerver_input_streams_open", .gauge, "Bodies in parts that have begun and not ended.", begun > ended ? begun - ended : 0,
      &buffer)
    PrometheusText.family("zerver_input_streams_ended_total", .counter, "Bodies in parts that have ended, by outcome.", &buffer)
    for (end, count) in ends {
      PrometheusText.sample("zerver_input_streams_ended_total", "outcome=\"\(end.label)\"", count, &buffer)
    }
    PrometheusText.single(
      "zerver_input_stream_parts_total", .counter, "Parts that steps have been given.", sum { $0.value(.inputStreamParts) }, &buffer)
    PrometheusText.single(
      "zerver_input_stream_bytes_total", .counter, "Bytes of these parts.", sum { $0.value(.inputStreamBytes) }, &buffer)
  }

  private func renderEffects(into buffer: inout ByteBuffer) {
    PrometheusText.family("zerver_effects_total", .counter, "Effects that have completed, by kind and outcome.", &buffer)
    for kind in EffectKind.allCases {
      for result in EffectResult.allCases {
        let labels = "kind=\"\(kind.name)\",outcome=\"\(result.label)\""
        PrometheusText.sample("zerver_effects_total", labels, sum { $0.value(kind, result) }, &buffer)
      }
    }
    PrometheusText.single(
      "zerver_stale_completions_total", .counter, "Completions that came for a request that had gone.",
      sum { $0.value(.staleCompletions) }, &buffer)
  }

  private func renderKeys(into buffer: inout ByteBuffer) {
    PrometheusText.family("zerver_idempotency_total", .counter, "What came of requests with an Idempotency-Key.", &buffer)
    for event in WorkerMetrics.KeyEvent.allCases {
      PrometheusText.sample("zerver_idempotency_total", "event=\"\(event.label)\"", sum { $0.value(event) }, &buffer)
    }
  }

  private func sum(_ value: (WorkerMetrics) -> UInt64) -> UInt64 {
    metrics.workers.reduce(0) { $0 &+ value($1) }
  }
}

extension HTTP2Session.Fault {
  fileprivate var label: String {
    switch self {
    case .resets: "resets"
    case .controlFrames: "control-frames"
    case .protocolError: "protocol-error"
    }
  }
}

extension WorkerMetrics.Handshake {
  fileprivate var label: String {
    switch self {
    case .full: "full"
    case .resumed: "resumed"
    case .failed: "failed"
    case .timedOut: "timed-out"
    }
  }
}

extension WorkerMetrics.StreamEnd {
  fileprivate var label: String {
    switch self {
    case .whole: "whole"
    case .clientGone: "client-gone"
    case .failure: "failure"
    case .drain: "drain"
    }
  }
}

extension WorkerMetrics.InputStreamEnd {
  fileprivate var label: String {
    switch self {
    case .whole: "whole"
    case .left: "left"
    case .refused: "refused"
    case .closed: "closed"
    }
  }
}

extension WorkerMetrics.Refusal {
  fileprivate var label: String {
    switch self {
    case .queueFull: "queue-full"
    case .slotsFull: "slots-full"
    case .memoryFull: "memory-full"
    case .profileFull: "profile-full"
    case .tenantFull: "tenant-full"
    }
  }
}

extension WorkerMetrics.KeyEvent {
  fileprivate var label: String {
    switch self {
    case .claimed: "claimed"
    case .takenOver: "taken-over"
    case .replayed: "replayed"
    case .conflict: "conflict"
    case .mismatch: "mismatch"
    case .stored: "stored"
    case .released: "released"
    case .tooLarge: "too-large"
    case .failed: "failed"
    }
  }
}

extension EffectResult {
  fileprivate var label: String {
    switch self {
    case .success: "success"
    case .unavailable: "unavailable"
    case .timedOut: "timed-out"
    case .conditionNotMet: "condition-not-met"
    case .constraintViolated: "constraint-violated"
    case .outcomeUnknown: "outcome-unknown"
    case .refused: "refused"
    case .unsupported: "unsupported"
    }
  }
}

/// The families of what plans do besides their answers.
private enum PlanFamily: CaseIterable {
  case retries, fallbacks, undos, detached

  var name: StaticString {
    switch self {
    case .retries: "zerver_retries_total"
    case .fallbacks: "zerver_fallbacks_total"
    case .undos: "zerver_undos_total"
    case .detached: "zerver_detached_steps_total"
    }
  }

  var help: StaticString {
    switch self {
    case .retries: "Further attempts of steps that had failed in passing."
    case .fallbacks: "Steps that have failed and were replaced or left out, as the plan says."
    case .undos: "Compensations of requests that have failed."
    case .detached: "Steps for which the answer did not wait."
    }
  }

  /// With the label of the outcome, where there is more than one.
  var events: [(FlowEvent, String?)] {
    switch self {
    case .retries: [(.retried, nil)]
    case .fallbacks: [(.fellBack, nil)]
    case .undos: [(.undone, "success"), (.undoFailed, "failure")]
    case .detached: [(.detachedEnded, "success"), (.detachedFailed, "failure")]
    }
  }

  var next: PlanFamily? {
    switch self {
    case .retries: .fallbacks
    case .fallbacks: .undos
    case .undos: .detached
    case .detached: nil
    }
  }
}
