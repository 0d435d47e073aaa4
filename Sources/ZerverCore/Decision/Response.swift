/// A whole response as a value, for a step that ends the request itself.
public struct Response: Equatable, Sendable {
  public var status: UInt16
  public var contentType: String
  public var headers: [Header]
  public var body: [UInt8]

  public struct Header: Equatable, Sendable {
    public let name: String
    public let value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(status: UInt16, contentType: String, headers: [Header] = [], body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  public static func text(_ text: String, status: UInt16 = 200) -> Response {
    Response(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }
}
