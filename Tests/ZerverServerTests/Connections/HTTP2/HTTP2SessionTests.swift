import Testing
@_spi(Server) import ZerverCore

@testable import ZerverServer

/// Sessions without a connection: frames in, events and frames out.
@Suite struct HTTP2SessionTests {
  // MARK: The end

  @Test("what comes between the decision to refuse more and its GOAWAY is not served, as the GOAWAY says")
  func refuseMore() throws {
    let peer = try SessionPeer()
    #expect(peer.receive(SessionPeer.head(1)) == ["request 1"])
    // The head of the next has begun.
    #expect(peer.receive(Frame(.headers, flags: Frame.endStream, 3, SessionPeer.get)) == [])
    peer.session.refuseMore()
    #expect(peer.receive(Frame(.continuation, flags: Frame.endHeaders, 3)) == ["request 3"])
    #expect(peer.receive(SessionPeer.head(5)) == [])
    #expect(peer.receive(Frame(.headers, flags: Frame.endHeaders, 7, SessionPeer.post + SessionPeer.large(count: 20))) == [])
    #expect(peer.receive(Frame(.data, flags: Frame.endStream, 7, [0])) == ["data 7", "ended 7"])

    let farewell = try #require(peer.send().first { $0.kind == Frame.Kind.goaway.rawValue })
    #expect(farewell.payload == [0, 0, 0, 3, 0, 0, 0, 0])
    #expect(peer.receive(SessionPeer.head(9)) == [])
    #expect(peer.session.fault == nil)
  }

  // MARK: Heads

  @Test("trailers that a few bytes stand for are given up like a head")
  func trailers() throws {
    let peer = try SessionPeer()
    #expect(peer.receive(Frame(.headers, flags: Frame.endHeaders, 1, SessionPeer.post)) == ["request 1"])
    let events = peer.receive(Frame(.headers, flags: Frame.endHeaders | Frame.endStream, 1, SessionPeer.large(count: 10_000)))
    #expect(!events.contains("ended 1"))
    #expect(peer.send().contains { $0.kind == Frame.Kind.reset.rawValue && $0.stream == 1 })
    #expect(peer.receive(SessionPeer.head(3)) == ["request 3"])
  }

  @Test("the trailers of one request do not suffer from the head of another")
  func apart() throws {
    let peer = try SessionPeer()
    #expect(peer.receive(Frame(.headers, flags: Frame.endHeaders, 1, SessionPeer.post)) == ["request 1"])
    _ = peer.receive(Frame(.headers, flags: Frame.endHeaders | Frame.endStream, 3, SessionPeer.get + SessionPeer.large(count: 10_000)))
    #expect(peer.send().contains { $0.kind == Frame.Kind.reset.rawValue && $0.stream == 3 })
    #expect(peer.receive(Frame(.headers, flags: Frame.endHeaders | Frame.endStream, 1, SessionPeer.large(count: 1))) == ["ended 1"])
  }

  // MARK: Windows

  @Test("a window that grows by nothing is a mistake of its stream, and of the connection when it is that one's")
  func emptyWindow() throws {
    let peer = try SessionPeer()
    #expect(peer.receive(Frame(.headers, flags: Frame.endHeaders, 1, SessionPeer.post)) == ["request 1"])
    #expect(peer.receive(SessionPeer.head(3)) == ["request 3"])
    // Behind it, in the same bytes, the connection goes on. The first bit of the increment has no meaning.
    let bytes = Frame(.window, 3, [0x80, 0, 0, 0]).bytes + Frame(.data, flags: Frame.endStream, 1, [0]).bytes + SessionPeer.head(5).bytes
    #expect(peer.receive(bytes) == ["data 1", "ended 1", "request 5"])
    #expect(peer.resets() == [Reset(stream: 3, code: 1)])
    // Byte by byte, and with payloads around it that look like one.
    let lookalike = Frame(.window, 7, [0, 0, 0, 0]).bytes
    let more = Frame(.headers, flags: Frame.endHeaders, 7, SessionPeer.post).bytes + Frame(.data, 7, lookalike).bytes
      + Frame(.window, 7, [0, 0, 0, 0]).bytes + Frame(.data, flags: Frame.endStream, 7, lookalike).bytes
    let events = more.flatMap { peer.receive([$0]) }
    #expect(events.first == "request 7" && events.contains("data 7"))
    #expect(peer.resets() == [Reset(stream: 7, code: 1)])
    // Those that add something, even only in their first or last byte.
    for increment in [[0, 0, 0, 1], [1, 0, 0, 0]] as [[UInt8]] { #expect(peer.receive(Frame(.window, 5, increment)) == []) }
    #expect(peer.receive(SessionPeer.head(9)) == ["request 9"])
    // Nobody knows the stream any more.
    _ = peer.receive(Frame(.window, 3, [0, 0, 0, 0]))
    #expect(peer.resets() == [])
    #expect(peer.session.fault == nil)
    _ = peer.receive(Frame(.window, 0, [0, 0, 0, 0]))
    #expect(peer.send().last.map { [$0.kind] + $0.payload[4..<8] } == [Frame.Kind.goaway.rawValue, 0, 0, 0, 1])
  }

  @Test("a window of a stream that has not begun ends the connection", arguments: [UInt8(0), 1])
  func windowOfNothing(increment: UInt8) throws {
    let peer = try SessionPeer()
    _ = peer.receive(Frame(.window, 1, [0, 0, 0, increment]))
    #expect(peer.send().last.map { [$0.kind] + $0.payload[4..<8] } == [Frame.Kind.goaway.rawValue, 0, 0, 0, 1])
  }

  // MARK: Resets

  @Test("a client is not blamed for requests that the server has no room for")
  func refusals() throws {
    let peer = try SessionPeer { $0.http2.resetsMax = 2 }
    for stream in stride(from: Int32(1), to: 20, by: 2) {
      #expect(peer.receive(SessionPeer.head(stream)) == ["request \(stream)"])
      peer.session.refuse(stream)
    }
    let refusals = peer.send().filter { $0.kind == Frame.Kind.reset.rawValue }
    #expect(refusals.map(\.stream) == Array(stride(from: 1, to: 20, by: 2)))
    #expect(refusals.allSatisfy { $0.payload == [0, 0, 0, 7] })
    #expect(peer.session.fault == nil)
    for stream in [Int32(21), 23, 25] {
      #expect(peer.session.fault == nil)
      _ = peer.receive(SessionPeer.head(stream))
      _ = peer.receive(Frame(.reset, stream, [0, 0, 0, 8]))
    }
    #expect(peer.session.fault == .resets)
  }
}

private struct Frame {
  enum Kind: UInt8 {
    case data = 0
    case headers = 1
    case reset = 3
    case settings = 4
    case goaway = 7
    case window = 8
    case continuation = 9
  }
  static let endStream: UInt8 = 1
  static let endHeaders: UInt8 = 4

  let kind: UInt8
  let flags: UInt8
  let stream: Int32
  let payload: [UInt8]

  init(_ kind: Kind, flags: UInt8 = 0, _ stream: Int32 = 0, _ payload: [UInt8] = []) {
    (self.kind, self.flags, self.stream, self.payload) = (kind.rawValue, flags, stream, payload)
  }

  /// The first of some bytes; `nil` when there is none.
  init?(_ bytes: ArraySlice<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count >= 9 else { return nil }
    let count = bytes[..<3].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= 9 + count else { return nil }
    kind = bytes[3]
    flags = bytes[4]
    stream = bytes[5..<9].reduce(0) { $0 << 8 | Int32($1) }
    payload = Array(bytes[9..<(9 + count)])
  }

  var bytes: [UInt8] {
    let count = payload.count
    var bytes = [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), kind, flags]
    withUnsafeBytes(of: stream.bigEndian) { bytes += $0 }
    return bytes + payload
  }
}

private struct Reset: Equatable {
  let stream: Int32
  let code: UInt8
}

/// The client of a session, which has said its preface.
private final class SessionPeer {
  let session: HTTP2Session
  private let output = UnsafeMutablePointer<ByteBuffer>.allocate(capacity: 1)
  private let now = Instant(nanoseconds: 0)

  init(configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
    var configuration = ServerConfiguration()
    configure(&configuration)
    session = try #require(
      HTTP2Session(HTTP2Limits(configuration, outputBytesMax: 1 << 20, sliceBytes: 1 << 18), at: Instant(nanoseconds: 0)))
    output.initialize(to: ByteBuffer())
    #expect(receive(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Frame(.settings).bytes) == [])
    _ = send()
  }

  deinit {
    output.deinitialize(count: 1)
    output.deallocate()
  }

  /// A request `GET /` or `POST /` of the host `h`, by the static table (RFC 7541, Appendix A).
  static let get: [UInt8] = [0x82, 0x86, 0x84, 0x01, 1, UInt8(ascii: "h")]
  static let post: [UInt8] = [0x83, 0x86, 0x84, 0x01, 1, UInt8(ascii: "h")]

  /// A field of 3,000 bytes, once as it is and then by its place in the table.
  static func large(count: Int) -> [UInt8] {
    // 127, and 2,873 in groups of seven bits.
    var field: [UInt8] = [0x40, 1, UInt8(ascii: "x"), 127, 185, 22]
    field += Array(repeating: UInt8(ascii: "y"), count: 3000)
    return field + Array(repeating: 0xBE, count: count - 1)
  }

  static func head(_ stream: Int32) -> Frame { Frame(.headers, flags: Frame.endHeaders | Frame.endStream, stream, get) }

  /// What comes of it.
  func receive(_ frame: Frame) -> [String] { receive(frame.bytes) }

  func receive(_ bytes: [UInt8]) -> [String] {
    _ = bytes.withUnsafeBytes { session.receive($0, at: now) }
    defer { session.forgetEvents() }
    return session.events.map { event in
      switch event {
      case .request(let id, _, _): "request \(id)"
      case .headTooLarge(let id): "too large \(id)"
      case .data(let id, _): "data \(id)"
      case .requestEnded(let id): "ended \(id)"
      case .taken(let slot, _): "taken \(slot)"
      case .responseEnded(let id): "answered \(id)"
      case .closed(let id): "closed \(id)"
      }
    }
  }

  /// The streams that the session gives up, in all that it has to say.
  func resets() -> [Reset] {
    send().filter { $0.kind == Frame.Kind.reset.rawValue }.map { Reset(stream: $0.stream, code: $0.payload[3]) }
  }

  /// All that the session has to say.
  func send() -> [Frame] {
    #expect(session.send(into: output, at: now))
    session.forgetEvents()
    var rest = Array(output.pointee.view)[...]
    output.pointee.removeAll()
    var frames: [Frame] = []
    while let frame = Frame(rest) {
      frames.append(frame)
      rest = rest.dropFirst(9 + frame.payload.count)
    }
    return frames
  }
}
