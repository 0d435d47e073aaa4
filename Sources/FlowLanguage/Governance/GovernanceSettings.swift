/// The rule configuration: how severe a diagnostic is and where, and what an organisation asks of its flows.
///
/// People write it in `route-gen.yaml`. `route-gen accept` copies it into the head of `catalog.lock`, which the build
/// reads, so that the build needs no YAML.
package struct GovernanceSettings: Equatable {
  package enum Level: String, CaseIterable, Sendable {
    case off, warning, error
  }

  package struct Rule: Equatable {
    package var code: DiagnosticCode
    package var level: Level
    /// `nil`: everywhere.
    package var path: PathGlob?

    package init(_ code: DiagnosticCode, _ level: Level, path: PathGlob? = nil) {
      self.code = code
      self.level = level
      self.path = path
    }
  }

  package struct SlugRule: Equatable {
    package var pattern: SlugPattern
    /// A sentence for those whose slug does not match.
    package var reason: String
    package var path: PathGlob?

    package init(_ pattern: SlugPattern, reason: String, path: PathGlob? = nil) {
      self.pattern = pattern
      self.reason = reason
      self.path = path
    }
  }

  /// What a flow can be asked to say about itself.
  package enum Attribute: String, CaseIterable, Sendable {
    case summary, tags, deadline, example
    /// Of deprecated flows.
    case guide, successor, sunset
  }

  package var rules: [Rule] = []
  /// Every slug matches all of those whose path it has.
  package var slugRules: [SlugRule] = []
  /// The teams that a flow can belong to; empty for any.
  package var owners: Set<String> = []
  package var requiredAttributes: Set<Attribute> = []
  /// Days from a deprecation to its sunset at least.
  package var sunsetGraceDays = 90
  /// Characters of a slug at most. The language's own limit is 80.
  package var slugLengthMax = 80

  package init() {}

  /// What is configured for a diagnostic of this code in this file; `nil` leaves it to the code. The longest pattern
  /// of a path decides.
  package func level(of code: DiagnosticCode, in path: String) -> Level? {
    let matching = rules.filter { $0.code == code && ($0.path?.matches(path) ?? true) }
    func weight(_ rule: Rule) -> (Int, String) { (rule.path.map { $0.text.utf8.count + 1 } ?? 0, rule.path?.text ?? "") }
    return matching.max { weight($0) < weight($1) }?.level
  }
}

extension GovernanceSettings {
  /// As the `settings` block of a lock has it.
  package var block: CatalogLock.Block {
    var block = CatalogLock.Block()
    func place(_ path: PathGlob?) -> String { path.map { " in \(CatalogLock.quoted($0.text))" } ?? "" }
    for rule in rules { block.set("rule \(rule.code.rawValue)\(place(rule.path))", rule.level.rawValue) }
    for rule in slugRules {
      block.set("slug-pattern \(CatalogLock.quoted(rule.pattern.text))\(place(rule.path))", CatalogLock.quoted(rule.reason))
    }
    for owner in owners { block.set("owner \(owner)") }
    for attribute in requiredAttributes { block.set("requires \(attribute.rawValue)") }
    let standard = GovernanceSettings()
    if sunsetGraceDays != standard.sunsetGraceDays { block.set("sunset-grace-days", String(sunsetGraceDays)) }
    if slugLengthMax != standard.slugLengthMax { block.set("slug-length-max", String(slugLengthMax)) }
    return block
  }

  /// Reads what ``block`` writes. A newer tool may have written facts that this one does not know: they are left out,
  /// because what configures the build must not break it.
  package init(_ block: CatalogLock.Block) {
    for (key, fact) in block.facts.sorted(by: { $0.key < $1.key }) {
      let (subject, path) = Self.parts(key)
      let words = subject.split(separator: " ", maxSplits: 1).map(String.init)
      switch (words.first, words.count) {
      case ("rule", 2):
        guard let code = DiagnosticCode(rawValue: words[1]), let level = Level(rawValue: fact.value) else { continue }
        rules.append(Rule(code, level, path: path))
      case ("slug-pattern", 2):
        guard let pattern = try? SlugPattern(CatalogLock.unquoted(words[1])) else { continue }
        slugRules.append(SlugRule(pattern, reason: CatalogLock.unquoted(fact.value), path: path))
      case ("owner", 2): owners.insert(words[1])
      case ("requires", 2): if let attribute = Attribute(rawValue: words[1]) { requiredAttributes.insert(attribute) }
      case ("sunset-grace-days", 1): sunsetGraceDays = Int(fact.value) ?? sunsetGraceDays
      case ("slug-length-max", 1): slugLengthMax = Int(fact.value) ?? slugLengthMax
      default: continue
      }
    }
  }

  /// A key and the pattern of paths behind its ` in "…"`.
  private static func parts(_ key: String) -> (subject: String, path: PathGlob?) {
    let bytes = Array(key.utf8)
    let word = Array(" in \"".utf8)
    guard bytes.last == UInt8(ascii: "\""), bytes.count > word.count else { return (key, nil) }
    for start in stride(from: bytes.count - word.count - 1, through: 0, by: -1)
    where Array(bytes[start..<(start + word.count)]) == word {
      let path = String(decoding: bytes[(start + word.count - 1)...], as: UTF8.self)
      return (String(decoding: bytes[..<start], as: UTF8.self), PathGlob(CatalogLock.unquoted(path)))
    }
    return (key, nil)
  }
}
