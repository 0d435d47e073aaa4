/// Writes errors as `application/problem+json` (RFC 9457).
@_spi(Server) public enum ProblemRenderer {
  /// Appends the problem of a failure.
  ///
  /// - Parameters:
  ///   - status: the status of the response: the flow's for a declared error, the failure's own otherwise.
  ///   - instance: the path of the request, as it came. Left out when empty.
  public static func render(
    _ failure: FlowFailure, status: UInt16, instance: UnsafeRawBufferPointer, to buffer: inout ByteBuffer
  ) {
    buffer.append("{\"type\":")
    buffer.appendJSON("urn:zerver:problem:\(failure.code)")
    buffer.append(",\"title\":")
    buffer.appendJSON(title(failure.code))
    buffer.append(",\"status\":")
    buffer.append(Int(status))
    if !failure.detail.isEmpty {
      buffer.append(",\"detail\":")
      buffer.appendJSON(failure.detail)
    }
    if !instance.isEmpty {
      buffer.append(",\"instance\":")
      appendInstance(instance, to: &buffer)
    }
    for member in failure.members where !isReserved(member.name) {
      buffer.append(",")
      buffer.appendJSON(member.name)
      buffer.append(":")
      append(member.value, to: &buffer)
    }
    buffer.append("}")
  }

  /// The title of a code: its words as a sentence, so that `out-of-stock` is `Out of stock`. It is the same for every
  /// occurrence, as RFC 9457 §3.1.3 asks.
  static func title(_ code: String) -> String {
    let words = String(code.map { $0 == "-" ? " " : $0 })
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// A path of a parsed request is ASCII. Anything else is no path and is not repeated.
  private static func appendInstance(_ instance: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    let isASCII = instance.allSatisfy { 0x20...0x7E ~= $0 }
    buffer.appendJSONString(isASCII ? instance : UnsafeRawBufferPointer(start: nil, count: 0))
  }

  private static func append(_ value: FlowFailure.Value, to buffer: inout ByteBuffer) {
    switch value {
    case .string(let string): buffer.appendJSON(string)
    case .int(let int): buffer.appendJSON(int)
    case .double(let double): buffer.appendJSON(double)
    case .bool(let bool): buffer.appendJSON(bool)
    }
  }

  /// The members that every problem has. A field of a declared error cannot take their place.
  private static func isReserved(_ name: String) -> Bool {
    switch name {
    case "type", "title", "status", "detail", "instance": true
    default: false
    }
  }
}

@_spi(Server) extension FlowFailure {
  /// A failure that is no more than its status: 404 is `not-found`, 413 `content-too-large`.
  public init(status: UInt16, detail: String) {
    let reason = HTTPStatus.reason(status) ?? "Status \(status)"
    let code = String(reason.lowercased().map { $0 == " " ? "-" : $0 })
    self.init(code: code, status: status, detail: detail)
  }

  /// The failure of a request that could not be parsed.
  public init(_ refusal: HTTPRefusal) {
    self.init(status: refusal.status, detail: refusal.reason.description)
  }
}
