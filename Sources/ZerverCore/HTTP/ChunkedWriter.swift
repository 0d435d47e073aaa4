/// Writes a chunked body (RFC 9112 §7.1) for a response whose length is not known when its head is sent.
@_spi(Server) public enum ChunkedWriter {
  /// Appends one chunk. Nothing for no bytes, since an empty chunk would end the body.
  public static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    guard bytes.count > 0 else { return }
    // 16 hexadecimal digits and two line breaks at most.
    buffer.reserve(bytes.count + 20)
    buffer.append(hexadecimal: UInt(bytes.count))
    buffer.append("\r\n")
    buffer.append(contentsOf: bytes)
    buffer.append("\r\n")
  }

  /// Appends the last chunk. The response is whole then.
  public static func finish(_ buffer: inout ByteBuffer) { buffer.append("0\r\n\r\n") }
}
