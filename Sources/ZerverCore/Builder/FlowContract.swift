import ZerverCatalog

/// What a flow in Swift promises, as its author wrote it: everything of a catalog entry, with the places for messages.
struct FlowContract: Sendable {
  var slug: String
  var version: FlowVersion
  var method: FlowMethod
  var owner: String
  var place: FlowPlace
  var form: AnswerForm
  var input: Input?
  /// Of an answer in JSON.
  var outputType: String?
  var summary = ""
  var profile = FlowProfile.default
  var deadline: Duration?
  var deadlinePlace: FlowPlace?
  var aliases: [AliasLine] = []
  var endOfLife: EndOfLife?
  var tags: [String] = []
  var isExperimental = false
  /// Where it is said that the flow is withdrawn.
  var retiredPlace: FlowPlace?
  var allowances: [Allowance] = []
  var tenantScope = TenantScope.none
  var requirements: [Requirement] = []
  var idempotency: Idempotency?
  var idempotencyPlace: FlowPlace?
  var mappings: [DeclaredMapping] = []
  var bindings: [BindingLine] = []
  var headers: [HeaderLine] = []
  /// Of the input: what its decoder says of a text. `nil` for a flow without an input.
  var trial: (@Sendable (String) -> InputError?)?

  struct Input: Sendable {
    /// As `String(reflecting:)` writes it.
    let type: String
    let isQuery: Bool
    let isStream: Bool
  }

  struct BindingLine: Sendable {
    let method: FlowMethod
    let path: String
    let place: FlowPlace
  }

  struct HeaderLine: Sendable {
    let name: String
    /// As a `.flow` file writes it.
    let template: String
    /// Its own text is visible ASCII and spaces.
    let isPlain: Bool
    /// It reads a property that has no name at run time.
    let isNameless: Bool
    let place: FlowPlace
  }

  struct AliasLine: Sendable {
    let slug: String
    let mode: Alias.Mode
    let place: FlowPlace
  }

  struct EndOfLife: Sendable {
    let deprecated: String
    let sunset: String?
    let isGoneAfterSunset: Bool
    let successor: String?
    let guide: String?
    let place: FlowPlace
  }

  /// A month, as in `.flow` files: a table of answers is no archive.
  private static var ttlSecondsMax: Int { 31 * 86_400 }

  /// A day, as in `.flow` files.
  private static var deadlineMillisecondsMax: Int64 { 24 * 3_600_000 }

  /// In kebab-case, as the names of a `.flow` file are.
  private static func isWord(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return text.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      }
  }

  /// The entry, when all of it is in order.
  func entry() -> (entry: CatalogEntry?, problems: [FlowProblem]) {
    var problems: [FlowProblem] = []
    let slug = Self.slug(self.slug, at: place, &problems)
    let aliases = self.aliases.compactMap { line in
      Self.slug(line.slug, at: line.place, &problems).map { Alias($0, mode: line.mode) }
    }
    if case .json(let status) = form { Self.check(status, at: place, &problems) }
    if case .stream(let status) = form { Self.check(status, at: place, &problems) }
    if case .text(let status) = form { Self.check(status, at: place, &problems) }
    if case .file = form { checkFileMethods(&problems) }
    if let place = idempotencyPlace, method.isSafe { problems.append(.idempotencyOfSafeMethod(method.rawValue, at: place)) }
    if let place = idempotencyPlace, case .stream = form { problems.append(.idempotencyOfStream(at: place)) }
    if input?.isStream == true {
      if let place = idempotencyPlace { problems.append(.idempotencyOfInputStream(at: place)) }
      if method.readsQuery { problems.append(.streamWithoutBody(method.rawValue, at: place)) }
    }
    if let place = idempotencyPlace, let idempotency, !(1...Self.ttlSecondsMax).contains(idempotency.ttlNanoseconds / 1_000_000_000) {
      problems.append(.idempotencyTTL(at: place))
    }
    if owner.isEmpty {
      problems.append(.missingOwner(place))
    } else if !Self.isWord(owner) {
      problems.append(.wordShape(owner, of: "owner", at: place))
    }
    for tag in tags where !Self.isWord(tag) { problems.append(.wordShape(tag, of: "tag", at: place)) }
    if let deadline, !(1...Self.deadlineMillisecondsMax).contains(deadline.nanosecondsWhole / 1_000_000) {
      problems.append(.deadlineRange(at: deadlinePlace ?? place))
    }
    if let retiredPlace, endOfLife == nil { problems.append(.retiredWithoutDate(at: retiredPlace)) }
    let deprecation = endOfLife.flatMap { Self.deprecation($0, of: "\(version)/\(self.slug)", isRetired: retiredPlace != nil, &problems) }
    let routes = routes(&problems)
    checkHeaders(&problems)
    guard let slug, problems.isEmpty else { return (nil, problems) }
    var entry = CatalogEntry(
      slug: slug, version: version, method: method, owner: owner, summary: summary, profile: profile,
      deadlineNanoseconds: deadline.map { Int($0.nanosecondsWhole) }, deprecation: deprecation, aliases: aliases)
    entry.tags = tags
    entry.isExperimental = isExperimental
    entry.tenantScope = tenantScope
    entry.requirements = requirements
    entry.idempotency = idempotency
    entry.bindings = routes
    return (entry, [])
  }

  private func checkFileMethods(_ problems: inout [FlowProblem]) {
    for (method, place) in [(method, place)] + bindings.map({ ($0.method, $0.place) }) where method != .get && method != .head {
      problems.append(.fileMethod(method.rawValue, at: place))
    }
  }

  private static func slug(_ text: String, at place: FlowPlace, _ problems: inout [FlowProblem]) -> Slug? {
    do throws(Slug.Violation) { return try Slug(text) } catch {
      problems.append(.slugShape(text, error, at: place))
      return nil
    }
  }

  private static func check(_ status: UInt16, at place: FlowPlace, _ problems: inout [FlowProblem]) {
    if status == 204 || status == 205 {
      problems.append(.statusWithoutBody(Int(status), at: place))
    } else if !(200...299).contains(status) {
      problems.append(.outputStatus(Int(status), at: place))
    }
  }

  private static func deprecation(
    _ end: EndOfLife, of reference: String, isRetired: Bool, _ problems: inout [FlowProblem]
  ) -> Deprecation? {
    func date(_ text: String) -> CalendarDate? {
      let date = CalendarDate(text: text)
      if date == nil { problems.append(.noSuchDay(text, at: end.place)) }
      return date
    }
    let sunset = end.sunset.flatMap(date)
    let successor = end.successor.flatMap { FlowReference(text: $0) }
    if let text = end.successor, successor == nil { problems.append(.successorShape(text, at: end.place)) }
    if end.successor == reference { problems.append(.ownSuccessor(at: end.place)) }
    guard let deprecated = date(end.deprecated) else { return nil }
    do throws(Deprecation.Violation) {
      var deprecation = try Deprecation(
        deprecated: deprecated, sunset: sunset, successor: successor, guide: end.guide)
      deprecation.isGoneAfterSunset = end.isGoneAfterSunset
      deprecation.isRetired = isRetired
      return deprecation
    } catch {
      problems.append(.deprecation(error, end))
      return nil
    }
  }
}
