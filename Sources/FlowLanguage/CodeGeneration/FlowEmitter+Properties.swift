import ZerverCatalog

// What the properties of a flow bring into its Swift: response headers, and how a bound path joins the input.
extension FlowEmitter {
  func emitHeaders(to writer: inout SwiftWriter) {
    guard !flow.headers.isEmpty else { return }
    let lines = "_ lines: inout \(names.core("HeaderLines"))"
    writer.line()
    switch flow.output {
    case .json(let type):
      let output = readsOutput ? "_ output" : "_"
      writer.block("static func headers(\(output): \(names.type(type)), \(lines))") { emitLines(to: &$0) }
    case .none, .text, .file, .stream: writer.block("static func headers(\(lines))") { emitLines(to: &$0) }
    }
  }

  private var readsOutput: Bool {
    flow.headers.contains { header in
      header.parts.contains { part in if case .field = part { true } else { false } }
    }
  }

  private func emitLines(to writer: inout SwiftWriter) {
    for header in flow.headers {
      writer.line("lines.begin(\(SwiftLiteral.string(Self.spelling(header.name))))")
      for part in header.parts {
        switch part {
        case .text(let text): writer.line("lines.append(\(SwiftLiteral.string(text)))")
        case .field(let path, _):
          writer.line("lines.append(\(Self.read(path)), .\(ResponseHeader.holdsURI(header.name) ? "uri" : "text"))")
        }
      }
      writer.line("lines.end()")
    }
  }

  private static func read(_ path: [ResolvedPathField]) -> String {
    var text = "output"
    var isOptional = false
    for field in path {
      text += "\(isOptional ? "?" : "").\(SwiftNames.label(field.name))"
      isOptional = field.isOptional
    }
    return text
  }

  /// `x-total-count` as `X-Total-Count`: the case means nothing, and this is what people know.
  private static func spelling(_ name: String) -> String {
    name.split(separator: "-", omittingEmptySubsequences: false)
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
  }

  /// The last argument of the definition; nothing for flows that no path with fields is bound to.
  var pathInput: String {
    guard case .body = flow.input, flow.entry.bindings.contains(where: { !$0.fields.isEmpty }) else { return "" }
    let unquoted = flow.unquotedPathFields.map(SwiftLiteral.string).joined(separator: ", ")
    return ", pathInput: .json(unquoted: [\(unquoted)])"
  }
}
