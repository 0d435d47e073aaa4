import ZerverCatalog
@_spi(Server) import ZerverCore

/// Where the fields of a bound path go: into the query, or into the JSON body, before the flow decodes either. So a flow
/// reads one input, with one set of rules, whichever path it is called by.
struct PathInput: Sendable {
  struct Field: Sendable {
    let name: String
    /// Which segment of the path it is, from 0.
    let segment: Int
    /// Stands in JSON with quotes.
    let isQuoted: Bool
  }

  let fields: [Field]
  let readsQuery: Bool

  init(_ binding: RouteBinding, _ form: PathInputForm) {
    let unquoted: [String]
    switch form {
    case .query: (readsQuery, unquoted) = (true, [])
    case .json(let names): (readsQuery, unquoted) = (false, names)
    }
    fields = binding.segments.enumerated().compactMap { index, segment in
      guard case .field(let name) = segment else { return nil }
      return Field(name: name, segment: index, isQuoted: !unquoted.contains(name))
    }
  }

  // MARK: Merging

  /// Writes the query with the fields of the path in front. `false` when the path cannot be decoded.
  func writeQuery(
    path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer, to buffer: inout ByteBuffer
  ) -> Bool {
    var value = ByteBuffer()
    for field in fields {
      value.removeAll()
      guard PercentEncoding.decode(Self.segment(field.segment, of: path), into: &value) else { return false }
      if !buffer.isEmpty { buffer.append("&") }
      buffer.append(field.name)
      buffer.append("=")
      value.withBytes { PercentEncoding.encode($0, into: &buffer) }
    }
    if !query.isEmpty {
      if !buffer.isEmpty { buffer.append("&") }
      buffer.append(contentsOf: query)
    }
    return true
  }

  /// Writes the body with the fields of the path as last members of its object: what comes before keeps its line and column
  /// for error messages. A missing body counts as an empty object. A body that is no object stays as it is, for the
  /// decoder to refuse. `false` when the path cannot be decoded.
  func writeBody(path: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) -> Bool {
    let trimmed = Self.trimmed(body)
    guard trimmed.isEmpty || (body[trimmed.lowerBound] == UInt8(ascii: "{") && body[trimmed.upperBound - 1] == UInt8(ascii: "}"))
    else {
      buffer.append(contentsOf: body)
      return true
    }
    if trimmed.isEmpty {
      buffer.append("{")
    } else {
      buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: body[..<(trimmed.upperBound - 1)]))
    }
    let inside = trimmed.isEmpty ? 0..<0 : Self.trimmed(UnsafeRawBufferPointer(rebasing: body[(trimmed.lowerBound + 1)..<(trimmed.upperBound - 1)]))
    guard writeMembers(path: path, isFirst: inside.isEmpty, to: &buffer) else { return false }
    buffer.append("}")
    return true
  }

  private func writeMembers(path: UnsafeRawBufferPointer, isFirst: Bool, to buffer: inout ByteBuffer) -> Bool {
    var value = ByteBuffer()
    for (index, field) in fields.enumerated() {
      value.removeAll()
      guard PercentEncoding.decode(Self.segment(field.segment, of: path), into: &value) else { return false }
      if index > 0 || !isFirst { buffer.append(",") }
      buffer.appendJSON(field.name)
      buffer.append(":")
      value.withBytes { bytes in
        if !field.isQuoted, Self.isPlainScalar(bytes) {
          buffer.append(contentsOf: bytes)
        } else {
          buffer.appendJSON(String(decoding: bytes, as: UTF8.self))
        }
      }
    }
    return true
  }

  /// A number, `true` or `false` as JSON writes them. Anything else goes into quotes, and the decoder says what it expects.
  private static func isPlainScalar(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8) { return true }
    var reader = JSONReader(bytes)
    do throws(InputError) {
      _ = try reader.readDouble()
      try reader.finish()
      return true
    } catch { return false }
  }

  private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) }) else {
      return 0..<0
    }
    return first..<last + 1
  }

  /// The path has the segment: it has matched the binding.
  private static func segment(_ number: Int, of path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = 1
    for _ in 0..<number { start = (path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count - 1) + 1 }
    let end = path[start...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
    return UnsafeRawBufferPointer(rebasing: path[start..<end])
  }

  // MARK: Failures

  static let undecodablePath = FlowFailure(
    code: "malformed-path", status: 400, detail: "The path cannot be percent-decoded to UTF-8.")

  /// What a client is told that has sent a field of the path a second time, in place of the decoder's words.
  func explained(_ failure: FlowFailure) -> FlowFailure {
    guard failure.code == "malformed-query" || failure.code == "malformed-json", failure.detail.contains("stands twice"),
      let member = failure.members.first(where: { $0.name == "field" }), case .string(let name) = member.value,
      fields.contains(where: { $0.name == name })
    else { return failure }
    return FlowFailure(
      code: failure.code, status: failure.status, detail: "The path gives this field already.", members: [member])
  }
}
