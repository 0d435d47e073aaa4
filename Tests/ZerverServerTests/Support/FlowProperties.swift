import ZerverCatalog
@_spi(Server) import ZerverCore

/// Flows whose properties matter more than what they do.
enum PropertyFlows {
  static let successor = FlowReference(text: "v2/say-hello")!
  static let deprecated = CalendarDate(year: 2026, month: 10, day: 1)!
  static let sunset = CalendarDate(year: 2027, month: 4, day: 1)!

  static func catalog() throws -> FlowCatalog {
    var entries: [CatalogEntry] = []
    var flows: [FlowDefinition] = []
    func add(_ entry: CatalogEntry, _ flow: FlowDefinition) {
      entries.append(entry)
      flows.append(flow)
    }
    add(try ending(), text("hello"))
    add(try withdrawn(), text("never"))
    add(try bound("show-line", .get, ["/orders/{order}/lines/{line}", "/lines"]), echo(readsQuery: true))
    add(try bound("list-open", .get, ["/orders/open/lines/{line}"]), echo(readsQuery: true))
    add(try bound("change-line", .put, ["/orders/{order}/lines/{line}"]), echo(readsQuery: false))
    add(try bound("check-line", .head, ["/checks/{order}"]), echo(readsQuery: true))
    add(try restricted("cancel-order", tenant: .required, [Requirement(.role, "support")]), callerName())
    add(try restricted("show-stock", tenant: .optional, []), callerName())
    add(try restricted("show-caller", .get, tenant: .required, []), callerName())
    add(try restricted("wait-tenant", tenant: .optional, []), waiting())
    add(try aliased("say-aliased"), text("by any name"))
    add(try capped("wait-capped"), waiting())
    add(try capped("say-capped"), text("here"))
    let tombstone = Tombstone(
      FlowReference(text: "v1/pay-cart")!, successor: successor, reason: "Carts are ordered now.")
    return FlowCatalog(try Catalog(entries, tombstones: [tombstone]), flows: flows)
  }

  // MARK: Entries

  private static func ending() throws -> CatalogEntry {
    var deprecation = try Deprecation(deprecated: deprecated, sunset: sunset, successor: successor)
    deprecation.isGoneAfterSunset = true
    return try testEntry("say-hello", deprecation: deprecation, aliases: [Alias(try Slug("greet-world"))])
  }

  private static func withdrawn() throws -> CatalogEntry {
    var deprecation = try Deprecation(deprecated: deprecated)
    deprecation.isRetired = true
    return try testEntry("say-never", deprecation: deprecation)
  }

  private static func bound(_ slug: String, _ method: FlowMethod, _ paths: [String]) throws -> CatalogEntry {
    var entry = try testEntry(slug, method == .put ? .post : method)
    entry.bindings = try paths.map { try RouteBinding(method: method, template: $0) }
    entry.tags = ["orders"]
    return entry
  }

  private static func restricted(
    _ slug: String, _ method: FlowMethod = .post, tenant: TenantScope, _ requirements: [Requirement]
  ) throws -> CatalogEntry {
    var entry = try testEntry(slug, method)
    entry.tenantScope = tenant
    entry.requirements = requirements
    return entry
  }

  private static func aliased(_ slug: String) throws -> CatalogEntry {
    var entry = try restricted(slug, tenant: .optional, [])
    entry.aliases = [Alias(try Slug("say-served"), mode: .serve), Alias(try Slug("say-elsewhere"))]
    return entry
  }

  private static func capped(_ slug: String) throws -> CatalogEntry {
    try testEntry(slug, profile: FlowProfile(name: "narrow", priorityClass: .batch, inFlightMax: 1))
  }

  // MARK: Flows

  private static func text(_ text: String) -> FlowDefinition {
    testFlow(plan: "use say line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue(text), status: 200)
    }
  }

  /// Answers with its input as text: names and values in the order of the record.
  private static func echo(readsQuery: Bool) -> FlowDefinition {
    FlowDefinition(
      plan: "use echo line=1\nrun 0", frameBytes: LineFrame.frameBytes, errors: [],
      decode: { context in
        readsQuery ? context.decodeQuery(into: LineFrame.input) : context.decodeJSON(into: LineFrame.input)
      },
      run: { _, context in
        let input = context.frame[LineFrame.input]
        do throws(FlowFailure) {
          return try context.completeText(.continue(input.text), status: 200) { lines in
            lines.begin("Location")
            lines.append("/orders/")
            lines.append(input.order, .uri)
            lines.end()
            lines.begin("Etag")
            lines.append("\"")
            lines.append(input.line, .text)
            lines.append("\"")
            lines.end()
            lines.begin("X-Note")
            lines.append(input.note, .text)
            lines.end()
          }
        } catch { return context.fail(error) }
      },
      test: { _, _ in false }, release: { $0.frame.destroy(LineFrame.input) },
      pathInput: readsQuery ? .query : .json(unquoted: ["line"]))
  }

  private static func callerName() -> FlowDefinition {
    testFlow(plan: "use say line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      let caller = context.caller
      return try context.completeText(.continue("\(caller?.subject ?? "nobody") of \(caller?.tenant ?? "nothing")"), status: 200)
    }
  }

  private static func waiting() -> FlowDefinition {
    testFlow(plan: "use sleep line=1 needs=time\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.need(.sleep(.seconds(3600))), status: 200)
    }
  }
}

/// The input of the bound flows, with codecs as generated code has them.
struct LineInput: Equatable, Sendable {
  var order: String
  var line: Int
  var note: String?

  var text: String { "\(order) \(line) \(note ?? "-")" }
}

enum LineFrame {
  static var input: Slot<LineInput> { Slot() }
  static var frameBytes: Int { input.end }
}

extension LineInput: QueryDecodable {
  init(from reader: inout QueryReader) throws(InputError) {
    var fields = FieldSet()
    var order: String?
    var line: Int? = 0
    var note: String?
    while let key = try reader.nextKey() {
      if key.matches("order") {
        guard fields.insert(0) else { throw reader.duplicateField() }
        order = try reader.readString()
      } else if key.matches("line") {
        guard fields.insert(1) else { throw reader.duplicateField() }
        line = try reader.readInt()
      } else if key.matches("note") {
        guard fields.insert(2) else { throw reader.duplicateField() }
        note = try reader.readString()
      } else {
        throw reader.unknownField()
      }
    }
    self.init(order: order ?? "all", line: line ?? 0, note: note)
  }
}

extension LineInput: JSONDecodable {
  init(from reader: inout JSONReader) throws(InputError) {
    var fields = FieldSet()
    var order: String?
    var line: Int?
    var note: String?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if key.matches("order") {
        guard fields.insert(0) else { throw reader.duplicateField() }
        order = try reader.readString()
      } else if key.matches("line") {
        guard fields.insert(1) else { throw reader.duplicateField() }
        line = try reader.readInt()
      } else if key.matches("note") {
        guard fields.insert(2) else { throw reader.duplicateField() }
        note = try reader.readString()
      } else {
        throw reader.unknownField()
      }
    }
    guard let order else { throw reader.missingField("order") }
    guard let line else { throw reader.missingField("line") }
    self.init(order: order, line: line, note: note)
  }
}
