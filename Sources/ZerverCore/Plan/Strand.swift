/// One line of control through a plan: the plan's own, a branch of a parallel group, or a detached use.
struct Strand {
  /// Stands in `parent` for the plan's own strand, and for a detached one.
  static var noParent: Int { -1 }
  static var detached: Int { -2 }

  enum State {
    /// Free. Can become: ready.
    case free
    /// Its instruction at `counter` comes next. Can become: running, taking, joining, free.
    case ready
    /// The driver runs its step. Can become: ready, waiting, resumable, drawing, emitting, taking, free.
    case running
    /// Its step has given a part of the answer, and the client has no room for another. Can become: resumable, free.
    case emitting
    /// Its step starts, or goes on, with a part of the input that nobody has asked for. Can become: receiving, free.
    case taking
    /// That part has been asked for. Can become: ready, resumable, free.
    case receiving
    /// Its step has failed in passing, and a random number is asked for. Can become: backingOff, ready, free.
    case drawing
    /// Waits for the next attempt. Can become: startable, free.
    case backingOff
    /// Its step starts again. Can become: running.
    case startable
    /// Its step runs again. Can become: running.
    case resumable
    /// Effects are outstanding. Can become: resumable, ready, drawing, free.
    case waiting
    /// Its branches are at work. Can become: ready, free.
    case joining
  }

  var state = State.free
  var parent = Strand.noParent
  var counter = 0
  var use = 0
  /// The choice of the use's instruction, or -1.
  var choice = -1
  /// When the attempt times out or the next one begins; `nil` without a timeout of its own.
  var timeout: Instant?
  var hasTimeout = false
  /// When everything that the strand does is too late.
  var deadline = Instant(nanoseconds: .max)
  var retry = RetryState()
  /// Why the last attempt has failed.
  var cause = RequestMachine.Cause.failure
  /// The client has a part of the answer: what fails now can neither be tried again nor be answered otherwise.
  var hasBegunAnswer = false
  var firstToken = 0
  var inOrder = false
  var submitted = 0
  /// One bit for each effect that is in flight, and for each that has to be cancelled.
  var inFlight: UInt64 = 0
  var cancelled: UInt64 = 0
  /// Effects of the use that have changed something.
  var changes = 0
  var count = JoinCount(.all, of: 0)
  var fork = 0
  var branchesStarted = 0

  var isDetached: Bool { parent == Strand.detached }
}

/// The strands of one machine.
///
/// In memory of their own, which lives as long as the machine: as part of the machine they would be copied, all of them,
/// whenever a method that does not mutate looks at one.
struct StrandTable: ~Copyable {
  private let base: UnsafeMutablePointer<Strand>
  private let count: Int

  init(count: Int) {
    base = .allocate(capacity: count)
    base.initialize(repeating: Strand(), count: count)
    self.count = count
  }

  // A strand is trivial: there is nothing to deinitialize.
  deinit { base.deallocate() }

  subscript(index: Int) -> Strand {
    unsafeAddress {
      precondition(index >= 0 && index < count, "a strand of this machine")
      return UnsafePointer(base + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(index >= 0 && index < count, "a strand of this machine")
      return base + index
    }
  }
}
