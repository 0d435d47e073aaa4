/// Decodes a chunked body (RFC 9112 §7.1), in whatever pieces it comes.
///
/// Strict: CRLF and nothing else ends a line, a size is hexadecimal digits and nothing else, no white space surrounds it.
/// Extensions and trailers are checked, bounded and dropped. A refusal ends the connection.
@_spi(Server) public struct ChunkedDecoder {
  public enum Outcome: Equatable, Sendable {
    /// The body is whole. `consumed` bytes of this piece belonged to it; the next request begins behind them.
    case complete(consumed: Int)
    /// All bytes of this piece are decoded.
    case needMore
    /// Answer with this status and close.
    case refused(HTTPRefusal)
  }

  private enum State {
    /// The first digit of a size comes. Can become: size.
    case sizeStart
    /// More digits may come. Can become: extension, sizeEnd.
    case size
    /// Behind the `;`. Can become: sizeEnd.
    case `extension`
    /// The line feed behind a size comes. Can become: data, or trailerStart behind the last chunk.
    case sizeEnd
    /// Bytes of a chunk come. Can become: dataEnd.
    case data
    /// The carriage return behind a chunk comes. Can become: dataEndLineFeed.
    case dataEnd
    /// Can become: sizeStart.
    case dataEndLineFeed
    /// A trailer line or the last line comes. Can become: trailerName, lastLineFeed.
    case trailerStart
    /// Can become: trailerValue.
    case trailerName
    /// Can become: trailerLineFeed.
    case trailerValue
    /// Can become: trailerStart.
    case trailerLineFeed
    /// The line feed of the empty line comes. Can become: finished.
    case lastLineFeed
    /// The body is whole. Final.
    case finished
  }

  private let limits: HTTPLimits
  /// Largest body, in bytes; beyond it 413.
  private let bodyBytesMax: Int
  private var state = State.sizeStart
  /// Bytes of the current chunk that are still to come.
  private var remaining = 0
  private var sizeDigits = 0
  private var lineBytes = 0
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var bodyBytes = 0

  public init(bodyBytesMax: Int, limits: HTTPLimits = HTTPLimits()) {
    self.bodyBytesMax = bodyBytesMax
    self.limits = limits
  }

  /// Decodes the next piece, and appends what it holds of the body to `body`.
  public mutating func decode(_ bytes: UnsafeRawBufferPointer, into body: inout ByteBuffer) -> Outcome {
    precondition(state != .finished, "a body is decoded once")
    guard let base = bytes.baseAddress else { return .needMore }
    do throws(HTTPRefusal) {
      var offset = 0
      while offset < bytes.count {
        if state == .data {
          let count = min(remaining, bytes.count &- offset)
          body.append(contentsOf: UnsafeRawBufferPointer(start: base + offset, count: count))
          offset &+= count
          remaining &-= count
          if remaining == 0 { state = .dataEnd }
          continue
        }
        try next(base.byte(at: offset))
        offset &+= 1
        if state == .finished { return .complete(consumed: offset) }
      }
      return .needMore
    } catch {
      return .refused(error)
    }
  }

  /// Takes a byte that is none of a chunk's data.
  private mutating func next(_ byte: UInt8) throws(HTTPRefusal) {
    switch state {
    case .sizeStart:
      guard let digit = hexadecimalValue(byte) else { throw .badRequest("a chunk begins with its size") }
      remaining = Int(digit)
      sizeDigits = 1
      lineBytes = 1
      state = .size
    case .size: try sizeContinues(byte)
    case .extension: try extensionContinues(byte)
    case .sizeEnd:
      guard byte == 0x0A else { throw Self.bareCarriageReturn }
      state = remaining == 0 ? .trailerStart : .data
    case .data, .finished: preconditionFailure("data is copied, and nothing follows the end")
    case .dataEnd:
      guard byte == 0x0D else { throw .badRequest("a chunk is longer than its size") }
      state = .dataEndLineFeed
    case .dataEndLineFeed:
      guard byte == 0x0A else { throw Self.bareCarriageReturn }
      state = .sizeStart
    case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed: try trailerContinues(byte)
    }
  }

  private mutating func sizeContinues(_ byte: UInt8) throws(HTTPRefusal) {
    try countLineByte()
    if let digit = hexadecimalValue(byte) {
      sizeDigits += 1
      // 15 digits fit in 63 bits, and no chunk is longer. Leading zeros count: nobody needs them.
      guard sizeDigits <= 15 else { throw .badRequest("the size of a chunk is too long") }
      remaining = remaining << 4 | Int(digit)
      return
    }
    guard byte == 0x0D || byte == UInt8(ascii: ";") else { throw .badRequest("the size of a chunk is not a number") }
    guard remaining <= bodyBytesMax - bodyBytes else { throw HTTPRefusal(413, "the body is too large") }
    bodyBytes += remaining
    state = byte == 0x0D ? .sizeEnd : .extension
  }

  private mutating func extensionContinues(_ byte: UInt8) throws(HTTPRefusal) {
    try countLineByte()
    extensionBytes += 1
    guard extensionBytes <= limits.chunkExtensionBytesMax else { throw .badRequest("the chunk extensions are too long") }
    if byte == 0x0D {
      state = .sizeEnd
    } else {
      guard 0x20...0x7E ~= byte || byte == 0x09 else { throw .badRequest("a chunk extension has a control character") }
    }
  }

  private mutating func countLineByte() throws(HTTPRefusal) {
    lineBytes += 1
    guard lineBytes <= limits.chunkLineBytesMax else { throw .badRequest("the line of a chunk's size is too long") }
  }

  private mutating func trailerContinues(_ byte: UInt8) throws(HTTPRefusal) {
    trailerBytes += 1
    // The empty line at the end has no part in the limit.
    guard trailerBytes <= limits.trailerBytesMax + 2 else { throw HTTPRefusal(431, "the trailer lines are too long") }
    switch state {
    case .trailerStart where byte == 0x0D:
      state = .lastLineFeed
    case .trailerStart:
      guard HTTPSyntax.token.contains(byte) else { throw Self.badTrailer }
      state = .trailerName
    case .trailerName:
      if byte == UInt8(ascii: ":") {
        state = .trailerValue
      } else {
        guard HTTPSyntax.token.contains(byte) else { throw Self.badTrailer }
      }
    case .trailerValue:
      if byte == 0x0D {
        state = .trailerLineFeed
      } else {
        guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw Self.badTrailer }
      }
    case .trailerLineFeed:
      guard byte == 0x0A else { throw Self.bareCarriageReturn }
      state = .trailerStart
    default:
      guard byte == 0x0A else { throw Self.bareCarriageReturn }
      state = .finished
    }
  }

  private static var bareCarriageReturn: HTTPRefusal { .badRequest("a carriage return stands alone") }
  private static var badTrailer: HTTPRefusal { .badRequest("a trailer line is a name, a colon and a value") }
}
