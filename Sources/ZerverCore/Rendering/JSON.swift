/// A value that writes itself as JSON. RouteGen writes the conformance of every record and enum.
///
/// A generated record looks like this. Keys are literals with the comma and the colon in them, so that a key is one copy
/// of a constant number of bytes. An optional that is `nil` is left out:
///
/// ```swift
/// public func encodeJSON(to buffer: inout ByteBuffer) {
///   buffer.append("{\"cart-id\":")
///   cartId.encodeJSON(to: &buffer)
///   if let coupon {
///     buffer.append(",\"coupon\":")
///     coupon.encodeJSON(to: &buffer)
///   }
///   buffer.append("}")
/// }
/// ```
///
/// When the first field is optional, every key has its comma, and the object is put between
/// ``ByteBuffer/beginJSONObject()`` and ``ByteBuffer/endJSONObject(_:)``.
public protocol JSONEncodable: SendableMetatype {
  func encodeJSON(to buffer: inout ByteBuffer)
}

/// A value that reads itself from JSON, with its constraints checked on the way. See ``JSONReader`` for the form that
/// generated code has.
public protocol JSONDecodable: SendableMetatype {
  init(from reader: inout JSONReader) throws(InputError)
}

/// A value that reads itself from a query: a record of scalars, enums and optionals of them.
public protocol QueryDecodable: SendableMetatype {
  init(from reader: inout QueryReader) throws(InputError)
}

extension String: JSONEncodable, JSONDecodable, QueryDecodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(self) }
  @inlinable public init(from reader: inout JSONReader) throws(InputError) { self = try reader.readString() }
  @inlinable public init(from reader: inout QueryReader) throws(InputError) { self = try reader.readString() }
}

extension Int: JSONEncodable, JSONDecodable, QueryDecodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) { buffer.append(self) }
  @inlinable public init(from reader: inout JSONReader) throws(InputError) { self = try reader.readInt() }
  @inlinable public init(from reader: inout QueryReader) throws(InputError) { self = try reader.readInt() }
}

extension Double: JSONEncodable, JSONDecodable, QueryDecodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(self) }
  @inlinable public init(from reader: inout JSONReader) throws(InputError) { self = try reader.readDouble() }
  @inlinable public init(from reader: inout QueryReader) throws(InputError) { self = try reader.readDouble() }
}

extension Bool: JSONEncodable, JSONDecodable, QueryDecodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) { buffer.appendJSON(self) }
  @inlinable public init(from reader: inout JSONReader) throws(InputError) { self = try reader.readBool() }
  @inlinable public init(from reader: inout QueryReader) throws(InputError) { self = try reader.readBool() }
}

/// `nil` is `null`. As a member of a record, an optional that is `nil` is left out instead, which generated code does.
extension Optional: JSONEncodable where Wrapped: JSONEncodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) {
    if let self { self.encodeJSON(to: &buffer) } else { buffer.appendJSONNull() }
  }
}

extension Optional: JSONDecodable where Wrapped: JSONDecodable {
  @inlinable public init(from reader: inout JSONReader) throws(InputError) {
    self = try reader.readNull() ? nil : try Wrapped(from: &reader)
  }
}

extension Array: JSONEncodable where Element: JSONEncodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) {
    buffer.append("[")
    var isFirst = true
    for element in self {
      if isFirst { isFirst = false } else { buffer.append(",") }
      element.encodeJSON(to: &buffer)
    }
    buffer.append("]")
  }
}

extension Array: JSONDecodable where Element: JSONDecodable {
  @inlinable public init(from reader: inout JSONReader) throws(InputError) {
    self = try reader.readList(of: Element.self)
  }
}

/// Members come in the order of their keys: the order of a dictionary changes with every process, and the same value
/// must give the same bytes.
extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
  @inlinable public func encodeJSON(to buffer: inout ByteBuffer) {
    buffer.append("{")
    var isFirst = true
    for (key, value) in self.sorted(by: { $0.key < $1.key }) {
      if isFirst { isFirst = false } else { buffer.append(",") }
      buffer.appendJSON(key)
      buffer.append(":")
      value.encodeJSON(to: &buffer)
    }
    buffer.append("}")
  }
}

extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
  @inlinable public init(from reader: inout JSONReader) throws(InputError) {
    self = try reader.readMap(of: Value.self)
  }
}
