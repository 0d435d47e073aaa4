@_spi(Server) import ZerverCore

/// The body of a request in flight that its flow takes in parts: where its end is, and how it is cut.
///
/// What has arrived stands in the connection's input. Only when the flow waits for a part, so much is decoded as a part needs.
final class IncomingParts {
  enum Framing {
    /// So many bytes are to come.
    case length(Int)
    case chunked(ChunkedDecoder)
    /// Of HTTP/2: until the stream ends.
    case stream
    /// Everything is decoded.
    case ended
  }

  /// A part of a body, as its step gets it: small enough for many connections, and large enough for a database.
  static var partBytesMax: Int { 64 << 10 }

  var framing: Framing
  var cutter: LineCutter
  /// Bytes of the body that are decoded, and the limit.
  private(set) var bytesRead = 0
  private let bytesMax: Int
  /// Why no byte behind those that are decoded can be read.
  private(set) var refusal: HTTPRefusal?
  /// The flow was told that no further part comes, and why.
  var isRefused = false
  /// What is decoded and not given: a buffer of the worker's pool; -1 for none.
  var buffer = -1

  init(_ framing: Framing, bytesMax: Int, lineBytesMax: Int) {
    self.framing = framing
    self.bytesMax = bytesMax
    cutter = LineCutter(partBytesMax: Self.partBytesMax, lineBytesMax: lineBytesMax)
  }

  /// Everything is decoded. A body that is refused at its last byte has no end.
  var hasEnded: Bool { if case .ended = framing { refusal == nil } else { false } }

  /// Nothing more of the body is read; what is decoded already is given.
  func refuse(_ refusal: HTTPRefusal) { self.refusal = self.refusal ?? refusal }

  /// Decodes bytes of the input, at most as many as are asked for. Returns how many of them it has taken: none when it has
  /// come to the end or to a refusal.
  ///
  /// - Parameter isAll: the stream of HTTP/2 has ended behind these.
  func decode(_ input: UnsafeRawBufferPointer, atMost bytes: Int, isAll: Bool, into output: inout ByteBuffer) -> Int {
    guard refusal == nil else { return 0 }
    let piece = UnsafeRawBufferPointer(rebasing: input.prefix(bytes))
    let bytesBefore = output.count
    var taken = piece.count
    switch framing {
    case .length(let left):
      taken = min(taken, left)
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece.prefix(taken)))
      framing = left == taken ? .ended : .length(left - taken)
    case .chunked(var decoder):
      switch decoder.decode(piece, into: &output) {
      case .needMore: framing = .chunked(decoder)
      case .complete(let consumed):
        taken = consumed
        framing = .ended
      case .refused(let refusal): self.refusal = refusal
      }
    case .stream:
      output.append(contentsOf: piece)
      if isAll, taken == input.count { framing = .ended }
    case .ended: return 0
    }
    bytesRead += output.count - bytesBefore
    if bytesRead > bytesMax { refusal = refusal ?? .bodyTooLarge }
    return taken
  }
}
