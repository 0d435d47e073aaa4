import CUring
import Glibc

/// Owns an io_uring: its set-up, its submission queue, and the system call that drives it.
///
/// The handle stays at one address from init to deinit, and the kernel's shared memory behind it as long. Whatever memory
/// operations in flight refer to must outlive them; see ``settle(_:)``.
struct Ring: ~Copyable {
  /// Allocated in init, freed in deinit. liburing keeps pointers into the kernel's mapping there.
  let handle: UnsafeMutablePointer<io_uring>
  /// The set-up flags that this kernel took.
  let setupFlags: UInt32
  private let enterFlags: UInt32
  /// Entries beyond the submission queue's size, in order. Empty but for a turn that submits more than the queue holds.
  private var backlog: [io_uring_sqe] = []

  /// Best first, measured in CPU per request: 1.0, about 1.2, 1.4. DEFER_TASKRUN needs Linux 6.1, SINGLE_ISSUER 6.0,
  /// COOP_TASKRUN 5.19. Never NO_SQARRAY: liburing 2.3 overwrites the ring's header with it.
  private static var setups: [UInt32] {
    let always = UInt32(IORING_SETUP_CQSIZE)
    let all = always | UInt32(IORING_SETUP_SUBMIT_ALL)
    return [
      all | UInt32(IORING_SETUP_SINGLE_ISSUER) | UInt32(IORING_SETUP_DEFER_TASKRUN),
      all | UInt32(IORING_SETUP_SINGLE_ISSUER) | UInt32(IORING_SETUP_COOP_TASKRUN),
      all | UInt32(IORING_SETUP_COOP_TASKRUN),
      always,
    ]
  }

  init(_ configuration: ProactorConfiguration) throws(ProactorError) {
    let handle = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
    handle.initialize(to: io_uring())
    var parameters = io_uring_params()
    var status = -EINVAL
    for flags in Self.setups {
      parameters = io_uring_params()
      parameters.flags = flags
      parameters.cq_entries = UInt32(configuration.completionEntries)
      status = io_uring_queue_init_params(UInt32(configuration.submissionEntries), handle, &parameters)
      // An older kernel refuses a flag that it does not know in this way, and in no other.
      if status != -EINVAL { break }
    }
    guard status >= 0 else {
      handle.deallocate()
      throw ProactorError(operation: "io_uring_setup", errno: -status)
    }
    // Without EXT_ARG (Linux 5.11) there is no wait with a time limit, without CQE_SKIP (5.17) no quiet cancellation.
    let needed = UInt32(IORING_FEAT_EXT_ARG) | UInt32(IORING_FEAT_NODROP) | UInt32(IORING_FEAT_CQE_SKIP)
    guard parameters.features & needed == needed else {
      io_uring_queue_exit(handle)
      handle.deallocate()
      throw ProactorError(
        operation: "io_uring_setup", errno: EOPNOTSUPP, explanation: "this kernel's io_uring is too old (Linux 6.0 is needed)")
    }
    // Saves the look-up of the descriptor at every enter: 9–16% of CPU per request. Refused before Linux 5.18.
    let isRegistered = io_uring_register_ring_fd(handle) == 1
    self.handle = handle
    setupFlags = parameters.flags
    enterFlags = isRegistered ? UInt32(IORING_ENTER_REGISTERED_RING) : 0
  }

  deinit {
    io_uring_queue_exit(handle)
    handle.deallocate()
  }

  /// Queues one entry, which `prepare` fills in. It goes to the kernel with the next ``enter(wait:timeout:)``.
  @inline(__always)
  mutating func queue(_ token: ProactorToken, _ prepare: (UnsafeMutablePointer<io_uring_sqe>) -> Void) {
    if backlog.isEmpty, let entry = io_uring_get_sqe(handle) {
      prepare(entry)
      entry.pointee.user_data = token.bits
    } else {
      var entry = io_uring_sqe()
      prepare(&entry)
      entry.user_data = token.bits
      backlog.append(entry)
    }
  }

  /// Submits everything that is queued and, when all of it is taken, waits for a completion.
  mutating func enter(wait: Bool, timeout: Duration?) throws(ProactorError) {
    while !backlog.isEmpty {
      let status = zerver_enter(handle, zerver_sq_flush(handle), 0, enterFlags, false, 0, 0)
      guard try submitted(status) > 0 else { return }
      var moved = 0
      while moved < backlog.count, let entry = io_uring_get_sqe(handle) {
        entry.pointee = backlog[moved]
        moved += 1
      }
      backlog.removeFirst(moved)
    }
    let (seconds, attoseconds) = max(timeout ?? .zero, .zero).components
    let status = zerver_enter(
      handle, zerver_sq_flush(handle), wait ? 1 : 0, enterFlags, timeout != nil, seconds, attoseconds / 1_000_000_000)
    _ = try submitted(status)
  }

  /// What one enter took, with the conditions that the next turn resolves counted as nothing.
  private func submitted(_ status: Int32) throws(ProactorError) -> Int32 {
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
      while moved < backlog.count, let entry = io_uring_get_sqe(handle) {
        entry.pointee = backlog[moved]
        moved += 1
      }
      if moved == backlog.count, !isCancelQueued, let entry = io_uring_get_sqe(handle) {
        io_uring_prep_cancel64(entry, 0, Int32(IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY))
        entry.pointee.user_data = ProactorToken.ownUse.bits
        isCancelQueued = true
      }
      _ = zerver_enter(handle, zerver_sq_flush(handle), isCancelQueued ? 1 : 0, enterFlags, true, 1, 0)
      let tail = zerver_cq_tail(handle)
      var head = zerver_cq_head(handle)
      idleRounds = head == tail && isCancelQueued ? idleRounds + 1 : 0
      precondition(idleRounds < 10, "the kernel ends what is cancelled")
      while head != tail {
        let entry = zerver_cqe_at(handle, head).pointee
        if entry.user_data != ProactorToken.ownUse.bits, entry.flags & UInt32(IORING_CQE_F_MORE) == 0 { remaining -= 1 }
        head &+= 1
      }
      zerver_cq_set_head(handle, head)
    }
  }
}
