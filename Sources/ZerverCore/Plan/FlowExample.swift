/// One `example` block of a `.flow` file: a request, what some of the steps come to, and the answer.
///
/// RouteGen writes them as `Routes.examples`, and `run()` of ZerverTesting runs one, so that all of them take one line in
/// an app's tests:
///
/// ```swift
/// @Test(arguments: Routes.examples) func examples(_ example: FlowExample) throws { try example.run() }
/// ```
///
/// A server never touches them: they are built when `Routes.examples` is read.
public struct FlowExample: Sendable {
  public enum Input: Equatable, Sendable {
    case none
    /// JSON; of an input in parts, that of each element on a line.
    case body(String)
    /// Percent-encoded, without the `?`.
    case query(String)
  }

  /// What a step comes to in place of its own code.
  public enum Given: Equatable, Sendable {
    /// JSON of the output; `null` for a step that writes nothing.
    case output(String)
    case failure(FlowFailure)
  }

  public struct Expectation: Equatable, Sendable {
    public let status: UInt16
    /// The code of the problem.
    public let error: String?
    /// JSON that the body has at least; `nil` when it does not matter.
    public let body: String?

    public init(status: UInt16, error: String? = nil, body: String? = nil) {
      self.status = status
      self.error = error
      self.body = body
    }
  }

  /// Does what `FlowDefinition.Run` does, with a given in place of the step.
  public typealias Substitute = @Sendable (_ use: Int, Given, inout RequestContext) -> StepOutcome

  /// `v2/checkout-cart`
  public let flow: String
  /// What the block is called.
  public let name: String
  /// The `.flow` file, as RouteGen was given its path, and the line of the block.
  public let file: String
  public let line: Int
  public let input: Input
  /// By step.
  public let givens: [String: Given]
  public let expectation: Expectation
  /// The flow that is run.
  public let definition: @Sendable () -> FlowDefinition
  @_spi(Server) public let substitute: Substitute

  public init(
    flow: String, name: String, file: String, line: Int, input: Input, givens: [String: Given], expectation: Expectation,
    definition: @escaping @Sendable () -> FlowDefinition, substitute: @escaping Substitute
  ) {
    self.flow = flow
    self.name = name
    self.file = file
    self.line = line
    self.input = input
    self.givens = givens
    self.expectation = expectation
    self.definition = definition
    self.substitute = substitute
  }
}

extension FlowExample: CustomStringConvertible {
  /// How test reports name it.
  public var description: String { "\(flow): \(name)" }
}

extension FlowExample.Given {
  // Used by generated code.

  /// The decision of a step that writes a value. A value that its type refuses is the example's mistake, and ends the run
  /// as a failure of status 500 whose log detail says what is wrong.
  public func decision<Output: JSONDecodable>(of type: Output.Type) throws(FlowFailure) -> Decision<Output> {
    switch self {
    case .failure(let failure): return .fail(failure)
    case .output(let json):
      do throws(InputError) {
        return .continue(try Self.decode(type, json))
      } catch {
        throw .internalError("the given value is no \(type): \(error.field.isEmpty ? "it" : error.field) \(error.detail)")
      }
    }
  }

  /// The decision of a step that writes nothing.
  public func decision() -> Decision<NoOutput> {
    switch self {
    case .failure(let failure): .fail(failure)
    case .output: .continue(NoOutput())
    }
  }

  private static func decode<Output: JSONDecodable>(_ type: Output.Type, _ json: String) throws(InputError) -> Output {
    let bytes = Array(json.utf8)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(InputError) -> Output in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes))
      let output = try Output(from: &reader)
      try reader.finish()
      return output
    }
  }
}
