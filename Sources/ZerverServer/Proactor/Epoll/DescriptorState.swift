import CUring

/// What is armed on one descriptor, and what epoll has been asked to watch for because of it.
struct DescriptorState {
  struct Send {
    let token: ProactorToken
    /// The part that is still to be sent. The owner of the send keeps it alive until the completion.
    var rest: UnsafeRawBufferPointer
    var sent: Int
  }
  struct Poll {
    let token: ProactorToken
    let events: PollEvents
  }

  var accept: ProactorToken?
  var receive: ProactorToken?
  /// Only a send that the socket's buffer has not taken whole.
  var send: Send?
  var polls: [Poll] = []
  /// The descriptor is to be closed as soon as `send` has ended.
  var isClosing = false
  /// The events that epoll watches for now, `EPOLLONESHOT` included. May be more than is wanted, never less. Zero when
  /// it watches for none, or when that is not known because the descriptor belongs to somebody else.
  var watched: UInt32 = 0

  var isIdle: Bool { accept == nil && receive == nil && send == nil && polls.isEmpty }

  /// The events that the armed operations need.
  ///
  /// Polls alone are one-shot: their descriptor belongs to somebody else, who may close it as soon as the poll has
  /// ended, and so nothing may stay watched that the kernel would then forget without a word.
  var wanted: UInt32 {
    var events: UInt32 = 0
    if accept != nil || receive != nil { events |= Readiness.input }
    if send != nil { events |= Readiness.output }
    let isPollOnly = events == 0
    for poll in polls { events |= poll.events.rawValue }
    if isPollOnly && !polls.isEmpty { events |= Readiness.oneShot }
    return events
  }
}

/// The bits of an epoll event, as numbers of the type that events have.
enum Readiness {
  static var input: UInt32 { UInt32(ZERVER_EPOLL_IN) }
  static var output: UInt32 { UInt32(ZERVER_EPOLL_OUT) }
  static var error: UInt32 { UInt32(ZERVER_EPOLL_ERR) }
  static var hangUp: UInt32 { UInt32(ZERVER_EPOLL_HUP) }
  static var oneShot: UInt32 { UInt32(ZERVER_EPOLL_ONESHOT) }
}
