import ZerverCore
import ZerverServer

/// Runs writes. Those that wait together share one transaction, and so one force of the log to disk; each has a
/// savepoint, so that one that fails takes nothing with it. None is answered before the commit.
struct SQLiteWriter {
  let connection: SQLiteConnection
  let limits: DatabaseLimits

  func run(_ jobs: [SQLiteJob]) {
    let wanted = jobs.filter { !$0.isCancelled }
    if wanted.count > 1, let outcomes = runTogether(wanted) {
      for (job, outcome) in zip(wanted, outcomes) { job.answer(outcome) }
      return
    }
    for job in wanted { job.answer(runAlone(job)) }
  }

  /// `nil` when nothing was committed, and each may be tried on its own.
  private func runTogether(_ jobs: [SQLiteJob]) -> [EffectOutcome]? {
    boundBusyTimeout(jobs)
    defer {
      connection.watch(nil)
      if connection.isInTransaction { try? connection.control("ROLLBACK") }
    }
    do throws(EffectFailure) {
      try connection.control("BEGIN IMMEDIATE")
      var outcomes: [EffectOutcome] = []
      for job in jobs {
        guard let outcome = try runInSavepoint(job) else { return nil }
        outcomes.append(outcome)
      }
      connection.watch(nil)
      try connection.control("COMMIT")
      return outcomes
    } catch {
      return nil
    }
  }

  /// `nil` when SQLite has rolled back the whole transaction.
  private func runInSavepoint(_ job: SQLiteJob) throws(EffectFailure) -> EffectOutcome? {
    if job.hasExpired { return .failed(Self.expired) }
    try connection.control("SAVEPOINT one")
    connection.watch(job)
    let outcome = body(of: job)
    connection.watch(nil)
    guard connection.isInTransaction else { return nil }
    if case .failed = outcome { try connection.control("ROLLBACK TO one") }
    try connection.control("RELEASE one")
    return outcome
  }

  private func runAlone(_ job: SQLiteJob) -> EffectOutcome {
    if job.hasExpired { return .failed(Self.expired) }
    boundBusyTimeout([job])
    connection.watch(job)
    defer {
      connection.watch(nil)
      if connection.isInTransaction { try? connection.control("ROLLBACK") }
    }
    do throws(EffectFailure) {
      try connection.control("BEGIN IMMEDIATE")
      let outcome = body(of: job)
      if case .failed = outcome { return outcome }
      // What is done is committed even when the deadline passes meanwhile.
      connection.watch(nil)
      try connection.control("COMMIT")
      return outcome
    } catch {
      return .failed(job.hasExpired ? Self.expired : error)
    }
  }

  private func body(of job: SQLiteJob) -> EffectOutcome {
    do throws(EffectFailure) {
      switch job.request {
      case .query(let statement), .execute(let statement): return .rows([try connection.run(statement)])
      case .transaction(let statements):
        var results: [Rows] = []
        for (number, statement) in statements.enumerated() {
          let rows = try connection.run(statement)
          if let failure = statement.unmetCondition(number: number, rows: rows) { return .failed(failure) }
          results.append(rows)
        }
        return .rows(results)
      }
    } catch {
      return .failed(error)
    }
  }

  /// Nobody waits for another process's lock longer than the last deadline allows.
  private func boundBusyTimeout(_ jobs: [SQLiteJob]) {
    let latest = jobs.map(\.deadline).max() ?? 0
    let now = MonotonicClock.now
    let remaining = Duration.nanoseconds(Int64(clamping: latest > now ? latest - now : 0))
    // SQLite counts in whole milliseconds. Rounded up, so that the deadline has passed when it gives up: otherwise the
    // lock would be told as an outage.
    connection.setBusyTimeout(min(limits.busyTimeout, remaining + .milliseconds(1)))
  }

  static let expired = EffectFailure(.timedOut, detail: "the deadline passed while the operation waited for SQLite")
}
