/// A REST path that a flow answers besides its own: `bind GET /orders/{order-id}`.
public struct RouteBinding: Hashable, Sendable {
  /// One part of a path between two slashes.
  public enum Segment: Hashable, Sendable {
    /// As it stands in the path: it has no character that would have to be percent-encoded.
    case literal(String)
    /// Any text but an empty one; the field of the flow's input that it becomes.
    case field(String)
  }

  public var method: FlowMethod
  /// Empty for the path `/`.
  public var segments: [Segment]

  public init(method: FlowMethod, segments: [Segment]) {
    self.method = method
    self.segments = segments
  }

  /// As the `.flow` file writes it: `/orders/{order-id}`.
  public var template: String {
    if segments.isEmpty { return "/" }
    return segments.map { segment in
      switch segment {
      case .literal(let text): "/\(text)"
      case .field(let name): "/{\(name)}"
      }
    }.joined()
  }

  /// The fields of the path, in its order.
  public var fields: [String] {
    segments.compactMap { segment in
      if case .field(let name) = segment { name } else { nil }
    }
  }

  /// What makes two bindings the same to a request: the method and the path without the names of its fields. Bindings of
  /// different shapes never contend, because in the first segment that differs a literal goes before a field.
  public var shape: String {
    let path = segments.map { segment in
      if case .literal(let text) = segment { "/\(text)" } else { "/{}" }
    }.joined()
    return "\(method.rawValue) \(path.isEmpty ? "/" : path)"
  }
}

extension RouteBinding {
  /// Parts that one path may have. Far more than a readable path has; it bounds the search for a request's route.
  public static var segmentsMax: Int { 16 }

  /// The rule that a path breaks. Offsets count UTF-8 bytes from 0.
  public enum Violation: Error, Equatable, Sendable {
    /// The first character is not `/`.
    case noLeadingSlash
    /// Two slashes meet, or the path ends in one.
    case emptySegment(offset: Int)
    /// Neither unreserved (RFC 3986 §2.3) nor a field alone between two slashes.
    case forbiddenCharacter(offset: Int)
    /// `.` or `..`, which clients resolve before they send a path.
    case dotSegment(offset: Int)
    /// A `{` without its `}`, an empty name, or text beside the braces.
    case malformedField(offset: Int)
    /// One field stands twice.
    case repeatedField(String, offset: Int)
    /// More than ``RouteBinding/segmentsMax``.
    case tooManySegments(Int)
    /// The framework's own: `/flow`, `/.well-known` and `/metrics`.
    case ownedByTheFramework(String)
  }

  /// First segments that belong to the framework: the flows themselves, well-known resources (RFC 8615), the metrics.
  public static let ownedSegments = ["flow", ".well-known", "metrics"]

  /// Reads a path such as `/orders/{order-id}`.
  public init(method: FlowMethod, template: String) throws(Violation) {
    self.init(method: method, segments: try Self.segments(of: template))
  }

  private static func segments(of template: String) throws(Violation) -> [Segment] {
    guard template.utf8.first == UInt8(ascii: "/") else { throw .noLeadingSlash }
    if template == "/" { return [] }
    var segments: [Segment] = []
    var offset = 1
    for part in template.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      let segment = try segment(part, at: offset)
      if case .field(let name) = segment, segments.contains(segment) { throw .repeatedField(name, offset: offset) }
      segments.append(segment)
      offset += part.utf8.count + 1
    }
    if segments.count > segmentsMax { throw .tooManySegments(segments.count) }
    if case .literal(let first)? = segments.first, ownedSegments.contains(first) { throw .ownedByTheFramework(first) }
    return segments
  }

  private static func segment(_ text: Substring, at offset: Int) throws(Violation) -> Segment {
    if text.isEmpty { throw .emptySegment(offset: offset) }
    if text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: "}")) {
      let name = text.dropFirst().dropLast()
      let isName = !name.isEmpty && name.utf8.allSatisfy { isUnreserved($0) && $0 != UInt8(ascii: ".") }
      guard text.first == "{", text.last == "}", isName else { throw .malformedField(offset: offset) }
      return .field(String(name))
    }
    if text == "." || text == ".." { throw .dotSegment(offset: offset) }
    if let index = text.utf8.firstIndex(where: { !isUnreserved($0) }) {
      throw .forbiddenCharacter(offset: offset + text.utf8.distance(from: text.utf8.startIndex, to: index))
    }
    return .literal(String(text))
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

extension RouteBinding.Violation {
  /// A sentence about the path that breaks the rule.
  public func reason(in path: String) -> String {
    func part(_ offset: Int) -> String {
      String(decoding: path.utf8.dropFirst(offset).prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }
    switch self {
    case .noLeadingSlash: return "It does not begin with `/`."
    case .emptySegment:
      return "There is nothing between two of its slashes, or behind the last one, and clients disagree about what that means."
    case .forbiddenCharacter(let offset):
      let character = String(decoding: path.utf8.dropFirst(offset), as: UTF8.self).prefix(1)
      return "`\(character)` would have to be percent-encoded. What needs no encoding is English letters, digits and `- . _ ~`."
    case .dotSegment(let offset):
      return "Clients resolve `\(part(offset))` before they send a path, so nobody would ever ask for it."
    case .malformedField(let offset):
      return "`\(part(offset))` is no field: a field stands alone between two slashes, in braces, by its name."
    case .repeatedField(let name, _): return "`{\(name)}` stands in it twice, and the two could differ."
    case .tooManySegments(let count): return "It has \(count) parts, and I allow \(RouteBinding.segmentsMax)."
    case .ownedByTheFramework(let first): return "Everything below `/\(first)` belongs to the framework."
    }
  }
}
