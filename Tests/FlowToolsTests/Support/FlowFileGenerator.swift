/// Writes random files of the whole grammar: tokens by the rules of the reference, with any white space between them.
///
/// The files are well formed and mean nothing: names are not declared and types do not fit.
struct FlowFileGenerator {
  private var random: SplitMix
  private var tokens: [String] = []

  init(_ random: SplitMix) { self.random = random }

  /// The tokens of a file.
  mutating func file() -> [String] {
    tokens = []
    for _ in 0...below(4) { declaration() }
    return tokens
  }

  /// The tokens with random white space, but no empty line; with comments where asked for.
  mutating func spaced(_ tokens: [String], comments: Bool) -> String {
    var text = ""
    for (index, token) in tokens.enumerated() {
      if index > 0 { text += gap(tokens[index - 1], token) }
      if comments, below(12) == 0 { text += pick(["// note\n", "\n  /// what it is \n", "//\n", "// a\n\n\n// b\n"]) }
      text += token
    }
    return text + pick(["", "\n", comments ? " // end" : ""])
  }

  private mutating func gap(_ left: String, _ right: String) -> String {
    let spaces = [" ", "  ", "\n", "\n  ", "\t", " \n \t"]
    let isTight = "{}()[]:,=?".contains(left.last ?? " ") || "{}()[]:,=?".contains(right.first ?? " ")
    return isTight && below(2) == 0 ? "" : pick(spaces)
  }

  // MARK: Choices

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
  private mutating func add(_ words: String...) { tokens += words }
  private mutating func some(_ max: Int, from least: Int = 0, _ body: (inout Self) -> Void) {
    for _ in 0..<(least + below(max - least + 1)) { body(&self) }
  }
  private mutating func list(_ body: (inout Self) -> Void) {
    body(&self)
    while below(3) == 0 {
      add(",")
      body(&self)
    }
  }
  private mutating func maybe(_ body: (inout Self) -> Void) { if below(2) == 0 { body(&self) } }
  private mutating func block(_ body: (inout Self) -> Void) {
    add("{")
    body(&self)
    add("}")
  }

  private mutating func kebab() -> String {
    pick(["load-cart", "x", "on", "done", "plan", "status", "an-uncommonly-long-name-of-a-step-or-field", "input", "not", "fixture"])
  }
  private mutating func pascal() -> String { pick(["Cart", "CheckoutRequest", "A"]) }
  private mutating func string() -> String { pick(["\"\"", "\"a b\"", "\"a \\\" // no comment\"", "\"[A-Z]{2}\""]) }
  private mutating func number() -> String { pick(["1", "-5", "0.5", "2147483647"]) }
  private mutating func duration() -> String { pick(["10ms", "2s", "1min", "24h", "7d"]) }
  private mutating func reference() { add("v2", "/", kebab()) }

  // MARK: Declarations

  private mutating func declaration() {
    switch below(13) {
    case 0: add("use", pascal())
    case 1: add("record", pascal()); block { g in g.some(4) { $0.field(); $0.maybe { $0.add(",") } } }
    case 2: add("newtype", pascal(), ":", "string"); some(2) { $0.constraint() }
    case 3: add("enum", pascal()); block { g in g.some(4, from: 1) { $0.add($0.kebab()); $0.maybe { $0.add(",") } } }
    case 4: add("error", kebab()); maybe { g in g.block { $0.some(3) { $0.field() } } }
    case 5: add("extern", "type", pascal())
    case 6: step()
    case 7: add("profile", kebab()); block { $0.add("class", "batch", "deadline", $0.duration(), "in-flight", "4") }
    case 8: add("reserved", kebab(), string())
    case 9:
      add("tombstone")
      reference()
      maybe { $0.add("successor"); $0.reference() }
      add(string())
    case 10: add("fixture", kebab(), ":"); type(); value(3)
    case 11:
      add("fragment", kebab())
      parameters()
      maybe { $0.add("->"); $0.type() }
      if below(2) == 0 { add("swift", pascal()) } else { statements(2) }
    default: add("flow", "checkout-cart"); block { g in g.some(10) { $0.property() } }
    }
  }

  private mutating func field() {
    add(kebab(), ":")
    type()
    some(2) { $0.constraint() }
    maybe { $0.literal() }
  }

  private mutating func literal() {
    add("=")
    switch below(4) {
    case 0: add("[", "]")
    case 1: add("{", "}")
    case 2: add(string())
    default: add(pick(["standard", "1", "true"]))
    }
  }

  private mutating func constraint() {
    switch below(6) {
    case 0: add("pattern", string())
    case 1: add("unique")
    case 2: add("sensitive")
    default: add(pick(["length", "range", "items"]), number(), "..", number())
    }
  }

  private mutating func type() {
    switch below(6) {
    case 0: add("["); type(); add("]")
    case 1: add("[", "string", ":"); type(); add("]")
    default: add(pick(["string", "int", "Cart", "CheckoutRequest"]))
    }
    if below(4) == 0 { add("?") }
  }

  private mutating func parameters() {
    add("(")
    maybe { g in g.list { $0.add($0.kebab(), ":"); $0.maybe { $0.add("stream") }; $0.type() } }
    add(")")
  }

  private mutating func step() {
    add("step", kebab())
    parameters()
    maybe { $0.add("->"); $0.type() }
    some(4) { g in
      switch g.below(4) {
      case 0: g.add(g.pick(["cooperative", "safe", "idempotent"]))
      case 1: g.add("may", g.pick(["insert", "replace"])); g.list { $0.add("credit-check") }
      default: g.add(g.pick(["needs", "fails"])); g.list { $0.add("cart-not-found") }
      }
    }
  }

  // MARK: Flows

  private mutating func property() {
    switch below(22) {
    case 0: add("owner", "payments")
    case 1: add("method", "POST")
    case 2: add("tags"); list { $0.add("shop") }
    case 3: add("status", "stable")
    case 4: add("alias", "pay-cart"); maybe { $0.add("serve") }
    case 5: add("bind", "GET", "/", "orders"); maybe { $0.add("/", "{", "order-id", "}") }
    case 6: add("profile", "interactive")
    case 7: add("deadline", duration())
    case 8: add("deprecated", "2026-10-01")
    case 9: add("sunset", "2027-04-01"); maybe { $0.add("then", "410") }
    case 10: add("successor"); reference()
    case 11: add("guide", string())
    case 12: add("tenant", "required")
    case 13: add("requires", "role", "admin")
    case 14: add("idempotency", "required", "ttl", duration())
    case 15: add("input"); maybe { $0.add("stream") }; type(); maybe { $0.add("from", "query") }
    case 16:
      add("output")
      switch below(4) {
      case 0: add("none")
      case 1: add("text")
      case 2: add("stream"); type()
      default: type()
      }
      maybe { $0.add("status", "201") }
    case 17: add("header", "location", string())
    case 18: add("plan"); if below(3) == 0 { add("swift", pascal()) } else { statements(3) }
    case 19: add("fragment", "credit-check"); statements(2)
    case 20: add("on", kebab(), "->", "404")
    default: example()
    }
  }

  private mutating func example() {
    add("example", string())
    block { g in
      g.some(4) { g in
        switch g.below(5) {
        case 0: g.add("input"); g.value(3)
        case 3: g.add("given", "lock-cart", "passes")
        case 1: g.add("given", "load-cart", "="); if g.below(2) == 0 { g.add("fixture", "empty-cart") } else { g.value(2) }
        case 2: g.add("given", "load-cart", "fails", "cart-empty"); g.maybe { $0.object(2) }
        case 3: g.add("given", "load-cart", "passes")
        default: g.add("expect", "409"); g.maybe { $0.add("cart-empty") }; g.maybe { $0.object(2) }
        }
      }
    }
  }

  private mutating func value(_ depth: Int) {
    switch below(depth > 0 ? 6 : 4) {
    case 0: add(string())
    case 1: add(number())
    case 2: if below(3) == 0 { add("fixture", "empty-cart") } else { add(pick(["true", "null", "standard"])) }
    case 3, 4: object(depth)
    default:
      add("[")
      maybe { g in g.list { $0.value(depth - 1) } }
      add("]")
    }
  }

  private mutating func object(_ depth: Int) {
    block { g in
      g.some(depth > 0 ? 4 : 0) { $0.add($0.below(4) == 0 ? $0.string() : $0.kebab(), ":"); $0.value(depth - 1); $0.maybe { $0.add(",") } }
    }
  }

  // MARK: Plans

  private mutating func statements(_ depth: Int) {
    block { g in g.some(4) { $0.statement(depth) } }
  }

  private mutating func statement(_ depth: Int) {
    switch below(depth > 0 ? 9 : 4) {
    case 0...2: maybe { $0.add($0.kebab(), "=") }; call(); some(3) { $0.modifier() }
    case 3: add("done"); call()
    case 4:
      add("parallel")
      maybe { g in if g.below(2) == 0 { g.add("quorum", "2") } else { g.add(g.pick(["all", "any", "first-success"])) } }
      block { g in g.some(3) { if $0.below(3) == 0 { $0.add("branch"); $0.statements(depth - 1) } else { $0.statement(depth - 1) } } }
    case 5, 6:
      add("when")
      maybe { $0.add("not") }
      if below(2) == 0 { add("exists"); path() } else { path(); maybe { $0.add("is", "paid") } }
      statements(depth - 1)
      maybe { $0.add("otherwise"); $0.statements(depth - 1) }
    case 7:
      add("choose")
      path()
      block { g in
        g.some(2, from: 1) { g in g.list { $0.add("paid") }; g.statements(depth - 1) }
        g.maybe { $0.add("otherwise"); $0.statements(depth - 1) }
      }
    default:
      maybe { $0.add("prices", "=") }
      add("for", "each", "line", "in")
      path()
      add("max", "50")
      statements(depth - 1)
    }
  }

  private mutating func path() {
    add("order")
    some(2) { $0.add(".", "total-cents") }
  }

  private mutating func call() {
    add(pick(["load-cart", "done", "optional", "charge-the-card-of-the-customer-who-has-ordered"]), "(")
    maybe { g in g.list { $0.path() } }
    add(")")
  }

  private mutating func modifier() {
    switch below(8) {
    case 0: add("timeout", duration())
    case 1: add("retry", "2")
    case 2: add("retry", "2", "backoff", "10ms"); maybe { $0.add("..", "80ms") }
    case 3: add("optional")
    case 4: add("else"); if below(2) == 0 { add("default") } else { call() }
    case 5: add("detach")
    case 6: add("undo"); call()
    default: add("on", "cart-empty", "->", pick(["404", "sold-out"]))
    }
  }
}
