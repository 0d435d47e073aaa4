import Logging
import ZerverCore
import ZerverServer

extension Setting {
  /// Every setting, in the order of the documentation.
  static let table: [Setting] =
    [
      configurationFile("config", "JSON file with settings, its groups as objects. Flags and environment only."),
      address("host", \.host, "Address to listen on. `0.0.0.0` or `::` listens on every interface."),
      whole("port", \.port, 0...65_535, "TCP port. With 0 the system chooses one."),
      list(
        "listen", \.listen, name: "places", valid:
          "places to listen, separated by commas: an address with a port or the path of a socket, then `tls`, `h2c`, "
          + "`proxy` or nothing, such as `0.0.0.0:8443 tls, 127.0.0.1:8080 h2c, unix:/run/shop.sock`",
        "Several places to listen, instead of `host` and `port`: `0.0.0.0:8443 tls, [::1]:8080, unix:/run/shop.sock`. "
          + "`h2c`: clients may begin with HTTP/2 without TLS. `proxy`: a trusted proxy names its client first (PROXY protocol).",
        parse: { ServerConfiguration.ListenAddress.list($0) }),
      wholeOrAutomatic("workers", \.workers, 1...1024, "Threads. `auto`: one for each CPU that the process may run on."),
      choice("proactor", \.proactor, named: \.rawValue, "Source of completions. `automatic` probes for io_uring."),
    ] + tls + proxies + http + http2 + cors + timeouts + profiles + classes + requests + idempotency + [
      optionalText(
        "callers.tokens-file", \.callers.tokensFile, example: "/run/secrets/tokens", isSecret: false,
        "File of bearer tokens, a line each: `TOKEN subject=NAME [tenant=NAME] [roles=A,B] [capabilities=A,B]`."),
      optionalText(
        "files.root", \.files.root, example: "/srv/files", isSecret: false,
        "Folder below which the files of flows with `output file` lie. Symbolic links in it are not followed."),
      wholeOrAutomatic(
        "files.in-flight-max", \.files.inFlightMax, 1...(1 << 20),
        "Files that one worker sends at the same time. `auto`: a quarter of the process's descriptors, shared by the workers."),
      choice("log.level", \.log.level, named: \.rawValue, "Least severe level that is logged."),
      choice("log.requests", \.log.requests, named: \.rawValue, "Requests that are logged."),
      optionalText(
        "database.url", \.database.url, example: "postgresql://shop@127.0.0.1/shop", isSecret: true,
        "Database: `postgresql://user@host/name` or `sqlite:path`."),
    ]

  private static let tls = [
    list(
      "tls.certificates", \.tls.certificates, name: "files",
      valid: "PEM files, separated by commas, each a chain and its key, such as `shop.pem:shop-key.pem`, or one file with both",
      "Certificates of the server with their keys: `shop.pem:shop-key.pem, admin.pem`. The first is for clients that name "
        + "no other. With them, `host` and `port` speak TLS.",
      parse: certificates),
    choice(
      "tls.client-certificates", \.tls.clientCertificates, named: \.rawValue, "Whether clients are asked for a certificate."),
    optionalText(
      "tls.client-authorities", \.tls.clientAuthorities, example: "/etc/shop/clients.pem", isSecret: false,
      "PEM file with the authorities whose client certificates are believed."),
    choice("tls.version-min", \.tls.versionMin, named: \.rawValue, "Oldest version of TLS that is spoken."),
    duration(
      "tls.check-interval", \.tls.checkInterval, .seconds(1) ... .seconds(24 * 3600),
      "How often the files are looked at, and read again when one has changed. SIGHUP asks for it at once."),
  ]

  @Sendable private static func certificates(_ text: String) -> [ServerConfiguration.CertificateFiles]? {
    var list: [ServerConfiguration.CertificateFiles] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      var path = part.drop { $0 == " " }
      while path.last == " " { path.removeLast() }
      guard let files = ServerConfiguration.CertificateFiles(String(path)) else { return nil }
      list.append(files)
    }
    return list
  }

  private static let http = [
    size("http.request-line-bytes-max", \.http.requestLineBytesMax, 256...(64 << 10), "Request line. Longer: 414."),
    size("http.header-bytes-max", \.http.headerBytesMax, 512...(1 << 20), "All header fields together. Longer: 431."),
    whole("http.header-count-max", \.http.headerCountMax, 1...10_000, "Header fields. More: 431."),
    size("http.body-bytes-max", \.http.bodyBytesMax, 0...(1 << 30), "Body after transfer coding. Longer: 413."),
    size(
      "http.stream-body-bytes-max", \.http.streamBodyBytesMax, 0...(1 << 40),
      "The same for flows with `input stream`: all parts together. Longer: 413."),
    size(
      "http.stream-line-bytes-max", \.http.streamLineBytesMax, 64...(64 << 20),
      "One line of such a body: one element. Longer: 413."),
    size("http.trailer-bytes-max", \.http.trailerBytesMax, 0...(1 << 20), "All trailer fields of a body. Longer: 431."),
    size(
      "http.chunk-extension-bytes-max", \.http.chunkExtensionBytesMax, 0...(1 << 20),
      "All chunk extensions of a body. Longer: 400."),
    size(
      "http.buffered-bytes-max", \.http.bufferedBytesMax, 4096...(1 << 40),
      "Unfinished request bodies and unsent answers that one worker holds. A request beyond: 503."),
    size(
      "http.read-ahead-bytes-max", \.http.readAheadBytesMax, 4096...(1 << 30),
      "Bytes of one connection that are read ahead of an unanswered request."),
    whole(
      "http.pipelined-requests-max", \.http.pipelinedRequestsMax, 1...1_000_000,
      "Unsent answers of one connection before its next request is read."),
    whole(
      "http.requests-per-connection-max", \.http.requestsPerConnectionMax, 1...1_000_000_000,
      "Requests of one connection. The last answer closes it."),
    whole("http.connections-max", \.http.connectionsMax, 1...1_000_000, "Open connections of one worker. More: 503."),
    whole(
      "http.connections-per-address-max", \.http.connectionsPerAddressMax, 1...1_000_000,
      "Open connections of one client address, or one IPv6 network of 64 bits. More: 429."),
    choice(
      "http.entity-tags", \.http.entityTags, named: \.rawValue,
      "Which answers carry an `ETag`: those of steps that set one, or all answers to GET."),
  ]

  private static let proxies = [
    list(
      "proxies.trusted", \.proxies.trusted, name: "networks",
      valid: "addresses or networks, separated by commas, such as `10.0.0.0/8, 192.0.2.1, 2001:db8::/32`",
      "Where trusted proxies are: `10.0.0.0/8, 192.0.2.1`.", parse: networks),
    choice(
      "proxies.header", \.proxies.header, named: \.rawValue,
      "Header of trusted proxies that says who the client is. They must set or remove it in every request."),
  ]

  @Sendable private static func networks(_ text: String) -> [ServerConfiguration.Network]? {
    var list: [ServerConfiguration.Network] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      var word = part.drop { $0 == " " }
      while word.last == " " { word.removeLast() }
      guard let network = ServerConfiguration.Network(String(word)) else { return nil }
      list.append(network)
    }
    return list
  }

  private static let http2 = [
    choice("http2.alpn", \.http2.alpn, named: \.rawValue, "Whether HTTP/2 is offered where TLS is spoken."),
    whole("http2.streams-max", \.http2.streamsMax, 1...10_000, "Requests of one HTTP/2 connection at the same time."),
    size(
      "http2.stream-window-bytes", \.http2.streamWindowBytes, (64 << 10)...(1 << 30),
      "Bytes of a request's body that may come before the server asks for more."),
    size(
      "http2.connection-window-bytes", \.http2.connectionWindowBytes, (64 << 10)...(1 << 30),
      "The same for all bodies of a connection together."),
    whole(
      "http2.resets-max", \.http2.resetsMax, 1...1_000_000,
      "Requests that a client may give up at once, and again in each half minute. More: the connection ends."),
    whole(
      "http2.control-frames-max", \.http2.controlFramesMax, 1...1_000_000,
      "PING, SETTINGS, PRIORITY and empty DATA at once, and again in each half minute. More: the connection ends."),
  ]

  private static let cors = [
    words(
      "cors.origins", \.cors.origins, name: "origins", example: "https://shop.example, https://admin.shop.example", none: nil,
      "Origins whose pages may call the server from a browser, or `*` for all."),
    choice(
      "cors.credentials", \.cors.credentials, named: \.rawValue,
      "Whether such pages may send what belongs to the user, such as cookies. Not with `*`."),
    words(
      "cors.request-headers", \.cors.requestHeaders, name: "names", example: "Authorization, Content-Type", none: "none",
      "Header fields that such pages may send."),
    words(
      "cors.response-headers", \.cors.responseHeaders, name: "names", example: "ETag, Location", none: "none",
      "Header fields of answers that such pages may read."),
    duration(
      "cors.max-age", \.cors.maxAge, .zero ... .seconds(24 * 3600), "For how long a browser remembers what it may do."),
  ]

  /// - Parameter none: the word for an empty list.
  private static func words(
    _ key: String, _ path: Path<[String]>, name: String, example: String, none: String?, _ meaning: String
  ) -> Setting {
    let empty = none.map { ", or `\($0)`" } ?? ""
    return list(key, path, name: name, valid: "\(name), separated by commas, such as `\(example)`\(empty)", meaning) { text in
      if text == none { return [] }
      var words: [String] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        var word = part.drop { $0 == " " }
        while word.last == " " { word.removeLast() }
        guard !word.isEmpty, !word.contains(" ") else { return nil }
        words.append(String(word))
      }
      return words
    }
  }

  private static let timeouts = [
    duration("timeouts.header", \.timeouts.header, timeout, "First byte of a request to the end of its header."),
    duration("timeouts.handshake", \.timeouts.handshake, timeout, "Accept to the end of the TLS handshake."),
    duration("timeouts.body", \.timeouts.body, timeout, "End of the header to the end of the body."),
    duration("timeouts.idle", \.timeouts.idle, timeout, "Between two requests of a connection."),
    duration("timeouts.write", \.timeouts.write, timeout, "While a client does not take the next 256 KiB of its responses."),
    duration(
      "timeouts.drain", \.timeouts.drain, .zero ... .seconds(3600), "For requests in flight after SIGTERM."),
    duration("timeouts.undo", \.timeouts.undo, timeout, "One attempt of an undo, before the failure is answered."),
    duration("timeouts.detached", \.timeouts.detached, timeout, "A detached step, further attempts included."),
    duration(
      "timeouts.drain-idle", \.timeouts.drainIdle, .zero ... .seconds(3600),
      "For an idle connection after SIGTERM, whose next request may be on the way."),
    duration(
      "timeouts.heartbeat", \.timeouts.heartbeat, timeout,
      "After so long without an event a client of server-sent events gets a comment."),
  ]

  private static let profiles = [
    priority("profiles.interactive.priority", \.profiles.interactive.priority, "interactive"),
    deadline("profiles.interactive.deadline", \.profiles.interactive.deadline, "interactive"),
    codings("profiles.interactive.compression.codings", \.profiles.interactive.compression.codings, "interactive"),
    size(
      "profiles.interactive.compression.bytes-min", \.profiles.interactive.compression.bytesMin, 0...(1 << 20),
      "Answers below are sent as they are."),
    choice(
      "profiles.interactive.compression.level", \.profiles.interactive.compression.level, named: \.rawValue,
      "Work that is put into the compression."),
    choice(
      "profiles.interactive.compression.scope", \.profiles.interactive.compression.scope, named: \.rawValue,
      "`all`: also answers of flows that ask who is calling, from whose length secrets could be guessed."),
    priority("profiles.default.priority", \.profiles.default.priority, "default"),
    deadline("profiles.default.deadline", \.profiles.default.deadline, "default"),
    codings("profiles.default.compression.codings", \.profiles.default.compression.codings, "default"),
    size(
      "profiles.default.compression.bytes-min", \.profiles.default.compression.bytesMin, 0...(1 << 20),
      "Answers below are sent as they are."),
    choice(
      "profiles.default.compression.level", \.profiles.default.compression.level, named: \.rawValue,
      "Work that is put into the compression."),
    choice(
      "profiles.default.compression.scope", \.profiles.default.compression.scope, named: \.rawValue,
      "`all`: also answers of flows that ask who is calling, from whose length secrets could be guessed."),
    priority("profiles.batch.priority", \.profiles.batch.priority, "batch"),
    deadline("profiles.batch.deadline", \.profiles.batch.deadline, "batch"),
    codings("profiles.batch.compression.codings", \.profiles.batch.compression.codings, "batch"),
    size(
      "profiles.batch.compression.bytes-min", \.profiles.batch.compression.bytesMin, 0...(1 << 20),
      "Answers below are sent as they are."),
    choice(
      "profiles.batch.compression.level", \.profiles.batch.compression.level, named: \.rawValue,
      "Work that is put into the compression."),
    choice(
      "profiles.batch.compression.scope", \.profiles.batch.compression.scope, named: \.rawValue,
      "`all`: also answers of flows that ask who is calling, from whose length secrets could be guessed."),
  ]

  private static let classes = [
    queued("classes.interactive.queued-max", \.classes.interactive.queuedMax, "interactive"),
    quantum("classes.interactive.quantum", \.classes.interactive.quantum, "interactive"),
    queued("classes.default.queued-max", \.classes.default.queuedMax, "default"),
    quantum("classes.default.quantum", \.classes.default.quantum, "default"),
    aging("classes.default.aging", \.classes.default.aging, "default"),
    queued("classes.batch.queued-max", \.classes.batch.queuedMax, "batch"),
    quantum("classes.batch.quantum", \.classes.batch.quantum, "batch"),
    aging("classes.batch.aging", \.classes.batch.aging, "batch"),
  ]

  private static let requests = [
    whole(
      "requests.in-flight-max", \.requests.inFlightMax, 1...OperationID.slotsMax,
      "Requests that one worker works on at the same time. More: 503."),
    whole(
      "requests.in-flight-per-tenant-max", \.requests.inFlightPerTenantMax, 1...OperationID.slotsMax,
      "Requests of one tenant that one worker works on at the same time, of flows that know their callers. More: 429."),
    whole(
      "requests.parallel-steps-max", \.requests.parallelStepsMax, 1...1024,
      "Steps of one request that run or wait at the same time."),
    whole("requests.effects-in-flight-max", \.requests.effectsInFlightMax, 1...4096, "Effects of one request in flight."),
    seconds(
      "requests.retry-after", \.requests.retryAfter, .seconds(1) ... .seconds(3600), "What `Retry-After` says on 429 and 503."),
  ]

  private static let idempotency = [
    size(
      "idempotency.answer-bytes-max", \.idempotency.answerBytesMax, 1024...(16 << 20),
      "Header lines and body of an answer that is kept for repetitions. A larger one is not kept: they get 409."),
    duration(
      "idempotency.store-timeout", \.idempotency.storeTimeout, timeout,
      "For how long an answer waits to be kept. Then it is given without, and logged."),
  ]

  private static var timeout: ClosedRange<Duration> { .milliseconds(100) ... .seconds(24 * 3600) }

  private static func priority(_ key: String, _ path: Path<PriorityClass>, _ profile: String) -> Setting {
    choice(key, path, named: \.name, "Priority class of flows with profile \(profile).")
  }

  private static func codings(_ key: String, _ path: Path<[ContentCoding]>, _ profile: String) -> Setting {
    list(
      key, path, name: "codings", valid: "codings, best first and separated by commas, such as `zstd, br, gzip`, or `off`",
      "How answers of flows with profile \(profile) are compressed for clients that can read it: `zstd, br, gzip`.",
      parse: { text in
        if text == "off" { return [] }
        var codings: [ContentCoding] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
          var name = word.drop { $0 == " " }
          while name.last == " " { name.removeLast() }
          guard let coding = ContentCoding(String(name)), !codings.contains(coding) else { return nil }
          codings.append(coding)
        }
        return codings
      })
  }

  private static func deadline(_ key: String, _ path: Path<Duration>, _ profile: String) -> Setting {
    duration(
      key, path, .milliseconds(1) ... .seconds(24 * 3600), "Deadline of flows with profile \(profile) that set none.")
  }

  private static func queued(_ key: String, _ path: Path<Int>, _ name: String) -> Setting {
    whole(key, path, 1...OperationID.slotsMax, "Requests of class \(name) that may wait in a worker's queue. More: 503.")
  }

  private static func quantum(_ key: String, _ path: Path<Duration>, _ name: String) -> Setting {
    duration(
      key, path, .milliseconds(1) ... .seconds(10), "How long a request of class \(name) may keep the thread at a time.")
  }

  private static func aging(_ key: String, _ path: Path<Duration>, _ name: String) -> Setting {
    duration(
      key, path, .milliseconds(1) ... .seconds(3600),
      "After this wait, a request of class \(name) goes before those of higher classes.")
  }
}
