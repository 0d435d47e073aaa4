/// What one client may make a connection hold. Everything beyond is refused with the status that RFC 9110 has for it. Each
/// connection has its own copy.
package struct HTTPLimits: Equatable, Sendable {
  /// Longest request line without its line break, in bytes; beyond it 414. RFC 9112 §3 recommends at least 8,000.
  @Compact package var requestLineBytesMax = 8192
  /// All header lines together, in bytes; beyond them 431.
  @Compact package var headerBytesMax = 32768
  /// Header lines; beyond them 431.
  @Compact package var headersMax = 100
  /// Longest method, in bytes; beyond it 501. The longest registered one (`UPDATEREDIRECTREF`) has 17.
  @Compact package var methodBytesMax = 32
  /// The line of a chunk's size with its extensions, in bytes; beyond it 400.
  @Compact package var chunkLineBytesMax = 1024
  /// All chunk extensions of a body together, in bytes; beyond them 400. Without it, a body of one byte in each chunk could
  /// bring a kilobyte of extensions with each byte.
  @Compact package var chunkExtensionBytesMax = 16384
  /// All trailer lines of a chunked body together, in bytes; beyond them 431.
  @Compact package var trailerBytesMax = 8192

  package init() {}
}
