package import ZerverCatalog

// The contract between the checker and the emitter: everything by name has been looked up, everything by rule has been
// checked. The emitter never reports a mistake of the author.

/// The declarations of one Swift module (a SwiftPM target with the plugin): what its `.flow` files declare.
package struct ResolvedModule {
  package var name: String
  /// Modules that `use` lines name, sorted: the generated files import them.
  package var imports: [String]
  package var records: [ResolvedRecord]
  package var enums: [ResolvedEnum]
  package var errors: [ResolvedError]
  package var steps: [ResolvedStep]
  package var flows: [ResolvedFlow]
}

package indirect enum ResolvedType: Hashable {
  case string, int, float, bool
  /// A declared record, enum or extern type: its kebab- or Pascal-case name as written, and the module that declares it.
  case record(String, module: String)
  case enumeration(String, module: String)
  case extern(String, module: String)
  case list(ResolvedType)
  case map(ResolvedType)
  case optional(ResolvedType)
}

package struct ResolvedRecord {
  package var name: String
  package var documentation: [String]
  package var fields: [ResolvedField]
  package var span: SourceSpan
}

package struct ResolvedField {
  package var name: String
  package var documentation: [String]
  package var type: ResolvedType
  package var constraints: ResolvedConstraints
  /// The literal of `= …`.
  package var defaultValue: ResolvedLiteral?
  package var isSensitive: Bool
  package var span: SourceSpan
}

package struct ResolvedConstraints: Equatable {
  /// Unicode scalars of a string.
  package var length: ClosedRange<Int>?
  package var range: ClosedRange<Int>?
  package var floatRange: ClosedRange<Double>?
  /// Elements of a list or map.
  package var items: ClosedRange<Int>?
  package var pattern: String?
  package init() {}
}

package enum ResolvedLiteral: Equatable {
  case string(String)
  case int(Int)
  case float(Double)
  case bool(Bool)
  /// A case of the field's enum.
  case enumCase(String)
}

package struct ResolvedEnum {
  package var name: String
  package var documentation: [String]
  package var cases: [String]
  package var span: SourceSpan
}

package struct ResolvedError {
  package var name: String
  package var documentation: [String]
  package var fields: [ResolvedField]
  package var span: SourceSpan
}

package struct ResolvedStep {
  package var name: String
  package var module: String
  package var documentation: [String]
  package var parameters: [ResolvedParameter]
  /// `nil`: the step writes nothing.
  package var output: ResolvedType?
  /// `db`, `time`, `crypto`.
  package var needs: [String]
  package var fails: [String]
  package var isCooperative: Bool
  package var mayInsert: [String]
  package var mayReplace: [String]
  package var span: SourceSpan
}

package struct ResolvedParameter {
  package var name: String
  package var type: ResolvedType
}

package enum ResolvedInput {
  case none
  case body(ResolvedType)
  case query(ResolvedType)
}

package enum ResolvedOutput {
  /// 204.
  case none
  case text
  case json(ResolvedType)
}

package struct ResolvedFlow {
  package var entry: CatalogEntry
  package var documentation: [String]
  package var input: ResolvedInput
  package var output: ResolvedOutput
  package var outputStatus: Int
  /// Declared errors with the status of the `on` line.
  package var errors: [(name: String, status: Int)]
  /// Every binding in the order of its slot; `input` is the first when the flow has one.
  package var bindings: [ResolvedBinding]
  package var plan: [ResolvedNode]
  package var span: SourceSpan
}

package struct ResolvedBinding {
  package var name: String
  package var type: ResolvedType
  /// A `when`, a fragment or a tolerant join may leave its slot empty. Its own `type` may be optional besides, when the
  /// step's output is a `T?`.
  package var isOptional: Bool
}

package indirect enum ResolvedNode {
  case use(ResolvedUse)
  case parallel(join: ResolvedJoin, branches: [[ResolvedNode]])
  case when(ResolvedCondition, then: [ResolvedNode], otherwise: [ResolvedNode])
}

package enum ResolvedJoin: Equatable {
  case all, allRequired, any, firstSuccess
  case quorum(Int)
}

package struct ResolvedUse {
  package var step: ResolvedStep
  /// Index into `bindings`; `nil` for a step without output, and for `done`.
  package var binding: Int?
  /// One for each parameter of the step.
  package var arguments: [ResolvedArgument]
  package var timeoutNanoseconds: Int?
  package var isDone: Bool
  /// Fragments that this use may insert or replace the rest with, each expanded for this use with bindings of its own.
  package var inserts: [(name: String, body: [ResolvedNode])]
  package var replaces: [(name: String, body: [ResolvedNode])]
  package var span: SourceSpan
}

package struct ResolvedArgument {
  package var binding: Int
  /// Fields read from the binding: `order.customer.name` is `customer` and `name`.
  package var path: [ResolvedPathField]
  /// The slot may never have been written. The parameter is optional then; a condition counts the empty slot as not
  /// holding, before any `not`.
  package var readsOptional: Bool
}

package struct ResolvedPathField: Equatable {
  package var name: String
  /// The field is a `T?`: what follows it in the path is read with `?.`. The same goes for the first field of a binding
  /// whose own type is optional.
  package var isOptional: Bool
}

package enum ResolvedCondition {
  /// A boolean field, or its opposite with `not`.
  case flag(ResolvedArgument, negated: Bool)
  /// `when order.status is paid`
  case isCase(ResolvedArgument, caseName: String, negated: Bool)
  /// `when exists coupon`
  case exists(ResolvedArgument, negated: Bool)
}
