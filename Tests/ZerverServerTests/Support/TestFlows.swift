import ZerverCatalog
@_spi(Server) import ZerverCore

/// A flow of one record in and out, whose steps are closures: what generated code would be for them.
func testFlow(
  plan: StaticString, errors: [(code: String, status: UInt16)] = [], decodes: Bool = true,
  run: @escaping @Sendable (Int, inout RequestContext) throws(FlowFailure) -> StepOutcome
) -> FlowDefinition {
  FlowDefinition(
    plan: plan, frameBytes: FlowFrame.frameBytes, errors: errors,
    decode: { context in decodes ? context.decodeJSON(into: FlowFrame.input) : .continued },
    run: { use, context in
      do throws(FlowFailure) { return try run(use, &context) } catch { return context.fail(error) }
    },
    test: { _, context in context.frame[FlowFrame.input].isEmpty },
    release: { context in
      context.frame.destroy(FlowFrame.input)
      context.frame.destroy(FlowFrame.first)
      context.frame.destroy(FlowFrame.second)
    })
}

/// The slots of every test flow: a list of texts in, and two texts.
enum FlowFrame {
  static var input: Slot<[String]> { Slot() }
  static var first: Slot<String> { Slot(after: input) }
  static var second: Slot<String> { Slot(after: first) }
  static var frameBytes: Int { second.end }
}

func testEntry(
  _ slug: String, _ method: FlowMethod = .get, profile: FlowProfile = .interactive, deadline: Duration? = nil,
  deprecation: Deprecation? = nil, aliases: [Alias] = []
) throws -> CatalogEntry {
  CatalogEntry(
    slug: try Slug(slug), version: FlowVersion(1)!, method: method, owner: "tests", profile: profile,
    deadlineNanoseconds: deadline.map { Int($0.nanosecondsWhole) }, deprecation: deprecation, aliases: aliases)
}

/// The flows that the server's own tests call.
func testCatalog() throws -> FlowCatalog {
  var entries: [CatalogEntry] = []
  var flows: [FlowDefinition] = []
  func add(_ entry: CatalogEntry, _ flow: FlowDefinition) {
    entries.append(entry)
    flows.append(flow)
  }

  let successor = FlowReference(text: "v2/say-hello")
  let deprecation = try Deprecation(
    deprecated: CalendarDate(year: 2026, month: 10, day: 1)!, sunset: CalendarDate(year: 2027, month: 4, day: 1)!,
    successor: successor)
  add(
    try testEntry(
      "say-hello", deprecation: deprecation,
      aliases: [Alias(try Slug("greet-world")), Alias(try Slug("hello-there"), mode: .serve)]),
    testFlow(plan: "use say-hello line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue("Hello, world!"), status: 200)
    })
  add(
    try testEntry("join-texts", .post),
    testFlow(
      plan: "use join line=1\nuse shout line=2\nuse done line=3\nrun 0\ntest 0 else=3\nrun 1\nrun 2",
      errors: [("too-many", 409)]
    ) { (use, context) throws(FlowFailure) in
      switch use {
      case 0:
        let input = context.frame[FlowFrame.input]
        if input.count > 100 {
          return try context.finish(
            .fail(FlowFailure(code: "too-many", members: [.init("limit", .int(100))])), into: FlowFrame.first)
        }
        return try context.finish(.continue(input.joined(separator: " ")), into: FlowFrame.first)
      case 1: return try context.finish(.continue("nothing"), into: FlowFrame.second)
      default:
        return try context.complete(
          .continue(context.optional(FlowFrame.second) ?? context.frame[FlowFrame.first]), status: 201)
      }
    })
  add(
    try testEntry("sleep-long", deadline: .milliseconds(50)),
    testFlow(plan: "use sleep line=1 needs=time\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      if context.isResuming { return try context.completeText(.continue("late"), status: 200) }
      return try context.completeText(.need(.sleep(.seconds(3600))), status: 200)
    })
  add(
    try testEntry("sleep-short"),
    testFlow(
      plan: """
        use left line=1 needs=time
        use right line=2 needs=time
        use done line=3
        fork all-required 1 3 then=5
        run 0
        arrive
        run 1
        arrive
        run 2
        """, decodes: false
    ) { (use, context) throws(FlowFailure) in
      switch use {
      case 0, 1:
        guard context.isResuming else { return try context.finish(.need(.sleep(.milliseconds(5))), into: FlowFrame.first) }
        if use == 0 { return try context.finish(.continue("left"), into: FlowFrame.first) }
        return try context.finish(.continue("right"), into: FlowFrame.second)
      default:
        return try context.completeText(
          .continue(context.frame[FlowFrame.first] + context.frame[FlowFrame.second]), status: 200)
      }
    })
  add(
    try testEntry("race-twice"),
    testFlow(
      plan: """
        use quick line=1 needs=time
        use slow line=2 needs=time
        use first line=3 needs=time
        use second line=4 needs=time
        use done line=5
        fork any 1 3 then=5
        run 0
        arrive
        run 1
        arrive
        fork all-required 6 8 then=10
        run 2
        arrive
        run 3
        arrive
        run 4
        """, decodes: false
    ) { (use, context) throws(FlowFailure) in
      switch use {
      case 0, 1:
        guard !context.isResuming else { return try context.finish(.continue(NoOutput())) }
        return try context.finish(Decision<NoOutput>.need(.sleep(use == 0 ? .milliseconds(2) : .seconds(3600))))
      case 2, 3:
        // Each has to start with `run`, although a strand that was abandoned in the race served it.
        let slot = use == 2 ? FlowFrame.first : FlowFrame.second
        guard context.isResuming else { return try context.finish(.need(.now), into: slot) }
        _ = try context.currentResumption.instant()
        return try context.finish(.continue("\(use)"), into: slot)
      default:
        return try context.completeText(
          .continue(context.frame[FlowFrame.first] + context.frame[FlowFrame.second]), status: 200)
      }
    })
  add(
    try testEntry("sleep-in-time", deadline: .seconds(1)),
    testFlow(plan: "use sleep line=1 needs=time\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      if context.isResuming { return try context.completeText(.continue("in time"), status: 200) }
      return try context.completeText(.need(.sleep(.milliseconds(10))), status: 200)
    })
  add(
    try testEntry("yield-undeclared"),
    testFlow(plan: "use count line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.yield(Progress(1)), status: 200)
    })
  add(
    try testEntry("wait-forever"),
    testFlow(plan: "use sleep line=1 needs=time\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.need(.sleep(.seconds(3600))), status: 200)
    })
  add(
    try testEntry("count-slowly", profile: .batch),
    testFlow(plan: "use count line=1 cooperative\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      var count = 0
      if context.isResuming {
          count = try context.currentResumption.progress(Int.self)
      }
      return try count == 1000
        ? context.completeText(.continue("\(count)"), status: 200)
        : context.completeText(.yield(Progress(count + 1)), status: 200)
    })
  add(
    try testEntry("answer-itself"),
    testFlow(plan: "use answer line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(
        .done(
          Response(
            status: 202, contentType: "text/csv",
            headers: [.init("X-Count", "2"), .init("X-Bad", "a\r\nX-Injected: 1"), .init("Content-Length", "9")],
            body: Array("a,b".utf8))), status: 200)
    })
  add(
    try testEntry("need-undeclared"),
    testFlow(plan: "use need line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.need(.uuid), status: 200)
    })
  add(
    try testEntry("large-answer"),
    testFlow(plan: "use answer line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue(String(repeating: "0123456789abcdef", count: 1 << 18)), status: 200)
    })
  return FlowCatalog(try Catalog(entries), flows: flows)
}
