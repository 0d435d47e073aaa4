import Testing

@_spi(Server) @testable import ZerverCore

@Suite("Plans in Swift")
struct FlowPlanTests {
  @Test("steps in sequence, and the last one answers")
  func sequence() {
    let flow = testFlow { input in
      let cart = step(LoadCart.self, input).timeout(.milliseconds(100))
      let user = step(LoadUser.self, cart.id)
      step(NoteCart.self, cart)
      step(Describe.self, cart, user)
    }
    .on("cart-not-found", 404)
    #expect(
      flow.program == [
        "use load-cart needs=db timeout=100000000", "use load-user", "use note-cart", "use describe", "run 0", "run 1",
        "run 2", "run 3",
      ])
    #expect(flow.problems.isEmpty)
    #expect(flow.run("\"c-1\"") == "200 \"c-1 of user of c-1\"")
  }

  @Test("a group gives a handle for each branch, and a branch may have several steps")
  func parallelGroup() {
    let flow = testFlow { input in
      let (cart, user) = parallel {
        step(LoadCart.self, input)
        branch {
          let letters = step(CountHTTPLetters.self, input)
          step(NameOf.self, letters)
        }
      }
      step(Describe.self, cart, user)
    }
    .on("cart-not-found", 404)
    #expect(
      flow.program.drop { $0.hasPrefix("use") } == [
        "fork all-required 1 3 then=6", "run 0", "arrive", "run 1", "run 2", "arrive", "run 3",
      ])
    #expect(flow.problems.isEmpty)
    #expect(flow.run("\"c-1\"") == "200 \"c-1 of 3\"")
  }

  @Test("a tolerant group gives optional values")
  func tolerantGroup() {
    let flow = testFlow { input in
      let (letters, user) = parallel(.all) {
        step(CountHTTPLetters.self, input)
        when(step(IsLong.self, input)) { step(LoadUser.self, input) }
      }
      step(DescribeAll.self, input, letters, user)
    }
    #expect(flow.problems.map(\.code) == ["statement-in-parallel"])
    let mended = testFlow { input in
      let (letters, user) = parallel(.any) {
        step(CountHTTPLetters.self, input)
        step(LoadUser.self, input)
      }
      step(DescribeAll.self, input, letters, user)
    }
    #expect(mended.problems.isEmpty)
    #expect(mended.program.contains("fork any 1 3 then=5"))
    #expect(mended.run("\"c-1\"") == "200 \"c-1, 3, -\"")
  }

  @Test("a condition lets a value be missing, or gives one of two")
  func conditions() {
    let flow = testFlow { input in
      let cart = step(LoadCart.self, input)
      let letters = when(cart.isLarge) { step(CountHTTPLetters.self, cart.id) }
      let name = when(cart.state == .closed) { step(LoadUser.self, input) } otherwise: { step(Greet.self) }
      let note = when(exists(cart.coupon)) { step(LoadUser.self, cart.id) }
      step(DescribeAll.self, name, letters, note)
    }
    .on("cart-not-found", 404)
    #expect(flow.problems.isEmpty)
    #expect(
      flow.program.drop { $0.hasPrefix("use") } == [
        "run 0", "test 0 else=3", "run 1", "test 1 else=6", "run 2", "jump 7", "run 3", "test 2 else=9", "run 4", "run 5",
      ])
    #expect(flow.run("\"c-1\"") == "200 \"Hello!, -, -\"")
    #expect(flow.run("\"c-12\"") == "200 \"Hello!, 4, -\"")
    #expect(flow.run("\"free\"") == "200 \"Hello!, 4, user of free\"")
  }

  @Test("a plan may answer early, in every way that a `when` has")
  func early() {
    let flow = testFlow { input in
      let cart = step(LoadCart.self, input)
      when(!cart.isLarge) { done(step(LoadUser.self, input)) }
      let user = when(exists(cart.coupon)) { step(LoadUser.self, cart.id) } otherwise: { done(cart.id) }
      step(Describe.self, cart, user)
    }
    .on("cart-not-found", 404)
    #expect(flow.problems.isEmpty)
    #expect(flow.run("\"c-1\"") == "200 \"user of c-1\"")
    #expect(flow.run("\"c-12\"") == "200 \"c-12\"")
    #expect(flow.run("\"free\"") == "200 \"free of user of free\"")
    let both = testFlow { input in
      when(step(IsLong.self, input)) { done(step(LoadUser.self, input)) } otherwise: { done(input) }
    }
    #expect(both.problems.isEmpty)
    #expect(both.run("\"ab\"") == "200 \"ab\"")
  }

  @Test("text, an empty answer, and a flow without an input")
  func outputs() {
    let text = Flow("say-hello", .v1, method: .get, owner: "shop", output: .text) { step(Greet.self) }
    #expect(text.run("") == "200 Hello!")
    let json = Flow("say-hello", .v1, method: .get, owner: "shop", output: .json(status: 202)) { step(Greet.self) }
    #expect(json.run("") == "202 \"Hello!\"")
    let none = Flow("note-cart", .v1, method: .post, owner: "shop", input: .body(String.self), output: .none) { id in
      let cart = step(LoadCart.self, id)
      step(NoteCart.self, cart)
    }
    .on("cart-not-found", 404)
    #expect(none.run("\"c-1\"") == "204 ")
  }

  @Test("a step may insert a fragment, or replace the rest by one")
  func fragments() {
    let flow = testFlow { input in
      let text = step(Judge.self, input)
        .inserting(Fragment("look-closer")) { text in step(NoteText.self, text) }
        .replacing(Fragment("give-up")) { done(step(LoadUser.self, input)) }
      step(LoadUser.self, text)
    }
    #expect(flow.problems.isEmpty)
    #expect(
      flow.program == [
        "use judge", "use note-text", "use load-user", "use load-user", "run 0 inserts=2 replaces=4", "run 3", "run 1",
        "jump 1", "run 2",
      ])
    #expect(flow.run("\"fine\"") == "200 \"user of fine\"")
    #expect(flow.run("\"odd\"") == "200 \"user of odd!\"")
    #expect(flow.run("\"bad\"") == "200 \"user of bad\"")
    let missing = testFlow { input in
      step(LoadUser.self, step(Judge.self, input, line: 2).inserting(Fragment("look-away"), line: 3) { _ in step(NoteText.self, input) })
    }
    #expect(
      missing.findings.map { "\($0.place.line) \($0.code)" } == [
        "3 unused-fragment", "2 unknown-fragment", "2 unknown-fragment",
      ])
  }

  @Test("modifiers of a step are those of the language")
  func modifiers() {
    let flow = testFlow { input in
      let cart = step(LoadCart.self, input).timeout(.milliseconds(1)).retry(2, backoff: .milliseconds(1), max: .milliseconds(4))
      let order = step(TakeOrder.self, cart).undo { step(DropOrder.self, $0) }
      let rating = step(RateCart.self, cart).optional()
      step(TellOthers.self, order).detached()
      step(DescribeAll.self, order, optional(step(CountHTTPLetters.self, order)), rating)
    }
    .on("cart-not-found", 404)
    #expect(flow.problems.isEmpty, "\(flow.problems)")
    #expect(
      flow.program == [
        "use load-cart needs=db timeout=1000000 retry=2 backoff=1000000..4000000", "use take-order needs=db",
        "use drop-order needs=db", "use rate-cart needs=db", "use tell-others needs=db", "use count-http-letters",
        "use describe-all", "run 0", "run 1 undo=6", "run 3 else=3", "detach 8", "run 5", "run 6", "run 2", "arrive", "run 4",
        "arrive",
      ])
    #expect(flow.run("\"c-1\"") == "200 \"order of c-1, 12, rated c-1\"")
    let wrong = testFlow { input in
      let user = step(LoadUser.self, input).retry(0, backoff: .seconds(2), max: .seconds(1), line: 2).optional(line: 3)
      let order = step(TakeOrder.self, step(LoadCart.self, input)).retry(1, line: 4).undo(line: 5) {
        step(DropOrder.self, step(LoadUser.self, $0))
      }
      step(NoteText.self, input).undo(line: 6) { _ in step(DropOrder.self, order) }.detached(line: 7)
      step(DescribeAll.self, order, optional(step(CountHTTPLetters.self, order)), user)
    }
    .on("cart-not-found", 404)
    #expect(
      wrong.problems.map { "\($0.place.line) \($0.code)" } == [
        "2 retry-range", "2 retry-range", "2 needless-retry", "3 needless-fallback", "4 unsafe-retry", "5 modifier-place",
        "6 needless-undo", "7 needless-detach", "7 modifier-conflict",
      ])
  }

  @Test("exactly one arm of a choice runs, and gives its value")
  func choices() {
    let flow = testFlow { input in
      let cart = step(LoadCart.self, input)
      let text = choose(cart.state) {
        arm(.open) { step(LoadUser.self, cart.id) }
        arm(.closed) { step(Greet.self) }
      }
      let count = choose(cart.size) {
        arm(.small) { step(CountHTTPLetters.self, text) }
        arm(.huge) { done(text) }
        otherwise { step(CountHTTPLetters.self, input) }
      }
      step(DescribeAll.self, text, optional(count), cart.coupon)
    }
    .on("cart-not-found", 404)
    #expect(flow.problems.isEmpty, "\(flow.problems)")
    #expect(
      flow.program.drop { $0.hasPrefix("use") } == [
        "run 0", "test 0 else=4", "run 1", "jump 5", "run 2", "test 1 else=8", "run 3", "jump 11", "test 2 else=10", "run 4",
        "run 5", "run 6",
      ])
    #expect(flow.run("\"c-1\"") == "200 \"user of c-1, 11, -\"")
    #expect(flow.run("\"c-12\"") == "200 \"user of c-12, 4, -\"")
    #expect(flow.run("\"c-1234567\"") == "200 \"user of c-1234567\"")
    let missing = testFlow { input in
      let cart = step(LoadCart.self, input)
      choose(cart.rating) {
        arm(.small, .large) { done(step(LoadUser.self, input)) }
        otherwise { done(cart.id) }
      }
    }
    .on("cart-not-found", 404)
    #expect(missing.problems.isEmpty, "\(missing.problems)")
    #expect(missing.run("\"c-1\"") == "200 \"c-1\"")
    #expect(missing.run("\"free\"") == "200 \"user of free\"")
  }

  @Test("a choice that is not a choice is refused")
  func wrongChoices() {
    func codes(@FlowBuilder _ plan: (Handle<String>) -> FlowAnswer<String>) -> [String] {
      FlowProblems(testFlow(plan: plan).on("cart-not-found", 404).findings).problems.filter { $0.code != "missing-timeout" }
        .map { "\($0.place.line) \($0.code)" }
    }
    #expect(
      codes { input in
        let cart = step(LoadCart.self, input)
        choose(cart.size, line: 2) {
          arm(.small, line: 3) { done(input) }
          arm(.small, line: 4) { done(input) }
        }
      } == ["2 choose-not-exhaustive", "4 duplicate-member"])
    #expect(
      codes { input in
        let cart = step(LoadCart.self, input)
        choose(cart.state, line: 2) {
          arm(.open, .closed, line: 3) { done(input) }
          otherwise(line: 4) { done(input) }
          arm(line: 5) { done(input) }
        }
      } == ["4 needless-otherwise", "5 unreachable"])
    #expect(
      codes { input in
        let cart = step(LoadCart.self, input)
        choose(cart.rating, line: 2) { arm(.small, .large, .huge) { done(cart.id) } }
      } == ["2 choose-not-exhaustive"])
  }

  @Test("what goes wrong in a loop or behind a fallback is said")
  func wrongLoops() {
    func codes(@FlowBuilder _ plan: (Handle<String>) -> FlowAnswer<String>) -> [String] {
      FlowProblems(testFlow(plan: plan).on("cart-not-found", 404).problems).problems.filter { $0.code != "needless-error-mapping" }
        .map { "\($0.place.line) \($0.code)" }
    }
    var stolen: Handle<Int>?
    #expect(
      codes { input in
        let letters = step(Letters.self, input)
        forEach(letters, max: 0, line: 2) { letter in
          when(step(IsLong.self, letter)) { done(letter, line: 3) }
          step(CountHTTPLetters.self, letter)
        }
        forEach(letters, max: 9, line: 4) { letter in
          let count = step(CountHTTPLetters.self, letter)
          stolen = count
          step(TellOthers.self, letter).detached(line: 5)
        }
        step(NameOf.self, stolen!, line: 6)
      } == ["2 loop-bound", "2 dropped-output", "3 done-in-loop", "5 detach-in-loop", "6 sibling-branch"])
    #expect(
      codes { input in
        let cart = step(LoadCart.self, input).on("cart-lost", 410, line: 2).on("cart-not-found", 200, line: 3)
          .on("cart-not-found", 410, line: 4)
        let user = step(LoadUser.self, cart.id).orElse("nobody", line: 5)
        let rating = step(RateCart.self, cart).optional().orElse(nil, line: 6)
        let other = step(RateCart.self, cart).orElse("-").orElse(line: 7) { step(LoadUser.self, step(LoadUser.self, input)) }
        step(DescribeAll.self, user, optional(step(CountHTTPLetters.self, other)), rating)
      } == [
        "2 error-of-other-step", "3 status-range", "4 duplicate-member", "5 needless-fallback", "6 modifier-place",
        "7 modifier-conflict", "7 modifier-place",
      ])
  }

  @Test("the name of a type is the name of its step")
  func names() {
    #expect(CountHTTPLetters.declaration == StepDeclaration("count-http-letters"))
    #expect(StepDeclaration.name(ofType: "LoadV2Cart") == "load-v2-cart")
  }
}

enum Judge: Step {
  static let declaration = StepDeclaration("judge", mayInsert: ["look-closer"], mayReplace: ["give-up"])
  static func run(_ text: String) throws(FlowFailure) -> Decision<String> {
    switch text {
    case "odd": .insert(Fragment("look-closer"), text + "!")
    case "bad": .replace(Fragment("give-up"))
    default: .continue(text)
    }
  }
}

enum TakeOrder: Step {
  static let declaration = StepDeclaration("take-order", needs: [.database])
  static func run(_ cart: Cart) throws(FlowFailure) -> Decision<String> { .continue("order of \(cart.id)") }
}

enum DropOrder: Step {
  static let declaration = StepDeclaration("drop-order", needs: [.database])
  static func run(_ order: String) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}

enum RateCart: Step {
  static let declaration = StepDeclaration("rate-cart", needs: [.database], fails: ["never-rated"])
  static func run(_ cart: Cart) throws(FlowFailure) -> Decision<String> { .continue("rated \(cart.id)") }
}

enum TellOthers: Step {
  static let declaration = StepDeclaration("tell-others", needs: [.database])
  static func run(_ order: String) throws(FlowFailure) -> Decision<NoOutput> { .continue(NoOutput()) }
}

enum NameOf: Step {
  static func run(_ number: Int) throws(FlowFailure) -> Decision<String> { .continue("\(number)") }
}

enum Letters: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<[String]> { .continue(text.map(String.init)) }
}

enum IsLong: Step {
  static func run(_ text: String) throws(FlowFailure) -> Decision<Bool> { .continue(text.count > 3) }
}

extension Flow {
  /// Status and body of the answer to one request, whose steps need no effects. An input in parts is given line by line.
  func run(_ body: String) -> String {
    let flow = definition
    var context = RequestContext()
    context.frame.reserve(flow.frameBytes)
    let plan = MachinePlan(flow.plan)
    var machine = RequestMachine()
    machine.started(deadline: Instant(nanoseconds: .max), limits: .init())
    var lines = body.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while true {
      switch machine.next(in: plan) {
      case .decode:
        let outcome = Array(body.utf8).withUnsafeBytes { bytes in
          context.body = bytes
          return flow.decode(&context)
        }
        machine.decoded(outcome)
      case .run(let strand, let use, _):
        let outcome = flow.run(use, &context)
        machine.stepDecided(outcome, strand: strand, at: Instant(nanoseconds: 0), in: plan)
        context.resumption = nil
        if outcome == .emitted || outcome == .taken { context.resumption = Resumption(outcomes: [], progress: context.progress) }
        if outcome == .emitted { machine.roomMade(deadline: Instant(nanoseconds: .max)) }
      case .receive:
        guard let line = lines.popFirst(), let decodePart = flow.decodePart else { return "no further part" }
        context.isLastPart = lines.isEmpty
        let outcome = Array(line.utf8).withUnsafeBytes { bytes in
          context.body = bytes
          return decodePart(&context)
        }
        machine.partArrived(outcome, deadline: Instant(nanoseconds: .max), in: plan)
      case .test(let strand, let condition):
        machine.tested(flow.test(condition, context), strand: strand, in: plan)
      case .respond:
        flow.release(&context)
        precondition(context.frame.isEmpty, "a flow releases every slot")
        return "\(context.status) " + context.output.withBytes { String(decoding: $0, as: UTF8.self) }
      case .refuse(let cause):
        flow.release(&context)
        return "refused: \(context.failure?.code ?? "\(cause)")"
      case .draw(let strand): machine.drawn(0, strand: strand, at: Instant(nanoseconds: 0), in: plan)
      case .note, .keepFailure, .requeue: continue
      case .discard: return "discarded"
      case .submit, .cancel, .park, .settle: return "the steps of these tests wait for nothing"
      }
    }
  }
}
