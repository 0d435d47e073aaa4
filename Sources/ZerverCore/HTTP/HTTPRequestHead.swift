/// The head of one request: places in the buffer that it was parsed from, and what its header lines mean. It owns no
/// memory; every accessor takes the same bytes again.
@frozen
@_spi(Server) public struct HTTPRequestHead: Equatable, Sendable {
  /// A place in the buffer.
  @frozen
  public struct Range: Equatable, Sendable {
    public var start: UInt32 = 0
    public var count: UInt32 = 0

    @inlinable public init() {}
    @inlinable public init(_ start: Int, _ end: Int) {
      self.start = UInt32(truncatingIfNeeded: start)
      self.count = UInt32(truncatingIfNeeded: end &- start)
    }

    @inlinable public var end: Int { Int(start) &+ Int(count) }
    @inlinable public var isEmpty: Bool { count == 0 }

    /// These bytes of the buffer that the head was parsed from.
    @inlinable @inline(__always)
    public func of(_ buffer: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
      precondition(end <= buffer.count, "the head belongs to this buffer")
      return UnsafeRawBufferPointer(start: buffer.baseAddress.unsafelyUnwrapped + Int(start), count: Int(count))
    }
  }

  @frozen
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Instead of the one of `SetAlgebra`, which other modules would call through a table.
    @inlinable @inline(__always)
    public func contains(_ flags: Flags) -> Bool { rawValue & flags.rawValue == flags.rawValue }

    /// HTTP/1.1. Without it, HTTP/1.0.
    @inlinable public static var isVersion11: Flags { Flags(rawValue: 1 << 0) }
    /// The connection may serve another request after this one.
    @inlinable public static var keepsAlive: Flags { Flags(rawValue: 1 << 1) }
    /// The body is chunked.
    @inlinable public static var isChunked: Flags { Flags(rawValue: 1 << 2) }
    @inlinable public static var hasContentLength: Flags { Flags(rawValue: 1 << 3) }
    /// The client waits for `100 Continue` before it sends the body.
    @inlinable public static var expectsContinue: Flags { Flags(rawValue: 1 << 4) }
    /// There is a `?`, even with nothing behind it.
    @inlinable public static var hasQuery: Flags { Flags(rawValue: 1 << 5) }
    /// `OPTIONS *`: the server as a whole. The path is `*`.
    @inlinable public static var isAsterisk: Flags { Flags(rawValue: 1 << 6) }
    @inlinable public static var closes: Flags { Flags(rawValue: 1 << 7) }
    @inlinable public static var asksKeepAlive: Flags { Flags(rawValue: 1 << 8) }
    @inlinable public static var isAbsolute: Flags { Flags(rawValue: 1 << 9) }
    @inlinable public static var hasHost: Flags { Flags(rawValue: 1 << 10) }
    /// There is one of `If-Match`, `If-None-Match`, `If-Modified-Since`, `If-Unmodified-Since`, `If-Range` and `Range`.
    @inlinable public static var hasConditions: Flags { Flags(rawValue: 1 << 11) }
  }

  public var method = HTTPMethod.other
  public var flags: Flags = []
  /// The method as it stands.
  public var methodName = Range()
  /// The path, percent-encoded. It begins with `/`, but for `OPTIONS *`.
  public var path = Range()
  /// What is behind the `?`, percent-encoded.
  public var query = Range()
  /// The value of `Host`. Empty for a request of HTTP/1.0 without one.
  public var host = Range()
  public var contentType = Range()
  /// The value of the first `Accept` line.
  public var accept = Range()
  /// All header lines, up to the empty line that ends them.
  public var headers = Range()
  /// Meaningful with `hasContentLength`.
  public var declaredLength = 0

  @inlinable public init() {}

  @inlinable public var isHead: Bool { method.rawValue == HTTPMethod.head.rawValue }
  @inlinable public var isVersion11: Bool { flags.contains(.isVersion11) }
  @inlinable public var keepsAlive: Bool { flags.contains(.keepsAlive) }
  @inlinable public var isChunked: Bool { flags.contains(.isChunked) }
  @inlinable public var expectsContinue: Bool { flags.contains(.expectsContinue) }
  /// `nil` when there is no such line: the body is chunked, or there is none.
  @inlinable public var contentLength: Int? { flags.contains(.hasContentLength) ? declaredLength : nil }

  /// The value of the first header line of this name, without the white space around it. `nil` when there is none.
  ///
  /// It walks the lines again, which is faster than a table of lines for every request that nobody asks about.
  ///
  /// - Parameter name: in lower case.
  public func value(of name: StaticString, in buffer: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let base = buffer.baseAddress else { return nil }
    precondition(headers.end <= buffer.count, "the head belongs to this buffer")
    var offset = Int(headers.start)
    while offset < headers.end {
      let colon = HTTPSyntax.endOfName(base, from: offset, to: headers.end)
      let lineEnd = HTTPSyntax.endOfLine(base, from: colon, to: headers.end)
      if HTTPSyntax.equalsFolded(base + offset, colon - offset, name) {
        return HTTPSyntax.trimmed(base, from: colon + 1, to: lineEnd).of(buffer)
      }
      offset = lineEnd + 2
    }
    return nil
  }

  /// The values of all header lines of this name, joined by commas, as a field that is a list may be sent
  /// (RFC 9110 §5.3). `nil` when there is none.
  ///
  /// - Parameter name: in lower case.
  public func list(of name: StaticString, in buffer: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let base = buffer.baseAddress else { return nil }
    precondition(headers.end <= buffer.count, "the head belongs to this buffer")
    var list: [UInt8]?
    var offset = Int(headers.start)
    while offset < headers.end {
      let colon = HTTPSyntax.endOfName(base, from: offset, to: headers.end)
      let lineEnd = HTTPSyntax.endOfLine(base, from: colon, to: headers.end)
      if HTTPSyntax.equalsFolded(base + offset, colon - offset, name) {
        list = list.map { $0 + [UInt8(ascii: ",")] } ?? []
        list?.append(contentsOf: HTTPSyntax.trimmed(base, from: colon + 1, to: lineEnd).of(buffer))
      }
      offset = lineEnd + 2
    }
    return list
  }
}
