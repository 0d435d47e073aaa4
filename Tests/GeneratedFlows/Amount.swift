public import ZerverCore

/// An extern type: a sum in cents that travels as text with two decimals.
public struct Amount: Equatable, Sendable {
  public var cents: Int

  public init(cents: Int) { self.cents = cents }
}

extension Amount: JSONEncodable, JSONDecodable {
  public func encodeJSON(to buffer: inout ByteBuffer) {
    buffer.appendJSON("\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)")
  }

  public init(from reader: inout JSONReader) throws(InputError) {
    let parts = try reader.readString().split(separator: ".")
    guard parts.count == 2, parts[1].utf8.count == 2, let whole = Int(parts[0]), let rest = Int(parts[1]) else {
      throw reader.constraintViolated("must be an amount such as 12.50")
    }
    cents = whole * 100 + rest
  }
}
