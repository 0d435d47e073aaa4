/// The conditions of a request and the range that it asks for, taken out of its head (RFC 9110 §13, §14).
///
/// A copy of its own, because the bytes of the request are gone by the time its answer is known. Few requests have any, so
/// that most never make one.
@_spi(Server) public final class RequestConditions: Sendable {
  /// What methods of every kind ask for.
  public let precondition: Precondition
  let ifModifiedSince: Int?
  let ifRange: [UInt8]?
  public let range: [UInt8]?

  /// `nil` when the head has none.
  public init?(_ head: HTTPRequestHead, in bytes: UnsafeRawBufferPointer) {
    guard head.flags.contains(.hasConditions) else { return nil }
    precondition = Precondition(
      ifMatch: head.list(of: "if-match", in: bytes), ifNoneMatch: head.list(of: "if-none-match", in: bytes),
      ifUnmodifiedSince: head.value(of: "if-unmodified-since", in: bytes).flatMap { HTTPDate.parse($0) })
    ifModifiedSince = head.value(of: "if-modified-since", in: bytes).flatMap { HTTPDate.parse($0) }
    ifRange = head.value(of: "if-range", in: bytes).map { Array($0) }
    // With any other method the field means nothing (RFC 9110 §14.2).
    range = head.method == .get ? head.value(of: "range", in: bytes).map { Array($0) } : nil
  }

  /// The method must not be carried out unless a condition holds. `Range` is none.
  public var isConditional: Bool { !precondition.isEmpty || ifModifiedSince != nil }

  /// What is sent of an answer to GET or HEAD. Anything but an answer with a body is sent as it is
  /// (RFC 9110 §13.2.1).
  public func selection(status: UInt16, validators: Validators, bodyBytes: Int) -> Selection {
    guard status == 200 else { return .whole }
    switch evaluate(validators) {
    case .whole: break
    case let other: return other
    }
    guard let range, rangeApplies(validators) else { return .whole }
    switch range.withUnsafeBytes({ ByteRange($0, of: bodyBytes) }) {
    case .whole: return .whole
    case .part(let start, let count): return .part(start: start, count: count)
    case .unsatisfiable: return .rangeNotSatisfiable
    }
  }

  /// In the order of RFC 9110 §13.2.2.
  private func evaluate(_ validators: Validators) -> Selection {
    guard precondition.isUnchanged(validators) else { return .preconditionFailed }
    if precondition.ifNoneMatch != nil { return precondition.isKnown(validators) ? .notModified : .whole }
    if let ifModifiedSince, let lastModified = validators.lastModified, lastModified <= ifModifiedSince {
      return .notModified
    }
    return .whole
  }

  /// `If-Range`: a part is wanted only of the body that the client knows (RFC 9110 §13.1.5).
  private func rangeApplies(_ validators: Validators) -> Bool {
    guard let ifRange else { return true }
    return ifRange.withUnsafeBytes { field in
      if let date = HTTPDate.parse(field) { return validators.lastModified == date }
      // `*` is no validator.
      guard field.contains(UInt8(ascii: "\"")) else { return false }
      return EntityTag.matches(field, validators.entityTag, by: .strong)
    }
  }
}

/// What an answer can be compared by.
@_spi(Server) public struct Validators: Equatable, Sendable {
  /// With its quotes, and `W/` when it is weak.
  public var entityTag: String?
  /// Unix seconds.
  public var lastModified: Int?

  public init(entityTag: String? = nil, lastModified: Int? = nil) {
    self.entityTag = entityTag
    self.lastModified = lastModified
  }
}

/// What a request gets of an answer.
@_spi(Server) public enum Selection: Equatable, Sendable {
  case whole
  /// 206 with these bytes.
  case part(start: Int, count: Int)
  /// 304: the client has it.
  case notModified
  /// 412.
  case preconditionFailed
  /// 416.
  case rangeNotSatisfiable
}
