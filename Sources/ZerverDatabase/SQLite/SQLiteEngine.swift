import Logging
import ZerverCore
import ZerverServer

/// SQLite's threads, shared by all workers of a process: one that writes and some that read, each with a connection of
/// its own. They start with the first capability and end with the last.
final class SQLiteEngine: @unchecked Sendable {
  private static let readable = 0
  private static let writable = 1
  /// Writes that share one commit at most, so that the first of them does not wait for too many others.
  private static let writesTogetherMax = 64
  /// Reads that a thread takes at one wake-up at most.
  private static let readsTogetherMax = 16

  private let path: String
  private let limits: DatabaseLimits
  private let logger: Logger

  /// Guards everything below.
  private let monitor = Monitor(conditions: 2)
  private var reads = FIFO<SQLiteJob>()
  private var writes = FIFO<SQLiteJob>()
  /// What each thread has taken from the queues.
  private var taken: [[SQLiteJob]] = []
  private var threads: [WorkThread] = []
  /// Connections that no thread has fetched yet, by its number.
  private var openedAhead: [SQLiteConnection?] = []
  private var users = 0
  private var isStopping = false

  init(path: String, limits: DatabaseLimits, logger: Logger) {
    precondition(limits.readerThreads > 0, "somebody reads")
    self.path = path
    self.limits = limits
    self.logger = logger
  }

  /// Returns when the database is open, or cannot be opened now: whoever serves clients has its descriptors before they can
  /// take every one of the process.
  func attach() {
    monitor.locked {
      users += 1
      guard users == 1 else { return }
      isStopping = false
      taken = Array(repeating: [], count: limits.readerThreads + 1)
      // One after the other, the writer first: it makes the write-ahead log, and who opens the file meanwhile finds it locked.
      openedAhead = (0...limits.readerThreads).map { openAhead(role: $0 == 0 ? .writer : .reader) }
      threads = (0...limits.readerThreads).compactMap { number in
        WorkThread { [self] in number == 0 ? write() : read(number) }
      }
      if threads.count <= limits.readerThreads { logger.critical("SQLite: the system refused a thread") }
    }
  }

  /// Waits, with the last user, until everything that is queued has been done.
  func detach() {
    let ended = monitor.locked {
      users -= 1
      guard users == 0 else { return [WorkThread]() }
      isStopping = true
      monitor.broadcast(Self.readable)
      monitor.broadcast(Self.writable)
      defer { threads = [] }
      return threads
    }
    for thread in ended { thread.join() }
  }

  /// Queues a turn's jobs and returns those that found the queue full.
  func enqueue(_ jobs: [SQLiteJob]) -> [SQLiteJob] {
    monitor.locked {
      var refused: [SQLiteJob] = []
      var readsAdded = 0
      for job in jobs {
        if (job.isRead ? reads.count : writes.count) >= limits.queuedMax {
          refused.append(job)
        } else if job.isRead {
          reads.append(job)
          readsAdded += 1
        } else {
          writes.append(job)
          monitor.signal(Self.writable)
        }
      }
      if readsAdded > 1 { monitor.broadcast(Self.readable) } else if readsAdded == 1 { monitor.signal(Self.readable) }
      return refused
    }
  }

  /// Operations of two workers may have equal numbers, so the mailbox says whose it is.
  func cancel(_ operation: OperationID, of mailbox: any Mailbox) {
    monitor.locked {
      func isMeant(_ job: SQLiteJob) -> Bool { job.operation == operation && job.mailbox === mailbox }
      reads.removeAll(where: isMeant)
      writes.removeAll(where: isMeant)
      for jobs in taken { jobs.first(where: isMeant)?.cancel() }
    }
  }

  // MARK: On the threads

  private func read(_ number: Int) {
    var connection = fetchConnection(number)
    while let jobs = nextReads(number) {
      do throws(EffectFailure) {
        let open = try opened(&connection, role: .reader)
        for job in jobs { run(job, on: open) }
      } catch {
        refuse(jobs, error)
      }
    }
  }

  private func run(_ job: SQLiteJob, on connection: SQLiteConnection) {
    guard !job.isCancelled else { return }
    guard !job.hasExpired else { return job.answer(.failed(SQLiteWriter.expired)) }
    guard case .query(let statement) = job.request else { preconditionFailure("readers read") }
    connection.watch(job)
    defer { connection.watch(nil) }
    do throws(EffectFailure) {
      job.answer(.rows([try connection.run(statement, isQuery: true)]))
    } catch {
      job.answer(.failed(error))
    }
  }

  private func write() {
    var connection = fetchConnection(0)
    while let jobs = nextWrites() {
      do throws(EffectFailure) {
        let open = try opened(&connection, role: .writer)
        SQLiteWriter(connection: open, limits: limits).run(jobs)
      } catch {
        refuse(jobs, error)
      }
    }
  }

  private func fetchConnection(_ number: Int) -> SQLiteConnection? {
    monitor.locked {
      defer { openedAhead[number] = nil }
      return openedAhead[number]
    }
  }

  /// Opens before there is work, with the files that reading takes. What does not work now, for instance because another
  /// process has a lock, is tried again by the first job, which also reports it.
  private func openAhead(role: SQLiteConnection.Role) -> SQLiteConnection? {
    var impatient = limits
    impatient.busyTimeout = .zero
    guard let connection = try? SQLiteConnection(path: path, role: role, limits: impatient),
      (try? connection.script("SELECT 1 FROM sqlite_schema LIMIT 1")) != nil
    else { return nil }
    connection.setBusyTimeout(limits.busyTimeout)
    return connection
  }

  private func opened(
    _ connection: inout SQLiteConnection?, role: SQLiteConnection.Role
  ) throws(EffectFailure) -> SQLiteConnection {
    if let connection { return connection }
    let opened = try SQLiteConnection(path: path, role: role, limits: limits)
    connection = opened
    return opened
  }

  /// The next job tries to open the database again.
  private func refuse(_ jobs: [SQLiteJob], _ failure: EffectFailure) {
    logger.error("\(failure.detail)")
    for job in jobs { job.answer(.failed(failure)) }
  }

  /// `nil` when the engine stops and the queue is empty.
  private func nextReads(_ number: Int) -> [SQLiteJob]? {
    monitor.locked {
      taken[number] = []
      while reads.isEmpty {
        if isStopping { return nil }
        monitor.wait(on: Self.readable)
      }
      // The other readers get their share.
      let share = (reads.count + limits.readerThreads - 1) / limits.readerThreads
      taken[number] = take(min(share, Self.readsTogetherMax), from: &reads)
      return taken[number]
    }
  }

  private func nextWrites() -> [SQLiteJob]? {
    monitor.locked {
      taken[0] = []
      while writes.isEmpty {
        if isStopping { return nil }
        monitor.wait(on: Self.writable)
      }
      taken[0] = take(min(writes.count, Self.writesTogetherMax), from: &writes)
      return taken[0]
    }
  }

  private func take(_ count: Int, from queue: inout FIFO<SQLiteJob>) -> [SQLiteJob] {
    (0..<count).compactMap { _ in queue.popFirst() }
  }
}
