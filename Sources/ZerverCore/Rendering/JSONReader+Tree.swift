// For readers that do not know what comes next: tools and tests, never a request.

extension JSONReader {
  /// The first byte of the next value, which stays.
  package mutating func nextByte() throws(InputError) -> UInt8 { try peek() }
}

extension FieldKey {
  package var text: String { String(decoding: bytes, as: UTF8.self) }
}
