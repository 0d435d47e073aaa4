/// A value that writes itself as JSON. RouteGen writes the conformance of every record and enum.
public protocol JSONEncodable {
  func encodeJSON(to buffer: inout ByteBuffer)
}

/// A value that reads itself from JSON, with its constraints checked on the way.
public protocol JSONDecodable {
  init(from reader: inout JSONReader) throws(InputError)
}

/// A value that reads itself from a query: a record of scalars, enums and optionals of them.
public protocol QueryDecodable {
  init(from reader: inout QueryReader) throws(InputError)
}
