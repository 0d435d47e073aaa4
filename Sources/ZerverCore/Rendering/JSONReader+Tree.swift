// For readers that do not know what comes next: tools and tests, never a request.

@_spi(Server) extension JSONReader {
  /// The first byte of the next value, which stays.
  public mutating func nextByte() throws(InputError) -> UInt8 { try peek() }
}

@_spi(Server) extension FieldKey {
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
