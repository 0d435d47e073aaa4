@_spi(Server) @testable import ZerverCore

// Steps that no `.flow` file declares, for plans in Swift.

struct Cart: Equatable, Sendable {
  var id: String
  var isLarge: Bool
  var coupon: String?
  var state: State
  enum State: CaseIterable, Sendable { case open, closed }

  enum Size: CaseIterable, Sendable { case small, large, huge }
  var size: Size { id.count > 8 ? .huge : isLarge ? .large : .small }
  /// Only free carts have one.
  var rating: Size? { coupon == nil ? nil : .small }
}

enum LoadCart: Step {
  static let declaration = StepDeclaration("load-cart", needs: [.database], fails: ["cart-not-found"], repetition: .safe)
  static func run(_ id: String) throws(FlowFailure) -> Decision<Cart> {
    .continue(Cart(id: id, isLarge: id.count > 3, coupon: id == "free" ? "X" : nil, state: .open))
  }
}

enum LoadUser: Step {
  static func run(_ id: String) throws(FlowFailure) -> Decision<String> { .continue("user of \(id)") }
}

enum CountHTTPLetters: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<Int> { .continue(text.count) }
}

enum Describe: Step {
  static func run(_ reads: (Cart, String)) throws(FlowFailure) -> Decision<String> {
    .continue("\(reads.0.id) of \(reads.1)")
  }
}

enum DescribeAll: Step {
  static func run(_ reads: (String, Int?, String?)) throws(FlowFailure) -> Decision<String> {
    .continue("\(reads.0), \(reads.1.map(String.init) ?? "-"), \(reads.2 ?? "-")")
  }
}

enum NoteCart: Step {
  static func run(_ cart: Cart) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}

enum TellCondition: Step {
  static func run(_ precondition: Precondition) throws(FlowFailure) -> Decision<String> {
    guard precondition.holds(entityTag: "7") else { return .fail(.preconditionFailed) }
    return .continue(precondition.isEmpty ? "at once" : "on a condition")
  }
}

enum JoinTexts: Step {
  static func run(_ reads: (String, String)) throws(FlowFailure) -> Decision<String> { .continue("\(reads.0) \(reads.1)") }
}

enum Greet: Step {
  static func run(_ reads: Void) throws(FlowFailure) -> Decision<String> { .continue("Hello!") }
}

/// One test's flow, with the parts that do not matter filled in.
func testFlow<Output: JSONEncodable>(
  _ slug: String = "read-cart", file: String = "App/Flows.swift", line: Int = 1,
  @FlowBuilder plan: (Handle<String>) -> FlowAnswer<Output>
) -> Flow<String, Output> {
  Flow(slug, .v1, method: .post, owner: "shop", input: .body(), output: .json(), file: file, line: line, plan: plan)
}

extension Flow {
  /// Errors alone.
  var problems: [FlowProblem] { findings.filter { $0.severity == .error } }
  var warnings: [FlowProblem] { findings.filter { $0.severity == .warning } }
  var findings: [FlowProblem] { FlowCatalog.problems(of: [FlowCatalog(self)]) }
  var definition: FlowDefinition { registration.definition }

  /// The plan's program, without the lines and files of its uses.
  var program: [String] {
    plan.assembly.split(separator: "\n").map { line in
      line.split(separator: " ").filter { !$0.hasPrefix("line=") && !$0.hasPrefix("file=") }.joined(separator: " ")
    }
  }
}
