/// The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07 §2): a string of structured fields, so in
/// quotes. A bare word is taken as well, because most clients send one.
@_spi(Server) public enum IdempotencyKey {
  /// Characters of a key. A UUID has 36, and 255 is what the APIs that have such keys take.
  public static let charactersMax = 255

  public enum Reading: Equatable, Sendable {
    case key(String)
    /// What is wrong with the field, as the end of a sentence.
    case malformed(StaticString)

    public static func == (a: Reading, b: Reading) -> Bool {
      switch (a, b) {
      case (.key(let a), .key(let b)): a == b
      case (.malformed(let a), .malformed(let b)): a.description == b.description
      case (.key, .malformed), (.malformed, .key): false
      }
    }
  }

  /// - Parameter value: all fields of this name, joined by commas: two of them are none.
  public static func read(_ value: UnsafeRawBufferPointer) -> Reading {
    guard let first = value.first else { return .malformed("is empty") }
    var key: [UInt8] = []
    if first == UInt8(ascii: "\"") {
      // RFC 9651 §3.3.3.
      var index = 1
      while true {
        guard index < value.count else { return .malformed("has no closing quote") }
        var byte = value[index]
        index += 1
        if byte == UInt8(ascii: "\"") { break }
        if byte == UInt8(ascii: "\\") {
          guard index < value.count, value[index] == UInt8(ascii: "\"") || value[index] == UInt8(ascii: "\\") else {
            return .malformed("has a backslash before something else than a quote or a backslash")
          }
          byte = value[index]
          index += 1
        } else if !(0x20...0x7E).contains(byte) {
          return .malformed("has a character that is not printable ASCII")
        }
        key.append(byte)
      }
      guard index == value.count else { return .malformed("has something behind the closing quote, or stands twice") }
    } else {
      for byte in value {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: ";"):
          return .malformed("has a character that only a key in quotes can have, or stands twice")
        case 0x21...0x7E: key.append(byte)
        default: return .malformed("has a character that only a key in quotes can have, or none")
        }
      }
    }
    guard !key.isEmpty else { return .malformed("is empty") }
    guard key.count <= charactersMax else { return .malformed("is longer than 255 characters") }
    return .key(String(decoding: key, as: UTF8.self))
  }
}

@_spi(Server) extension FlowFailure {
  public static var idempotencyKeyMissing: FlowFailure {
    FlowFailure(
      code: "idempotency-key-missing", status: 400,
      detail: "This flow needs the header Idempotency-Key: a fresh key for each piece of work, the same key for each repetition.")
  }

  public static func idempotencyKeyMalformed(_ reason: StaticString) -> FlowFailure {
    FlowFailure(
      code: "idempotency-key-malformed", status: 400,
      detail: "The header Idempotency-Key \(reason). It holds one key of up to 255 characters, in quotes, such as a UUID.")
  }

  /// 409, and a later try may be answered.
  public static var idempotencyKeyInFlight: FlowFailure {
    FlowFailure(
      code: "idempotency-key-in-flight", status: 409, detail: "A request with this Idempotency-Key is being worked on.",
      isTransient: true)
  }

  public static var idempotencyKeyReused: FlowFailure {
    FlowFailure(
      code: "idempotency-key-reused", status: 422,
      detail: "This Idempotency-Key was sent with another request. A key stands for one request and its repetitions.")
  }

  /// What repetitions of a request get whose answer is too large to be kept.
  public static func idempotencyAnswerNotKept(_ status: UInt16) -> FlowFailure {
    FlowFailure(
      code: "idempotency-answer-not-kept", status: 409,
      detail: "The request with this Idempotency-Key was carried out and answered. The answer was too large to be kept.",
      members: [.init("answered-status", .int(Int(status)))])
  }
}
