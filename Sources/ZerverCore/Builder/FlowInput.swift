/// Where a flow reads its input from.
public struct FlowInput<Value>: Sendable {
  let isQuery: Bool
  /// What a client sends, or one element of it, as `String(reflecting:)` writes it.
  let typeName: String
  /// Of an input in parts.
  let decodePart: FlowDefinition.Decode?
  /// Made in the module of the flow, where the type is known.
  let decode: @Sendable (inout RequestContext) -> StepOutcome
  let release: @Sendable (inout RequestContext) -> Void
  /// What the type's decoder says of a text that nobody has sent: so that a bound path can be held against its fields.
  let trial: @Sendable (String) -> InputError?

  @usableFromInline
  init(
    isQuery: Bool, typeName: String = String(reflecting: Value.self), decodePart: FlowDefinition.Decode? = nil,
    decode: @escaping @Sendable (inout RequestContext) -> StepOutcome,
    release: @escaping @Sendable (inout RequestContext) -> Void, trial: @escaping @Sendable (String) -> InputError?
  ) {
    self.isQuery = isQuery
    self.typeName = typeName
    self.decodePart = decodePart
    self.decode = decode
    self.release = release
    self.trial = trial
  }
}

extension FlowInput where Value: JSONDecodable {
  /// A JSON body.
  @inlinable
  public static func body(_ type: Value.Type = Value.self) -> FlowInput {
    FlowInput(
      isQuery: false, decode: { context in context.decodeJSON(into: Slot<Value>()) },
      release: { context in context.frame.destroy(Slot<Value>()) },
      trial: { text in
        Array(text.utf8).withUnsafeBytes { bytes in
          do throws(InputError) {
            var reader = JSONReader(bytes)
            _ = try Value(from: &reader)
            return nil
          } catch {
            return error
          }
        }
      })
  }
}

extension FlowInput {
  /// A body of JSON documents, one on each line, that one step takes in parts: see ``Decision/take(_:)``.
  @inlinable
  public static func stream<Element: JSONDecodable>(
    _ type: Element.Type = Element.self
  ) -> FlowInput where Value == StreamPart<Element> {
    FlowInput(
      isQuery: false, typeName: String(reflecting: Element.self),
      decodePart: { context in context.decodePart(into: Slot<StreamPart<Element>>()) }, decode: { _ in .continued },
      release: { context in context.frame.destroy(Slot<Value>()) }, trial: { _ in nil })
  }
}

extension FlowInput where Value: QueryDecodable {
  /// The part of the path behind the `?`.
  @inlinable
  public static func query(_ type: Value.Type = Value.self) -> FlowInput {
    FlowInput(
      isQuery: true, decode: { context in context.decodeQuery(into: Slot<Value>()) },
      release: { context in context.frame.destroy(Slot<Value>()) },
      trial: { text in
        Array(text.utf8).withUnsafeBytes { bytes in
          do throws(InputError) {
            var reader = try QueryReader(bytes)
            _ = try Value(from: &reader)
            return nil
          } catch {
            return error
          }
        }
      })
  }
}

/// What a flow answers with when its plan succeeds.
public struct FlowOutput<Value>: Sendable {
  let form: AnswerForm
  /// Writes the header fields of the answer; `nil` for none.
  var headers: HeaderWriter<Value>?
  /// Those that the flow in Swift declares itself.
  var headerFields: [HeaderField<Value>] = []
}

/// The `header` lines of a `.flow` file, as a function of the output.
@usableFromInline
struct HeaderWriter<Value>: Sendable {
  @usableFromInline let write: @Sendable (Value, inout HeaderLines) -> Void
  init(_ write: @escaping @Sendable (Value, inout HeaderLines) -> Void) { self.write = write }
}

extension FlowOutput where Value: JSONEncodable {
  public static func json(_ type: Value.Type = Value.self, status: Int = 200) -> FlowOutput {
    FlowOutput(form: .json(status: UInt16(clamping: status)))
  }

  /// For generated code: with header fields.
  public static func json(
    status: Int, headers: @escaping @Sendable (Value, inout HeaderLines) -> Void
  ) -> FlowOutput { FlowOutput(form: .json(status: UInt16(clamping: status)), headers: HeaderWriter(headers)) }
}

extension FlowOutput {
  /// One JSON document for each element, as the last step gives them: see ``Decision/emit(_:_:)``.
  public static func stream<Element: JSONEncodable>(
    _ type: Element.Type = Element.self, status: Int = 200
  ) -> FlowOutput where Value == [Element] {
    FlowOutput(form: .stream(status: UInt16(clamping: status)))
  }

  /// For generated code: with header fields.
  public static func stream<Element: JSONEncodable>(
    status: Int, headers: @escaping @Sendable (inout HeaderLines) -> Void
  ) -> FlowOutput where Value == [Element] {
    FlowOutput(form: .stream(status: UInt16(clamping: status)), headers: HeaderWriter { _, lines in headers(&lines) })
  }
}

extension FlowOutput where Value == String {
  /// Plain text.
  public static var text: FlowOutput { text(status: 200) }
  public static func text(status: Int) -> FlowOutput { FlowOutput(form: .text(status: UInt16(clamping: status))) }

  /// For generated code: with header fields.
  public static func text(status: Int, headers: @escaping @Sendable (inout HeaderLines) -> Void) -> FlowOutput {
    FlowOutput(form: .text(status: UInt16(clamping: status)), headers: HeaderWriter { _, lines in headers(&lines) })
  }
}

extension FlowOutput where Value == String {
  /// The bytes of a file, for a flow that is called by GET or HEAD. The value is the file's path below `files.root`, with `/`
  /// between its parts; what is not there is answered with 404.
  public static var file: FlowOutput { FlowOutput(form: .file) }

  /// For generated code: with header fields.
  public static func file(headers: @escaping @Sendable (inout HeaderLines) -> Void) -> FlowOutput {
    FlowOutput(form: .file, headers: HeaderWriter { _, lines in headers(&lines) })
  }
}

extension FlowOutput where Value == NoOutput {
  /// 204, without a body.
  public static var none: FlowOutput { FlowOutput(form: .none) }

  /// For generated code: with header fields.
  public static func none(headers: @escaping @Sendable (inout HeaderLines) -> Void) -> FlowOutput {
    FlowOutput(form: .none, headers: HeaderWriter { _, lines in headers(&lines) })
  }
}
