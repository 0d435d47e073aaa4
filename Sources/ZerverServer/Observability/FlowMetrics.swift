@_spi(Server) import ZerverCore

/// What a plan does besides its answers.
enum FlowEvent: Int, CaseIterable {
  case retried, fellBack, undone, undoFailed, detachedEnded, detachedFailed

  init(_ note: RequestMachine.Note) {
    self =
      switch note {
      case .retried: .retried
      case .fellBack: .fellBack
      case .undone: .undone
      case .undoFailed: .undoFailed
      case .detachedEnded: .detachedEnded
      case .detachedFailed: .detachedFailed
      }
  }
}

/// What one worker counts about one flow: answers by status class, a latency histogram, overruns, events of its plan.
final class FlowMetrics: Sendable {
  /// Upper bounds in nanoseconds: 5 ms to 10 s, as the OpenTelemetry conventions list them for
  /// `http.server.request.duration`.
  static let bucketBounds: [UInt64] = [
    5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
  ].map { $0 * 1_000_000 }

  static var bucketCount: Int { 15 }
  static var statusClassCount: Int { 5 }

  // Layout of the cells: 5 status classes, 15 buckets, the sum of durations, overruns, 6 events.
  private static var firstBucket: Int { statusClassCount }
  private static var sum: Int { firstBucket + bucketCount }
  private static var overruns: Int { sum + 1 }
  private static var firstEvent: Int { overruns + 1 }

  private let cells = Cells<28>()

  /// - Parameter status: 100 to 599.
  func requestFinished(status: UInt16, nanoseconds: UInt64) {
    cells.add(1, to: Int(status) / 100 - 1)
    cells.add(1, to: Self.firstBucket + Self.bucket(of: nanoseconds))
    cells.add(nanoseconds, to: Self.sum)
  }

  func quantumOverrun() { cells.add(1, to: Self.overruns) }

  func noted(_ event: FlowEvent) { cells.add(1, to: Self.firstEvent + event.rawValue) }

  // MARK: For readers

  func value(_ event: FlowEvent) -> UInt64 { cells[Self.firstEvent + event.rawValue] }

  /// Answers with a status from `100 * statusClass` to `100 * statusClass + 99`.
  func answers(statusClass: Int) -> UInt64 { cells[statusClass - 1] }
  /// Durations in this bucket alone, not those of the buckets before it.
  func durations(inBucket bucket: Int) -> UInt64 { cells[Self.firstBucket + bucket] }
  var durationsSumNanoseconds: UInt64 { cells[Self.sum] }
  var quantumOverruns: UInt64 { cells[Self.overruns] }

  /// Written out, because the bounds as constants are compared in the first instruction that matters: most answers take
  /// less than 5 ms.
  static func bucket(of nanoseconds: UInt64) -> Int {
    if nanoseconds <= 5_000_000 { return 0 }
    if nanoseconds <= 10_000_000 { return 1 }
    if nanoseconds <= 25_000_000 { return 2 }
    if nanoseconds <= 50_000_000 { return 3 }
    if nanoseconds <= 75_000_000 { return 4 }
    if nanoseconds <= 100_000_000 { return 5 }
    if nanoseconds <= 250_000_000 { return 6 }
    if nanoseconds <= 500_000_000 { return 7 }
    if nanoseconds <= 750_000_000 { return 8 }
    if nanoseconds <= 1_000_000_000 { return 9 }
    if nanoseconds <= 2_500_000_000 { return 10 }
    if nanoseconds <= 5_000_000_000 { return 11 }
    if nanoseconds <= 7_500_000_000 { return 12 }
    if nanoseconds <= 10_000_000_000 { return 13 }
    return 14
  }
}
