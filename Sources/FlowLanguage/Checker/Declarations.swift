// What names stand for while a module is checked. A type that could not be resolved is `nil` from here on: it was
// reported where it is written, and everything that touches it stays silent.

final class CheckedRecord {
  let name: NameSyntax
  let module: String
  let syntax: RecordSyntax
  fileprivate(set) var fields: [CheckedField] = []
  private var indexes: [String: Int] = [:]

  init(_ syntax: RecordSyntax, module: String) {
    name = syntax.name
    self.syntax = syntax
    self.module = module
  }

  var isBroken: Bool { syntax.isBroken }

  func set(fields: [CheckedField]) {
    self.fields = fields
    indexes = Dictionary(fields.enumerated().map { ($1.syntax.name.text, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func field(_ name: String) -> CheckedField? { indexes[name].map { fields[$0] } }
}

struct CheckedField {
  let syntax: FieldSyntax
  let type: ResolvedType?
  let constraints: ResolvedConstraints
  let defaultValue: ResolvedLiteral?
  /// It says so itself, or its newtype does.
  let isSensitive: Bool

  /// `nil` when the type is unknown.
  var resolved: ResolvedField? {
    type.map {
      ResolvedField(
        name: syntax.name.text, documentation: syntax.documentation, type: $0, constraints: constraints,
        defaultValue: defaultValue, isSensitive: isSensitive, span: syntax.name.span)
    }
  }
}

final class CheckedNewtype {
  let name: NameSyntax
  let module: String
  let syntax: NewtypeSyntax
  /// `nil` when it is none of the three that can be wrapped.
  let wrapped: ResolvedType?
  var constraints = ResolvedConstraints()

  init(_ syntax: NewtypeSyntax, module: String) {
    name = syntax.name
    self.syntax = syntax
    self.module = module
    if case .named(let type)? = syntax.wrapped, let builtIn = BuiltInType(rawValue: type.text), builtIn != .bool {
      wrapped = builtIn.resolved
    } else {
      wrapped = nil
    }
  }

  var isBroken: Bool { syntax.isBroken || wrapped == nil }

  /// `nil` when it cannot be known.
  var resolved: ResolvedNewtype? {
    wrapped.map {
      ResolvedNewtype(
        name: name.text, module: module, documentation: syntax.documentation, wrapped: $0, constraints: constraints,
        isSensitive: syntax.isSensitive, span: name.span)
    }
  }
}

final class CheckedEnum {
  let syntax: EnumSyntax
  let module: String
  let cases: Set<String>

  init(_ syntax: EnumSyntax, module: String) {
    self.syntax = syntax
    self.module = module
    cases = Set(syntax.cases.map(\.text))
  }

  var caseCandidates: [Candidate] { syntax.cases.map { Candidate($0.text, $0.span) } }
}

final class CheckedError {
  let syntax: ErrorSyntax
  var fields: [CheckedField] = []
  init(_ syntax: ErrorSyntax) { self.syntax = syntax }
}

final class CheckedStep {
  let syntax: StepSyntax
  let module: String
  var parameters: [(name: NameSyntax, type: ResolvedType?)] = []
  var output: ResolvedType?
  var fails: [NameSyntax] = []
  /// Set for a fragment, which plans use like a step: its statements take the place of the use.
  let fragment: CheckedFragment?

  init(_ syntax: StepSyntax, module: String, fragment: CheckedFragment? = nil) {
    self.syntax = syntax
    self.module = module
    self.fragment = fragment
  }

  var name: String { syntax.name.text }
  var hasOutput: Bool { syntax.output != nil }
  /// A part of its line is not known, so uses are not checked against it.
  var isBroken: Bool { syntax.isBroken }
  /// Needs that leave no trace outside of the request.
  private static let tracelessNeeds: Set<String> = ["time", "crypto"]

  var repetition: ResolvedRepetition {
    if syntax.safe != nil || syntax.needs.allSatisfy({ Self.tracelessNeeds.contains($0.text) }) { return .safe }
    return syntax.idempotent == nil ? .unsafe : .idempotent
  }

  /// Running it can end in anything but its output.
  var canFail: Bool { !syntax.needs.isEmpty || !fails.isEmpty }
  /// It decides whether the condition of the request holds.
  var readsPrecondition: Bool { parameters.contains { $0.type?.wrapped == .precondition } }
  /// It gives its output in parts.
  var isStream: Bool { syntax.stream != nil }
  /// It takes the input of a flow in parts.
  var takesParts: Bool { syntax.parameters.contains { $0.stream != nil } }
  var choosesFragments: Bool { !syntax.mayInsert.isEmpty || !syntax.mayReplace.isEmpty }

  private(set) lazy var resolved = ResolvedStep(
    name: name, module: module, documentation: syntax.documentation,
    parameters: parameters.compactMap { parameter in
      parameter.type.map { ResolvedParameter(name: parameter.name.text, type: $0) }
    },
    output: output, needs: syntax.needs.map(\.text), fails: fails.map(\.text), isCooperative: syntax.cooperative != nil,
    isStream: isStream,
    repetition: repetition, mayInsert: syntax.mayInsert.map(\.text), mayReplace: syntax.mayReplace.map(\.text), span: syntax.name.span)
}

enum CheckedType {
  case record(CheckedRecord)
  case newtype(CheckedNewtype)
  case enumeration(CheckedEnum)
  case extern(NameSyntax, module: String)

  var name: NameSyntax {
    switch self {
    case .record(let record): record.name
    case .newtype(let newtype): newtype.name
    case .enumeration(let enumeration): enumeration.syntax.name
    case .extern(let name, _): name
    }
  }

  var module: String {
    switch self {
    case .record(let record): record.module
    case .newtype(let newtype): newtype.module
    case .enumeration(let enumeration): enumeration.module
    case .extern(_, let module): module
    }
  }

  var resolved: ResolvedType {
    switch self {
    case .record: .record(name.text, module: module)
    case .newtype: .newtype(name.text, module: module)
    case .enumeration: .enumeration(name.text, module: module)
    case .extern: .extern(name.text, module: module)
    }
  }
}

/// The declarations of one module by name.
final class ModuleTable {
  let name: String
  let trees: [SyntaxTree]
  var types: [String: CheckedType] = [:]
  var steps: [String: CheckedStep] = [:]
  var errors: [String: CheckedError] = [:]
  var profiles: [String: CheckedProfile] = [:]
  var fixtures: [String: CheckedFixture] = [:]

  init(name: String, trees: [SyntaxTree]) {
    self.name = name
    self.trees = trees
  }
}

/// What the names of one file can mean: the declarations of its own module, and those of the modules that it uses.
struct FileScope {
  let own: ModuleTable
  let used: [ModuleTable]
  /// A `use` line names a module that is not there. Names that cannot be found are a consequence.
  let isIncomplete: Bool

  /// The declaration in the own module, or those in the used ones.
  func all<Declaration>(_ find: (ModuleTable) -> Declaration?) -> [Declaration] {
    if let own = find(own) { return [own] }
    return used.compactMap(find)
  }

  func candidates(_ list: (ModuleTable) -> [Candidate]) -> [Candidate] { list(own) + used.flatMap(list) }
}
