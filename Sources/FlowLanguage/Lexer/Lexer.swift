/// Cuts the bytes of a file into tokens and comments. Accepts any bytes.
package struct Lexer {
  private let file: SourceFile
  private let bytes: [UInt8]
  private var position = 0
  private var startsLine = true
  private var tokens: [Token] = []
  private var comments: [Comment] = []
  private var diagnostics: [Diagnostic] = []

  package static func lex(_ file: SourceFile) -> LexedFile {
    var lexer = Lexer(file)
    lexer.run()
    return LexedFile(
      file: file, tokens: lexer.tokens, comments: lexer.comments, diagnostics: lexer.diagnostics)
  }

  private init(_ file: SourceFile) {
    self.file = file
    bytes = file.bytes
  }

  private mutating func run() {
    checkEncoding()
    // A byte order mark at the beginning is some editors' habit and means nothing.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count { step() }
    append(.endOfFile, from: bytes.count)
  }

  private mutating func step() {
    let start = position
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\n"):
      position += 1
      startsLine = true
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
    case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): lexComment()
    case UInt8(ascii: "\""): lexString()
    case _ where Self.isWordStart(byte): lexWord()
    case _ where Self.isDigit(byte): lexNumber()
    case UInt8(ascii: "-") where peek(1).map(Self.isDigit) == true: lexNumber()
    case UInt8(ascii: "-") where peek(1) == UInt8(ascii: ">"): punctuation(.arrow, count: 2)
    case UInt8(ascii: ".") where peek(1) == UInt8(ascii: "."): punctuation(.range, count: 2)
    default:
      guard let kind = Self.punctuation(byte) else { return lexUnexpected() }
      punctuation(kind, count: 1)
    }
    precondition(position > start, "the lexer always moves on")
  }

  private func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, start: start, end: position, startsLine: startsLine))
    startsLine = false
  }

  private mutating func punctuation(_ kind: Token.Kind, count: Int) {
    let start = position
    position += count
    append(kind, from: start)
  }

  // MARK: Tokens

  private mutating func lexComment() {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    let end = position > start && bytes[position - 1] == UInt8(ascii: "\r") ? position - 1 : position
    let slashes = bytes[start..<end].prefix { $0 == UInt8(ascii: "/") }.count
    // A line of four and more slashes is a divider.
    comments.append(Comment(start: start, end: end, isDocumentation: slashes == 3))
  }

  private mutating func lexWord() {
    let start = position
    while let byte = peek(0), Self.isWordPart(byte) || isInnerHyphen(byte) { position += 1 }
    append(.word, from: start)
  }

  /// A hyphen belongs to a word when the word goes on behind it, so `a->b` has an arrow.
  private func isInnerHyphen(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") && peek(1).map(Self.isWordPart) == true
  }

  private mutating func lexNumber() {
    let start = position
    position += 1
    while let byte = peek(0) {
      let isFraction = byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true
      guard Self.isWordPart(byte) || isInnerHyphen(byte) || isFraction else { break }
      position += 1
    }
    append(.number, from: start)
  }

  private mutating func lexString() {
    let start = position
    position += 1
    while let byte = peek(0), byte != UInt8(ascii: "\n") {
      position += 1
      if byte == UInt8(ascii: "\"") { return append(.string, from: start) }
      if byte == UInt8(ascii: "\\"), let next = peek(0), next != UInt8(ascii: "\n") { position += 1 }
    }
    if bytes[position - 1] == UInt8(ascii: "\r") { position -= 1 }
    diagnostics.append(.unterminatedString(span(start)))
    append(.malformed, from: start)
  }

  /// One report for a whole run of characters that no token begins with.
  private mutating func lexUnexpected() {
    let start = position
    position += 1
    while let byte = peek(0), byte > 0x20, !Self.isWordStart(byte), !Self.isDigit(byte),
      Self.punctuation(byte) == nil, byte != UInt8(ascii: "\"")
    { position += 1 }
    if !isEncodingError(start..<position) { diagnostics.append(.unexpectedCharacter(span(start))) }
    append(.malformed, from: start)
  }

  private func span(_ start: Int) -> SourceSpan { SourceSpan(file: file, start: start, end: position) }

  // MARK: Encoding

  /// Reports the first byte that is not UTF-8: a file in another encoding has many, for one reason.
  private mutating func checkEncoding() {
    if bytes.allSatisfy({ $0 < 0x80 }) { return }
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error:
        let span = SourceSpan(file: file, start: offset, end: offset + 1)
        diagnostics.append(.notUTF8(span, byte: bytes[offset]))
        return
      case .emptyInput: return
      }
    }
  }

  private func isEncodingError(_ range: Range<Int>) -> Bool {
    String(validating: bytes[range], as: UTF8.self) == nil
  }

  // MARK: Bytes

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  static func isWordStart(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
  }

  static func isWordPart(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) }

  private static func punctuation(_ byte: UInt8) -> Token.Kind? {
    switch byte {
    case UInt8(ascii: "{"): .leftBrace
    case UInt8(ascii: "}"): .rightBrace
    case UInt8(ascii: "("): .leftParenthesis
    case UInt8(ascii: ")"): .rightParenthesis
    case UInt8(ascii: "["): .leftBracket
    case UInt8(ascii: "]"): .rightBracket
    case UInt8(ascii: ":"): .colon
    case UInt8(ascii: ","): .comma
    case UInt8(ascii: "="): .equals
    case UInt8(ascii: "."): .dot
    case UInt8(ascii: "?"): .question
    case UInt8(ascii: "/"): .slash
    default: nil
    }
  }
}
