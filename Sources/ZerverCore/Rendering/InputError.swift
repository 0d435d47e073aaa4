/// Why a request's body or query was refused.
///
/// The text names fields, types and limits, and never a value that the client sent.
public struct InputError: Error, Equatable, Sendable {
  /// What kind of mistake it is. The name is the last part of the problem's `type`.
  public struct Code: Hashable, Sendable {
    public let name: String
    /// The status of the response.
    public let status: UInt16

    /// The bytes are no JSON document as RFC 8259 has it, or a member stands twice.
    public static let malformedJSON = Code(name: "malformed-json", status: 400)
    /// The query cannot be percent-decoded, or a parameter stands twice.
    public static let malformedQuery = Code(name: "malformed-query", status: 400)
    public static let missingField = Code(name: "missing-field", status: 422)
    public static let wrongType = Code(name: "wrong-type", status: 422)
    public static let constraintViolated = Code(name: "constraint-violated", status: 422)
    public static let unknownField = Code(name: "unknown-field", status: 422)
  }

  public let code: Code
  /// The way to the field, such as `lines[2].product-id`. Empty for the whole input.
  public let field: String
  /// A sentence for the client.
  public let detail: String

  public init(_ code: Code, field: String, detail: String) {
    self.code = code
    self.field = field
    self.detail = detail
  }
}

extension FlowFailure {
  /// The failure of a request whose input was refused: with the error's code and status, and the member `field`.
  public init(_ error: InputError) {
    self.init(
      code: error.code.name, status: error.code.status, detail: error.detail,
      members: error.field.isEmpty ? [] : [Member("field", .string(error.field))])
  }

  /// The same for an element of a body in parts, which is a document of its own on a line of the body.
  @usableFromInline
  init(_ error: InputError, inLine line: Int) {
    // What is malformed names its place itself, and of a document of one line that is always "line 1, column …".
    let place = error.code == .malformedJSON ? String(error.detail.dropFirst("line 1".count)) : ": \(error.detail)"
    let members = FlowFailure(error).members + [Member("line", .int(line))]
    self.init(code: error.code.name, status: error.code.status, detail: "line \(line)\(place)", members: members)
  }
}
