import Logging
import ZerverCatalog
@_spi(Server) import ZerverCore

/// One structured line for each request, in the mode that the configuration sets. One instance for each worker.
///
/// No line holds a body, a header, a query or an input, and no credentials: only what the framework itself knows, who the
/// authenticator has found, and the log detail of a failure. What may come from outside has its control characters escaped
/// and stands in quotes where it is more than a word, so that no client can forge a line or a field.
struct RequestLog {
  struct Entry {
    /// As the client sent it.
    var method: String
    /// `nil` when the request reached no flow.
    var flow: (slug: String, version: Int)?
    /// The alias that the request came by.
    var alias: String?
    /// Who has sent it, where the flow asks for that and somebody has found out.
    var caller: Caller?
    var status: UInt16
    var duration: Duration
    /// The code of the problem that was answered.
    var problem: String?
    /// What a failure says for the log only.
    var detail: String
  }

  /// Lines that mode `errors` writes in one second. A server that sheds load would otherwise spend on its log what it
  /// saves by refusing; how many lines were left out is logged.
  static let errorsPerSecondMax = 100
  /// Longer details are cut.
  static let detailCharactersMax = 2048

  private let logger: Logger
  private let worker: String
  private let isOn: Bool
  private let lowestStatus: UInt16
  private let isLimited: Bool

  private var windowEnd = Instant(nanoseconds: 0)
  private var linesInWindow = 0
  private var suppressed = 0

  init(mode: RequestLogMode, worker: Int, logger: Logger) {
    self.logger = logger
    self.worker = "\(worker)"
    isOn = mode != .none
    isLimited = mode == .errors
    lowestStatus = mode == .errors ? 500 : 0
  }

  /// Whether a request with this status is logged: ask before building an entry.
  @inline(__always)
  func records(status: UInt16) -> Bool { isOn && (status >= lowestStatus || status == 429) }

  mutating func record(_ entry: Entry, at now: Instant) {
    guard records(status: entry.status), !isOverLimit(at: now) else { return }
    logger.log(level: Self.level(of: entry.status), "request", metadata: metadata(of: entry))
  }

  /// A step whose failure no answer tells.
  struct Step {
    var name: String
    var line: Int
    var flow: FlowReference
  }

  mutating func record(_ message: Logger.Message, _ failure: FlowFailure, step: Step, at now: Instant) {
    guard isOn, !isOverLimit(at: now) else { return }
    logger.log(level: Self.level(of: failure.status ?? 500), message, metadata: Self.metadata(of: failure, step: step))
  }

  static func metadata(of failure: FlowFailure, step: Step) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "slug": "\(step.flow.slug)", "version": "\(step.flow.version.number)", "step": "\(step.name)", "line": "\(step.line)",
      "problem": "\(EscapedText.escaped(failure.code))",
    ]
    if !failure.logDetail.isEmpty { metadata["detail"] = "\(cut(failure.logDetail))" }
    return metadata
  }

  private static func cut(_ detail: String) -> String {
    let isCut = detail.count > detailCharactersMax
    return EscapedText.quoted(String(isCut ? detail.prefix(detailCharactersMax) + "…" : detail[...]))
  }

  private func metadata(of entry: Entry) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "method": "\(EscapedText.escaped(entry.method))", "status": "\(entry.status)",
      "duration-ms": "\(Self.milliseconds(entry.duration))", "worker": "\(worker)",
    ]
    if let flow = entry.flow {
      metadata["slug"] = "\(flow.slug)"
      metadata["version"] = "\(flow.version)"
    }
    if let alias = entry.alias { metadata["alias"] = "\(alias)" }
    if let caller = entry.caller {
      metadata["caller"] = "\(EscapedText.word(caller.subject))"
      if let tenant = caller.tenant { metadata["tenant"] = "\(EscapedText.word(tenant))" }
    }
    if let problem = entry.problem { metadata["problem"] = "\(EscapedText.escaped(problem))" }
    if !entry.detail.isEmpty { metadata["detail"] = "\(Self.cut(entry.detail))" }
    return metadata
  }

  /// The client's mistakes are information for the server's operator, what it had to refuse is a warning.
  private static func level(of status: UInt16) -> Logger.Level {
    switch status {
    case 429, 503, 504: .warning
    case 500...: .error
    default: .info
    }
  }

  /// With three decimals.
  private static func milliseconds(_ duration: Duration) -> String {
    let microseconds = max(0, duration.nanosecondsWhole) / 1000
    let fraction = "\(microseconds % 1000)"
    return "\(microseconds / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }

  private mutating func isOverLimit(at now: Instant) -> Bool {
    guard isLimited else { return false }
    if now >= windowEnd {
      reportSuppressed()
      windowEnd = now + .seconds(1)
      linesInWindow = 0
    }
    linesInWindow += 1
    guard linesInWindow > Self.errorsPerSecondMax else { return false }
    suppressed += 1
    return true
  }

  private mutating func reportSuppressed() {
    guard suppressed > 0 else { return }
    logger.warning("requests not logged", metadata: ["count": "\(suppressed)", "worker": "\(worker)"])
    suppressed = 0
  }
}
