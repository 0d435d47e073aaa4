@_spi(Server) import ZerverCore

/// What the bytes of a client mean: the request that they hold, if any, with its decoded body.
enum Reading: Equatable {
  case incomplete
  /// The reason may depend on how the bytes come: an incomplete line that is too long already is refused for its length.
  case refused
  case request(HTTPRequestHead, body: [UInt8], bytes: Int)

  private static let bodyBytesMax = 4096

  /// - Parameter before: what the parser has read before it was restarted.
  static func whole(_ bytes: UnsafeRawBufferPointer, after before: UnsafeRawBufferPointer? = nil) -> Reading {
    var parser = RequestHeadParser(limits: limits)
    if let before {
      _ = parser.parse(before)
      parser.restart()
    }
    switch parser.parse(bytes) {
    case .needMore: return .incomplete
    case .refused: return .refused
    case .complete:
      let head = parser.head
      let headBytes = parser.headBytes
      check(head, in: bytes, headBytes)
      guard head.isChunked else { return .request(head, body: [], bytes: headBytes) }
      return body(of: head, UnsafeRawBufferPointer(rebasing: bytes[headBytes...]), pieceBytes: .max, headBytes)
    }
  }

  /// The same, when the bytes come in pieces of this length, each at an address of its own: a parser that kept an address
  /// would read freed memory.
  static func inPieces(_ bytes: UnsafeRawBufferPointer, of pieceBytes: Int) -> Reading {
    var parser = RequestHeadParser(limits: limits)
    var count = 0
    while count < bytes.count {
      count = min(count + pieceBytes, bytes.count)
      let copy = Array(bytes[..<count])
      let outcome = copy.withUnsafeBytes { parser.parse($0) }
      switch outcome {
      case .needMore: continue
      case .refused: return .refused
      case .complete:
        let head = parser.head
        let headBytes = parser.headBytes
        guard head.isChunked else { return .request(head, body: [], bytes: headBytes) }
        return body(of: head, UnsafeRawBufferPointer(rebasing: bytes[headBytes...]), pieceBytes: pieceBytes, headBytes)
      }
    }
    return .incomplete
  }

  private static func body(
    of head: HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, pieceBytes: Int, _ headBytes: Int
  ) -> Reading {
    var decoder = ChunkedDecoder(bodyBytesMax: bodyBytesMax, limits: limits)
    var body = ByteBuffer()
    var offset = 0
    while offset < bytes.count {
      let count = min(pieceBytes, bytes.count - offset)
      switch decoder.decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]), into: &body) {
      case .needMore: offset += count
      case .refused: return .refused
      case .complete(let consumed):
        precondition(consumed > 0 && consumed <= count, "a decoder consumes what it was given")
        precondition(body.count <= bodyBytesMax, "a body keeps its limit")
        return .request(head, body: body.withBytes { Array($0) }, bytes: headBytes + offset + consumed)
      }
    }
    return .incomplete
  }

  private static var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.requestLineBytesMax = 256
    limits.headerBytesMax = 512
    limits.headersMax = 16
    limits.trailerBytesMax = 64
    limits.chunkExtensionBytesMax = 64
    return limits
  }

  /// Everything that is read out of a head later can be read.
  private static func check(_ head: HTTPRequestHead, in bytes: UnsafeRawBufferPointer, _ headBytes: Int) {
    precondition(headBytes <= bytes.count && head.headers.end + 2 == headBytes, "the head ends with an empty line")
    let path = head.path.of(bytes)
    precondition(path.first == UInt8(ascii: "/") || path.elementsEqual("*".utf8), "a path begins with a slash")
    var normal = ByteBuffer()
    RequestPath.normalize(path, into: &normal)
    var again = ByteBuffer()
    RequestPath.normalize(normal.view, into: &again)
    precondition(again.view.elementsEqual(normal.view), "a normal form is its own")
    precondition(RequestPath.mayDiffer(path) || normal.view.elementsEqual(path), "no path that differs is missed")
    _ = AcceptedTypes(head.accept.of(bytes))
    _ = head.query.of(bytes)
    _ = head.host.of(bytes)
    guard let conditions = RequestConditions(head, in: bytes) else { return }
    let validators = Validators(entityTag: "\"a\"", lastModified: 784_111_777)
    if case .part(let start, let count) = conditions.selection(status: 200, validators: validators, bodyBytes: 100) {
      precondition(start >= 0 && count > 0 && start + count <= 100, "a part lies in its body")
    }
  }
}
