import ZerverCore

/// Decodes a whole document.
func decode<Value: JSONDecodable>(_ type: Value.Type = Value.self, _ bytes: [UInt8]) -> Result<Value, InputError> {
  bytes.withUnsafeBytes { bytes in
    do throws(InputError) {
      var reader = JSONReader(bytes)
      let value = try Value(from: &reader)
      try reader.finish()
      return .success(value)
    } catch {
      return .failure(error)
    }
  }
}

func decode<Value: JSONDecodable>(_ type: Value.Type = Value.self, _ text: String) -> Result<Value, InputError> {
  decode(type, Array(text.utf8))
}

/// Decodes a whole query.
func decodeQuery<Value: QueryDecodable>(_ type: Value.Type = Value.self, _ text: String) -> Result<Value, InputError> {
  Array(text.utf8).withUnsafeBytes { bytes in
    do throws(InputError) {
      var reader = try QueryReader(bytes)
      let value = try Value(from: &reader)
      try reader.finish()
      return .success(value)
    } catch {
      return .failure(error)
    }
  }
}

func encode(_ value: some JSONEncodable) -> String {
  var buffer = ByteBuffer()
  value.encodeJSON(to: &buffer)
  return buffer.text
}

extension ByteBuffer {
  var bytes: [UInt8] { withBytes { Array($0) } }
  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

extension Result {
  var value: Success? { try? get() }
  var error: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
