/// A newtype as a Swift struct around one value. There is no way to make one whose value breaks the constraints.
struct NewtypeEmitter {
  let newtype: ResolvedNewtype
  let names: TypeNames

  func emit(to writer: inout SwiftWriter) {
    writer.line()
    writer.documentation(newtype.documentation)
    writer.block("public struct \(newtype.name): Hashable, Sendable") { writer in
      writer.line("public let value: \(wrapped)")
      if let pattern = newtype.constraints.pattern {
        writer.line()
        writer.line("private static let pattern_ = \(names.core("PatternMatcher"))(\(SwiftLiteral.string(pattern)))")
      }
      writer.line()
      emitInitializer(to: &writer)
    }
    emitCodec(to: &writer)
    emitDescription(to: &writer)
  }

  private var wrapped: String { names.type(newtype.wrapped) }

  private func emitInitializer(to writer: inout SwiftWriter) {
    guard newtype.isConstrained else {
      return writer.line("public init(_ value: \(wrapped)) { self.value = value }")
    }
    writer.line("/// Throws a failure of status 500 when the value breaks the constraints. What a client sends is checked when it is read.")
    writer.block("public init(_ value: \(wrapped)) throws(\(names.core("FlowFailure")))") { writer in
      let arguments = ["value", "of: \(SwiftLiteral.string(newtype.name))"] + rules
      writer.line("try \(names.core("NewtypeRule")).check(\(arguments.joined(separator: ", ")))")
      writer.line("self.value = value")
    }
  }

  /// The constraints as arguments, the same for every reader and for the check.
  private var rules: [String] {
    let constraints = newtype.constraints
    return [
      constraints.length.map { "length: \(SwiftLiteral.range($0))" },
      constraints.range.map { "range: \(SwiftLiteral.range($0))" },
      constraints.floatRange.map { "range: \(SwiftLiteral.range($0))" },
      constraints.pattern.map { _ in "pattern: Self.pattern_" },
    ].compactMap { $0 }
  }

  private func emitCodec(to writer: inout SwiftWriter) {
    let protocols = ["JSONEncodable", "JSONDecodable", "QueryDecodable"].map(names.core).joined(separator: ", ")
    writer.line()
    writer.block("extension \(newtype.name): \(protocols)") { writer in
      writer.line("public func encodeJSON(to buffer: inout \(names.core("ByteBuffer"))) { self.value.encodeJSON(to: &buffer) }")
      for reader in ["JSONReader", "QueryReader"] {
        writer.line()
        writer.block(
          "public init(from reader: inout \(names.core(reader))) throws(\(names.core("InputError")))"
        ) { $0.line("self.value = try reader.\(read)(\(rules.joined(separator: ", ")))") }
      }
    }
  }

  private var read: String {
    switch newtype.wrapped {
    case .int: "readInt"
    case .float: "readDouble"
    // The checker lets only strings and numbers be wrapped.
    case .string, .bool, .record, .enumeration, .extern, .newtype, .list, .map, .optional, .stream: "readString"
    }
  }

  private func emitDescription(to writer: inout SwiftWriter) {
    let string = names.swift("String")
    writer.line()
    guard newtype.isSensitive else {
      return writer.block("extension \(newtype.name): CustomStringConvertible") { writer in
        writer.line("public var description: \(string) { \(newtype.wrapped == .string ? "self.value" : "self.value.description") }")
      }
    }
    // A type that prints itself would print what must stay secret: into a log, a crash report, a test's message.
    writer.block(
      "extension \(newtype.name): CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable"
    ) { writer in
      writer.line("/// Never the value.")
      writer.line("public var description: \(string) { \"<redacted>\" }")
      writer.line("public var debugDescription: \(string) { \"<redacted>\" }")
      writer.line("public var customMirror: Mirror { Mirror(self, children: [\"value\": \"<redacted>\"]) }")
    }
  }
}

extension ResolvedNewtype {
  /// Not every value of the wrapped type is one of it.
  var isConstrained: Bool { constraints != ResolvedConstraints() }
}
