import ZerverCatalog

/// The catalog of a module: one packed constant, the definitions in its order, and a typed handle for each flow.
struct CatalogEmitter {
  let flows: [ResolvedFlow]
  let names: TypeNames
  let packed: PackedCatalog
  /// Modules whose types the file can name.
  let visible: Set<String>

  func emit(to writer: inout SwiftWriter) {
    writer.line()
    writer.line("/// The flows of this module: the catalog that a server serves, and a typed name for each flow.")
    writer.block("public enum Routes") { writer in
      emitCatalog(to: &writer)
      emitExamples(to: &writer)
      for version in Set(flows.map(\.entry.version)).sorted() {
        writer.line()
        writer.line("/// The flows of version \(version.number).")
        writer.block("public enum V\(version.number)") { writer in
          for flow in flows where flow.entry.version == version {
            emitHandle(flow, to: &writer)
            emitPaths(flow, to: &writer)
          }
        }
      }
    }
  }

  private func emitCatalog(to writer: inout SwiftWriter) {
    let catalog = names.core("FlowCatalog")
    writer.line("/// Built anew at every access: take it once, when the server starts.")
    writer.block("public static var catalog: \(catalog)") { writer in
      writer.line("\(catalog)(")
      writer.indented { writer in
        writer.line("packed: packed,")
        writer.line("flows: [")
        writer.indented { writer in
          for flow in flows { writer.line("\(FlowEmitter.typeName(flow.entry)).definition,") }
        }
        writer.line("])")
      }
    }
    writer.line()
    // A stored constant would make every edit recompile all that depend on it; a getter keeps the text out of the
    // module's interface.
    writer.line("private static var packed: StaticString {")
    writer.indented { writer in
      writer.line("\"\"\"")
      for line in SwiftLiteral.lines(of: packed.text) { writer.line(line) }
      writer.line("\"\"\"")
    }
    writer.line("}")
  }

  private func emitExamples(to writer: inout SwiftWriter) {
    let list = "[\(names.core("FlowExample"))]"
    writer.line()
    writer.line("/// The examples of the flows, for an app's tests: `run()` of ZerverTesting runs one.")
    writer.block("public static var examples: \(list)") { writer in
      let flows = flows.filter { !$0.examples.isEmpty }
      guard !flows.isEmpty else { return writer.line("[]") }
      writer.line("var examples: \(list) = []")
      for flow in flows { writer.line("examples += \(FlowEmitter.typeName(flow.entry)).examples") }
      writer.line("return examples")
    }
  }

  private func emitHandle(_ flow: ResolvedFlow, to writer: inout SwiftWriter) {
    let entry = flow.entry
    let handle = names.core("FlowHandle")
    let name = SwiftNames.member(entry.slug.text)
    writer.documentation(flow.documentation)
    writer.block("public static var \(name): \(handle)<\(input(flow)), \(output(flow))>") { writer in
      writer.line("\(handle)(")
      writer.indented {
        $0.line(
          "slug: \(SwiftLiteral.string(entry.slug.text)), version: \(entry.version.number), "
            + "method: \(SwiftLiteral.string(entry.method.rawValue)), path: \(SwiftLiteral.string(entry.path)))")
      }
    }
  }

  // MARK: Paths

  /// A function for each path that is bound to the flow, whatever its methods: `showOrderPath(orderId:)`.
  private func emitPaths(_ flow: ResolvedFlow, to writer: inout SwiftWriter) {
    var templates: [String] = []
    for binding in flow.entry.bindings where !templates.contains(binding.template) {
      templates.append(binding.template)
      var name = SwiftNames.camel(flow.entry.slug.text) + "Path" + (templates.count == 1 ? "" : String(templates.count))
      if flows.contains(where: { SwiftNames.camel($0.entry.slug.text) == name }) { name += "_" }
      let parameters = binding.fields.map { field in
        "\(SwiftNames.member(field)): \(flow.pathFieldTypes[field].map(pathType) ?? names.swift("String"))"
      }
      writer.line("/// `\(binding.template)`, for links.")
      let head = "public static func \(name)(\(parameters.joined(separator: ", "))) -> \(names.swift("String"))"
      writer.block(head) { $0.line("\"\(pathText(binding))\"") }
    }
  }

  /// The type of a field, where the file can name it. Another module's type, which no `use` line brings in, is given as text.
  private func pathType(_ type: ResolvedType) -> String {
    switch type {
    case .enumeration(_, let module), .newtype(_, let module):
      visible.contains(module) ? names.type(type) : names.swift("String")
    case .string, .int, .float, .bool, .record, .extern, .list, .map, .optional, .stream: names.type(type)
    }
  }

  private func pathText(_ binding: RouteBinding) -> String {
    if binding.segments.isEmpty { return "/" }
    return binding.segments.map { segment in
      switch segment {
      case .literal(let text): "/\(SwiftLiteral.escaped(text))"
      case .field(let name): "/\\(\(names.core("PathSegment")).text(\(SwiftNames.member(name))))"
      }
    }.joined()
  }

  private func input(_ flow: ResolvedFlow) -> String {
    switch flow.input {
    case .none: "Void"
    case .body(let type), .query(let type), .stream(let type): names.type(type)
    }
  }

  private func output(_ flow: ResolvedFlow) -> String {
    switch flow.output {
    case .none: "Void"
    case .text, .file: names.swift("String")
    case .json(let type), .stream(let type): names.type(type)
    }
  }
}
