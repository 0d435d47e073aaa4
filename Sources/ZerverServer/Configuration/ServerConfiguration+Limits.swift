import ZerverCatalog
@_spi(Server) import ZerverCore

// The configuration in the words of the core.
extension ServerConfiguration {
  var httpLimits: HTTPLimits {
    func compact(_ limit: Int) -> Int { min(limit, Int(Int32.max)) }
    var limits = HTTPLimits()
    limits.requestLineBytesMax = compact(http.requestLineBytesMax)
    limits.headerBytesMax = compact(http.headerBytesMax)
    limits.headersMax = compact(http.headerCountMax)
    limits.trailerBytesMax = compact(http.trailerBytesMax)
    limits.chunkExtensionBytesMax = compact(http.chunkExtensionBytesMax)
    return limits
  }

  var machineLimits: RequestMachine.Limits {
    var limits = RequestMachine.Limits()
    limits.parallelStepsMax = requests.parallelStepsMax
    limits.effectsInFlightMax = requests.effectsInFlightMax
    limits.undoNanosecondsMax = UInt64(max(0, timeouts.undo.nanosecondsWhole))
    limits.detachedNanosecondsMax = UInt64(max(0, timeouts.detached.nanosecondsWhole))
    return limits
  }

  /// What no server can run with, for configurations that were made in code. Those that are loaded are checked against
  /// narrower ranges.
  var problem: String? {
    if !(0...65_535).contains(port) { return "the port is \(port), and ports go from 0 to 65535" }
    if let workers, workers < 1 { return "there are to be \(workers) workers, and a server needs one" }
    if requests.inFlightMax < 1 || http.connectionsMax < 1 { return "a worker needs room for one connection and one request" }
    if http.connectionsMax > 4_000_000 { return "a worker can have 4,000,000 connections" }
    if http.pipelinedRequestsMax < 1 || http.requestsPerConnectionMax < 1 || http.connectionsPerAddressMax < 1 {
      return "a connection needs one request, and an address one connection"
    }
    if let files = files.inFlightMax, files < 1 { return "a worker needs room for one file" }
    if requests.inFlightPerTenantMax < 1 { return "a tenant needs room for one request" }
    if requests.parallelStepsMax < 1 || requests.effectsInFlightMax < 1 { return "a request needs one step and one effect" }
    if http2.streamsMax < 1 || http2.resetsMax < 1 || http2.controlFramesMax < 1 {
      return "a connection of HTTP/2 needs one stream, one reset and one control frame"
    }
    if !(64...(64 << 20)).contains(http.streamLineBytesMax) || http.streamBodyBytesMax < 0 {
      return "a line of a body in parts may have from 64 bytes to 64 MiB, and the body a length that is not negative"
    }
    let windows = 65_535...Int(Int32.max)
    if !windows.contains(http2.streamWindowBytes) || !windows.contains(http2.connectionWindowBytes) {
      return "windows of HTTP/2 have from 65,535 to 2,147,483,647 bytes"
    }
    if let problem = listenProblem { return problem }
    if let problem = cors.problem { return problem }
    let durations = [
      timeouts.header, timeouts.handshake, timeouts.body, timeouts.idle, timeouts.write, timeouts.drain, timeouts.undo,
      timeouts.detached, timeouts.heartbeat, idempotency.storeTimeout,
    ]
    let deadlines = FlowProfile.builtIn.map { profiles[$0].deadline } + PriorityClass.allCases.map { classes[$0].quantum }
    if (durations + deadlines).contains(where: { $0 <= .zero }) { return "time-outs, deadlines and quanta are longer than zero" }
    return nil
  }

  /// What the places to listen and the certificates lack of each other.
  private var listenProblem: String? {
    if proxies.trusted.isEmpty {
      if listenAddresses.contains(where: { $0.expectsProxyHeader && $0.place.isAddress }) {
        return "a place to listen has proxy, and there are no proxies.trusted that may connect"
      }
      if proxies.header != .none { return "proxies.header is believed of proxies.trusted, and there are none" }
    }
    let isEncrypted = listenAddresses.contains(where: \.isEncrypted)
    if isEncrypted, tls.certificates.isEmpty { return "a place to listen has tls, and there are no tls.certificates" }
    if !isEncrypted, !tls.certificates.isEmpty { return "there are tls.certificates, and no place to listen has tls" }
    if tls.clientCertificates != .none, tls.clientAuthorities == nil {
      return "clients are asked for certificates, and there are no tls.client-authorities to believe"
    }
    if tls.clientCertificates == .none, tls.clientAuthorities != nil {
      return "there are tls.client-authorities, and tls.client-certificates says that no client is asked"
    }
    return nil
  }
}
