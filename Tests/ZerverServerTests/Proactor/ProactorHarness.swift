import CUring
import Glibc
import Testing

@testable import ZerverServer

/// The backends that this machine can run. The same table of behaviours is run against each.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
  case ioUring, epoll

  var testDescription: String { rawValue }

  static let available: [Backend] = {
    do throws(ProactorError) {
      _ = try ProactorProbe(.ioUring)
      return [.ioUring, .epoll]
    } catch {
      print("The cases for io_uring are left out here: \(error)")
      return [.epoll]
    }
  }()
}

/// What a behaviour is written against: it is run once per backend.
protocol Behaviour {
  static func check<P: Proactor & ~Copyable>(_ harness: inout ProactorHarness<P>) throws
}

extension Backend {
  func check(
    _ behaviour: (some Behaviour).Type, _ adjust: (inout ProactorConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = ProactorConfiguration()
    configuration.submissionEntries = 64
    configuration.completionEntries = 256
    configuration.receiveBuffers = 16
    configuration.receiveBufferBytes = 256
    adjust(&configuration)
    switch self {
    case .ioUring:
      var harness = try ProactorHarness<IOUringProactor>(configuration)
      try behaviour.check(&harness)
    case .epoll:
      var harness = try ProactorHarness<EpollProactor>(configuration)
      try behaviour.check(&harness)
    }
  }
}

/// A completion with its bytes copied and its buffer given back.
struct Event: Equatable {
  var token: ProactorToken
  var result: Int32
  var hasMore: Bool
  var bytes: [UInt8] = []
}

struct NothingHappened: Error {}

/// A proactor with a listener, and what tests do with them.
struct ProactorHarness<P: Proactor & ~Copyable>: ~Copyable {
  var proactor: P
  let listener: Listener
  private var generation: UInt64 = 0
  /// Off for tests that want to hold on to buffers.
  var givesBuffersBack = true
  var heldBuffers: [BufferID] = []

  init(_ configuration: ProactorConfiguration) throws {
    let listener = try Listener(host: "127.0.0.1", port: 0)
    let proactor = try P(configuration)
    self.listener = listener
    self.proactor = proactor
  }

  mutating func token(_ kind: ProactorToken.Kind) -> ProactorToken {
    generation += 1
    return ProactorToken(kind, slot: 1, generation: generation)
  }

  /// One turn of the loop.
  mutating func turn(timeout: Duration? = nil) throws -> [Event] {
    try proactor.submitAndWait(timeout: timeout)
    var events: [Event] = []
    while let completion = proactor.nextCompletion() {
      var event = Event(token: completion.token, result: completion.result, hasMore: completion.hasMore)
      if let buffer = completion.buffer {
        event.bytes = Array(proactor.bytes(of: completion))
        if givesBuffersBack { proactor.release(buffer) } else { heldBuffers.append(buffer) }
      }
      events.append(event)
    }
    return events
  }

  /// Turns until `isDone` says so of all events so far. The time is a guard against a hang and no measure of anything.
  mutating func turns(until isDone: ([Event]) -> Bool, source: SourceLocation = #_sourceLocation) throws -> [Event] {
    var all: [Event] = []
    var idle = 0
    while !isDone(all) {
      let events = try turn(timeout: .seconds(5))
      all += events
      idle = events.isEmpty ? idle + 1 : 0
      if idle > 1 {
        Issue.record("nothing happens any more; so far: \(all)", sourceLocation: source)
        throw NothingHappened()
      }
    }
    return all
  }

  /// Everything about one operation up to its last completion.
  mutating func finish(_ token: ProactorToken, source: SourceLocation = #_sourceLocation) throws -> [Event] {
    try turns(until: { $0.contains { $0.token == token && !$0.hasMore } }, source: source).filter { $0.token == token }
  }

  /// A client and the server's end of its connection.
  mutating func connect(receiveBufferBytes: Int32? = nil) throws -> (Peer, Int32) {
    let accept = token(.accept)
    proactor.accept(listener: listener.descriptor, token: accept)
    let peer = try Peer(to: listener.address, receiveBufferBytes: receiveBufferBytes)
    let accepted = try turns { $0.contains { $0.token == accept } }
    proactor.cancel(accept)
    if accepted.last?.hasMore == true { _ = try finish(accept) }
    let descriptor = try #require(accepted.first { $0.token == accept }?.result)
    try #require(descriptor >= 0)
    return (peer, descriptor)
  }
}

/// A plain blocking client.
final class Peer {
  private(set) var descriptor: Int32

  init(to address: SocketAddress, receiveBufferBytes: Int32? = nil) throws {
    descriptor = zerver_tcp_socket(address.family)
    if var size = receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    let descriptor = descriptor
    try #require(address.withPointer { Glibc.connect(descriptor, $0, $1) } == 0, "\(ProactorError.last("connect"))")
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Closes with a reset in place of an orderly end.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Up to `count` bytes; fewer at the end of the stream, or when nothing is there and it must not wait.
  func receive(_ count: Int, waiting: Bool = true) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let flags = Int32(waiting ? MSG_WAITALL : MSG_DONTWAIT)
    let received = recv(descriptor, &bytes, count, flags)
    bytes.removeLast(count - max(0, received))
    return bytes
  }

  /// Whether the end of the stream or an error is all that is left to read, without waiting for it.
  var hasEnded: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 0 || count < 0 && errno != EAGAIN
  }

  /// Whether the end of the stream has come, after whatever `receive` has read.
  func isAtEnd() -> Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, 0) == 0
  }
}

/// Bytes at one address for as long as the value lives, as a connection's output is.
final class Bytes {
  let buffer: UnsafeMutableRawBufferPointer
  init(_ bytes: [UInt8]) {
    buffer = .allocate(byteCount: bytes.count, alignment: 1)
    buffer.copyBytes(from: bytes)
  }
  deinit { buffer.deallocate() }
  var raw: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }
}

/// Content in which no shift goes unnoticed. Its period is prime; built and compared in blocks, because a debug build
/// takes seconds for megabytes one by one.
func pattern(_ count: Int) -> [UInt8] {
  let period = (0..<4099).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  var content: [UInt8] = []
  content.reserveCapacity(count + period.count)
  while content.count < count { content += period }
  content.removeLast(content.count - count)
  return content
}

func isSame(_ some: [UInt8], _ others: [UInt8]) -> Bool {
  some.count == others.count && memcmp(some, others, some.count) == 0
}
