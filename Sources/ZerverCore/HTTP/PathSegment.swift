/// A value as one part of a path, for the links that generated code writes.
public enum PathSegment {
  /// The text that the value has in JSON, without quotes, with everything percent-encoded but unreserved characters
  /// (RFC 3986 §2.3). What a bound path reads back is the value again.
  ///
  /// An empty text and the texts `.` and `..` are no part of a path, and no request with them would arrive: give a bound field
  /// a minimum length.
  public static func text<Value: JSONEncodable>(_ value: Value) -> String {
    var lines = HeaderLines()
    lines.append(value, .uri)
    return lines.bytes.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}
