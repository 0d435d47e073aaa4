import ZerverCatalog

@testable import FlowLanguage
@testable import FlowTools

/// A catalog with every construct that a document can show, built as the checker would build it. Nothing of it ever changes,
/// which is what `nonisolated(unsafe)` says.
enum EveryConstruct {
  nonisolated(unsafe) static let catalog = CatalogModel([shop], dependencies: [stock])
  static let today = CalendarDate(text: "2026-11-01")!

  /// What somebody could write into a comment to break a document.
  static let hostile = "</script><img src=x onerror=alert(1)> & \"quotes\" */ `<code>`"

  private static let file = SourceFile(path: "Shop/v1/every.flow", text: "flow\n")
  private static let span = SourceSpan(file: file, start: 0, end: 4)

  // MARK: Types

  private static func field(
    _ name: String, _ type: ResolvedType, _ documentation: [String] = [], value: ResolvedLiteral? = nil, sensitive: Bool = false,
    _ limit: (inout ResolvedConstraints) -> Void = { _ in }
  ) -> ResolvedField {
    var constraints = ResolvedConstraints()
    limit(&constraints)
    return ResolvedField(
      name: name, documentation: documentation, type: type, constraints: constraints, defaultValue: value, isSensitive: sensitive,
      span: span)
  }

  private static func record(_ name: String, _ documentation: [String] = [], _ fields: [ResolvedField]) -> ResolvedRecord {
    ResolvedRecord(name: name, documentation: documentation, fields: fields, span: span)
  }

  private static func type(_ name: String) -> ResolvedType { .record(name, module: "Shop") }
  private nonisolated(unsafe) static let tier = ResolvedType.enumeration("Tier", module: "Shop")
  private nonisolated(unsafe) static let cartID = ResolvedType.newtype("CartId", module: "Shop")
  private nonisolated(unsafe) static let weight = ResolvedType.newtype("Weight", module: "Shop")

  private nonisolated(unsafe) static let everything = record(
    "Everything", ["Every type and every limit.", "", hostile, "", "- one point", "- and another"],
    [
      field("cart-id", cartID, ["Whose cart it is."]),
      field("name", .string, [hostile], { $0.length = 1...8 }),
      field("code", .optional(.string)) { $0.pattern = "[A-Z]{2}-\\d+" },
      field("count", .int, value: .int(-2)) { $0.range = -5 ... -1 },
      field("weight", weight),
      field("ratio", .float, value: .float(0.5)) { $0.floatRange = 0.25...99.5 },
      field("default", .bool, value: .bool(true)),
      field("tier", tier, value: .enumCase("plus-size")),
      field("later", .optional(tier)),
      field("tags", .list(.string), value: .emptyList) { $0.items = 0...2; $0.isUnique = true },
      field("scores", .map(.int), value: .emptyMap) { $0.items = 0...2 },
      field("matrix", .list(.list(.int))),
      field("inner", .optional(type("Request"))),
      field("own-cart", type("Cart")),
      field("stock-cart", .record("Cart", module: "Stock")),
      field("blob", .optional(.extern("Blob", module: "Shop"))),
      field("secret", .string, sensitive: true) { $0.length = 4...64 },
      field("secrets", .optional(.list(.string)), sensitive: true),
      field("greeting", .string, value: .string("say \"hi\"")),
    ])

  private nonisolated(unsafe) static let search = record(
    "Search", ["What to look for."],
    [
      field("kind", tier), field("text", .optional(.string), ["Words."]) { $0.length = 1...80 },
      field("cart-id", .optional(cartID)), field("heavier-than", .optional(weight)),
      field("limit", .int, value: .int(20)) { $0.range = 1...100 }, field("ratio", .optional(.float)),
      field("exact", .bool, value: .bool(false)), field("token", .optional(.string), sensitive: true),
    ])

  private nonisolated(unsafe) static let receipt = record(
    "Receipt", ["What came of an order."],
    [
      field("order-id", .string), field("tier", tier, value: .enumCase("free")), field("note", .optional(.string)),
      field("lines", .list(type("Line"))), field("status", .string),
    ])

  private nonisolated(unsafe) static let oldReceipt = record(
    "OldReceipt", [], [field("order-id", .int), field("total", .int), field("status", .string)])

  private nonisolated(unsafe) static let oldOrder = record("OldOrder", [], [field("cart-id", .string), field("note", .optional(.string)) { $0.length = 1...9 }])

  private nonisolated(unsafe) static let line = record("Line", [], [field("sku", .string), field("pieces", .int)])

  // MARK: Errors

  private nonisolated(unsafe) static let outOfStock = ResolvedError(
    name: "out-of-stock", documentation: ["The shelf is empty.", hostile],
    fields: [field("sku", .string), field("left", .optional(.int)), field("card", .string, sensitive: true)], span: span)
  private nonisolated(unsafe) static let problem = ResolvedError(name: "problem", documentation: [], fields: [], span: span)

  // MARK: Modules

  private nonisolated(unsafe) static let stock = ResolvedModule(
    name: "Stock", imports: [], records: [record("Cart", ["A cart in the stock room."], [field("shelf", .string)])], enums: [],
    errors: [outOfStock, problem], steps: [], flows: [])

  private nonisolated(unsafe) static let shop: ResolvedModule = {
    var module = ResolvedModule(
      name: "Shop", imports: ["Stock"],
      records: [
        everything, search, receipt, oldReceipt, oldOrder, line, record("Request", [], []),
        record("Cart", ["A cart of the shop."], [field("open", .bool)]),
      ],
      enums: [ResolvedEnum(name: "Tier", documentation: ["How much somebody pays."], cases: ["free", "plus-size", "none"], span: span)],
      errors: [], steps: [loadCart, tellAll], flows: [placeOrderV1, placeOrderV2, findThings, streamThings, importThings, copyThings, fetchThing, dropThing, runSearch])
    var length = ResolvedConstraints()
    length.length = 1...64
    var range = ResolvedConstraints()
    range.floatRange = 0...1000
    module.newtypes = [
      ResolvedNewtype(name: "CartId", module: "Shop", documentation: ["The number of a cart."], wrapped: .string, constraints: length, isSensitive: false, span: span),
      ResolvedNewtype(name: "Weight", module: "Shop", documentation: ["In kilograms."], wrapped: .float, constraints: range, isSensitive: true, span: span),
    ]
    module.fixtures = [
      ResolvedFixture(
        name: "full-line", module: "Shop", type: type("Line"),
        value: .object([.init(name: "sku", value: .string("A-1")), .init(name: "pieces", value: .int(3))]), span: span)
    ]
    module.tombstones = [
      ResolvedTombstone(
        reference: FlowReference(text: "v1/sell-soul")!, successor: FlowReference(text: "v2/place-order")!, reason: hostile, span: span)
    ]
    return module
  }()

  // MARK: Flows

  private static func bareEntry(_ reference: String, _ method: FlowMethod, _ summary: String = "") -> CatalogEntry {
    let reference = FlowReference(text: reference)!
    return CatalogEntry(slug: reference.slug, version: reference.version, method: method, owner: "payments", summary: summary)
  }

  private static func bareFlow(
    _ entry: CatalogEntry, _ documentation: [String] = [], input: ResolvedInput = .none, output: ResolvedOutput = .none, status: Int = 200
  ) -> ResolvedFlow {
    ResolvedFlow(
      entry: entry, documentation: documentation, input: input, output: output, outputStatus: status, errors: [], bindings: [], plan: [],
      span: span)
  }

  private nonisolated(unsafe) static let placeOrderV1: ResolvedFlow = {
    var entry = bareEntry("v1/place-order", .post, "Orders a cart.")
    entry.deprecation = try! Deprecation(
      deprecated: CalendarDate(text: "2026-10-01")!, sunset: CalendarDate(text: "2027-04-01")!,
      successor: FlowReference(text: "v2/place-order")!, guide: "https://example.com/guide?a=1&b=2")
    entry.deprecation?.isGoneAfterSunset = true
    entry.aliases = [Alias(try! Slug("buy-cart")), Alias(try! Slug("order-now"), mode: .serve)]
    entry.idempotency = Idempotency(.optional, ttlNanoseconds: 3_600_000_000_000)
    var flow = bareFlow(entry, ["Orders a cart."], input: .body(type("OldOrder")), output: .json(type("OldReceipt")))
    flow.bindings = [
      ResolvedBinding(name: "input", type: type("OldOrder"), isOptional: false),
      ResolvedBinding(name: "precondition", type: .extern("Precondition", module: "ZerverCore"), isOptional: false),
    ]
    flow.preconditionBinding = 1
    flow.errors = [("out-of-stock", 410), ("problem", 409)]
    return flow
  }()

  private nonisolated(unsafe) static let placeOrderV2: ResolvedFlow = {
    var entry = bareEntry("v2/place-order", .post, "Orders " + hostile)
    entry.profile = FlowProfile(name: "nightly", priorityClass: .batch, deadlineNanoseconds: 30_000_000_000)
    entry.deadlineNanoseconds = 1_500_000_000
    entry.tags = ["orders", "public"]
    entry.bindings = [RouteBinding(method: .put, segments: [.literal("carts"), .field("cart-id"), .literal("order")])]
    entry.tenantScope = .required
    entry.requirements = [Requirement(.role, "buyer"), Requirement(.capability, "write-orders")]
    entry.idempotency = Idempotency(.required, ttlNanoseconds: 86_400_000_000_000)
    var flow = bareFlow(
      entry, ["Orders " + hostile, "", "With a second paragraph."], input: .body(type("Everything")), output: .json(type("Receipt")),
      status: 201)
    flow.errors = [("problem", 409), ("out-of-stock", 409)]
    flow.headers = [
      ResolvedHeader(name: "location", parts: [.text("/orders/"), .field([ResolvedPathField(name: "order-id", isOptional: false)], .string)]),
      ResolvedHeader(name: "cache-control", parts: [.text("no-store")]),
    ]
    flow.bindings = [
      ResolvedBinding(name: "input", type: type("Everything"), isOptional: false),
      ResolvedBinding(name: "cart", type: type("Cart"), isOptional: false),
      ResolvedBinding(name: "line", type: type("Line"), isOptional: false),
      ResolvedBinding(name: "note", type: .string, isOptional: true),
    ]
    flow.plan = plan
    flow.examples = [sold, refused]
    return flow
  }()

  private nonisolated(unsafe) static let findThings: ResolvedFlow = {
    var entry = bareEntry("v1/find-things", .get)
    entry.isExperimental = true
    entry.tags = ["public"]
    entry.bindings = [
      RouteBinding(method: .get, segments: [.literal("things"), .field("kind")]),
      RouteBinding(method: .delete, segments: [.literal("carts"), .field("text"), .literal("order")]),
    ]
    return bareFlow(entry, input: .query(type("Search")), output: .json(.list(.optional(type("Line")))))
  }()

  private nonisolated(unsafe) static let streamThings = bareFlow(
    bareEntry("v1/stream-things", .get), ["Line after line."], input: .query(type("Search")), output: .stream(type("Line")))

  private nonisolated(unsafe) static let importThings = bareFlow(
    bareEntry("v1/import-things", .post), ["Line after line, the other way."], input: .stream(type("Line")), output: .json(type("Receipt")))

  private nonisolated(unsafe) static let copyThings = bareFlow(
    bareEntry("v1/copy-things", .put), input: .stream(type("Line")), output: .stream(type("Line")))

  private nonisolated(unsafe) static let fetchThing = bareFlow(
    bareEntry("v1/fetch-thing", .get), ["The thing itself."], input: .query(type("Search")), output: .file)

  private nonisolated(unsafe) static let dropThing: ResolvedFlow = {
    var entry = bareEntry("v1/drop-thing", .delete)
    entry.deprecation = try! Deprecation(deprecated: CalendarDate(text: "2026-01-01")!)
    entry.deprecation?.isRetired = true
    return bareFlow(entry, input: .query(type("Search")), status: 204)
  }()

  private nonisolated(unsafe) static let runSearch: ResolvedFlow = {
    var entry = bareEntry("v1/run-search", .post)
    entry.tenantScope = .optional
    var flow = bareFlow(entry, output: .text)
    flow.planSource = .swift("SearchPlan")
    return flow
  }()

  // MARK: Examples

  private nonisolated(unsafe) static let input = ResolvedValue.object([
    .init(name: "cart-id", value: .string("c-'1'")), .init(name: "name", value: .string("n")), .init(name: "weight", value: .float(2.5)),
    .init(name: "matrix", value: .list([.list([.int(1)])])), .init(name: "own-cart", value: .object([.init(name: "open", value: .bool(true))])),
    .init(name: "stock-cart", value: .object([.init(name: "shelf", value: .string("s"))])), .init(name: "secret", value: .string("hush!")),
    .init(name: "greeting", value: .string(hostile)), .init(name: "later", value: .null),
  ])

  private nonisolated(unsafe) static let sold = ResolvedExample(
    name: "a cart is sold", input: input, givens: [],
    expectation: .init(
      status: 201, error: nil,
      body: .object([
        .init(name: "order-id", value: .string("o-1")), .init(name: "tier", value: .string("free")), .init(name: "status", value: .string("new")),
        .init(name: "lines", value: .list([.object([.init(name: "sku", value: .string("A-1")), .init(name: "pieces", value: .int(1))])])),
      ])), span: span)

  private nonisolated(unsafe) static let refused = ResolvedExample(
    name: "an empty shelf is refused \(hostile)", input: input,
    givens: [("load-cart", .failure(error: "out-of-stock", fields: .object([.init(name: "sku", value: .string("A-1"))])))],
    expectation: .init(status: 409, error: "out-of-stock", body: nil), span: span)

  // MARK: The plan

  private nonisolated(unsafe) static let loadCart = ResolvedStep(
    name: "load-cart", module: "Shop", documentation: [hostile], parameters: [ResolvedParameter(name: "id", type: .string)],
    output: type("Cart"), needs: ["db"], fails: ["out-of-stock"], isCooperative: false, mayInsert: [], mayReplace: [], span: span)
  private nonisolated(unsafe) static let tellAll = ResolvedStep(
    name: "tell-all", module: "Shop", documentation: [], parameters: [], output: nil, needs: [], fails: [], isCooperative: false,
    mayInsert: [], mayReplace: [], span: span)

  private static func argument(_ binding: Int, _ path: String...) -> ResolvedArgument {
    ResolvedArgument(binding: binding, path: path.map { ResolvedPathField(name: $0, isOptional: false) }, readsOptional: false)
  }

  private static func use(_ step: ResolvedStep, _ binding: Int? = nil, _ arguments: [ResolvedArgument] = [], isDone: Bool = false) -> ResolvedUse {
    ResolvedUse(step: step, binding: binding, arguments: arguments, isDone: isDone, inserts: [], replaces: [], span: span)
  }

  private nonisolated(unsafe) static let plan: [ResolvedNode] = {
    var load = use(loadCart, 1, [argument(0, "cart-id")])
    load.timeoutNanoseconds = 250_000_000
    load.retry = ResolvedRetry(attempts: 2, backoffNanoseconds: 1_000_000, backoffMaxNanoseconds: 8_000_000)
    load.undo = ResolvedCall(step: tellAll, arguments: [], span: span)
    load.errorHandlers = [
      ResolvedErrorHandler(error: "out-of-stock", target: .fragment(name: "give-up", body: [.use(use(tellAll, isDone: true))])),
      ResolvedErrorHandler(error: "problem", target: .status(418)),
    ]
    load.inserts = [("audit", [.use(use(tellAll))])]
    load.replaces = [("start-over", [.use(use(tellAll, isDone: true))])]
    var tell = use(tellAll)
    tell.isDetached = true
    var optional = use(tellAll, 3)
    optional.fallback = .empty
    var defaulted = use(tellAll, 3)
    defaulted.fallback = .defaultValue
    var guessed = use(tellAll, 3)
    guessed.fallback = .step(ResolvedCall(step: tellAll, arguments: [], span: span))
    return [
      .use(load),
      .parallel(join: .quorum(2), branches: [[.use(optional)], [.use(defaulted), .use(guessed)], [.use(tell)]]),
      .when(.flag(argument(1, "open"), negated: true), then: [.use(tell)], otherwise: [.use(tell)]),
      .when(.exists(argument(3), negated: false), then: [.when(.isCase(argument(0, "tier"), caseName: "free", negated: false), then: [.use(tell)], otherwise: [])], otherwise: []),
      .choose(argument(0, "tier"), arms: [(["free"], [.use(tell)])], otherwise: [.use(tell)]),
      .forEach(ResolvedLoop(list: argument(0, "tags"), element: 2, itemsMax: 50, body: [.use(tell)], roundSlots: 2..<3, binding: nil, collected: nil, span: span)),
      .use(use(tellAll, nil, isDone: true)),
    ]
  }()
}
