/// Which of the framework's own media types `Accept` lets through (RFC 9110 §12.5.1). Bits, so that a request needs no
/// memory for them.
@frozen
@_spi(Server) public struct AcceptedTypes: OptionSet, Sendable {
  public let rawValue: UInt8
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `application/json`
  @inlinable public static var json: AcceptedTypes { AcceptedTypes(rawValue: 1 << 0) }
  /// `text/plain`
  @inlinable public static var text: AcceptedTypes { AcceptedTypes(rawValue: 1 << 1) }
  @inlinable public static var all: AcceptedTypes { [.json, .text] }

  /// - Parameter field: the value of `Accept`. Empty, and one that cannot be read, let everything through.
  public init(_ field: UnsafeRawBufferPointer) {
    self = .all
    guard let base = field.baseAddress, !field.isEmpty else { return }
    var json = Quality()
    var text = Quality()
    let isReadable = MediaRange.forEach(in: field, base) { range in
      json.consider(range, "application/", "json")
      text.consider(range, "text/", "plain")
    }
    guard isReadable else { return }
    if !json.isAcceptable { remove(.json) }
    if !text.isAcceptable { remove(.text) }
  }

  /// What the most specific range that names a type says of it.
  fileprivate struct Quality {
    private(set) var specificity = -1
    private(set) var isAcceptable = false

    mutating func consider(_ range: MediaRange, _ type: StaticString, _ subtype: StaticString) {
      guard let specificity = range.specificity(for: type, subtype), specificity > self.specificity else { return }
      self.specificity = specificity
      isAcceptable = range.isAcceptable
    }
  }

  /// One item of the list: `type/subtype`, `type/*` or `*/*`, with a weight.
  fileprivate struct MediaRange {
    let essence: UnsafeRawBufferPointer
    let isAcceptable: Bool

    /// Walks the items of a field. `false` when one of them cannot be read.
    static func forEach(
      in field: UnsafeRawBufferPointer, _ base: UnsafeRawPointer, _ body: (MediaRange) -> Void
    ) -> Bool {
      var start = 0
      while start < field.count {
        var end = start
        while end < field.count, field[end] != UInt8(ascii: ",") { end += 1 }
        let item = HTTPSyntax.trimmed(base, from: start, to: end)
        start = end + 1
        if item.isEmpty { continue }
        guard let range = MediaRange(item.of(field)) else { return false }
        body(range)
      }
      return true
    }

    init?(_ item: UnsafeRawBufferPointer) {
      let end = item.firstIndex(of: UInt8(ascii: ";")) ?? item.count
      let essence = HTTPSyntax.trimmed(item.baseAddress.unsafelyUnwrapped, from: 0, to: end).of(item)
      guard essence.contains(UInt8(ascii: "/")) else { return nil }
      self.essence = essence
      isAcceptable = !Self.hasZeroWeight(UnsafeRawBufferPointer(rebasing: item[end...]))
    }

    /// Whether a parameter is `q=0`, `q=0.0` and so on.
    private static func hasZeroWeight(_ parameters: UnsafeRawBufferPointer) -> Bool {
      for parameter in parameters.split(separator: UInt8(ascii: ";")) {
        let trimmed = parameter.drop { HTTPSyntax.isSpace($0) }
        guard let name = trimmed.first, name | 0x20 == UInt8(ascii: "q"),
          trimmed.dropFirst().first == UInt8(ascii: "=")
        else { continue }
        let digits = trimmed.dropFirst(2).filter { $0 &- UInt8(ascii: "0") < 10 }
        return !digits.isEmpty && digits.allSatisfy { $0 == UInt8(ascii: "0") }
      }
      return false
    }

    /// How exactly the range names the type; `nil` when it does not.
    func specificity(for type: StaticString, _ subtype: StaticString) -> Int? {
      guard let base = essence.baseAddress else { return nil }
      if essence.elementsEqual("*/*".utf8) { return 0 }
      let length = type.utf8CodeUnitCount
      guard essence.count > length, HTTPSyntax.equalsFolded(base, length, type) else { return nil }
      if essence.count == length + 1, essence[length] == UInt8(ascii: "*") { return 1 }
      return HTTPSyntax.equalsFolded(base + length, essence.count - length, subtype) ? 2 : nil
    }
  }
}

@_spi(Server) extension StreamForm {
  /// The form that `Accept` asks for: lines, unless events are named more exactly. `nil` when neither is acceptable.
  ///
  /// - Parameter field: the value of `Accept`. Empty, and one that cannot be read, let lines through.
  public init?(accept field: UnsafeRawBufferPointer) {
    self = .lines
    guard let base = field.baseAddress, !field.isEmpty else { return }
    var lines = AcceptedTypes.Quality()
    var events = AcceptedTypes.Quality()
    let isReadable = AcceptedTypes.MediaRange.forEach(in: field, base) { range in
      lines.consider(range, "application/", "x-ndjson")
      events.consider(range, "text/", "event-stream")
    }
    guard isReadable else { return }
    if events.isAcceptable, !lines.isAcceptable || events.specificity > lines.specificity {
      self = .events
    } else if !lines.isAcceptable {
      return nil
    }
  }
}
