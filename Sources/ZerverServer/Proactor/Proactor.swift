/// The kernel as a source of completions: io_uring, or epoll behind the same interface.
///
/// One proactor belongs to one worker and is used on that worker's thread only. Operations are named by a
/// ``ProactorToken``, never by a pointer. What is submitted in one turn of the loop goes to the kernel in one
/// `submitAndWait`, and completions are walked once per turn.
///
/// Memory: bytes given to `send` must stay alive and unmoved until the send's completion. Bytes that `receive` delivered
/// belong to the proactor's buffer ring and are valid until `release(_:)`.
protocol Proactor: ~Copyable {
  /// `io_uring` or `epoll`, for the log.
  static var name: String { get }

  init(_ configuration: ProactorConfiguration) throws(ProactorError)

  /// Accepts connections until cancelled. Each completion's result is a descriptor or `-errno`. When a completion has
  /// `hasMore == false`, the accept has ended and must be armed again.
  mutating func accept(listener: Int32, token: ProactorToken)

  /// Receives until cancelled, end of stream or error, into provided buffers. Each completion's result is the number of
  /// bytes (0 at end of stream) or `-errno`; `buffer` names the bytes. When a completion has `hasMore == false` it must
  /// be armed again. `-ENOBUFS` means that all buffers are in use: release some, then arm again.
  mutating func receive(descriptor: Int32, token: ProactorToken)

  /// Sends all of `bytes`, in as many system calls as it takes. One completion: the number of bytes or `-errno`.
  mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken)

  /// One completion when the descriptor is ready. Result: the `poll(2)` event mask or `-errno`.
  mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken)

  /// Ends the operation that `token` names. Its own completion still comes (`-ECANCELED` unless it had already
  /// finished); the cancellation itself posts none.
  mutating func cancel(_ token: ProactorToken)

  /// Closes the descriptor once everything submitted before has been handed to the kernel. Posts no completion.
  mutating func close(descriptor: Int32)

  /// Hands over what is queued and waits until a completion is there or `timeout` has passed (`nil`: no limit, zero: do
  /// not wait).
  mutating func submitAndWait(timeout: Duration?) throws(ProactorError)

  /// The completions that are there, oldest first, at most one batch. `nil` when there is none.
  mutating func nextCompletion() -> Completion?

  /// The bytes of a receive.
  func bytes(of completion: Completion) -> UnsafeRawBufferPointer

  /// Gives a receive buffer back.
  mutating func release(_ buffer: BufferID)
}

/// Names an operation in the kernel: what it is, which slot it belongs to, and which use of that slot.
///
/// Layout of the 64 bits: kind 4, slot 24, generation 36.
struct ProactorToken: Hashable, Sendable {
  let bits: UInt64

  /// What the owner of the token wants to tell apart. The proactor does not look at it.
  enum Kind: UInt8 {
    case accept, receive, send, wake, capability, timer
  }

  init(_ kind: Kind, slot: Int, generation: UInt64) {
    bits = UInt64(kind.rawValue) << 60 | UInt64(slot) << 36 | generation & 0xF_FFFF_FFFF
  }
  init(bits: UInt64) { self.bits = bits }

  var kind: Kind { Kind(rawValue: UInt8(bits >> 60))! }
  var slot: Int { Int(bits >> 36 & 0xFF_FFFF) }
  var generation: UInt64 { bits & 0xF_FFFF_FFFF }
}

struct Completion {
  let token: ProactorToken
  let result: Int32
  /// The operation goes on: more completions will come.
  let hasMore: Bool
  let buffer: BufferID?
}

struct BufferID: Equatable, Sendable {
  let index: UInt16
}

struct PollEvents: OptionSet, Sendable {
  let rawValue: UInt32
  /// `POLLIN` and `POLLOUT` of `poll(2)`.
  static let readable = PollEvents(rawValue: 0x001)
  static let writable = PollEvents(rawValue: 0x004)
}

struct ProactorConfiguration: Sendable {
  var submissionEntries = 4096
  var completionEntries = 16384
  var receiveBuffers = 1024
  var receiveBufferBytes = 4096
}

struct ProactorError: Error, Sendable {
  let operation: String
  let errno: Int32
}
