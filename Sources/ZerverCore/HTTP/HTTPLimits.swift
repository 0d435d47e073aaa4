/// What one client may make a connection hold. Everything beyond is refused with the status that RFC 9110 has for it. Each
/// connection has its own copy.
@_spi(Server) public struct HTTPLimits: Equatable, Sendable {
  /// Longest request line without its line break, in bytes; beyond it 414. RFC 9112 §3 recommends at least 8,000.
  @Compact public var requestLineBytesMax = 8192
  /// All header lines together, in bytes; beyond them 431.
  @Compact public var headerBytesMax = 32768
  /// Header lines; beyond them 431.
  @Compact public var headersMax = 100
  /// Longest method, in bytes; beyond it 501. The longest registered one (`UPDATEREDIRECTREF`) has 17.
  @Compact public var methodBytesMax = 32
  /// The line of a chunk's size with its extensions, in bytes; beyond it 400.
  @Compact public var chunkLineBytesMax = 1024
  /// All chunk extensions of a body together, in bytes; beyond them 400. Without it, a body of one byte in each chunk could
  /// bring a kilobyte of extensions with each byte.
  @Compact public var chunkExtensionBytesMax = 16384
  /// All trailer lines of a chunked body together, in bytes; beyond them 431.
  @Compact public var trailerBytesMax = 8192

  public init() {}
}
