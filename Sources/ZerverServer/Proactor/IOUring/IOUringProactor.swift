import CUring

/// Completions straight from the kernel: one system call per turn, multishot accept and receive, provided buffers.
///
/// Needs Linux 6.0, and 6.1 for its best speed; ``ProactorProbe`` finds out. Create, use and let go of it on one thread.
///
/// Descriptors that it works on must be blocking ones (as `Listener` makes them and `accept` returns them): with
/// `O_NONBLOCK` the kernel would answer `-EAGAIN` in place of waiting.
package struct IOUringProactor: ~Copyable, Proactor {
  package static var name: String { "io_uring" }

  // Declared, and so destroyed, in this order: the kernel lets go of the buffers before they are unmapped.
  private var ring: Ring
  private var buffers: ProvidedBuffers

  /// Next completion to read, and end of the batch. The kernel hears of the head once per batch.
  private var head: UInt32 = 0
  private var batchEnd: UInt32 = 0
  /// Operations whose last completion has not been read. Only deinit needs it.
  private var inFlight = 0

  package init(_ configuration: ProactorConfiguration = ProactorConfiguration()) throws(ProactorError) {
    let ring = try Ring(configuration)
    let buffers = try ProvidedBuffers(configuration, for: ring)
    self.ring = ring
    self.buffers = buffers
  }

  deinit {
    zerver_cq_set_head(ring.handle, head)
    ring.settle(inFlight)
  }

  /// The set-up in words, for the log: which of the faster modes this kernel has.
  package var mode: String { ring.mode.rawValue }

  package mutating func accept(listener: Int32, token: ProactorToken) {
    inFlight += 1
    ring.queue(.accept(listener, token))
  }

  package mutating func receive(descriptor: Int32, token: ProactorToken) {
    inFlight += 1
    ring.queue(.receive(descriptor, group: ProvidedBuffers.group, token))
  }

  package mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken) {
    precondition(bytes.count > 0 && bytes.count <= Self.sendBytesMax, "a send has between 1 and sendBytesMax bytes")
    inFlight += 1
    ring.queue(.send(descriptor, bytes, token))
  }

  package mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken) {
    inFlight += 1
    ring.queue(.poll(descriptor, events, token))
  }

  package mutating func cancel(_ token: ProactorToken) { ring.queue(.cancel(token)) }

  package mutating func close(descriptor: Int32) { ring.queue(.close(descriptor)) }

  package mutating func submitAndWait(nanosecondsMax: UInt64?) throws(ProactorError) {
    buffers.publish()
    zerver_cq_set_head(ring.handle, head)
    try ring.enter(nanosecondsMax: nanosecondsMax)
    batchEnd = zerver_cq_tail(ring.handle)
  }

  package mutating func nextCompletion() -> Completion? {
    while head != batchEnd {
      let entry = zerver_cq_entry(ring.handle, head)
      head &+= 1
      if entry.user_data == ProactorToken.ownUse.bits { continue }  // a cancellation that came too late
      return completion(entry)
    }
    zerver_cq_set_head(ring.handle, head)
    return nil
  }

  private mutating func completion(_ entry: zerver_cqe) -> Completion {
    if !entry.hasMore { inFlight -= 1 }
    var buffer = entry.buffer
    if let lent = buffer {
      buffers.memory.markLent(Int(lent.index))
      // Some kernels hand a buffer out with the end of the stream.
      if entry.result <= 0 {
        buffers.release(lent)
        buffer = nil
      }
    }
    return Completion(
      token: ProactorToken(bits: entry.user_data), result: entry.result, hasMore: entry.hasMore, buffer: buffer)
  }

  package func bytes(of completion: Completion) -> UnsafeRawBufferPointer {
    guard let buffer = completion.buffer else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: buffers.memory.address(of: Int(buffer.index)), count: Int(completion.result))
  }

  package mutating func release(_ buffer: BufferID) { buffers.release(buffer) }
}
