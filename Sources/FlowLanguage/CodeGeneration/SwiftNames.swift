/// How names of `.flow` files are spelled in Swift.
package enum SwiftNames {
  /// `cart-id` → `cartId`, with backticks where Swift has a word of its own.
  package static func member(_ kebab: String) -> String {
    let name = camel(kebab)
    return keywords.contains(name) ? "`\(name)`" : name
  }

  /// The same behind a dot or as an argument's label, where Swift allows nearly all of its words.
  package static func label(_ kebab: String) -> String {
    let name = camel(kebab)
    return labelKeywords.contains(name) ? "`\(name)`" : name
  }

  /// `load-cart` → `LoadCart`.
  package static func type(_ kebab: String) -> String { spelled(kebab, startsWithCapital: true) }

  /// The protocol that a step's implementation conforms to: `load-cart` → `LoadCartStep`.
  package static func stepProtocol(_ step: String) -> String { type(step) + "Step" }

  /// The protocol that a fragment in Swift conforms to: `credit-check` → `CreditCheckFragment`.
  static func fragmentProtocol(_ fragment: String) -> String { type(fragment) + "Fragment" }

  /// `cart-id` → `cartId`. Names are ASCII, and every name is spelled many times: so byte by byte.
  package static func camel(_ kebab: String) -> String {
    spelled(kebab, startsWithCapital: false)
  }

  private static func spelled(_ kebab: String, startsWithCapital: Bool) -> String {
    String(unsafeUninitializedCapacity: kebab.utf8.count) { buffer in
      var count = 0
      var isCapital = startsWithCapital
      for byte in kebab.utf8 {
        if byte == UInt8(ascii: "-") {
          isCapital = count > 0 || startsWithCapital
          continue
        }
        let isLower = UInt8(ascii: "a") <= byte && byte <= UInt8(ascii: "z")
        buffer[count] = isCapital && isLower ? byte - 0x20 : byte
        count += 1
        isCapital = false
      }
      return count
    }
  }

  /// Words that cannot be a label, or a member behind a dot, without backticks.
  private static let labelKeywords: Set<String> = ["Protocol", "Type", "init", "inout", "let", "self", "var"]

  /// Words that cannot name a member or a local without backticks.
  private static let keywords: Set<String> = [
    "Any", "Protocol", "Self", "Type", "as", "associatedtype", "await", "break", "case", "catch", "class", "continue",
    "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func",
    "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup",
    "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super",
    "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
  ]
}

/// Spells types in one generated module: a name that more than one module may declare gets its module in front.
struct TypeNames {
  private let module: String
  /// Names that the `.flow` files declare, here or in a module that is used here.
  private let declared: Set<String>
  /// Those of the module and of the modules that it uses.
  private let newtypes: [ResolvedType: ResolvedNewtype]

  init(_ module: ResolvedModule) {
    self.module = module.name
    newtypes = Dictionary(
      (module.newtypes + module.importedNewtypes).map { (.newtype($0.name, module: $0.module), $0) },
      uniquingKeysWith: { first, _ in first })
    var names = Set(module.records.map(\.name) + module.enums.map(\.name) + module.newtypes.map(\.name))
    names.formUnion(module.steps.flatMap { [SwiftNames.type($0.name), SwiftNames.stepProtocol($0.name)] })
    func collect(_ type: ResolvedType) {
      switch type {
      case .string, .int, .float, .bool: break
      case .record(let name, _), .enumeration(let name, _), .extern(let name, _), .newtype(let name, _): names.insert(name)
      case .list(let element), .map(let element), .optional(let element), .stream(let element): collect(element)
      }
    }
    for record in module.records { record.fields.forEach { collect($0.type) } }
    for step in module.steps {
      step.parameters.forEach { collect($0.type) }
      step.output.map(collect)
    }
    for flow in module.flows { flow.bindings.forEach { collect($0.type) } }
    declared = names
  }

  /// The declaration of a newtype; `nil` for any other type.
  func newtype(_ type: ResolvedType) -> ResolvedNewtype? { newtypes[type] }

  /// A type of ZerverCore.
  func core(_ name: String) -> String { declared.contains(name) ? "ZerverCore.\(name)" : name }

  func type(_ type: ResolvedType) -> String {
    switch type {
    case .string: swift("String")
    case .int: swift("Int")
    case .float: swift("Double")
    case .bool: swift("Bool")
    case .record(let name, let module), .enumeration(let name, let module), .extern(let name, let module),
      .newtype(let name, let module):
      // Names of the libraries that every generated file imports. A declaration of the module itself wins over them.
      module != self.module && Self.imported.contains(name) ? "\(module).\(name)" : name
    case .list(let element): "[\(self.type(element))]"
    case .map(let value): "[\(swift("String")): \(self.type(value))]"
    case .optional(let wrapped): "\(self.type(wrapped))?"
    case .stream(let element): "\(core("StreamPart"))<\(self.type(element))>"
    }
  }

  /// What `else default` writes: an empty list or map, or a record with the defaults of all its fields.
  func defaultValue(_ type: ResolvedType) -> String {
    switch type {
    case .list: "[] as \(self.type(type))"
    case .map: "[:] as \(self.type(type))"
    case .string, .int, .float, .bool, .record, .enumeration, .extern, .newtype, .optional, .stream: "\(self.type(type))()"
    }
  }

  /// The Swift type that implements a step.
  func step(_ step: ResolvedStep) -> String {
    let name = SwiftNames.type(step.name)
    return step.module != module && (declared.contains(name) || Self.imported.contains(name)) ? "\(step.module).\(name)" : name
  }

  /// A type of the module that declares a fragment.
  func fragment(_ type: String, _ step: ResolvedStep) -> String {
    step.module != module && (declared.contains(type) || Self.imported.contains(type)) ? "\(step.module).\(type)" : type
  }

  func swift(_ name: String) -> String { declared.contains(name) ? "Swift.\(name)" : name }

  private static let imported: Set<String> = [
    "Alias", "AliasTable", "ByteBuffer", "CalendarDate", "Caller", "Catalog", "CatalogEntry", "CatalogFlow", "CatalogMatch",
    "ContentType", "CryptoRequest", "DatabaseRequest", "DatabaseValue", "Decision", "Deprecation", "Effect",
    "EffectFailure", "EffectKind", "EffectOutcome", "FieldKey", "FieldSet", "Flow", "FlowAnswer", "FlowBuilder",
    "FlowCatalog", "FlowDefinition", "FlowErrorName", "FlowExample", "FlowFailure", "FlowFragment", "FlowHandle",
    "FlowInput", "FlowMethod", "FlowOutput", "FlowPlace", "FlowProblem", "FlowProblems", "FlowProfile", "FlowReference",
    "FlowRegistration", "FlowTombstone", "FlowVersion", "Fragment", "Frame", "Handle", "HeaderLines", "Idempotency", "InputError",
    "Instant", "JSONReader", "Join", "Need", "NewtypeRule", "NoOutput", "OperationID", "PackedCatalog",
    "ParallelBuilder", "PathInputForm", "PathSegment", "PatternMatcher", "Plan", "PlanBlock", "PlanCondition", "PlanPart", "PlanTest",
    "Precondition", "Progress", "QueryReader", "RequestContext", "Requirement", "ReservedSlug", "Response", "Resumption", "RouteBinding", "Row", "Rows",
    "Slot", "Slug", "SlugReservation", "Statement", "Step", "StepDeclaration", "StepOutcome", "TenantScope",
    "TimeRequest", "TolerantParallelBuilder", "Tombstone",
  ]
}
