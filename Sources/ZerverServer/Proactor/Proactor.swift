@_spi(Server) import ZerverCore

/// The kernel as a source of completions: io_uring, or epoll behind the same interface.
///
/// One proactor belongs to one worker and is created, used and destroyed on that worker's thread: the kernel refuses a
/// single-issuer ring to every other thread. Operations are named by a ``ProactorToken``, never by a pointer; a token names
/// at most one operation at a time. What is submitted in one turn of the loop goes to the kernel in one `submitAndWait`,
/// and completions are walked once per turn:
///
/// ```
/// while running {
///   try proactor.submitAndWait(nanosecondsMax: …)
///   while let completion = proactor.nextCompletion() { … }
/// }
/// ```
///
/// Memory: bytes given to `send` must stay alive and unmoved until the send's completion, or until the proactor is gone.
/// Bytes that `receive` delivered belong to the proactor's buffers and are valid until `release(_:)`.
///
/// Per descriptor there is at most one receive and one send in flight; the order of two sends would be undefined.
///
/// Fairness: completions come in the order in which the kernel finished the work. In one turn a descriptor delivers a
/// bounded number of receives, and a listener a bounded number of connections, so a busy peer cannot keep the others
/// waiting; the rest comes with the next turn.
package protocol Proactor: ~Copyable {
  /// `io_uring` or `epoll`, for the log.
  static var name: String { get }
  /// The kernel wakes one accept for a connection that has come, and nobody else who waits on the listener. One that is
  /// cancelled meanwhile takes the news with it: whoever cancels has to look whether somebody still waits to be accepted.
  static var wakesOneAccept: Bool { get }

  init(_ configuration: ProactorConfiguration) throws(ProactorError)

  /// Accepts connections until cancelled. Each completion's result is a descriptor or `-errno`. When a completion has
  /// `hasMore == false`, the accept has ended and must be armed again; so it is after every error. `-EMFILE` and
  /// `-ENFILE` last until descriptors are closed, so arm again after that or after a pause; `-ECONNABORTED` and the
  /// network errors of accept(2) concern one connection: arm again at once.
  mutating func accept(listener: Int32, token: ProactorToken)

  /// Receives until cancelled, end of stream or error, into provided buffers. Each completion's result is the number of
  /// bytes (0 at end of stream) or `-errno`; `buffer` names the bytes and is there exactly when the result is positive.
  /// When a completion has `hasMore == false` the receive has ended, even after a positive result, and must be armed
  /// again for more. `-ENOBUFS` means that all buffers are in use: release some, then arm again; nothing is lost.
  mutating func receive(descriptor: Int32, token: ProactorToken)

  /// Sends all of `bytes`, in as many system calls as it takes. One completion: the number of bytes or `-errno`. A
  /// number smaller than `bytes.count` means that the connection failed, or that the send was cancelled, after so many.
  /// A peer that is gone is `-EPIPE` or `-ECONNRESET`, never a signal. At most ``sendBytesMax`` bytes, at least one.
  mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken)

  /// One completion when the descriptor is ready. Result: the `poll(2)` event mask (errors and hang-ups are always
  /// reported) or `-errno`.
  mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken)

  /// Ends the operation that `token` names. Its own completion still comes (`-ECANCELED` unless it had already
  /// finished); the cancellation itself posts none. Nothing happens when there is no such operation.
  mutating func cancel(_ token: ProactorToken)

  /// Closes the descriptor once everything submitted before has been handed to the kernel. Posts no completion. A send in
  /// flight is finished first, unless it is cancelled. Receives, accepts and polls on the descriptor must have ended or
  /// been cancelled before: they would keep the connection open.
  mutating func close(descriptor: Int32)

  /// Hands over what is queued and waits until a completion is there or so many nanoseconds have passed (`nil`: no limit,
  /// zero: do not wait). May return early without a completion, after a signal for example. Throws only when the proactor is
  /// unusable. No `Duration`: it counts in 128 bits, and to take one apart costs more than the rest of a turn's bookkeeping.
  mutating func submitAndWait(nanosecondsMax: UInt64?) throws(ProactorError)

  /// The completions that are there, oldest first, at most one batch. `nil` when there is none.
  mutating func nextCompletion() -> Completion?

  /// The bytes of a receive. Valid until its buffer is released.
  func bytes(of completion: Completion) -> UnsafeRawBufferPointer

  /// Gives a receive buffer back.
  mutating func release(_ buffer: BufferID)
}

extension Proactor where Self: ~Copyable {
  /// The most bytes that one send may carry. The kernel moves at most 2 GiB less a page in one call.
  package static var sendBytesMax: Int { 1 << 30 }

  /// The same for callers that do not count instructions.
  package mutating func submitAndWait(timeout: Duration?) throws(ProactorError) {
    try submitAndWait(nanosecondsMax: timeout.map { UInt64(max(0, $0.nanosecondsWhole)) })
  }
}

/// What a descriptor is polled for.
package struct PollEvents: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `POLLIN` and `POLLOUT` of `poll(2)`, which are `EPOLLIN` and `EPOLLOUT`, too.
  package static let readable = PollEvents(rawValue: 0x001)
  package static let writable = PollEvents(rawValue: 0x004)
}

/// Sizes of one proactor.
package struct ProactorConfiguration: Sendable {
  /// Operations that one turn can hand over in one system call; more take more calls. A power of two. Measured: 4,096 is
  /// enough for one core and costs 256 KiB.
  package var submissionEntries = 4096
  /// Completions that can wait without the kernel's slower overflow list. A power of two, at least the above.
  package var completionEntries = 16384
  /// Receive buffers shared by all connections of the worker. A power of two, at most 32,768.
  package var receiveBuffers = 1024
  /// Measured: 4 KiB to 16 KiB alike, 1 KiB costs 9–19% when requests are pipelined.
  package var receiveBufferBytes = 4096

  package init() {}
}
