/// The end of a flow's life as its file announces it: from which day callers should move on, until when it is answered,
/// and where they should go.
public struct Deprecation: Hashable, Sendable {
  /// From this day on the flow is deprecated. May lie in the future.
  public let deprecated: CalendarDate
  /// From this day on the flow is not answered any more.
  public let sunset: CalendarDate?
  public let successor: FlowReference?
  /// A page for people that says how to move on.
  public let guide: String?
  /// `sunset 2027-04-01 then 410`: from the sunset on the server answers 410 instead of the flow's own answer.
  public var isGoneAfterSunset = false
  /// `status retired`: the flow answers 410 whatever the day.
  public var isRetired = false

  /// Throws the first rule that the parts break together.
  public init(
    deprecated: CalendarDate, sunset: CalendarDate? = nil, successor: FlowReference? = nil, guide: String? = nil
  ) throws(Violation) {
    if let sunset, sunset < deprecated { throw .sunsetBeforeDeprecation }
    if let guide, !Self.isLink(guide) { throw .guideIsNoLink }
    self.deprecated = deprecated
    self.sunset = sunset
    self.successor = successor
    self.guide = guide
  }

  public enum Violation: Error, Equatable, Sendable {
    /// RFC 8594 and RFC 9745 §4: a sunset never comes before the deprecation.
    case sunsetBeforeDeprecation
    /// A guide is an absolute `https://` or `http://` link of visible ASCII, without `<`, `>`, `"` and `\`, because it
    /// stands between angle brackets in the `Link` field.
    case guideIsNoLink
  }

  private static func isLink(_ text: String) -> Bool {
    let scheme = ["https://", "http://"].first { text.hasPrefix($0) }
    guard let scheme, text.utf8.count > scheme.utf8.count else { return false }
    let forbidden: [UInt8] = [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "\\")]
    return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }
  }
}

extension Deprecation {
  /// The first Unix second of which the server answers 410 in place of the flow; `nil` when it always answers.
  public var goneFromUnixSeconds: Int? {
    if isRetired { return 0 }
    return isGoneAfterSunset ? sunset?.unixSeconds : nil
  }

  /// The header lines that every response of the flow carries, each ended by CR LF: `Deprecation` (RFC 9745), `Sunset`
  /// (RFC 8594) and `Link` (RFC 8288) with the relations `successor-version` (RFC 5829) and `deprecation`.
  public var headerLines: String {
    var lines = "Deprecation: @\(deprecated.unixSeconds)\r\n"
    if let sunset { lines += "Sunset: \(sunset.httpDate)\r\n" }
    var links: [String] = []
    if let successor { links.append("<\(successor.path)>; rel=\"successor-version\"") }
    if let guide { links.append("<\(guide)>; rel=\"deprecation\"; type=\"text/html\"") }
    if !links.isEmpty { lines += "Link: \(links.joined(separator: ", "))\r\n" }
    return lines
  }
}
