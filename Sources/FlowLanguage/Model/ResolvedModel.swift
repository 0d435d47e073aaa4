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
  package var newtypes: [ResolvedNewtype] = []
  /// Those of the modules that this one uses: whoever writes code for a field has to know what its newtype wraps.
  package var importedNewtypes: [ResolvedNewtype] = []
  /// Fragments that stand outside a flow: every flow of every module that uses this one may call them.
  package var fragments: [ResolvedFragment] = []
  package var fixtures: [ResolvedFixture] = []
  package var profiles: [ResolvedProfile] = []
  /// Slugs that no flow and no alias may have, in any version.
  package var reserved: [ResolvedReservation] = []
  /// Flows that are gone: their paths answer 410 and never mean anything else again.
  package var tombstones: [ResolvedTombstone] = []
}

package indirect enum ResolvedType: Hashable {
  case string, int, float, bool
  /// A declared record, enum or extern type: its kebab- or Pascal-case name as written, and the module that declares it.
  case record(String, module: String)
  case enumeration(String, module: String)
  case extern(String, module: String)
  /// `newtype CartId: string length 1..64`: a type of its own with the JSON of the type that it wraps.
  case newtype(String, module: String)
  case list(ResolvedType)
  case map(ResolvedType)
  case optional(ResolvedType)
  /// What `input stream Row` gives to a plan, and a parameter `rows: stream Row` to its step: one part after the other. No
  /// field and no output has such a type.
  case stream(ResolvedType)
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
  /// No two elements of the list are equal.
  package var isUnique = false
  package init() {}
}

package enum ResolvedLiteral: Equatable {
  /// `[]` and `{}`.
  case emptyList, emptyMap
  case string(String)
  case int(Int)
  case float(Double)
  case bool(Bool)
  /// A case of the field's enum.
  case enumCase(String)
}

package struct ResolvedNewtype {
  package var name: String
  package var module: String
  package var documentation: [String]
  /// `string`, `int` or `float`.
  package var wrapped: ResolvedType
  package var constraints: ResolvedConstraints
  package var isSensitive: Bool
  package var span: SourceSpan
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

/// A class, as every use of the step holds it: a struct of this size would cost the Swift compiler code for copies in every
/// file that touches one, and everybody who uses the plugin builds this.
package final class ResolvedStep {
  package let name: String
  package let module: String
  package let documentation: [String]
  package let parameters: [ResolvedParameter]
  /// `nil`: the step writes nothing.
  package let output: ResolvedType?
  /// `db`, `time`, `crypto`.
  package let needs: [String]
  package let fails: [String]
  package let isCooperative: Bool
  /// `-> stream Hit`: `output` is the list, and the step gives it in parts.
  package let isStream: Bool
  /// One of its parameters is the input of a flow in parts.
  package var takesParts: Bool { parameters.contains { $0.type.isStream } }
  /// What running the step's effects a second time does.
  package let repetition: ResolvedRepetition
  package let mayInsert: [String]
  package let mayReplace: [String]
  package let span: SourceSpan

  package init(
    name: String, module: String, documentation: [String], parameters: [ResolvedParameter], output: ResolvedType?,
    needs: [String], fails: [String], isCooperative: Bool, isStream: Bool = false, repetition: ResolvedRepetition = .unsafe,
    mayInsert: [String], mayReplace: [String], span: SourceSpan
  ) {
    self.name = name
    self.module = module
    self.documentation = documentation
    self.parameters = parameters
    self.output = output
    self.needs = needs
    self.fails = fails
    self.isCooperative = isCooperative
    self.isStream = isStream
    self.repetition = repetition
    self.mayInsert = mayInsert
    self.mayReplace = mayReplace
    self.span = span
  }
}

package enum ResolvedRepetition: String {
  /// The step reads only, or has no effect (RFC 9110 §9.2.1). Steps without `needs`, and those that need only `time` and
  /// `crypto`, are safe without saying so.
  case safe
  /// The step writes, and running it twice leaves the same as running it once (RFC 9110 §9.2.2).
  case idempotent
  /// Neither. Such a step cannot be retried.
  case unsafe
}

package struct ResolvedParameter {
  package var name: String
  package var type: ResolvedType
}

package enum ResolvedInput {
  case none
  case body(ResolvedType)
  case query(ResolvedType)
  /// `input stream Row`: one JSON document of this type on each line of the body, taken in parts.
  case stream(ResolvedType)
}

package enum ResolvedOutput {
  /// 204.
  case none
  case text
  /// The bytes of a file, whose path the `done` step gives.
  case file
  case json(ResolvedType)
  /// `output stream Hit`: one JSON document of this type after the other, as they are produced.
  case stream(ResolvedType)
}

/// Who has written the plan.
package enum ResolvedPlanSource: Equatable {
  case flow
  /// `plan swift SearchPlan`: a Swift type of the module. `plan` is empty.
  case swift(String)
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
  package var planSource: ResolvedPlanSource = .flow
  /// The name behind `plan swift`.
  package var planSpan: SourceSpan?
  /// Response header fields in the order of their lines.
  package var headers: [ResolvedHeader] = []
  /// Index into `bindings` of who has sent the request; `nil` when the plan does not read `caller`.
  package var callerBinding: Int?
  /// The same of the condition on which a request may be carried out, which the plan reads as `precondition`.
  package var preconditionBinding: Int?
  /// Fields that `bind` paths fill and that stand in a JSON body without quotes: numbers and booleans.
  package var unquotedPathFields: [String] = []
  /// The types of the fields that `bind` paths fill.
  package var pathFieldTypes: [String: ResolvedType] = [:]
  package var examples: [ResolvedExample] = []
  package var span: SourceSpan
}

/// `header location "/orders/{order-id}"`: a field of the successful response, with fields of the output in braces.
package struct ResolvedHeader {
  package enum Part: Equatable {
    case text(String)
    /// A field of the output, by its path.
    case field([ResolvedPathField], ResolvedType)
  }
  package var name: String
  package var parts: [Part]
}

package struct ResolvedFragment {
  package var name: String
  package var module: String
  package var documentation: [String]
  package var parameters: [ResolvedParameter]
  /// What its last statement gives to the caller; `nil` for none.
  package var output: ResolvedType?
  package var source: ResolvedPlanSource
  /// The name behind `swift`.
  package var sourceSpan: SourceSpan?
  /// The parameters first; empty for a fragment in Swift.
  package var bindings: [ResolvedBinding] = []
  package var body: [ResolvedNode] = []
  /// The binding that holds the output.
  package var outputBinding: Int?
  package var span: SourceSpan
}

/// A value as examples and fixtures write it, checked against its type. It renders as JSON.
package indirect enum ResolvedValue: Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([ResolvedValue])
  /// Members in the order of their lines.
  case object([Member])

  package struct Member: Equatable {
    package var name: String
    package var value: ResolvedValue
    package init(name: String, value: ResolvedValue) {
      self.name = name
      self.value = value
    }
  }
}

/// `fixture empty-cart: Cart { … }`
package struct ResolvedFixture {
  package var name: String
  package var module: String
  package var type: ResolvedType
  package var value: ResolvedValue
  package var span: SourceSpan
}

package struct ResolvedExample {
  package enum Given {
    case output(ResolvedValue)
    /// The step fails with this error and these fields.
    case failure(error: String, fields: ResolvedValue)
  }
  package struct Expectation {
    package var status: Int
    /// The problem's code.
    package var error: String?
    /// Members that the body has at least; `nil` when it does not matter.
    package var body: ResolvedValue?
  }
  package var name: String
  /// `nil` for a flow without an input.
  package var input: ResolvedValue?
  /// What steps answer in place of their own code, by step name. A step without one runs. One that writes nothing and
  /// passes has the output `null`.
  package var givens: [(step: String, given: Given)]
  package var expectation: Expectation
  /// What a client reads of the errors that given steps fail with.
  package var failureDetails: [String: String] = [:]
  package var span: SourceSpan
}

/// `profile nightly { class batch  deadline 30s  in-flight 4 }`
package struct ResolvedProfile {
  package var name: String
  package var documentation: [String]
  package var profile: FlowProfile
  package var span: SourceSpan
}

package struct ResolvedReservation {
  package var slug: String
  package var reason: String
  package var span: SourceSpan
}

package struct ResolvedTombstone {
  package var reference: FlowReference
  package var successor: FlowReference?
  package var reason: String
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
  /// `choose order.status { paid { … } shipped { … } otherwise { … } }`: exactly one arm runs. Without `otherwise`, the
  /// cases are all that the value can be of; with one, it also runs for a value that is not there.
  case choose(ResolvedArgument, arms: [(cases: [String], body: [ResolvedNode])], otherwise: [ResolvedNode]?)
  /// `prices = for each line in cart.lines max 50 { … }`
  case forEach(ResolvedLoop)
}

package struct ResolvedLoop {
  package var list: ResolvedArgument
  /// The slot of the element, written anew for every round.
  package var element: Int
  /// More elements than this fail the request.
  package var itemsMax: Int
  package var body: [ResolvedNode]
  /// The slots that live for one round: the element's, and those of the body with its fragments.
  package var roundSlots: Range<Int>
  /// The slot that collects `collected` of every round, in order; `nil` when the loop writes nothing.
  package var binding: Int?
  package var collected: Int?
  package var span: SourceSpan
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
  package var retry: ResolvedRetry?
  package var fallback: ResolvedFallback = .none
  /// The request is answered without waiting for this use.
  package var isDetached = false
  /// A fragment in Swift stands here: its type. `step` says what it reads and writes.
  package var swiftFragment: String?
  /// Runs when the request fails after this use has succeeded.
  package var undo: ResolvedCall?
  /// `on cart-not-found -> …` of this use alone.
  package var errorHandlers: [ResolvedErrorHandler] = []
  /// Fragments that this use may insert or replace the rest with, each expanded for this use with bindings of its own.
  package var inserts: [(name: String, body: [ResolvedNode])]
  package var replaces: [(name: String, body: [ResolvedNode])]
  package var span: SourceSpan
}

/// Another step than the one of the line, with its arguments.
package struct ResolvedCall {
  package var step: ResolvedStep
  package var arguments: [ResolvedArgument]
  package var span: SourceSpan
}

/// `retry 2 backoff 10ms..80ms`
package struct ResolvedRetry: Equatable {
  /// After the first attempt.
  package var attempts: Int
  /// Before the first further attempt; doubled for each one after it.
  package var backoffNanoseconds: Int
  package var backoffMaxNanoseconds: Int
}

/// What becomes of a use that has failed for good.
package enum ResolvedFallback {
  /// The plan fails.
  case none
  /// `optional`: its slot stays empty.
  case empty
  /// `else default`: the output's record with the defaults of all its fields.
  case defaultValue
  /// `else guess-user(request)`: the output of another step.
  case step(ResolvedCall)
}

package struct ResolvedErrorHandler {
  package enum Target {
    /// `-> 409`: another status than the flow's `on` line gives.
    case status(Int)
    /// `-> sold-out`: a fragment that runs in place of the rest of the plan.
    case fragment(name: String, body: [ResolvedNode])
  }
  package var error: String
  package var target: Target
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
