@_spi(Server) @testable import ZerverCore

/// Everything about a head that a test compares, copied out of the buffer.
struct ParsedHead: Equatable {
  var method: String
  var path: String
  var query: String?
  var host: String
  var contentLength: Int?
  var isChunked: Bool
  var keepsAlive: Bool
  var isVersion11: Bool
  var expectsContinue: Bool
  var contentType: String
  var accept: String
  var headBytes: Int

  init(_ head: HTTPRequestHead, _ headBytes: Int, _ bytes: UnsafeRawBufferPointer) {
    func text(_ range: HTTPRequestHead.Range) -> String { String(decoding: range.of(bytes), as: UTF8.self) }
    method = text(head.methodName)
    path = text(head.path)
    query = head.flags.contains(.hasQuery) ? text(head.query) : nil
    host = text(head.host)
    contentLength = head.contentLength
    isChunked = head.isChunked
    keepsAlive = head.keepsAlive
    isVersion11 = head.isVersion11
    expectsContinue = head.expectsContinue
    contentType = text(head.contentType)
    accept = text(head.accept)
    self.headBytes = headBytes
  }
}

enum ParseResult: Equatable {
  case complete(ParsedHead)
  case needMore
  case refused(UInt16)

  var status: UInt16? {
    guard case .refused(let status) = self else { return nil }
    return status
  }

  var head: ParsedHead? {
    guard case .complete(let head) = self else { return nil }
    return head
  }
}

/// Feeds a parser with prefixes of `text` that end at each of `ends` and at last with all of it. Each prefix is a copy
/// of its own with nothing behind it, so that reading too far is an error that a sanitizer or a wrong result shows.
func parse(_ text: [UInt8], endingAt ends: some Sequence<Int> = [], limits: HTTPLimits = HTTPLimits()) -> ParseResult {
  var parser = RequestHeadParser(limits: limits)
  for end in Array(ends) + [text.count] {
    let result: ParseResult? = Array(text[..<end]).withUnsafeBytes { bytes in
      switch parser.parse(bytes) {
      case .complete: .complete(ParsedHead(parser.head, parser.headBytes, bytes))
      case .needMore: nil
      case .refused(let refusal): .refused(refusal.status)
      }
    }
    if let result { return result }
  }
  return .needMore
}

func parse(_ text: String) -> ParseResult { parse(Array(text.utf8)) }
