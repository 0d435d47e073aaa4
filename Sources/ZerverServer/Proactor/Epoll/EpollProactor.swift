import CUring
import Glibc
@_spi(Server) import ZerverCore

/// The same completions made from readiness, where io_uring is not allowed: most containers.
///
/// Level-triggered. A send is tried at once and watched for only when the socket's buffer is full; an event leads to one
/// system call or a few, whose results become completions. A send costs one system call, a receive one and its share of
/// `epoll_wait`: 0–16% more CPU than io_uring. Waits are rounded up to whole milliseconds.
///
/// Accepted connections are blocking ones, as with io_uring; every call on them says `MSG_DONTWAIT`. The listener is made
/// non-blocking when it is armed.
package struct EpollProactor: ~Copyable, Proactor {
  package static var name: String { "epoll" }
  package static var wakesOneAccept: Bool { false }

  /// Connections that a listener delivers per turn, so that a flood of them does not starve those which are there.
  static var acceptsPerTurn: Int { 64 }
  /// Buffers that one connection may fill per turn.
  static var receivesPerTurn: Int { 4 }
  /// Events that one `epoll_wait` reports. The kernel takes turns among the ready beyond it.
  static var eventsPerTurn: Int { 512 }

  /// Closed in deinit. Descriptors of connections belong to the caller, as with io_uring.
  private let epoll: Int32
  private let buffers: ReceiveBuffers
  private var freeBuffers: [UInt16]
  /// Filled by `epoll_wait`, read in the same call. Freed in deinit.
  private let events: UnsafeMutablePointer<zerver_epoll_event>
  /// Index is the descriptor: the kernel gives the lowest free number, so the table stays as small as it can be.
  private var descriptors: [DescriptorState] = []
  /// Where an armed operation is, for cancellation. Sends that end at once are never in here.
  private var armed: [ProactorToken: Int32] = [:]
  private var queue = CompletionQueue()

  package init(_ configuration: ProactorConfiguration = ProactorConfiguration()) throws(ProactorError) {
    let buffers = try ReceiveBuffers(count: configuration.receiveBuffers, bytesEach: configuration.receiveBufferBytes)
    let epoll = zerver_epoll_create()
    guard epoll >= 0 else { throw ProactorError(operation: "epoll_create1", errno: -epoll) }
    self.epoll = epoll
    self.buffers = buffers
    // Handed out from the end: the buffer used last is the warmest in the cache.
    freeBuffers = (0..<UInt16(configuration.receiveBuffers)).reversed()
    events = .allocate(capacity: Self.eventsPerTurn)
  }

  deinit {
    _ = Glibc.close(epoll)
    // Connections that were to be closed after their last send: nobody else knows of them any more.
    for descriptor in descriptors.indices where descriptors[descriptor].isClosing { _ = Glibc.close(Int32(descriptor)) }
    events.deallocate()
  }

  // MARK: Operations

  package mutating func accept(listener: Int32, token: ProactorToken) {
    let index = state(of: listener)
    precondition(descriptors[index].accept == nil, "a listener has one accept in flight")
    let flags = fcntl(listener, F_GETFL)
    if flags >= 0 && flags & O_NONBLOCK == 0 { _ = fcntl(listener, F_SETFL, flags | O_NONBLOCK) }
    descriptors[index].accept = token
    arm(listener, token)
  }

  package mutating func receive(descriptor: Int32, token: ProactorToken) {
    let index = state(of: descriptor)
    precondition(descriptors[index].receive == nil, "a descriptor has one receive in flight")
    descriptors[index].receive = token
    arm(descriptor, token)
  }

  package mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken) {
    precondition(bytes.count > 0 && bytes.count <= Self.sendBytesMax, "a send has between 1 and sendBytesMax bytes")
    let index = state(of: descriptor)
    precondition(descriptors[index].send == nil, "a descriptor has one send in flight")
    var send = DescriptorState.Send(token: token, rest: bytes, sent: 0)
    if let result = attempt(&send, on: descriptor) {
      queue.post(Completion(token: token, result: result))
    } else {
      descriptors[index].send = send
      arm(descriptor, token)
    }
  }

  package mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken) {
    let index = state(of: descriptor)
    descriptors[index].polls.append(DescriptorState.Poll(token: token, events: events))
    arm(descriptor, token)
  }

  package mutating func cancel(_ token: ProactorToken) {
    guard let descriptor = armed[token] else { return }
    finish(token, on: descriptor, with: -ECANCELED)
    settle(descriptor)
  }

  package mutating func close(descriptor: Int32) {
    let index = state(of: descriptor)
    precondition(
      descriptors[index].accept == nil && descriptors[index].receive == nil && descriptors[index].polls.isEmpty,
      "what is armed on a descriptor has ended or been cancelled before it is closed")
    if descriptors[index].send != nil {
      descriptors[index].isClosing = true
    } else {
      closeNow(descriptor)
    }
  }

  package func bytes(of completion: Completion) -> UnsafeRawBufferPointer {
    guard let buffer = completion.buffer else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(start: buffers.address(of: Int(buffer.index)), count: Int(completion.result))
  }

  package mutating func release(_ buffer: BufferID) {
    buffers.markReturned(Int(buffer.index))
    freeBuffers.append(buffer.index)
  }

  // MARK: The turn

  package mutating func submitAndWait(nanosecondsMax: UInt64?) throws(ProactorError) {
    var wait = nanosecondsMax
    // No clock is read for a turn that does not wait.
    let began = wait == nil || wait == 0 ? nil : MonotonicClock.now
    repeat {
      // A batch that is not walked to its end keeps the turn from waiting, and so does what has been posted since.
      if queue.hasPosted || queue.isBatchOpen { wait = 0 }
      let count = zerver_epoll_wait(epoll, events, Int32(Self.eventsPerTurn), Self.milliseconds(wait))
      if count == -EINTR { break }
      guard count >= 0 else { throw ProactorError(operation: "epoll_wait", errno: -count) }
      for index in 0..<Int(count) { handle(events[index].events, on: events[index].descriptor) }
      if queue.hasPosted || queue.isBatchOpen || count == 0 && wait != nil { break }
      // An event that nobody wants any more is no completion: the rest of the time is still to be waited for.
      if let began, let nanosecondsMax {
        let passed = MonotonicClock.now.nanoseconds(since: began)
        wait = passed < nanosecondsMax ? nanosecondsMax - passed : 0
      }
    } while wait != 0
    queue.beginBatch()
  }

  package mutating func nextCompletion() -> Completion? { queue.pop() }

  private static func milliseconds(_ nanoseconds: UInt64?) -> Int32 {
    guard let nanoseconds else { return -1 }
    // Rounded up: a wait that ends before its time makes its caller spin.
    return Int32(clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1))
  }

  private mutating func handle(_ events: UInt32, on descriptor: Int32) {
    let index = Int(descriptor)
    let failed = Readiness.error | Readiness.hangUp
    if descriptors[index].watched & Readiness.oneShot != 0 { descriptors[index].watched = 0 }
    let wanted = descriptors[index].wanted
    if events & (Readiness.input | failed) != 0 {
      if let token = descriptors[index].receive { receiveSome(descriptor, token) }
      if let token = descriptors[index].accept { acceptSome(descriptor, token) }
    }
    if events & (Readiness.output | failed) != 0, var send = descriptors[index].send {
      if let result = attempt(&send, on: descriptor) {
        finish(send.token, on: descriptor, with: result)
      } else {
        descriptors[index].send = send
      }
    }
    for poll in descriptors[index].polls where events & (poll.events.rawValue | failed) != 0 {
      finish(poll.token, on: descriptor, with: Int32(events & (poll.events.rawValue | failed)))
    }
    // A receive that has ended is left watched: it is usually armed again or the descriptor closed before the next
    // event. Only when an event finds nobody who wants it, watching costs more than a call to end it.
    if wanted == 0 || descriptors[index].watched & ~Readiness.input != descriptors[index].wanted & ~Readiness.input {
      settle(descriptor)
    }
  }

  private mutating func acceptSome(_ listener: Int32, _ token: ProactorToken) {
    for _ in 0..<Self.acceptsPerTurn {
      let connection = zerver_accept(listener)
      if connection >= 0 {
        queue.post(Completion(token: token, result: connection, hasMore: true))
        continue
      }
      if connection == -EINTR { continue }
      if connection != -EAGAIN { finish(token, on: listener, with: connection) }
      return
    }
  }

  private mutating func receiveSome(_ descriptor: Int32, _ token: ProactorToken) {
    for _ in 0..<Self.receivesPerTurn {
      guard let buffer = freeBuffers.last else { return finish(token, on: descriptor, with: -ENOBUFS) }
      let count = recv(descriptor, buffers.address(of: Int(buffer)), buffers.bytesEach, Int32(MSG_DONTWAIT))
      guard count > 0 else {
        if count == 0 { return finish(token, on: descriptor, with: 0) }
        let errno = Glibc.errno
        if errno == EINTR { continue }
        if errno != EAGAIN { finish(token, on: descriptor, with: -errno) }
        return
      }
      freeBuffers.removeLast()
      buffers.markLent(Int(buffer))
      queue.post(Completion(token: token, result: Int32(count), hasMore: true, buffer: BufferID(index: buffer)))
      // Less than fits: the socket is empty, and the call that would say so can be saved.
      if count < buffers.bytesEach { return }
    }
  }

  /// Sends until done or until the socket takes no more. Returns the result when the send has ended.
  private func attempt(_ send: inout DescriptorState.Send, on descriptor: Int32) -> Int32? {
    while !send.rest.isEmpty {
      let count = Glibc.send(
        descriptor, send.rest.baseAddress, send.rest.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      guard count >= 0 else {
        let errno = Glibc.errno
        if errno == EINTR { continue }
        if errno == EAGAIN { return nil }
        return send.sent > 0 ? Int32(send.sent) : -errno
      }
      send.sent += count
      send.rest = UnsafeRawBufferPointer(rebasing: send.rest.dropFirst(count))
    }
    return Int32(send.sent)
  }

  // MARK: What epoll watches

  /// The table's index of a descriptor, which is the descriptor.
  private mutating func state(of descriptor: Int32) -> Int {
    precondition(descriptor >= 0, "a descriptor is not negative")
    let index = Int(descriptor)
    while descriptors.count <= index { descriptors.append(DescriptorState()) }
    return index
  }

  /// Has a new operation watched for. When epoll refuses, the operation ends with the reason.
  private mutating func arm(_ descriptor: Int32, _ token: ProactorToken) {
    precondition(armed.updateValue(descriptor, forKey: token) == nil, "a token names one operation at a time")
    let wanted = descriptors[Int(descriptor)].wanted
    let watched = descriptors[Int(descriptor)].watched
    if wanted & ~watched == 0 && watched & Readiness.oneShot == 0 { return }
    let status = watch(descriptor, for: wanted)
    if status < 0 { finish(token, on: descriptor, with: status) }
  }

  /// Ends an operation: it is armed no longer and its last completion is posted.
  private mutating func finish(_ token: ProactorToken, on descriptor: Int32, with result: Int32) {
    armed[token] = nil
    let index = Int(descriptor)
    var result = result
    if descriptors[index].accept == token { descriptors[index].accept = nil }
    if descriptors[index].receive == token { descriptors[index].receive = nil }
    if let send = descriptors[index].send, send.token == token {
      if result < 0 && send.sent > 0 { result = Int32(send.sent) }
      descriptors[index].send = nil
    }
    descriptors[index].polls.removeAll { $0.token == token }
    queue.post(Completion(token: token, result: result))
  }

  /// Watches for what is wanted and no more, or closes what was to be closed.
  private mutating func settle(_ descriptor: Int32) {
    let index = Int(descriptor)
    if descriptors[index].isClosing && descriptors[index].send == nil { return closeNow(descriptor) }
    let wanted = descriptors[index].wanted
    if wanted != descriptors[index].watched { _ = watch(descriptor, for: wanted) }
  }

  /// Tells epoll what to watch for; nothing when `events` is 0. Returns 0 or `-errno`.
  ///
  /// What is believed to be watched may be wrong for a descriptor that belongs to somebody else, so each answer of the
  /// kernel that says so is followed by the other call.
  private mutating func watch(_ descriptor: Int32, for events: UInt32) -> Int32 {
    let wasWatched = descriptors[Int(descriptor)].watched != 0
    descriptors[Int(descriptor)].watched = 0
    if events == 0 {
      _ = zerver_epoll_control(epoll, Int32(ZERVER_EPOLL_DELETE), descriptor, events)
      return 0
    }
    let add = Int32(ZERVER_EPOLL_ADD)
    let modify = Int32(ZERVER_EPOLL_MODIFY)
    var status = zerver_epoll_control(epoll, wasWatched ? modify : add, descriptor, events)
    if status == -ENOENT { status = zerver_epoll_control(epoll, add, descriptor, events) }
    if status == -EEXIST { status = zerver_epoll_control(epoll, modify, descriptor, events) }
    if status == 0 { descriptors[Int(descriptor)].watched = events }
    return status
  }

  private mutating func closeNow(_ descriptor: Int32) {
    // The kernel drops the watch with the descriptor.
    descriptors[Int(descriptor)] = DescriptorState()
    _ = Glibc.close(descriptor)
  }
}
