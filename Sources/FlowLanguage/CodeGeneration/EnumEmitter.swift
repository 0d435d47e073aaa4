/// An enum whose raw values are the names on the wire.
struct EnumEmitter {
  let declaration: ResolvedEnum
  let names: TypeNames

  func emit(to writer: inout SwiftWriter) {
    let string = names.swift("String")
    writer.line()
    writer.documentation(declaration.documentation)
    writer.block("public enum \(declaration.name): \(string), CaseIterable, Sendable") { writer in
      for name in declaration.cases {
        let isSame = SwiftNames.camel(name) == name
        writer.line("case \(SwiftNames.member(name))" + (isSame ? "" : " = \(SwiftLiteral.string(name))"))
      }
    }
    let protocols = ["JSONEncodable", "JSONDecodable", "QueryDecodable"].map(names.core).joined(separator: ", ")
    writer.line()
    writer.block("extension \(declaration.name): \(protocols)") { writer in
      emitEncoding(to: &writer)
      emitDecoding(reader: "JSONReader", to: &writer)
      emitDecoding(reader: "QueryReader", to: &writer)
    }
  }

  private func emitEncoding(to writer: inout SwiftWriter) {
    writer.block("public func encodeJSON(to buffer: inout \(names.core("ByteBuffer")))") { writer in
      writer.line("switch self {")
      for name in declaration.cases {
        writer.line("case .\(SwiftNames.label(name)): buffer.append(\(SwiftLiteral.string("\"\(name)\"")))")
      }
      writer.line("}")
    }
  }

  private func emitDecoding(reader: String, to writer: inout SwiftWriter) {
    writer.line()
    writer.block("public init(from reader: inout \(names.core(reader))) throws(\(names.core("InputError")))") { writer in
      writer.line("let name = try reader.readToken()")
      for (index, name) in declaration.cases.enumerated() {
        let test = "if name.matches(\(SwiftLiteral.string(name))) {"
        writer.line(index == 0 ? test : "} else " + test)
        writer.indented { $0.line("self = .\(SwiftNames.label(name))") }
      }
      writer.line("} else {")
      writer.indented {
        $0.line("throw reader.unknownCase(\(SwiftLiteral.string(declaration.cases.joined(separator: ", "))))")
      }
      writer.line("}")
    }
  }
}
