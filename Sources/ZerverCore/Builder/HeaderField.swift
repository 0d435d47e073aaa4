import ZerverCatalog

// Response headers of flows in Swift.

extension FlowOutput {
  /// A field of the successful response's header: text, and fields of the output.
  ///
  /// ```swift
  /// output: .json(status: 201).header("Location", "/orders/", .field(\.orderId))
  /// ```
  ///
  /// A line whose field has no value is left out. What no header can have is percent-encoded; in `Location` and `Link`,
  /// everything that would not stand for itself in a URI.
  public func header(
    _ name: StaticString, _ parts: HeaderPart<Value>..., file: String = #fileID, line: Int = #line
  ) -> FlowOutput {
    var output = self
    output.headerFields.append(HeaderField(name: name, parts: parts, place: FlowPlace(file, line)))
    let fields = output.headerFields
    output.headers = HeaderWriter { value, lines in for field in fields { field.write(value, to: &lines) } }
    return output
  }
}

/// A part of a response header's value: text, or a field of the output.
public struct HeaderPart<Output>: ExpressibleByStringLiteral, Sendable {
  enum Content: Sendable {
    case text(String)
    /// The name is the one of the language; `nil` for a property that is not stored.
    case field(name: String?, write: @Sendable (Output, inout HeaderLines, HeaderLines.Encoding) -> Void)
  }

  let content: Content

  public init(stringLiteral text: String) { content = .text(text) }

  private init(_ content: Content) { self.content = content }

  public static func field<Field: JSONEncodable>(_ path: KeyPath<Output, Field> & Sendable) -> HeaderPart {
    HeaderPart(.field(name: FieldName.of(path)) { output, lines, encoding in lines.append(output[keyPath: path], encoding) })
  }

  /// A field that may be missing: the line is left out then.
  public static func field<Field: JSONEncodable>(_ path: KeyPath<Output, Field?> & Sendable) -> HeaderPart {
    HeaderPart(.field(name: FieldName.of(path)) { output, lines, encoding in lines.append(output[keyPath: path], encoding) })
  }

  /// As a `.flow` file writes it: `{order-id}`.
  fileprivate var text: String {
    switch content {
    case .text(let text): text
    case .field(let name, _): "{\(name ?? "?")}"
    }
  }

  /// Visible ASCII and spaces.
  fileprivate var isPlain: Bool {
    if case .text(let text) = content { text.utf8.allSatisfy { 0x20 <= $0 && $0 < 0x7F } } else { true }
  }

  fileprivate var isNameless: Bool {
    if case .field(nil, _) = content { true } else { false }
  }
}

/// One header line of a flow in Swift.
struct HeaderField<Output>: Sendable {
  let name: StaticString
  let parts: [HeaderPart<Output>]
  let place: FlowPlace

  func write(_ output: Output, to lines: inout HeaderLines) {
    lines.begin(name)
    for part in parts {
      switch part.content {
      case .text(let text): lines.append(plain: text)
      case .field(_, let write): write(output, &lines, ResponseHeader.holdsURI(name.description.lowercased()) ? .uri : .text)
      }
    }
    lines.end()
  }

  /// What the contract says of it.
  var line: FlowContract.HeaderLine {
    FlowContract.HeaderLine(
      name: name.description, template: parts.map(\.text).joined(), isPlain: parts.allSatisfy(\.isPlain),
      isNameless: parts.contains(where: \.isNameless), place: place)
  }
}
