import FuzzedServer

/// Reads what a client of HTTP/2 does off the bytes of the fuzzer: whole frames mostly, since a random frame header would end
/// nearly every connection at its first frame.
struct FrameScript {
  private(set) var moves: [Script.Move] = []
  private var rest: ArraySlice<UInt8>
  /// Bytes that have not been sent.
  private var bytes: [UInt8] = []
  private let pieceBytes: Int
  private var streamsOpened: UInt32 = 0

  private static let endStream: UInt8 = 1
  private static let endHeaders: UInt8 = 4

  /// The first byte says how long the pieces are in which the bytes come; 0 for as few as there are.
  init(_ input: ArraySlice<UInt8>) {
    rest = input
    pieceBytes = rest.popFirst().map { $0 == 0 ? .max : Int($0) } ?? .max
    bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    append(kind: 4, flags: 0, stream: 0, [])
    while let code = rest.popFirst() { step(code & 15, of: UInt32(code >> 4)) }
    flush()
  }

  /// - Parameter number: which of the streams that were opened, the last one first.
  private mutating func step(_ code: UInt8, of number: UInt32) {
    let stream = streamsOpened > number ? 2 * (streamsOpened - number) - 1 : 2 * number + 1
    switch code {
    case 0: open(Self.get + Self.path("/flow/v1/say-hello"), isLast: true)
    case 1 where number & 1 != 0: open(Self.post + Self.path("/flow/v1/count-lines") + Self.isLines, isLast: false)
    case 1: open(Self.post + Self.path("/flow/v1/join-texts") + Self.isJSON, isLast: false)
    case 2: open(Self.get + Self.path("/flow/v1/answer-much"), isLast: true)
    case 3: open(Self.get + Self.path("/flow/v1/give-parts"), isLast: true)
    case 4: append(kind: 0, flags: 0, stream: stream, takeCounted())
    case 5 where number & 8 != 0: append(kind: 0, flags: 0, stream: stream, Array("\"a\"\n\"b".utf8))
    case 5: append(kind: 0, flags: Self.endStream, stream: stream, Array(#"["a","b"]"#.utf8))
    case 6: append(kind: 3, flags: 0, stream: stream, [0, 0, 0, 8])
    case 7: append(kind: 8, flags: 0, stream: number == 15 ? 0 : stream, take(4))
    case 8: append(kind: 4, flags: 0, stream: 0, [0, take(1)[0] & 15] + take(4))
    case 9: append(kind: 6, flags: 0, stream: 0, Array(repeating: 0, count: 8))
    case 10: open(takeCounted(), isLast: number & 1 == 0, isWhole: number & 2 == 0)
    case 11: append(kind: 9, flags: number & 1 == 0 ? Self.endHeaders : 0, stream: 2 * streamsOpened &- 1, takeCounted())
    case 12:
      // Trailers.
      append(kind: 1, flags: Self.endHeaders | Self.endStream, stream: stream, [0, 1, 0x61, 1, 0x62])
    case 13:
      let header = take(2)
      append(kind: header[0], flags: header[1], stream: stream, takeCounted())
    case 14: bytes += takeCounted()
    default:
      flush()
      moves.append(number == 15 ? .reset : .take)
    }
  }

  // MARK: Frames

  /// Fields of the static table, and the host `h` (RFC 7541, Appendix A).
  private static let get: [UInt8] = [0x82, 0x86, 0x01, 1, 0x68]
  private static let post: [UInt8] = [0x83, 0x86, 0x01, 1, 0x68]
  private static let isJSON: [UInt8] = [0x0F, 0x10, 16] + Array("application/json".utf8)

  private static let isLines: [UInt8] = [0x0F, 0x10, 17] + Array("application/jsonl".utf8)

  private static func path(_ path: String) -> [UInt8] { [0x04, UInt8(path.utf8.count)] + Array(path.utf8) }

  private mutating func open(_ block: [UInt8], isLast: Bool, isWhole: Bool = true) {
    streamsOpened += 1
    append(
      kind: 1, flags: (isLast ? Self.endStream : 0) | (isWhole ? Self.endHeaders : 0), stream: 2 * streamsOpened - 1, block)
  }

  private mutating func append(kind: UInt8, flags: UInt8, stream: UInt32, _ payload: [UInt8]) {
    let count = payload.count
    bytes += [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), kind, flags]
    withUnsafeBytes(of: stream.bigEndian) { bytes += $0 }
    bytes += payload
  }

  private mutating func flush() {
    while !bytes.isEmpty {
      moves.append(.send(Array(bytes.prefix(pieceBytes))))
      bytes = Array(bytes.dropFirst(pieceBytes))
    }
  }

  // MARK: Input

  /// So many bytes of the input; zeros where it has ended.
  private mutating func take(_ count: Int) -> [UInt8] {
    let taken = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    return taken + Array(repeating: 0, count: count - taken.count)
  }

  /// As many bytes as the next byte says, or as are left.
  private mutating func takeCounted() -> [UInt8] {
    let count = rest.popFirst().map { min(Int($0), rest.count) } ?? 0
    return take(count)
  }
}
