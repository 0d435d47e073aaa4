extension RecordEmitter {
  func emitEncoding(to writer: inout SwiftWriter) {
    let buffer = local("buffer")
    writer.line()
    writer.block("extension \(record.name): \(names.core("JSONEncodable"))") { writer in
      writer.block("public func encodeJSON(to \(buffer): inout \(names.core("ByteBuffer")))") { writer in
        emitMembers(into: buffer, to: &writer)
      }
    }
  }

  private func emitMembers(into buffer: String, to writer: inout SwiftWriter) {
    guard let first = record.fields.first else { return writer.line("\(buffer).append(\"{}\")") }
    // When the first member may be missing, nobody knows which one needs no comma: the buffer turns the first comma into
    // the brace.
    let start = first.type.isOptional ? local("start") : nil
    if let start { writer.line("let \(start) = \(buffer).beginJSONObject()") }
    for (index, field) in record.fields.enumerated() {
      let separator = index == 0 && start == nil ? "{" : ","
      let key = "\(buffer).append(\(SwiftLiteral.string("\(separator)\"\(field.name)\":")))"
      if field.type.isOptional {
        writer.block("if let \(name(field)) = \(selfName(field))") { writer in
          writer.line(key)
          writer.line("\(name(field)).encodeJSON(to: &\(buffer))")
        }
      } else {
        writer.line(key)
        writer.line("\(selfName(field)).encodeJSON(to: &\(buffer))")
      }
    }
    writer.line(start.map { "\(buffer).endJSONObject(\($0))" } ?? "\(buffer).append(\"}\")")
  }
}
