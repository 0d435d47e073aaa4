import FlowLanguage
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("The lock of a catalog")
struct CatalogLockTests {
  private func compiled(_ files: (path: String, text: String)..., dependency: String = "") -> CatalogLock? {
    let sources = files.map { SourceFile(path: $0.path, text: $0.text) }
    let used = dependency.isEmpty ? [] : [(module: "Shop", files: [SourceFile(path: "Shop/Steps.flow", text: dependency)])]
    return FlowCompiler.compile(
      module: "Routes", files: sources, dependencies: used, today: nil, governance: Governance(), breakingChanges: { _ in [] }
    ).lock
  }

  private let flow = """
    use Shop
    /// Shows a cart.
    flow show-cart {
      owner web  method GET  deadline 1500ms  alias see-cart  alias view-cart serve
      deprecated 2026-10-01  sunset 2027-04-01  guide "https://example.com/v2"
      input Query  output Cart status 203
      plan { done find-cart(input) }
      on cart-lost -> 404
    }
    """
  private let steps = """
    record Unused { id: string }
    record Cart  { lines: [Line] items 0..9  state: State  children: [Cart] }
    record Line  { amount: int range 1..99 = 1  note: string? length 0..80 pattern "a: \\"b\\"" }
    enum State   { open, closed }
    error cart-lost { id: string sensitive }
    step find-cart(query: Query) -> Cart  fails cart-lost
    record Query { id: string length 1..64 }
    """

  @Test("the file is what a reviewer reads: sorted, one fact a line, only what callers meet")
  func text() throws {
    let lock = try #require(compiled(("v1/show-cart.flow", flow), dependency: steps))
    let body = lock.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).joined(separator: "\n")
    #expect(
      body == """

        flow v1/show-cart
          alias see-cart: redirect
          alias view-cart: serve
          deadline: 1500ms
          deprecated: 2026-10-01
          error cart-lost: 404 Shop.cart-lost
          guide: "https://example.com/v2"
          input: query Shop.Query
          method: GET
          output: json Shop.Cart
          owner: web
          profile: default
          status: 203
          sunset: 2027-04-01

        record Shop.Cart
          field children: [Shop.Cart]
          field lines: [Shop.Line]
          field lines items: 0..9
          field state: Shop.State

        record Shop.Line
          field amount: int
          field amount default: 1
          field amount range: 1..99
          field note: string?
          field note length: 0..80
          field note pattern: "a: \\"b\\""

        record Shop.Query
          field id: string
          field id length: 1..64

        enum Shop.State
          case closed
          case open

        error Shop.cart-lost
          field id: string
          field id sensitive

        """)
  }

  @Test("what is written is read again, whatever stands in its texts")
  func roundTrip() throws {
    let lock = try #require(compiled(("v1/show-cart.flow", flow), dependency: steps))
    let (read, diagnostics) = CatalogLock.read(SourceFile(path: "catalog.lock", text: lock.text))
    #expect(diagnostics.isEmpty)
    #expect(read.text == lock.text)
    for text in ["", "a: b", "\"", "\\", "line\nline\t\r", "ä \u{1F6D2}", "\\n"] {
      #expect(CatalogLock.unquoted(CatalogLock.quoted(text)) == text)
      var block = CatalogLock.Block()
      block.set("field a default", CatalogLock.quoted(text))
      var lock = CatalogLock()
      lock[.record, "A"] = block
      let read = CatalogLock.read(SourceFile(path: "catalog.lock", text: lock.text)).lock
      #expect(read[.record, "A"]?["field a default"] == CatalogLock.quoted(text))
    }
  }

  @Test("blocks and lines in any order mean the same, so that both sides of a merge can be kept")
  func order() throws {
    let lock = try #require(compiled(("v1/show-cart.flow", flow), dependency: steps))
    let blocks = lock.text.split(separator: "\n\n").dropFirst().map { $0.split(separator: "\n") }
    let shuffled = "lock 1\n" + blocks.reversed().map { ([$0[0]] + $0.dropFirst().reversed()).joined(separator: "\n") }
      .joined(separator: "\n")
    #expect(CatalogLock.read(SourceFile(path: "catalog.lock", text: shuffled)).lock.text == lock.text)
  }

  @Test("the name of the module is not a part of what it promises")
  func moduleName() throws {
    let text = "record Cart { id: string }\nstep find-cart(cart: Cart) -> Cart\n" + """
      flow show-cart { owner web  method GET  input Cart  output Cart  plan { done find-cart(input) } }
      """
    let texts = ["Routes", "ReferenceRoutes"].map { name in
      FlowCompiler.compile(
        module: name, files: [SourceFile(path: "v1/show-cart.flow", text: text)], dependencies: [], today: nil,
        governance: Governance(), breakingChanges: { _ in [] }
      ).lock?.text
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0]?.contains("record Cart") == true)
  }

  @Test("an accepted break is recorded with its reason, next to those of before")
  func accepting() throws {
    let before = CatalogLock.read(
      SourceFile(path: "catalog.lock", text: """
        lock 1
        breaking 2026-01-01
          check-alias-removed flow v1/show-cart alias old: "Nobody called it."
        flow v1/show-cart
          deadline: 2s
        """)).lock
    var after = CatalogLock()
    var block = CatalogLock.Block()
    block.set("deadline", "1s")
    after[.flow, "v1/show-cart"] = block
    let today = try #require(CalendarDate(text: "2026-11-26"))
    let changes = CatalogCheck.changes(from: before, to: after, today: today)
    #expect(changes.map(\.code) == [.checkDeadlineShortened])
    let accepted = AcceptedLock(
      current: after, previous: before, settings: GovernanceSettings(), breaking: changes, reason: "No answer takes \"longer\".",
      day: today)
    #expect(accepted.text.contains("breaking 2026-01-01\n  check-alias-removed flow v1/show-cart alias old: \"Nobody called it.\"\n"))
    #expect(
      accepted.text.contains(
        "breaking 2026-11-26\n  check-deadline-shortened flow v1/show-cart deadline: \"No answer takes \\\"longer\\\".\"\n"))
    let written = CatalogLock.read(SourceFile(path: "catalog.lock", text: accepted.text)).lock
    #expect(CatalogCheck.changes(from: written, to: after, today: today).isEmpty)
    let compared = CatalogCheck.changes(from: before, to: after, today: today, accepted: written)
    #expect(compared.map(\.isError) == [false])
  }

  @Test("garbage of any kind is read without a trap, and reported")
  func garbage() {
    var generator = SplitMix(state: 7)
    let pieces = ["lock 1", "\n", "  ", "flow v1/a-b", ": ", "\"", "\\", "record X", "=======", "é", "\t", "settings", "rule unused-binding"]
    for _ in 0..<2_000 {
      let text = (0..<12).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }.joined()
      let (lock, _) = CatalogLock.read(SourceFile(path: "catalog.lock", text: text))
      _ = GovernanceSettings(lock[.settings])
      let again = CatalogLock.read(SourceFile(path: "catalog.lock", text: lock.text))
      #expect(again.diagnostics.isEmpty || !again.lock.blocks.isEmpty)
    }
  }

  /// https://prng.di.unimi.it/splitmix64.c
  private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
