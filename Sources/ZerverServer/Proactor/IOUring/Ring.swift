import CUring
import Glibc

/// Owns an io_uring: its set-up, its submission queue, and the system call that drives it.
///
/// The handle stays at one address from init to deinit, and the memory shared with the kernel behind it as long. Whatever
/// memory operations in flight refer to must outlive them; see ``settle(_:)``.
struct Ring: ~Copyable {
  /// Allocated in init, freed in deinit.
  let handle: UnsafeMutablePointer<zerver_ring>
  /// Which of the faster set-ups this kernel took.
  let mode: Mode
  /// Entries beyond the submission queue's size, in order. Empty but for a turn that submits more than the queue holds.
  private var backlog: [zerver_sqe] = []

  /// Best first. CPU per request, measured: 1.0, about 1.2, 1.4.
  enum Mode: String, CaseIterable {
    case deferred = "single issuer, deferred task work"
    case cooperative = "single issuer, cooperative task work"
    case shared = "cooperative task work"
    case plain = "plain"

    var setup: zerver_ring_mode {
      switch self {
      case .deferred: ZERVER_RING_DEFERRED
      case .cooperative: ZERVER_RING_COOPERATIVE
      case .shared: ZERVER_RING_SHARED
      case .plain: ZERVER_RING_PLAIN
      }
    }
  }

  init(_ configuration: ProactorConfiguration, modes: [Mode] = Mode.allCases) throws(ProactorError) {
    let handle = UnsafeMutablePointer<zerver_ring>.allocate(capacity: 1)
    handle.initialize(to: zerver_ring())
    var status = -EINVAL
    for mode in modes {
      status = zerver_ring_open(
        handle, mode.setup, UInt32(configuration.submissionEntries), UInt32(configuration.completionEntries))
      if status == 0 {
        self.handle = handle
        self.mode = mode
        return
      }
      // An older kernel refuses a flag that it does not know in this way, and in no other.
      if status != -EINVAL { break }
    }
    handle.deallocate()
    let explanation = status == -EOPNOTSUPP ? "this kernel's io_uring is too old, Linux 6.0 is needed" : nil
    throw ProactorError(operation: "io_uring_setup", errno: -status, explanation: explanation)
  }

  deinit {
    zerver_ring_close(handle)
    handle.deallocate()
  }

  /// Queues one entry. It goes to the kernel with the next ``enter(nanosecondsMax:)``.
  mutating func queue(_ entry: zerver_sqe) {
    if backlog.isEmpty, let place = zerver_sq_next(handle) {
      place.pointee = entry
    } else {
      backlog.append(entry)
    }
  }

  /// Submits everything that is queued and, when all of it is taken, waits for a completion, but not longer than so.
  mutating func enter(nanosecondsMax: UInt64?) throws(ProactorError) {
    while !backlog.isEmpty {
      guard try taken(zerver_ring_enter(handle, 0, false, 0, 0)) > 0 else { return }
      var moved = 0
      while moved < backlog.count, let place = zerver_sq_next(handle) {
        place.pointee = backlog[moved]
        moved += 1
      }
      backlog.removeFirst(moved)
    }
    let (seconds, nanoseconds) = (nanosecondsMax ?? 0).quotientAndRemainder(dividingBy: 1_000_000_000)
    _ = try taken(
      zerver_ring_enter(handle, nanosecondsMax == 0 ? 0 : 1, nanosecondsMax != nil, Int64(seconds), Int64(nanoseconds)))
  }

  /// How many entries an enter took, where conditions that the next turn resolves count as none.
  private func taken(_ status: Int32) throws(ProactorError) -> Int32 {
    switch -status {
    // Time is up; a signal; no memory for a request now; completions must be taken before more fits.
    case ETIME, EINTR, EAGAIN, EBUSY: return 0
    case let errno where errno > 0: throw ProactorError(operation: "io_uring_enter", errno: errno)
    default: return status
    }
  }

  /// Submits what is queued, cancels every operation, and waits until the kernel has let go of all memory that the
  /// `inFlight` operations refer to. Before deinit.
  ///
  /// Cancelling a socket operation takes effect at once, so this does not wait for any peer.
  func settle(_ inFlight: Int) {
    var remaining = inFlight
    var moved = 0
    var isCancelQueued = false
    var idleRounds = 0
    while remaining > 0 || moved < backlog.count {
      while moved < backlog.count, let place = zerver_sq_next(handle) {
        place.pointee = backlog[moved]
        moved += 1
      }
      if moved == backlog.count, !isCancelQueued, let place = zerver_sq_next(handle) {
        place.pointee = .cancelEverything
        isCancelQueued = true
      }
      _ = zerver_ring_enter(handle, isCancelQueued ? 1 : 0, true, 1, 0)
      let tail = zerver_cq_tail(handle)
      var head = zerver_cq_head(handle)
      idleRounds = head == tail && isCancelQueued ? idleRounds + 1 : 0
      precondition(idleRounds < 10, "the kernel ends what is cancelled")
      while head != tail {
        let entry = zerver_cq_entry(handle, head)
        if entry.user_data != ProactorToken.ownUse.bits, !entry.hasMore { remaining -= 1 }
        head &+= 1
      }
      zerver_cq_set_head(handle, head)
    }
  }
}
