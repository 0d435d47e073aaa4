/// Reads one JSON document strictly.
public struct JSONReader {
  public init(_ bytes: UnsafeRawBufferPointer) {}
  public mutating func finish() throws(InputError) {}
}
public struct QueryReader {
  public init(_ query: UnsafeRawBufferPointer) throws(InputError) {}
  public mutating func finish() throws(InputError) {}
}
public struct InputError: Error, Equatable, Sendable {}
extension FlowFailure {
  public init(_ error: InputError) { self.init(code: "malformed-json", status: 400, detail: "") }
}
