import FlowLanguage
import ZerverCatalog

/// Writes one Swift file that calls every flow of a catalog: typed inputs and outputs, one error enum for each flow, and a
/// transport that can be replaced. It needs Foundation and nothing of this package.
package struct SwiftClientEmitter {
  private let catalog: CatalogModel
  private let name: String
  private let types: SwiftClientTypes

  /// - Parameter name: of the client's type; `nil` takes the catalog's name with `Client` behind it.
  package static func emit(_ catalog: CatalogModel, name: String? = nil) -> String {
    SwiftClientEmitter(catalog, name ?? catalog.name + "Client").text
  }

  private init(_ catalog: CatalogModel, _ name: String) {
    self.catalog = catalog
    self.name = name
    types = SwiftClientTypes(catalog)
  }

  private var flows: [ResolvedFlow] { catalog.flows.filter { $0.entry.deprecation?.isRetired != true } }

  private var text: String {
    var writer = CodeWriter()
    writer.lines("""
      // Written by `route-gen client --language swift` from the flows of \(catalog.name). Write it again instead of editing it.

      public import Foundation
      #if canImport(FoundationNetworking)
      public import FoundationNetworking
      #endif

      """)
    emitClient(to: &writer)
    emitFlows(to: &writer)
    emitTypes(to: &writer)
    emitProblems(to: &writer)
    writer.lines(SwiftClientSupport.text(client: name, string: types.swift("String")))
    return writer.text
  }

  private func emitClient(to writer: inout CodeWriter) {
    let string = types.swift("String")
    writer.line("/// Calls the flows of \(catalog.name): one function for each, typed from its input to its errors.")
    writer.block("public struct \(name): Sendable") { writer in
      writer.lines("""
        /// Carries requests to the server.
        public var transport: any Transport
        /// Fields that every request carries, such as `Authorization`.
        public var headers: [\(string): \(string)]

        public init(transport: any Transport, headers: [\(string): \(string)] = [:]) {
          self.transport = transport
          self.headers = headers
        }

        /// - Parameter baseURL: scheme, host and port of the server, and what a proxy wants before the flows' paths.
        public init(baseURL: URL, session: URLSession = .shared, headers: [\(string): \(string)] = [:]) {
          self.init(transport: URLSessionTransport(baseURL: baseURL, session: session), headers: headers)
        }
        """)
    }
  }

  // MARK: Flows

  private func emitFlows(to writer: inout CodeWriter) {
    writer.line()
    writer.line("// MARK: Flows")
    writer.line()
    writer.block("extension \(name)") { writer in
      for (index, flow) in flows.enumerated() {
        if index > 0 { writer.line() }
        emit(flow, to: &writer)
      }
    }
  }

  private func emit(_ flow: ResolvedFlow, to writer: inout CodeWriter) {
    let entry = flow.entry
    document(flow.documentation.isEmpty ? ["`\(entry.path)`"] : flow.documentation + ["", "`\(entry.path)`"], to: &writer)
    if let deprecation = entry.deprecation {
      let message = ClientText.deprecation(deprecation, in: catalog) { OperationNames.name($0) }
      writer.line("@available(*, deprecated, message: \(SwiftClientTypes.literal(message)))")
    }
    let failure = failureName(entry)
    let output = output(flow)
    var head = "public func \(OperationNames.name(entry))"
    var constraint = ""
    if case .stream(let type) = flow.input {
      head += "<Elements: AsyncSequence & Sendable>"
      constraint = " where Elements.Element == \(types.name(type))"
    }
    writer.list(head + "(", parameters(flow), ") async throws(\(failure))" + (output.map { " -> \($0)" } ?? "") + constraint + " {")
    writer.indented { emitBody(flow, failure: failure, to: &$0) }
    writer.line("}")
  }

  private func parameters(_ flow: ResolvedFlow) -> [String] {
    var parameters: [String] = []
    switch flow.input {
    case .none: break
    case .body(let type), .query(let type): parameters.append("_ input: \(types.name(type))")
    case .stream: parameters.append("_ input: Elements")
    }
    let string = types.swift("String")
    switch flow.entry.idempotency?.mode {
    case .required: parameters.append("idempotencyKey: \(string)")
    case .optional: parameters.append("idempotencyKey: \(string)? = nil")
    case nil: break
    }
    return parameters
  }

  private func output(_ flow: ResolvedFlow) -> String? {
    switch flow.output {
    case .none: nil
    case .text: types.swift("String")
    case .file: "[\(types.swift("UInt8"))]"
    case .json(let type): types.name(type)
    case .stream(let type): "AsyncThrowingStream<\(types.name(type)), any Error>"
    }
  }

  private func emitBody(_ flow: ResolvedFlow, failure: String, to writer: inout CodeWriter) {
    let entry = flow.entry
    let isChanged: Bool
    var lines = ""
    switch (flow.input, flow.output) {
    case (.none, _): isChanged = entry.idempotency != nil
    case (.stream, .stream), (.body, _), (.query, _): isChanged = true
    case (.stream, _):
      isChanged = false
      lines = ", lines: input"
    }
    writer.line(
      "\(isChanged ? "var" : "let") request = Request(method: \"\(entry.method.rawValue)\", target: \"\(entry.path)\")")
    switch flow.input {
    case .none: break
    case .query(let type):
      writer.line("var query = Query()")
      for field in catalog.record(type)?.fields ?? [] {
        writer.line("query.add(\(SwiftClientTypes.literal(field.name)), \(types.queryText(field)))")
      }
      writer.line("request.target += query.text")
    case .body: writer.line("try encode(input, into: &request, \(failure).self)")
    case .stream: if isChanged { writer.line("try await collect(input, into: &request, \(failure).self)") }
    }
    if entry.idempotency != nil { writer.line("request.add(idempotencyKey: idempotencyKey)") }
    let call = "try await perform(request\(lines), \(failure).self)"
    switch flow.output {
    case .none: writer.line("_ = \(call)")
    case .file: writer.line("return \(types.swift("Array"))(\(call).body)")
    case .text: writer.line("return \(types.swift("String"))(decoding: \(call).body, as: UTF8.self)")
    case .json(let type): writer.line("return try decode(\(call), as: \(types.name(type)).self, \(failure).self)")
    case .stream(let type): writer.line("return try await elements(of: request, as: \(types.name(type)).self, \(failure).self)")
    }
  }

  // MARK: Errors

  private func failureName(_ entry: CatalogEntry) -> String { SwiftNames.type(OperationNames.name(entry)) + "Failure" }

  private func emitProblems(to writer: inout CodeWriter) {
    writer.line()
    writer.line("// MARK: Errors")
    writer.line()
    writer.block("extension \(name)") { writer in
      for (index, flow) in flows.enumerated() {
        if index > 0 { writer.line() }
        emitFailure(flow, to: &writer)
      }
      for error in catalog.errors {
        writer.line()
        emitProblem(error, to: &writer)
      }
    }
  }

  private func emitFailure(_ flow: ResolvedFlow, to writer: inout CodeWriter) {
    writer.line("/// Why `\(flow.entry.reference)` has not given its answer.")
    writer.block("public enum \(failureName(flow.entry)): CallFailure") { writer in
      for (name, status) in flow.errors {
        document((catalog.error(name)?.documentation ?? []) + ["Status \(status)."], to: &writer)
        writer.line("case \(types.errorCase(name))(\(types.problem(name)))")
      }
      writer.lines(SwiftClientSupport.commonCases)
      writer.line()
      writer.block("public init(_ problem: Problem)") { writer in
        if flow.errors.isEmpty { return writer.line("self = .problem(problem)") }
        writer.line("switch problem.code {")
        for (name, _) in flow.errors {
          writer.line("case \(SwiftClientTypes.literal(name)): self = problem.members(\(types.problem(name)).self).map(Self.\(types.errorCase(name))) ?? .problem(problem)")
        }
        writer.line("default: self = .problem(problem)")
        writer.line("}")
      }
    }
  }

  private func emitProblem(_ error: ResolvedError, to writer: inout CodeWriter) {
    document(error.documentation.isEmpty ? ["The problem `\(error.name)`."] : error.documentation, to: &writer)
    let string = types.swift("String")
    let fields = error.fields.filter { !$0.isSensitive && !["type", "title", "status", "detail", "instance"].contains($0.name) }
    writer.block("public struct \(types.problem(error.name)): Codable, Equatable, Sendable") { writer in
      writer.lines("""
        public var status: Int
        /// A sentence for people.
        public var detail: \(string)?
        """)
      for field in fields {
        document(field.documentation, to: &writer)
        writer.line("public var \(SwiftNames.member(field.name)): \(types.name(field.type))")
      }
      writer.line()
      emitCodingKeys([("status", "status"), ("detail", "detail")] + fields.map { (SwiftNames.member($0.name), $0.name) }, to: &writer)
    }
  }

  // MARK: Types

  private func emitTypes(to writer: inout CodeWriter) {
    guard !catalog.types.isEmpty else { return }
    writer.line()
    writer.line("// MARK: Types")
    writer.line()
    writer.block("extension \(name)") { writer in
      for (index, type) in catalog.types.enumerated() {
        if index > 0 { writer.line() }
        emit(type, to: &writer)
      }
    }
  }

  private func emit(_ type: CatalogType, to writer: inout CodeWriter) {
    document(type.documentation, to: &writer)
    let name = types.name(type)
    switch type.declaration {
    case .record(let record): emit(record, name, to: &writer)
    case .enumeration(let enumeration):
      writer.block("public enum \(name): \(types.swift("String")), Codable, CaseIterable, Sendable") { writer in
        for word in enumeration.cases {
          let member = SwiftNames.member(word)
          writer.line("case \(member)" + (member == word ? "" : " = \(SwiftClientTypes.literal(word))"))
        }
      }
    case .newtype(let newtype): emit(newtype, name, to: &writer)
    case .extern:
      writer.line("/// JSON whose form only the server's code knows.")
      writer.line("public typealias \(name) = AnyJSON")
    }
  }

  private func emit(_ newtype: ResolvedNewtype, _ name: String, to writer: inout CodeWriter) {
    let raw = types.name(newtype.wrapped)
    let (literal, kind) =
      switch newtype.wrapped {
      case .int: ("Integer", "Int")
      case .float: ("Float", "Double")
      default: ("String", "String")
      }
    writer.block("public struct \(name): RawRepresentable, Codable, Hashable, Sendable, ExpressibleBy\(literal)Literal") { writer in
      writer.line("public var rawValue: \(raw)")
      writer.line("public init(rawValue: \(raw)) { self.rawValue = rawValue }")
      writer.line("public init(_ rawValue: \(raw)) { self.rawValue = rawValue }")
      writer.line("public init(\(literal.lowercased())Literal rawValue: \(types.swift(kind))) { self.rawValue = rawValue }")
    }
  }

  private func emit(_ record: ResolvedRecord, _ name: String, to writer: inout CodeWriter) {
    let isSensitive = record.fields.contains(where: \.isSensitive)
    writer.block("public struct \(name): Codable, Equatable, Sendable" + (isSensitive ? ", CustomReflectable" : "")) { writer in
      for field in record.fields {
        document(field.documentation, to: &writer)
        writer.line("public var \(SwiftNames.member(field.name)): \(types.name(field.type))")
      }
      if !record.fields.isEmpty { writer.line() }
      writer.list("public init(", record.fields.map(parameter), ") {")
      writer.indented { writer in
        for field in record.fields { writer.line("self.\(SwiftNames.label(field.name)) = \(SwiftNames.member(field.name))") }
      }
      writer.line("}")
      guard !record.fields.isEmpty else { return }
      writer.line()
      emitCodingKeys(record.fields.map { (SwiftNames.member($0.name), $0.name) }, to: &writer)
      if isSensitive { emitRedaction(record, to: &writer) }
    }
  }

  private func parameter(_ field: ResolvedField) -> String {
    let value = field.defaultValue.map { " = " + types.literal($0) } ?? (field.type.isOptional ? " = nil" : "")
    return "\(SwiftNames.member(field.name)): \(types.name(field.type))\(value)"
  }

  private func emitCodingKeys(_ keys: [(member: String, name: String)], to writer: inout CodeWriter) {
    writer.block("private enum CodingKeys: \(types.swift("String")), CodingKey") { writer in
      for key in keys {
        writer.line("case \(key.member)" + (key.member == key.name ? "" : " = \(SwiftClientTypes.literal(key.name))"))
      }
    }
  }

  /// A type that prints itself would print what must stay secret.
  private func emitRedaction(_ record: ResolvedRecord, to writer: inout CodeWriter) {
    let children = record.fields.map { field in
      "\"\(SwiftNames.camel(field.name))\": " + (field.isSensitive ? "\"<redacted>\"" : "self.\(SwiftNames.label(field.name)) as Any")
    }
    writer.line()
    writer.line("/// Leaves the sensitive fields out.")
    writer.block("public var customMirror: Mirror") { $0.list("Mirror(self, children: [", children, "], displayStyle: .struct)") }
  }

  private func document(_ lines: [String], to writer: inout CodeWriter) {
    for text in lines { writer.line(text.isEmpty ? "///" : "/// " + text) }
  }
}
