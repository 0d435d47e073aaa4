@_spi(Server) import ZerverCore

@testable import ZerverServer

/// What happens to a worker.
package enum Script {
  /// One client sends these bytes in pieces of this length, ends its side, and reads what it is sent.
  case pieces([UInt8], of: Int)
  /// Bytes that say who does what: see ``ScriptedProactor/step()``.
  case several([UInt8])
  /// One client that may begin with HTTP/2 does this.
  case moves([Move])

  package enum Move {
    case send([UInt8])
    /// It takes what it was sent.
    case take
    /// It has gone.
    case reset
  }
}

/// A proactor without a kernel. It plays a script, one event for each turn of the worker's loop, then lets all clients end,
/// and tells the worker to stop.
struct ScriptedProactor: Proactor, ~Copyable {
  static var name: String { "script" }
  static var wakesOneAccept: Bool { false }
  /// No descriptor of the process: what the worker does with it beside its proactor fails and does not matter.
  static var listener: Int32 { 1_000_000 }

  // `-errno`, as the kernel says it.
  private static var connectionReset: Int32 { -104 }
  private static var noBuffers: Int32 { -105 }

  // The fuzzer has one thread.
  nonisolated(unsafe) static var script = Script.several([])
  nonisolated(unsafe) static var control: WorkerControl?
  /// What each connection was sent, by descriptor.
  nonisolated(unsafe) static var sent: [Int32: [UInt8]] = [:]

  private struct Send {
    let token: ProactorToken
    let bytes: [UInt8]
  }

  private var completions: [Completion] = []
  private var next = 0
  private var acceptToken: ProactorToken?
  private var wakeToken: ProactorToken?
  private var receives: [Int32: ProactorToken] = [:]
  private var sends: [Int32: Send] = [:]
  private var buffers: [Int: UnsafeMutableRawBufferPointer] = [:]
  private var connectionsMade: Int32 = 0
  /// Bytes of a client that wait until somebody receives.
  private var waiting: [Int32: [[UInt8]]] = [:]
  private var ended: Set<Int32> = []
  private var position = 0
  private var turns = 0
  private var isStopping = false

  init(_ configuration: ProactorConfiguration) throws(ProactorError) {}

  deinit { for buffer in buffers.values { buffer.deallocate() } }

  // MARK: What the worker asks for

  mutating func accept(listener: Int32, token: ProactorToken) { acceptToken = token }

  mutating func receive(descriptor: Int32, token: ProactorToken) {
    precondition(receives[descriptor] == nil, "one receive at a time")
    receives[descriptor] = token
  }

  mutating func send(descriptor: Int32, bytes: UnsafeRawBufferPointer, token: ProactorToken) {
    precondition(sends[descriptor] == nil && !bytes.isEmpty, "one send at a time, of something")
    sends[descriptor] = Send(token: token, bytes: Array(bytes))
  }

  mutating func poll(descriptor: Int32, for events: PollEvents, token: ProactorToken) { wakeToken = token }

  mutating func cancel(_ token: ProactorToken) {
    if acceptToken == token {
      acceptToken = nil
      completions.append(Completion(token: token, result: -125))
    }
    for (descriptor, receive) in receives where receive == token {
      receives[descriptor] = nil
      completions.append(Completion(token: token, result: -125))
    }
    for (descriptor, send) in sends where send.token == token {
      sends[descriptor] = nil
      completions.append(Completion(token: token, result: -125))
    }
  }

  mutating func close(descriptor: Int32) {
    precondition(receives[descriptor] == nil && sends[descriptor] == nil, "nothing of a closed descriptor is in flight")
    waiting[descriptor] = nil
    ended.insert(descriptor)
  }

  func bytes(of completion: Completion) -> UnsafeRawBufferPointer {
    guard let id = completion.buffer, let buffer = buffers[Int(id.index)] else { preconditionFailure("a buffer that is held") }
    return UnsafeRawBufferPointer(buffer)
  }

  mutating func release(_ buffer: BufferID) {
    guard let memory = buffers.removeValue(forKey: Int(buffer.index)) else { preconditionFailure("a buffer is released once") }
    memory.deallocate()
  }

  mutating func nextCompletion() -> Completion? {
    guard next < completions.count else {
      completions.removeAll()
      next = 0
      return nil
    }
    next += 1
    return completions[next - 1]
  }

  // MARK: The script

  mutating func submitAndWait(nanosecondsMax: UInt64?) throws(ProactorError) {
    turns += 1
    precondition(turns < 20_000, "the worker comes to an end")
    if !play() { finish() }
    deliver()
  }

  /// The next event. `false` when the script is over.
  private mutating func play() -> Bool {
    switch Self.script {
    case .pieces(let bytes, let length):
      if connectionsMade == 0 {
        connect()
        return true
      }
      guard position < bytes.count else { return false }
      let end = length < bytes.count - position ? position + length : bytes.count
      waiting[1, default: []].append(Array(bytes[position..<end]))
      position = end
      finishSends()
      return true
    case .several(let bytes):
      return step(bytes)
    case .moves(let moves):
      guard connectionsMade > 0 else {
        connect()
        return true
      }
      guard position < moves.count else { return false }
      position += 1
      switch moves[position - 1] {
      case .send(let bytes): if !ended.contains(1) { waiting[1, default: []].append(bytes) }
      case .take: finishSends()
      case .reset: breakReceive(of: 1, result: Self.connectionReset)
      }
      return true
    }
  }

  private mutating func breakReceive(of client: Int32, result: Int32) {
    if let token = receives.removeValue(forKey: client) { completions.append(Completion(token: token, result: result)) }
  }

  /// One event of several clients: two bits say what, the other six whom or how many bytes.
  private mutating func step(_ script: [UInt8]) -> Bool {
    guard position < script.count else { return false }
    let code = script[position]
    position += 1
    guard connectionsMade > 0, code >> 6 != 0 else {
      connect()
      return true
    }
    let client = Int32(code & 7) % connectionsMade + 1
    switch code >> 6 {
    case 1, 2:
      let count = min(Int(code & 0x3F) * 2 + 1, script.count - position)
      let bytes = Array(script[position..<(position + count)])
      position += count
      if !ended.contains(client), !bytes.isEmpty { waiting[client, default: []].append(bytes) }
    default:
      switch code >> 3 & 7 {
      case 0, 1: finishSends()
      case 2: finishSend(client, result: -32)
      case 3: finishSend(client, result: 1)
      case 4: breakReceive(of: client, result: Self.connectionReset)
      case 5: breakReceive(of: client, result: Self.noBuffers)
      default: ended.insert(client)
      }
    }
    return true
  }

  private mutating func connect() {
    guard let acceptToken, connectionsMade < 8 else { return }
    connectionsMade += 1
    completions.append(Completion(token: acceptToken, result: connectionsMade, hasMore: true))
  }

  private mutating func finishSends() {
    for client in sends.keys.sorted() { finishSend(client, result: nil) }
  }

  /// - Parameter result: what the kernel says; `nil` when all was sent.
  private mutating func finishSend(_ client: Int32, result: Int32?) {
    guard let send = sends.removeValue(forKey: client) else { return }
    let count = result ?? Int32(send.bytes.count)
    if count > 0 { Self.sent[client, default: []] += send.bytes.prefix(Int(count)) }
    completions.append(Completion(token: send.token, result: min(count, Int32(send.bytes.count))))
  }

  /// The clients end, and read everything; then the worker is told to stop.
  private mutating func finish() {
    finishSends()
    for client in receives.keys.sorted() where waiting[client, default: []].isEmpty { ended.insert(client) }
    // A completion may lead to more answers: the worker is stopped when nothing goes on any more.
    guard completions.isEmpty, receives.isEmpty, sends.isEmpty, !isStopping, let wakeToken else { return }
    isStopping = true
    Self.control?.stop()
    completions.append(Completion(token: wakeToken, result: 1))
  }

  /// Hands what waits to those who receive.
  private mutating func deliver() {
    for client in receives.keys.sorted() {
      guard let token = receives[client] else { continue }
      if var pieces = waiting[client], !pieces.isEmpty {
        let piece = pieces.removeFirst()
        waiting[client] = pieces
        completions.append(Completion(token: token, result: Int32(piece.count), hasMore: true, buffer: lend(piece)))
      } else if ended.contains(client) {
        receives[client] = nil
        completions.append(Completion(token: token, result: 0))
      }
    }
  }

  /// Memory of its own for each buffer, so that an address sanitizer sees who reads it too late.
  private mutating func lend(_ bytes: [UInt8]) -> BufferID {
    var index = 0
    while buffers[index] != nil { index += 1 }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    memory.copyBytes(from: bytes)
    buffers[index] = memory
    return BufferID(index: UInt16(index))
  }
}
