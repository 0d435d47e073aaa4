import FlowLanguage

/// Which way a value goes. A record that goes both ways is compared for both.
enum Direction {
  /// From the caller: it may only accept more.
  case sent
  /// To the caller: it may only promise more.
  case received
}

/// What a flow reads and answers, compared by the shape on the wire: a record under another name is the same record.
struct ContractComparison {
  private let pair: FlowPairs.Pair
  private let before: CatalogLock
  private let after: CatalogLock
  private var findings: [Finding] = []
  /// Pairs of types that were compared: a record may contain a list of itself.
  private var seen: Set<Visit> = []

  private struct Visit: Hashable {
    let old: String
    let new: String
    let direction: Direction
  }

  /// Where a value stands in both catalogs, for the report.
  private struct Place {
    /// In the lock's words: `record Shop.Cart field id`.
    let subject: String
    /// In a sentence: ``the field `id` of `Shop.Cart` ``.
    let name: String
    let now: SourceSpan?
    let promise: SourceSpan?
  }

  static func findings(of pair: FlowPairs.Pair, before: CatalogLock, after: CatalogLock) -> [Finding] {
    var comparison = ContractComparison(pair: pair, before: before, after: after)
    comparison.compareInputs()
    comparison.compareOutputs()
    comparison.compareErrors()
    return comparison.findings
  }

  private init(pair: FlowPairs.Pair, before: CatalogLock, after: CatalogLock) {
    self.pair = pair
    self.before = before
    self.after = after
  }

  private mutating func report(_ code: DiagnosticCode, _ place: Place, _ sentence: String) {
    findings.append(
      Finding(
        identity: Finding.Identity(code: code, subject: place.subject), sentence: sentence, place: place.now,
        promise: place.promise, flows: [pair.nameBefore], isExperimental: pair.isExperimental))
  }

  /// A line of the flow itself.
  private func place(_ fact: String, name: String) -> Place {
    let span = pair.after.facts[fact]?.span ?? pair.after.span
    let key = CatalogLock.Key(.flow, pair.nameAfter)
    return Place(
      subject: "flow \(pair.nameBefore) \(fact)", name: "\(name) of `\(pair.nameBefore)`",
      now: span.map { FlowPropertyLocator.place(of: pair.after.has(fact) ? fact : "", key, in: $0) },
      promise: (pair.before.facts[fact]?.span ?? pair.before.span)
        .map { FlowPropertyLocator.place(of: pair.before.has(fact) ? fact : "", key, in: $0) })
  }

  // MARK: Inputs, outputs and errors

  /// `body Shop.Cart` as its two words.
  private static func parts(_ text: String) -> (word: String, type: LockType?) {
    let words = text.split(separator: " ", maxSplits: 1)
    return (words.first.map(String.init) ?? "", words.count > 1 ? LockType(words[1]) : nil)
  }

  private mutating func compareInputs() {
    let place = place("input", name: "the input")
    switch (pair.before["input"].map(Self.parts), pair.after["input"].map(Self.parts)) {
    case (let was?, let now?):
      if was.word != now.word {
        report(.checkInputSourceChanged, place, "`\(pair.nameBefore)` read its input from \(Self.source(was.word)), and reads it from \(Self.source(now.word)) now.")
      }
      if let old = was.type, let new = now.type { compareValue(old, new, .sent, place) }
    case (let was?, nil):
      let type = was.type?.text ?? "an input"
      report(.checkInputRemoved, place, "`\(pair.nameBefore)` read `\(type)`, and reads nothing now.")
    case (nil, let now?):
      guard let type = now.type, !mayBeMissing(type, in: now.word) else { return }
      report(.checkInputAdded, place, "`\(pair.nameBefore)` read nothing, and reads `\(type.text)` now.")
    case (nil, nil): break
    }
  }

  private static func source(_ word: String) -> String { word == "stream" ? "a stream of lines" : "the \(word)" }

  /// A query may be empty when every field of it may be missing. A body is there or it is not.
  private func mayBeMissing(_ type: LockType, in source: String) -> Bool {
    guard source == "query", case .named(let name) = type, let record = after[.record, name] else { return false }
    return record.fields.allSatisfy { !Field($0.name, of: record).isRequired }
  }

  private mutating func compareOutputs() {
    guard let was = pair.before["output"].map(Self.parts), let now = pair.after["output"].map(Self.parts) else { return }
    let place = place("output", name: "the output")
    if was.word != now.word {
      report(.checkOutputKindChanged, place, "The output of `\(pair.nameBefore)` was \(Self.kind(was.word)), and is \(Self.kind(now.word)) now.")
    } else if let old = was.type, let new = now.type {
      compareValue(old, new, .received, place)
    }
  }

  private static func kind(_ word: String) -> String {
    switch word {
    case "none": "nothing"
    case "json": "one JSON document"
    case "stream": "a stream of JSON documents"
    default: word
    }
  }

  private mutating func compareErrors() {
    let was = pair.before.all("error")
    let now = pair.after.all("error")
    for (name, fact) in now.sorted(by: { $0.key < $1.key }) where was[name] == nil {
      report(.checkErrorAdded, place("error \(name)", name: "the error"), "`\(pair.nameBefore)` may fail with `\(name)` (\(Self.parts(fact.value).word)) now.")
    }
    for (name, fact) in was.sorted(by: { $0.key < $1.key }) {
      let place = place("error \(name)", name: "the error")
      guard let other = now[name] else {
        report(.checkErrorRemoved, place, "`\(pair.nameBefore)` could fail with `\(name)`, and cannot any more.")
        continue
      }
      let statuses = (Self.parts(fact.value).word, Self.parts(other.value).word)
      if statuses.0 != statuses.1 {
        report(.checkErrorStatusChanged, place, "`\(name)` of `\(pair.nameBefore)` was answered with \(statuses.0), and is with \(statuses.1) now.")
      }
      compareErrorFields(Self.declaration(fact), Self.declaration(other))
    }
  }

  /// The second word of `404 CheckoutSteps.cart-not-found`.
  private static func declaration(_ fact: CatalogLock.Fact) -> String {
    fact.value.split(separator: " ").dropFirst().first.map(String.init) ?? ""
  }

  private mutating func compareErrorFields(_ oldName: String, _ newName: String) {
    guard let old = before[.error, oldName], let new = after[.error, newName] else { return }
    guard seen.insert(Visit(old: "error \(oldName)", new: newName, direction: .received)).inserted else { return }
    compareFields("error \(oldName)", old, new, .received, removed: .checkErrorFieldRemoved)
  }

  // MARK: Types

  /// A value that no field holds: an output as a whole, or an element of a list. What limits it is its newtype.
  private mutating func compareValue(_ old: LockType, _ new: LockType, _ direction: Direction, _ place: Place) {
    compare(old, new, direction, place)
    compareConstraints(limits(of: old, in: before), limits(of: new, in: after), direction, place)
  }

  private func limits(of type: LockType, in lock: CatalogLock) -> LockConstraints {
    guard case .named(let name) = type, let newtype = lock[.newtype, name] else { return LockConstraints() }
    return LockConstraints(newtype)
  }

  private mutating func compare(_ old: LockType, _ new: LockType, _ direction: Direction, _ place: Place) {
    switch (unwrapped(old, in: before), unwrapped(new, in: after)) {
    case (.list(let a), .list(let b)), (.map(let a), .map(let b)), (.optional(let a), .optional(let b)):
      compareValue(a, b, direction, place)
    case (.named(let a), .named(let b)): compareNamed(a, b, direction, place)
    case (let a, let b):
      if a != b, !isHarmless(a, b, direction) { reportType(old, new, direction, place) }
    }
  }

  private mutating func reportType(_ old: LockType, _ new: LockType, _ direction: Direction, _ place: Place) {
    let code: DiagnosticCode = direction == .sent ? .checkInputTypeChanged : .checkOutputTypeChanged
    report(code, place, "The type of \(place.name) was \(described(old, in: before)), and is \(described(new, in: after)) now.")
  }

  /// A newtype says little about why two types differ.
  private func described(_ type: LockType, in lock: CatalogLock) -> String {
    let wrapped = unwrapped(type, in: lock)
    return wrapped == type ? "`\(type.text)`" : "`\(type.text)` (`\(wrapped.text)`)"
  }

  /// A newtype has the JSON of what it wraps.
  private func unwrapped(_ type: LockType, in lock: CatalogLock) -> LockType {
    guard case .named(let name) = type, let wrapped = lock[.newtype, name]?["wraps"] else { return type }
    return LockType(wrapped)
  }

  /// Whole numbers are numbers, and the cases of an enum are texts.
  private func isHarmless(_ old: LockType, _ new: LockType, _ direction: Direction) -> Bool {
    let (narrow, wide) = direction == .sent ? (old, new) : (new, old)
    switch (narrow, wide) {
    case (.int, .float): return true
    case (.named(let name), .string): return (direction == .sent ? before : after)[.enumeration, name] != nil
    default: return false
    }
  }

  private mutating func compareNamed(_ old: String, _ new: String, _ direction: Direction, _ place: Place) {
    guard seen.insert(Visit(old: old, new: new, direction: direction)).inserted else { return }
    if let was = before[.record, old], let now = after[.record, new] {
      let removed: DiagnosticCode = direction == .sent ? .checkInputFieldRemoved : .checkOutputFieldRemoved
      compareFields("record \(old)", was, now, direction, removed: removed)
    } else if let was = before[.enumeration, old], let now = after[.enumeration, new] {
      compareCases(old, was, now, direction)
    } else if before[.extern, old] == nil || after[.extern, new] == nil || Self.bare(old) != Self.bare(new) {
      reportType(.named(old), .named(new), direction, place)
    }
  }

  /// Without its module.
  private static func bare(_ name: String) -> Substring { name.split(separator: ".").last ?? Substring(name) }

  private mutating func compareCases(
    _ name: String, _ was: CatalogLock.Block, _ now: CatalogLock.Block, _ direction: Direction
  ) {
    let (old, new) = (was.all("case"), now.all("case"))
    func place(_ word: String) -> Place {
      Place(
        subject: "enum \(name) case \(word)", name: "`\(name)`", now: new[word]?.span ?? now.span,
        promise: old[word]?.span ?? was.span)
    }
    switch direction {
    case .sent:
      for word in old.keys.sorted() where new[word] == nil {
        report(.checkInputEnumNarrowed, place(word), "`\(name)` had the case `\(word)`, and does not any more.")
      }
    case .received:
      for word in new.keys.sorted() where old[word] == nil {
        report(.checkOutputEnumWidened, place(word), "`\(name)` has the new case `\(word)`.")
      }
    }
  }

  // MARK: Fields

  private mutating func compareFields(
    _ owner: String, _ was: CatalogLock.Block, _ now: CatalogLock.Block, _ direction: Direction, removed: DiagnosticCode
  ) {
    let name = owner.split(separator: " ").last.map(String.init) ?? owner
    let newNames = Set(now.fields.map(\.name))
    let oldNames = Set(was.fields.map(\.name))
    func place(_ field: String) -> Place {
      Place(
        subject: "\(owner) field \(field)", name: "the field `\(field)` of `\(name)`",
        now: now.facts["field \(field)"]?.span ?? now.span, promise: was.facts["field \(field)"]?.span ?? was.span)
    }
    for field in oldNames.subtracting(newNames).sorted() {
      report(removed, place(field), "`\(name)` had the field `\(field)`, and does not any more.")
    }
    if direction == .sent {
      for field in newNames.subtracting(oldNames).sorted() where Field(field, of: now).isRequired {
        report(.checkInputFieldAdded, place(field), "`\(name)` has the new field `\(field)`, and a request has to have it.")
      }
    }
    for field in oldNames.intersection(newNames).sorted() {
      compareField(Field(field, of: was), Field(field, of: now), direction, place(field))
    }
  }

  /// A field as its lines in the lock have it.
  private struct Field {
    let type: LockType
    let isOptional: Bool
    let defaultValue: String?
    let constraints: LockConstraints
    /// A request without it is refused.
    var isRequired: Bool { !isOptional && defaultValue == nil }

    init(_ name: String, of block: CatalogLock.Block) {
      let key = "field \(name)"
      let declared = LockType(block[key] ?? "")
      if case .optional(let wrapped) = declared {
        type = wrapped
        isOptional = true
      } else {
        type = declared
        isOptional = false
      }
      defaultValue = block["\(key) default"]
      constraints = LockConstraints(block, of: key)
    }
  }

  private mutating func compareField(_ old: Field, _ new: Field, _ direction: Direction, _ place: Place) {
    compare(old.type, new.type, direction, place)
    switch direction {
    case .sent:
      if !old.isRequired, new.isRequired {
        report(.checkInputFieldRequired, place, "A request could leave out \(place.name), and has to have it now.")
      } else if let value = old.defaultValue, value != new.defaultValue {
        let now = new.defaultValue.map { "is `\($0)` now" } ?? "there is none now"
        report(.checkInputDefaultChanged, place, "The default of \(place.name) was `\(value)`, and \(now).")
      }
    case .received:
      if !old.isOptional, new.isOptional {
        report(.checkOutputFieldOptional, place, "An answer always had \(place.name), and may lack it now.")
      }
    }
    compareConstraints(
      old.constraints.and(limits(of: old.type, in: before)), new.constraints.and(limits(of: new.type, in: after)), direction,
      place)
  }

  private mutating func compareConstraints(
    _ old: LockConstraints, _ new: LockConstraints, _ direction: Direction, _ place: Place
  ) {
    if old.isSensitive, !new.isSensitive {
      report(.checkSensitiveRemoved, place, "\(Self.capitalized(place.name)) was `sensitive`, and is not any more.")
    }
    let isSent = direction == .sent
    compareRange("length", old.length, new.length, direction, isSent ? .checkInputLengthTightened : .checkOutputLengthLoosened, place)
    compareRange("range", old.range, new.range, direction, isSent ? .checkInputRangeTightened : .checkOutputRangeLoosened, place)
    compareRange("items", old.items, new.items, direction, isSent ? .checkInputItemsTightened : .checkOutputItemsLoosened, place)
    // What was promised on one side is gone from the other.
    let (stricter, looser) = isSent ? (new, old) : (old, new)
    if let pattern = stricter.pattern, pattern != looser.pattern {
      let was = old.pattern.map { "was `\($0)`" } ?? "was any text"
      let now = new.pattern.map { "is `\($0)`" } ?? "is any text"
      report(isSent ? .checkInputPatternChanged : .checkOutputPatternChanged, place, "The pattern of \(place.name) \(was), and \(now) now.")
    }
    if stricter.isUnique, !looser.isUnique {
      let sentence = isSent ? "could have equal items, and cannot any more" : "had no equal items, and may have them now"
      report(isSent ? .checkInputUniqueAdded : .checkOutputUniqueRemoved, place, "\(Self.capitalized(place.name)) \(sentence).")
    }
  }

  private mutating func compareRange(
    _ word: String, _ old: ClosedRange<Double>?, _ new: ClosedRange<Double>?, _ direction: Direction, _ code: DiagnosticCode,
    _ place: Place
  ) {
    guard let limit = direction == .sent ? new : old else { return }
    let other = (direction == .sent ? old : new) ?? -.infinity ... .infinity
    // No text and no list is shorter than nothing.
    let low = word == "range" ? other.lowerBound : max(0, other.lowerBound)
    if limit.lowerBound <= low, other.upperBound <= limit.upperBound { return }
    let noun = word == "items" ? "number of items" : word
    report(code, place, "The \(noun) of \(place.name) was \(Self.text(old)), and is \(Self.text(new)) now.")
  }

  private static func text(_ range: ClosedRange<Double>?) -> String {
    func number(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
    return range.map { "\(number($0.lowerBound))..\(number($0.upperBound))" } ?? "not limited"
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension CatalogLock.Block {
  /// The lines that declare a field, without those of its constraints.
  fileprivate var fields: [(name: String, fact: CatalogLock.Fact)] {
    all("field").filter { !$0.key.contains(" ") }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
  }
}
