import FlowLanguage
import ZerverCatalog

/// The facts of one flow that have nothing to do with types: how it is called, by whom, and until when.
struct FlowComparison {
  let pair: FlowPairs.Pair
  let before: CatalogLock
  let after: CatalogLock
  let today: CalendarDate
  let sunsetGraceDays: Int

  private var old: CatalogLock.Block { pair.before }
  private var new: CatalogLock.Block { pair.after }

  func findings() -> [Finding] {
    identity() + life() + successors() + timing() + idempotency() + callers() + bindings() + headers()
  }

  /// - Parameters:
  ///   - fact: the line of the flow that the report is about.
  ///   - subject: another declaration than the flow, which several flows may share.
  private func finding(_ code: DiagnosticCode, _ fact: String, _ sentence: String, profile: String? = nil) -> Finding {
    let key = CatalogLock.Key(.flow, pair.nameAfter)
    let place = profile.map { after[.profile, $0]?.span } ?? (new.facts[fact]?.span ?? new.span)
      .map { FlowPropertyLocator.place(of: new.has(fact) ? fact : "", key, in: $0) }
    let promise = profile.map { before[.profile, $0]?.span } ?? (old.facts[fact]?.span ?? old.span)
      .map { FlowPropertyLocator.place(of: old.has(fact) ? fact : "", key, in: $0) }
    return Finding(
      identity: Finding.Identity(code: code, subject: profile.map { "profile \($0)" } ?? "flow \(pair.nameBefore) \(fact)"),
      sentence: sentence, place: place, promise: promise, flows: [pair.nameBefore],
      isExperimental: pair.isExperimental)
  }

  private func changed(_ code: DiagnosticCode, _ fact: String, _ noun: String) -> [Finding] {
    guard let was = old[fact], let now = new[fact], was != now else { return [] }
    return [finding(code, fact, "The \(noun) of `\(pair.nameBefore)` was `\(was)` and is `\(now)` now.")]
  }

  private func gone(_ code: DiagnosticCode, _ fact: String, _ noun: String) -> [Finding] {
    guard let was = old[fact], !new.has(fact) else { return [] }
    return [finding(code, fact, "The \(noun) of `\(pair.nameBefore)` was `\(CatalogLock.unquoted(was))`, and there is none now.")]
  }

  // MARK: Who it is

  private func identity() -> [Finding] {
    var found = changed(.checkMethodChanged, "method", "method") + changed(.checkOwnerChanged, "owner", "owner")
    found += changed(.checkStatusChanged, "status", "status of the answer")
    if !old.has("experimental"), new.has("experimental") {
      found.append(finding(.checkStabilityLowered, "experimental", "`\(pair.nameBefore)` was stable and is experimental now."))
    }
    return found
  }

  // MARK: The end of its life

  private func life() -> [Finding] {
    var found: [Finding] = []
    let oldSunset = old["sunset"].flatMap { CalendarDate(text: $0) }
    let newSunset = new["sunset"].flatMap { CalendarDate(text: $0) }
    if old.has("deprecated"), !new.has("deprecated") {
      found.append(finding(.checkDeprecationWithdrawn, "deprecated", "`\(pair.nameBefore)` was deprecated and is not any more."))
    }
    if let oldSunset, let newSunset, newSunset < oldSunset {
      found.append(
        finding(.checkSunsetEarlier, "sunset", "The sunset of `\(pair.nameBefore)` was \(oldSunset) and is \(newSunset) now."))
    }
    if oldSunset == nil, let newSunset {
      let days = (newSunset.unixSeconds - today.unixSeconds) / 86_400
      if days < max(1, sunsetGraceDays) {
        let notice = days < 1 ? "That day has come already" : "That is in \(days == 1 ? "1 day" : "\(days) days")"
        found.append(
          finding(.checkNoticeShort, "sunset", "The sunset of `\(pair.nameBefore)` is announced for \(newSunset). \(notice)."))
      }
    }
    if !old.has("retired"), new.has("retired"), (oldSunset.map { $0 > today } ?? true) {
      let promise = oldSunset.map { "was to be answered until \($0)" } ?? "had no day on which it ends"
      found.append(finding(.checkRetiredEarly, "retired", "`\(pair.nameBefore)` \(promise), and is retired now."))
    }
    if !old.has("gone-after-sunset"), new.has("gone-after-sunset"), old.has("sunset") {
      found.append(
        finding(.checkGoneAfterSunset, "gone-after-sunset", "From its sunset on, `\(pair.nameBefore)` answers 410 now."))
    }
    return found
  }

  private func successors() -> [Finding] {
    var found = changed(.checkSuccessorChanged, "successor", "successor")
    // Without a deprecation there is nothing to succeed, which is a finding of its own.
    guard new.has("deprecated") else { return found }
    found += gone(.checkSuccessorRemoved, "successor", "successor")
    return found + gone(.checkGuideRemoved, "guide", "guide")
  }

  // MARK: Time and room

  private func timing() -> [Finding] {
    let oldProfile = old["profile"] ?? FlowProfile.default.name
    let newProfile = new["profile"] ?? FlowProfile.default.name
    var found: [Finding] = []
    let shared = oldProfile == newProfile ? newProfile : nil
    let was = before.profileClass(oldProfile)
    let now = after.profileClass(newProfile)
    if now.rank < was.rank {
      let sentence = "Requests of `\(pair.nameBefore)` were of the class `\(was.rawValue)` and are of the class `\(now.rawValue)` now."
      found.append(finding(.checkProfileLowered, "profile", shared.map { Self.profile($0, sentence) } ?? sentence, profile: shared))
    }
    let limits = (before.number("in-flight", ofProfile: oldProfile), after.number("in-flight", ofProfile: newProfile))
    if let most = limits.1, most < limits.0 ?? .max {
      let old = limits.0.map(String.init) ?? "any number of"
      let sentence = "A worker had \(old) requests of `\(oldProfile)` in flight, and has \(most) of `\(newProfile)` now."
      found.append(finding(.checkInFlightLowered, "profile", sentence, profile: shared))
    }
    return found + deadline(oldProfile, newProfile)
  }

  private static func profile(_ name: String, _ sentence: String) -> String { "The profile `\(name)` has changed. \(sentence)" }

  private func deadline(_ oldProfile: String, _ newProfile: String) -> [Finding] {
    let was = old["deadline"] ?? before[.profile, oldProfile]?["deadline"]
    let now = new["deadline"] ?? after[.profile, newProfile]?["deadline"]
    guard let was, let now, let wasTime = LockDuration.nanoseconds(was), let nowTime = LockDuration.nanoseconds(now),
      nowTime < wasTime
    else { return [] }
    let isOfProfile = oldProfile == newProfile && !old.has("deadline") && !new.has("deadline")
    return [
      finding(
        .checkDeadlineShortened, "deadline", "The deadline of `\(pair.nameBefore)` was \(was) and is \(now) now.",
        profile: isOfProfile ? newProfile : nil)
    ]
  }

  // MARK: What a caller must bring

  private func idempotency() -> [Finding] {
    var found = gone(.checkIdempotencyRemoved, "idempotency", "idempotency")
    if new["idempotency"] == "required", old["idempotency"] != "required" {
      found.append(
        finding(.checkIdempotencyRequired, "idempotency", "`\(pair.nameBefore)` asks every request for an `Idempotency-Key` now."))
    }
    if let was = old["idempotency-ttl"], let now = new["idempotency-ttl"],
      let wasTime = LockDuration.nanoseconds(was), let nowTime = LockDuration.nanoseconds(now), nowTime < wasTime
    {
      found.append(
        finding(.checkIdempotencyTTLShortened, "idempotency-ttl", "Keys of `\(pair.nameBefore)` were kept for \(was), and are for \(now) now."))
    }
    return found
  }

  private func callers() -> [Finding] {
    var found: [Finding] = []
    let was = old.all("requires")
    let now = new.all("requires")
    for name in now.keys.sorted() where was[name] == nil {
      found.append(finding(.checkRequirementAdded, "requires \(name)", "Callers of `\(pair.nameBefore)` need the \(Self.quoted(name)) now."))
    }
    for name in was.keys.sorted() where now[name] == nil {
      found.append(
        finding(.checkRequirementRemoved, "requires \(name)", "Callers of `\(pair.nameBefore)` needed the \(Self.quoted(name)), and do not any more."))
    }
    if new["tenant"] == "required", old["tenant"] != "required" {
      found.append(finding(.checkTenantRequired, "tenant", "Every request to `\(pair.nameBefore)` has to name a tenant now."))
    }
    return found + gone(.checkTenantDropped, "tenant", "tenant scope")
  }

  /// ``role `admin` ``
  private static func quoted(_ requirement: String) -> String {
    let words = requirement.split(separator: " ", maxSplits: 1)
    return words.count == 2 ? "\(words[0]) `\(words[1])`" : "`\(requirement)`"
  }

  // MARK: Other paths and headers

  private func bindings() -> [Finding] {
    let now = new.all("bind")
    return old.all("bind").keys.sorted().filter { now[$0] == nil }.map { path in
      let shape = Self.shape(path)
      if let renamed = now.keys.sorted().first(where: { Self.shape($0) == shape }) {
        return finding(.checkPathFieldRenamed, "bind \(path)", "The path `\(path)` of `\(pair.nameBefore)` is written `\(renamed)` now.")
      }
      let other = after.names(.flow).first { name in
        name != pair.nameAfter && after[.flow, name]?.all("bind").keys.contains { Self.shape($0) == shape } == true
      }
      if let other {
        return finding(.checkBindRepointed, "bind \(path)", "`\(path)` led to `\(pair.nameBefore)`, and leads to `\(other)` now.")
      }
      return finding(.checkBindRemoved, "bind \(path)", "`\(pair.nameBefore)` was answered at `\(path)`, and is not any more.")
    }
  }

  /// What a path is on the wire, where fields have no names.
  private static func shape(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
  }

  private func headers() -> [Finding] {
    let now = new.all("header")
    return old.all("header").sorted { $0.key < $1.key }.compactMap { name, fact in
      guard let other = now[name] else {
        return finding(.checkHeaderRemoved, "header \(name)", "Answers of `\(pair.nameBefore)` had the header `\(name)`, and have it no more.")
      }
      if other.value == fact.value { return nil }
      return finding(
        .checkHeaderChanged, "header \(name)",
        "The header `\(name)` of `\(pair.nameBefore)` was \(fact.value) and is \(other.value) now.")
    }
  }
}

extension FlowProfile.PriorityClass {
  /// Greater is served first.
  fileprivate var rank: Int {
    switch self {
    case .interactive: 2
    case .default: 1
    case .batch: 0
    }
  }
}

extension CatalogLock {
  fileprivate func profileClass(_ name: String) -> FlowProfile.PriorityClass {
    let word = self[.profile, name]?["class"] ?? name
    return FlowProfile.PriorityClass(rawValue: word) ?? .default
  }

  fileprivate func number(_ fact: String, ofProfile name: String) -> Int? { self[.profile, name]?[fact].flatMap { Int($0) } }
}
