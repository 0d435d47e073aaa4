// The properties of a flow beyond its plan, and the declarations that concern flows.

extension Parser {
  // MARK: Properties

  /// `a, b, c`
  mutating func tags() throws(SyntaxFailure) -> [NameSyntax] {
    let hint = "for example `tags checkout, payments`."
    var tags = [try expectName("a tag", hint: hint)]
    while take(.comma) != nil { tags.append(try expectName("a tag", hint: hint)) }
    for tag in tags where !NameStyle.kebab.accepts(tag.text) { report(.nameStyle(tag, .kebab)) }
    return tags
  }

  mutating func sunset(of flow: inout FlowSyntax, _ word: NameSyntax) throws(SyntaxFailure) {
    let date = name(try expect(.number, "a date", hint: "a date is written like `2026-10-01`."))
    if flow.sunset != nil { report(.duplicateProperty(word)) } else { flow.sunset = date }
    guard take(word: "then") != nil else { return }
    let status = try wholeNumber("a status", hint: "for example `sunset 2027-04-01 then 410`.")
    if flow.sunsetThen == nil { flow.sunsetThen = status }
  }

  mutating func route() throws(SyntaxFailure) -> BindingSyntax {
    let hint = "for example `bind GET /orders/{order-id}`."
    let method = try expectName("a method", hint: hint)
    return BindingSyntax(method: method, path: try path(hint))
  }

  /// A path ends at the first white space. Its tokens are put together again: it has a grammar of its own.
  private mutating func path(_ hint: String) throws(SyntaxFailure) -> NameSyntax {
    let first = try expect(.slash, "a path that begins with `/`", hint: hint)
    var end = first.end
    var isInField = false
    while current.start == end, !at(.endOfFile) {
      // The brace of the block around, on the same line.
      if at(.rightBrace), !isInField { break }
      if at(.leftBrace) { isInField = true }
      if at(.rightBrace) { isInField = false }
      end = advance().end
    }
    let span = SourceSpan(file: file, start: first.start, end: end)
    return NameSyntax(text: file.text(first.start..<end), span: span)
  }

  mutating func requirement() throws(SyntaxFailure) -> RequirementSyntax {
    let hint = "for example `requires role admin` or `requires capability write-orders`."
    let kind = try expectName("`role` or `capability`", hint: hint)
    return RequirementSyntax(kind: kind, name: try expectName("a name", hint: hint))
  }

  /// Kept answers are storage, so a month is enough.
  private static let ttlMax = 31 * 86_400_000_000_000

  mutating func idempotency(_ word: NameSyntax) throws(SyntaxFailure) -> IdempotencySyntax {
    let hint = "for example `idempotency required ttl 24h`."
    let mode = try expectName("`required` or `optional`", hint: hint)
    guard take(word: "ttl") != nil else { throw unexpected("`ttl` and how long an answer is kept", hint: hint) }
    return IdempotencySyntax(keyword: word.span, mode: mode, ttl: try duration("a duration", max: Self.ttlMax))
  }

  mutating func header() throws(SyntaxFailure) -> HeaderSyntax {
    let hint = "for example `header location \"/orders/{order-id}\"`."
    let name = try expectName("the name of a header field", hint: hint)
    return HeaderSyntax(name: name, template: try string("the value in quotes", hint: hint))
  }

  // MARK: Declarations

  mutating func profile(_ documentation: [String]) throws(SyntaxFailure) -> ProfileSyntax {
    let name = try declaredName(.kebab, "the name of a profile")
    var profile = ProfileSyntax(name: name, documentation: documentation)
    let block = try block(of: "profile `\(name.text)`") { parser throws(SyntaxFailure) in
      try parser.part(of: &profile)
    }
    profile.isBroken = block.isBroken
    return profile
  }

  private static let profileWords = ["class", "deadline", "in-flight"]

  private mutating func part(of profile: inout ProfileSyntax) throws(SyntaxFailure) {
    let word = try expectName("a part of the profile", hint: "a profile has \(DiagnosticText.words(Self.profileWords)).")
    let isFirst: Bool
    switch word.text {
    case "class":
      let value = try expectName("a class", hint: "for example `class batch`.")
      isFirst = profile.priorityClass == nil
      if isFirst { profile.priorityClass = value }
    case "deadline":
      let value = try duration("a duration")
      isFirst = profile.deadline == nil
      if isFirst { profile.deadline = value }
    case "in-flight":
      let value = try wholeNumber("a number of requests", hint: "for example `in-flight 4`.")
      isFirst = profile.inFlight == nil
      if isFirst { profile.inFlight = value }
    default: throw failure(.unknownWord(word, role: "part of a profile", words: Self.profileWords))
    }
    if !isFirst { report(.duplicateProperty(word, of: "profile")) }
  }

  mutating func reservation() throws(SyntaxFailure) -> ReservationSyntax {
    let hint = "for example `reserved pay-cart \"was the cart of the old shop\"`."
    let slug = try expectName("the slug that nobody may have", hint: hint)
    return ReservationSyntax(slug: slug, reason: try string("the reason in quotes", hint: hint))
  }

  mutating func tombstone() throws(SyntaxFailure) -> TombstoneSyntax {
    let reference = try reference(example: "tombstone v1/pay-cart successor v2/checkout-cart \"why it is gone\"")
    let successor: ReferenceSyntax? =
      if take(word: "successor") != nil { try self.reference(example: "successor v2/checkout-cart") } else { nil }
    let reason = try string("the reason in quotes", hint: "for example `tombstone v1/pay-cart \"why it is gone\"`.")
    return TombstoneSyntax(reference: reference, successor: successor, reason: reason)
  }
}
