/// A pure step: a function from what it reads to a ``Decision``.
///
/// RouteGen makes every step that a `.flow` file declares a `Step`. A step without a declaration conforms by itself:
///
/// ```swift
/// enum JoinNames: Step {
///   static func run(_ names: (String, String)) throws(FlowFailure) -> Decision<String> {
///     .continue(names.0 + " " + names.1)
///   }
/// }
/// ```
///
/// Such a step is used in Swift plans only: a `.flow` file cannot see it.
public protocol Step: SendableMetatype {
  /// The value that the step reads; a tuple of several, `Void` for none.
  associatedtype Reads
  /// The value that the step writes; ``NoOutput`` for none.
  associatedtype Output

  /// What is known of the step without running it.
  static var declaration: StepDeclaration { get }

  static func run(_ reads: Reads) throws(FlowFailure) -> Decision<Output>

  /// Goes on with what came of the effects, or where the step has yielded. Called only for a step whose declaration has
  /// needs, is cooperative, or gives or takes parts.
  static func resume(_ resumption: Resumption, _ reads: Reads) throws(FlowFailure) -> Decision<Output>
}

extension Step {
  /// Named after the type, without effects and errors of its own.
  public static var declaration: StepDeclaration { StepDeclaration(StepDeclaration.name(ofType: "\(Self.self)")) }

  public static func resume(_ resumption: Resumption, _ reads: Reads) throws(FlowFailure) -> Decision<Output> {
    .fail(.internalError("step \(declaration.name) asks for effects and has no `resume`"))
  }
}

/// What a plan has to know of a step: the words of its line in a `.flow` file.
public struct StepDeclaration: Equatable, Sendable {
  /// In kebab-case, for logs, metrics and messages.
  public let name: String
  /// Effects that the step may ask for. Any other fails the request.
  public let needs: [EffectKind]
  /// Codes of the errors that it may fail with. A flow says with which status each is answered.
  public let fails: [String]
  /// Long work on the processor, which the step gives up in slices with ``Decision/yield(_:)``.
  public let isCooperative: Bool
  /// The output is a list that the step gives in parts, with ``Decision/emit(_:_:)``.
  public let isStream: Bool
  /// One of the values that the step reads is the flow's input in parts, a ``StreamPart``: see ``Decision/take(_:)``.
  public let takesParts: Bool
  /// Names of fragments that the step may run before the plan goes on.
  public let mayInsert: [String]
  /// Names of fragments that the step may run instead of the rest of the plan.
  public let mayReplace: [String]
  /// What running the step's effects a second time does.
  public let repetition: Repetition

  public enum Repetition: Sendable {
    /// The step reads only, or has no effect (RFC 9110 §9.2.1).
    case safe
    /// The step writes, and running it twice leaves the same as running it once (RFC 9110 §9.2.2).
    case idempotent
    /// Neither. Such a step cannot be retried.
    case unsafe
  }

  /// - Parameter repetition: `nil` for safe when the step needs nothing but time and randomness, and for unsafe otherwise.
  public init(
    _ name: String, needs: [EffectKind] = [], fails: [String] = [], isCooperative: Bool = false, isStream: Bool = false,
    takesParts: Bool = false, mayInsert: [String] = [], mayReplace: [String] = [], repetition: Repetition? = nil
  ) {
    self.repetition = repetition ?? (needs.allSatisfy { $0 == .time || $0 == .crypto } ? .safe : .unsafe)
    self.mayInsert = mayInsert
    self.mayReplace = mayReplace
    self.name = name
    self.needs = needs
    self.fails = fails
    self.isCooperative = isCooperative
    self.isStream = isStream
    self.takesParts = takesParts
  }

  /// A step that asks for effects or yields is entered again.
  var canFail: Bool { !needs.isEmpty || !fails.isEmpty }

  @usableFromInline var canResume: Bool { !needs.isEmpty || isCooperative || isStream || takesParts }

  /// `LoadHTTPCart` → `load-http-cart`.
  static func name(ofType type: String) -> String {
    let scalars = Array(type.unicodeScalars)
    var name = ""
    for (index, scalar) in scalars.enumerated() {
      let isUpper = scalar.properties.isUppercase
      let followsLower = index > 0 && !scalars[index - 1].properties.isUppercase
      let precedesLower = index + 1 < scalars.count && scalars[index + 1].properties.isLowercase
      if isUpper, index > 0, followsLower || precedesLower { name += "-" }
      name += scalar.properties.lowercaseMapping
    }
    return name
  }
}
