import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct MetricsRendererTests {
  private static let flows = [
    Metrics.Flow(slug: "checkout-cart", version: 2, method: "POST", path: "/flow/v2/checkout-cart"),
    Metrics.Flow(slug: "order-status", version: 1, method: "GET", path: "/flow/v1/order-status"),
  ]

  /// The whole text, rendered in pieces of at least this many bytes.
  private func render(_ metrics: Metrics, bytes: Int = 1 << 20) -> (text: String, pieces: Int) {
    var renderer = MetricsRenderer(metrics)
    var text = ""
    var pieces = 0
    var hasMore = true
    while hasMore {
      var buffer = ByteBuffer()
      hasMore = renderer.render(into: &buffer, bytes: bytes)
      text += buffer.withBytes { String(decoding: $0, as: UTF8.self) }
      pieces += 1
    }
    return (text, pieces)
  }

  private func value(_ families: [PrometheusTextParser.Family], _ name: String, _ labels: [String: String] = [:]) -> Double? {
    let samples = families.flatMap(\.samples).filter { sample in
      sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
    }
    return samples.count == 1 ? samples[0].value : nil
  }

  @Test("a fresh server has every family, every series at zero")
  func fresh() throws {
    let families = try PrometheusTextParser.parse(render(Metrics(flows: Self.flows, workers: 2)).text)
    #expect(
      families.map(\.name) == [
        "http_server_request_duration_seconds", "http_server_requests_total", "zerver_quantum_overruns_total",
        "zerver_retries_total", "zerver_fallbacks_total", "zerver_undos_total", "zerver_detached_steps_total",
        "zerver_workers", "zerver_connections_open", "zerver_connections_accepted_total",
        "zerver_connections_refused_total", "zerver_received_bytes_total", "zerver_sent_bytes_total",
        "zerver_tls_handshakes_total", "zerver_tls_records_refused_total", "zerver_tls_truncations_total",
        "zerver_http2_connections_total", "zerver_http2_streams_total", "zerver_http2_faults_total",
        "http_server_active_requests", "zerver_requests_refused_total", "zerver_queue_depth",
        "zerver_streams_open", "zerver_streams_ended_total", "zerver_stream_parts_total", "zerver_stream_bytes_total",
        "zerver_stream_heartbeats_total", "zerver_input_streams_open", "zerver_input_streams_ended_total",
        "zerver_input_stream_parts_total", "zerver_input_stream_bytes_total", "zerver_effects_total",
        "zerver_stale_completions_total", "zerver_idempotency_total",
      ])
    let samples = families.flatMap(\.samples)
    // Three series of each flow, the one for requests without a flow included.
    // Six of each real flow are about its plan.
    #expect(samples.count == 3 * (17 + 5 + 1) + 2 * 6 + 6 + 4 + 2 + 2 + 3 + 1 + 5 + 3 + 8 + 7 + 24 + 1 + 9)
    #expect(samples.allSatisfy { $0.value == 0 || $0.name == "zerver_workers" })
    #expect(value(families, "zerver_workers") == 2)
  }

  @Test("counts of all workers are summed, by flow and status")
  func sums() throws {
    let metrics = Metrics(flows: Self.flows, workers: 2)
    for (index, worker) in metrics.workers.enumerated() {
      for _ in 0...index {
        worker.requestStarted()
        worker.requestFinished(flow: 0, status: 201, nanoseconds: 3_000_000)
      }
      worker.requestStarted()
      worker.requestFinished(flow: 0, status: 503, nanoseconds: 2_000_000_000)
    }
    metrics.workers[1].requestStarted()
    metrics.workers[1].requestFinished(flow: metrics.unrouted, status: 404, nanoseconds: 20_000_000_000)
    metrics.workers[0].requestStarted()

    let families = try PrometheusTextParser.parse(render(metrics).text)
    let checkout = [
      "http_request_method": "POST", "http_route": "/flow/v2/checkout-cart", "slug": "checkout-cart", "version": "2",
    ]
    func total(_ labels: [String: String], _ status: String) -> Double? {
      value(families, "http_server_requests_total", labels.merging(["status": status]) { $1 })
    }
    func bucket(_ labels: [String: String], _ bound: String) -> Double? {
      value(families, "http_server_request_duration_seconds_bucket", labels.merging(["le": bound]) { $1 })
    }
    #expect(total(checkout, "2xx") == 3)
    #expect(total(checkout, "5xx") == 2)
    #expect(total(checkout, "4xx") == 0)
    #expect(bucket(checkout, "0.005") == 3)
    #expect(bucket(checkout, "1") == 3)
    #expect(bucket(checkout, "2.5") == 5)
    #expect(bucket(checkout, "+Inf") == 5)
    #expect(value(families, "http_server_request_duration_seconds_count", checkout) == 5)
    #expect(value(families, "http_server_request_duration_seconds_sum", checkout) == 4.009)
    let unrouted = ["http_request_method": "_OTHER", "http_route": ""]
    #expect(total(unrouted, "4xx") == 1)
    #expect(bucket(unrouted, "10") == 0)
    #expect(bucket(unrouted, "+Inf") == 1)
    #expect(value(families, "http_server_active_requests") == 1)
  }

  @Test("every other event reaches its series")
  func events() throws {
    let metrics = Metrics(flows: Self.flows, workers: 1)
    let worker = metrics.workers[0]
    for _ in 0..<3 { worker.connectionAccepted() }
    worker.connectionClosed()
    worker.connectionRefused()
    worker.received(bytes: 70)
    worker.received(bytes: 7)
    worker.sent(bytes: 300)
    for reason in WorkerMetrics.Refusal.allCases {
      for _ in 0...reason.rawValue { worker.requestRefused(reason) }
    }
    for _ in 0..<8 { worker.streamBegan() }
    for end in WorkerMetrics.StreamEnd.allCases { worker.streamEnded(end) }
    worker.streamEnded(.clientGone)
    worker.streamPart(bytes: 30)
    worker.streamPart(bytes: 3)
    for _ in 0..<3 { worker.streamHeartbeat() }
    worker.staleCompletionDropped()
    worker.keyed(.replayed)
    worker.keyed(.replayed)
    worker.quantumOverrun(flow: 1)
    worker.queueDepthChanged(.batch, to: 9)
    worker.queueDepthChanged(.batch, to: 4)
    worker.effectCompleted(.database, .rows([]))
    worker.effectCompleted(.time, .failed(EffectFailure(.timedOut, detail: "")))
    worker.effectCompleted(.crypto, .failed(EffectFailure(.unsupported, detail: "")))

    let families = try PrometheusTextParser.parse(render(metrics).text)
    #expect(value(families, "zerver_connections_open") == 2)
    #expect(value(families, "zerver_connections_accepted_total") == 3)
    #expect(value(families, "zerver_connections_refused_total") == 1)
    #expect(value(families, "zerver_received_bytes_total") == 77)
    #expect(value(families, "zerver_sent_bytes_total") == 300)
    #expect(value(families, "zerver_requests_refused_total", ["reason": "queue-full", "status": "503"]) == 1)
    #expect(value(families, "zerver_requests_refused_total", ["reason": "slots-full", "status": "503"]) == 2)
    #expect(value(families, "zerver_requests_refused_total", ["reason": "memory-full", "status": "503"]) == 3)
    #expect(value(families, "zerver_streams_open") == 3)
    for (outcome, count) in [("whole", 1), ("client-gone", 2), ("failure", 1), ("drain", 1)] as [(String, Double)] {
      #expect(value(families, "zerver_streams_ended_total", ["outcome": outcome]) == count)
    }
    #expect(value(families, "zerver_stream_parts_total") == 2)
    #expect(value(families, "zerver_stream_bytes_total") == 33)
    #expect(value(families, "zerver_stream_heartbeats_total") == 3)
    #expect(value(families, "zerver_stale_completions_total") == 1)
    #expect(value(families, "zerver_idempotency_total", ["event": "replayed"]) == 2)
    #expect(value(families, "zerver_idempotency_total", ["event": "taken-over"]) == 0)
    #expect(value(families, "zerver_quantum_overruns_total", ["slug": "order-status"]) == 1)
    #expect(value(families, "zerver_quantum_overruns_total", ["slug": "checkout-cart"]) == 0)
    #expect(value(families, "zerver_queue_depth", ["class": "batch"]) == 4)
    #expect(value(families, "zerver_queue_depth", ["class": "default"]) == 0)
    #expect(value(families, "zerver_effects_total", ["kind": "db", "outcome": "success"]) == 1)
    #expect(value(families, "zerver_effects_total", ["kind": "time", "outcome": "timed-out"]) == 1)
    #expect(value(families, "zerver_effects_total", ["kind": "crypto", "outcome": "unsupported"]) == 1)
    #expect(families.filter { $0.name == "zerver_effects_total" }.flatMap(\.samples).map(\.value).reduce(0, +) == 3)
  }

  @Test("pieces put together are the text that is rendered at once")
  func pieces() {
    let flows = (0..<50).map { Metrics.Flow(slug: "flow-\($0)", version: 1, method: "GET", path: "/flow/v1/flow-\($0)") }
    let metrics = Metrics(flows: flows, workers: 1)
    let whole = render(metrics)
    let inPieces = render(metrics, bytes: 4096)
    #expect(whole.pieces == 1)
    #expect(inPieces.pieces > 20)
    #expect(inPieces.text == whole.text)
  }

  @Test("label values are escaped")
  func escaping() throws {
    let odd = "a\\b\"c\nd,e}é"
    let metrics = Metrics(flows: [Metrics.Flow(slug: odd, version: 1, method: "GET", path: "/")], workers: 1)
    let families = try PrometheusTextParser.parse(render(metrics).text)
    #expect(families[1].samples[0].labels["slug"] == odd)
  }

  @Test(
    "seconds are exact and have no trailing zeros",
    arguments: [(0, "0"), (1, "0.000000001"), (5_000_000, "0.005"), (1_000_000_000, "1"), (2_500_000_000, "2.5"), (10_010_000_000, "10.01")]
      as [(UInt64, String)])
  func seconds(nanoseconds: UInt64, text: String) {
    var buffer = ByteBuffer()
    PrometheusText.seconds(nanoseconds, &buffer)
    #expect(buffer.withBytes { String(decoding: $0, as: UTF8.self) } == text)
  }
}
