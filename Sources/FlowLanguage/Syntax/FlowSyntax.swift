/// A flow as written. Properties are optional here; the checker says which of them are missing.
///
/// A class, as every checker holds the flow: see ``ResolvedStep``.
package final class FlowSyntax {
  package let name: NameSyntax
  package let documentation: [String]
  package var owner: NameSyntax?
  package var method: NameSyntax?
  package var tags: [NameSyntax] = []
  package var status: NameSyntax?
  package var profile: NameSyntax?
  package var deadline: DurationSyntax?
  package var aliases: [AliasSyntax] = []
  package var routes: [BindingSyntax] = []
  package var tenant: NameSyntax?
  package var requirements: [RequirementSyntax] = []
  package var idempotency: IdempotencySyntax?
  package var deprecated: NameSyntax?
  package var sunset: NameSyntax?
  /// The status behind `sunset … then`.
  package var sunsetThen: Spanned<Int>?
  package var successor: ReferenceSyntax?
  package var guide: Spanned<String>?
  package var input: InputSyntax?
  package var output: OutputSyntax?
  package var headers: [HeaderSyntax] = []
  package var plan: BlockSyntax?
  /// The type behind `plan swift`.
  package var swiftPlan: NameSyntax?
  package var fragments: [FragmentSyntax] = []
  package var errorMappings: [ErrorMappingSyntax] = []
  package var examples: [ExampleSyntax] = []
  /// A part could not be read: what is missing was reported.
  package var isBroken = false

  init(name: NameSyntax, documentation: [String]) {
    self.name = name
    self.documentation = documentation
  }
}

package struct AliasSyntax {
  package let slug: NameSyntax
  package let serves: Bool
}

/// `v2/checkout-cart`
package struct ReferenceSyntax {
  package let version: NameSyntax
  package let slug: NameSyntax
  package var span: SourceSpan { version.span.through(slug.span) }
}

package struct DurationSyntax {
  package let nanoseconds: Int
  package let span: SourceSpan
}

package struct InputSyntax {
  /// The word `stream`. The type is that of an element then.
  package var stream: SourceSpan?
  package let type: TypeSyntax
  /// The word behind `from`.
  package let source: NameSyntax?
}

package struct OutputSyntax {
  package enum Kind {
    case none(SourceSpan)
    case text(SourceSpan)
    case file(SourceSpan)
    case json(TypeSyntax)
  }
  package let kind: Kind
  /// The word `stream`. The kind is the list of what is streamed then.
  package var stream: SourceSpan?
  package let status: Spanned<Int>?

  package var span: SourceSpan {
    switch kind {
    case .none(let span), .text(let span), .file(let span): span
    case .json(let type): type.span
    }
  }
}

/// `on error-name -> 404`
package struct ErrorMappingSyntax {
  package let error: NameSyntax
  package let status: Spanned<Int>
}

package struct FragmentSyntax {
  package let name: NameSyntax
  package let body: BlockSyntax
}

/// Statements between braces.
package struct BlockSyntax {
  package let statements: [StatementSyntax]
  package let open: SourceSpan
  /// The closing brace; empty, at the place where it is missing, when there is none.
  package let close: SourceSpan
}

package indirect enum StatementSyntax {
  case use(UseSyntax)
  case parallel(ParallelSyntax)
  case when(WhenSyntax)
  case choose(ChooseSyntax)
  case forEach(LoopSyntax)
  /// Could not be read and was reported. The name that it would have written counts as written.
  case broken(binding: NameSyntax?, SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .use(let use): use.span
    case .parallel(let parallel): parallel.keyword
    case .when(let when): when.keyword
    case .choose(let choose): choose.keyword
    case .forEach(let loop): loop.span
    case .broken(_, let span): span
    }
  }
}

/// `name = step(arguments) timeout 100ms`, `step(arguments)` or `done step(arguments)`
package struct UseSyntax {
  package let binding: NameSyntax?
  /// The word `done`.
  package let done: SourceSpan?
  package let call: CallSyntax
  package let modifiers: UseModifiersSyntax
  package let span: SourceSpan

  package var step: NameSyntax { call.step }
  package var arguments: [PathSyntax] { call.arguments }
  package var timeout: DurationSyntax? { modifiers.timeout }
}

/// `load-cart(request)`
package struct CallSyntax {
  package let step: NameSyntax
  package let arguments: [PathSyntax]
  package let span: SourceSpan
}

/// What a use says behind its arguments, in any order.
package struct UseModifiersSyntax {
  package var timeout: DurationSyntax?
  package var retry: RetrySyntax?
  /// The word `optional`.
  package var optional: SourceSpan?
  package var fallback: FallbackSyntax?
  /// The word `detach`.
  package var detach: SourceSpan?
  package var undo: UndoSyntax?
  package var handlers: [ErrorHandlerSyntax] = []
}

/// `retry 2 backoff 10ms..80ms`
package struct RetrySyntax {
  package let attempts: Spanned<Int>
  /// Both ends are the same when one is written.
  package let backoff: (first: DurationSyntax, max: DurationSyntax)?
  package let span: SourceSpan
}

/// `else default` or `else guess-user(request)`
package struct FallbackSyntax {
  package enum Kind {
    case defaultValue
    case step(CallSyntax)
  }
  package let kind: Kind
  package let span: SourceSpan
}

/// `undo refund-card(payment)`
package struct UndoSyntax {
  package let call: CallSyntax
  package let span: SourceSpan
}

/// `on out-of-stock -> 409` or `on out-of-stock -> offer-less`, behind one use
package struct ErrorHandlerSyntax {
  package enum Target {
    case status(Spanned<Int>)
    case fragment(NameSyntax)
  }
  package let error: NameSyntax
  package let target: Target
}

/// `order.customer.name`
package struct PathSyntax {
  package let root: NameSyntax
  package let fields: [NameSyntax]
  package var span: SourceSpan { fields.last.map { root.span.through($0.span) } ?? root.span }
  /// On one line, wherever the source breaks it.
  package var text: String { ([root] + fields).map(\.text).joined(separator: ".") }
}

package struct ParallelSyntax {
  package enum Join {
    case all, allRequired, any, firstSuccess
    case quorum(Spanned<Int>)
  }
  package let keyword: SourceSpan
  package let join: Join
  package let branches: [BlockSyntax]
}

package struct WhenSyntax {
  package enum Condition {
    case flag(PathSyntax)
    case isCase(PathSyntax, NameSyntax)
    case exists(PathSyntax)
  }
  package let keyword: SourceSpan
  package let isNegated: Bool
  package let condition: Condition
  package let then: BlockSyntax
  package let otherwise: BlockSyntax?
}

/// `choose order.status { placed, paid { … } shipped { … } otherwise { … } }`
package struct ChooseSyntax {
  package struct Arm {
    package let cases: [NameSyntax]
    package let body: BlockSyntax
  }
  package let keyword: SourceSpan
  package let value: PathSyntax
  package let arms: [Arm]
  package let otherwise: BlockSyntax?
  /// The word `otherwise`.
  package let otherwiseWord: SourceSpan?
  package let open: SourceSpan
  /// An arm could not be read, so what is missing is not known.
  package let isBroken: Bool
}

/// `prices = for each line in cart.lines max 50 { … }`
package struct LoopSyntax {
  package let binding: NameSyntax?
  package let element: NameSyntax
  package let list: PathSyntax
  package let itemsMax: Spanned<Int>
  package let body: BlockSyntax
  /// The head of the loop.
  package let span: SourceSpan
}
