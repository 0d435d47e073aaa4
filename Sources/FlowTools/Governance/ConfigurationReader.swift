package import FlowLanguage

/// Makes settings of `route-gen.yaml`, and says what in it cannot be one.
///
/// ```yaml
/// rules:
///   unused-binding: error
///   check-owner-changed: off
///   check-deadline-shortened:
///     "internal/**": warning
/// numbers:
///   sunset-grace-days: 180
///   slug-length-max: 48
/// organisation:
///   owners: [payments, search]
///   required: [summary, guide]
///   slugs:
///     - pattern: '(show|find|list)-.*'
///       because: A slug begins with what is done.
///       path: "v2/**"
/// ```
package struct ConfigurationReader {
  private var settings = GovernanceSettings()
  private var diagnostics: [Diagnostic] = []

  /// - Parameter root: `nil` for an empty document, which configures nothing.
  package static func read(_ root: ConfigurationNode?) -> (settings: GovernanceSettings, diagnostics: [Diagnostic]) {
    var reader = ConfigurationReader()
    if let root { reader.readRoot(root) }
    return (reader.settings, reader.diagnostics.sorted(by: Diagnostic.precedes))
  }

  private mutating func readRoot(_ node: ConfigurationNode) {
    if case .text("", _) = node { return }
    for member in members(of: node, "the file", ["rules", "numbers", "organisation"]) {
      switch member.key {
      case "rules": readRules(member.value)
      case "numbers": readNumbers(member.value)
      default: readOrganisation(member.value)
      }
    }
  }

  // MARK: Shapes

  private typealias Member = (key: String, keySpan: SourceSpan, value: ConfigurationNode)

  /// The members of a group, without those that are not known.
  private mutating func members(of node: ConfigurationNode, _ place: String, _ known: [String]) -> [Member] {
    members(of: node, place).filter { member in
      if known.contains(member.key) { return true }
      diagnostics.append(.unknownConfigurationKey(member.keySpan, member.key, in: place, known: known))
      return false
    }
  }

  private mutating func members(of node: ConfigurationNode, _ place: String) -> [Member] {
    guard case .map(let members, _) = node else {
      report(node, "\(place) with names and values below it")
      return []
    }
    return members
  }

  private mutating func texts(_ node: ConfigurationNode, _ wanted: String) -> [(text: String, span: SourceSpan)] {
    guard case .list(let elements, _) = node else {
      report(node, wanted)
      return []
    }
    return elements.compactMap { element in text(element, wanted).map { ($0, element.span) } }
  }

  private mutating func text(_ node: ConfigurationNode, _ wanted: String) -> String? {
    guard case .text(let text, _) = node, !text.isEmpty else {
      report(node, wanted)
      return nil
    }
    return text
  }

  private mutating func report(_ node: ConfigurationNode, _ wanted: String, hint: String? = nil) {
    diagnostics.append(.configurationValue(node.span, seen: node.kind, wanted: wanted, hint: hint))
  }

  // MARK: Rules

  private mutating func readRules(_ node: ConfigurationNode) {
    for member in members(of: node, "`rules`") {
      guard let code = DiagnosticCode(rawValue: member.key) else {
        diagnostics.append(.unknownConfigurationCode(member.keySpan, member.key))
        continue
      }
      guard code.isGoverned else {
        diagnostics.append(.fixedCode(member.keySpan, code))
        continue
      }
      readLevels(of: code, member.value)
    }
  }

  /// One level, or one for each pattern of a path.
  private mutating func readLevels(of code: DiagnosticCode, _ node: ConfigurationNode) {
    guard case .map(let paths, _) = node else {
      if let level = level(node) { settings.rules.append(GovernanceSettings.Rule(code, level)) }
      return
    }
    for path in paths {
      guard let level = level(path.value) else { continue }
      let glob = path.key == "**" ? nil : PathGlob(path.key)
      settings.rules.append(GovernanceSettings.Rule(code, level, path: glob))
    }
  }

  private mutating func level(_ node: ConfigurationNode) -> GovernanceSettings.Level? {
    let wanted = "a severity: `off`, `warning` or `error`"
    guard let text = text(node, wanted) else { return nil }
    // YAML 1.1 takes a bare `off` for the opposite of `on`.
    if text == "false" { return .off }
    guard let level = GovernanceSettings.Level(rawValue: text) else {
      report(node, wanted)
      return nil
    }
    return level
  }

  // MARK: Numbers

  private mutating func readNumbers(_ node: ConfigurationNode) {
    for member in members(of: node, "`numbers`", ["sunset-grace-days", "slug-length-max"]) {
      if member.key == "sunset-grace-days" {
        if let days = number(member.value, 0...3_650) { settings.sunsetGraceDays = days }
      } else if let length = number(member.value, 3...80) {
        settings.slugLengthMax = length
      }
    }
  }

  private mutating func number(_ node: ConfigurationNode, _ range: ClosedRange<Int>) -> Int? {
    guard case .text(let text, _) = node, let number = Int(text), range.contains(number) else {
      report(node, "a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  // MARK: What the organisation asks for

  private mutating func readOrganisation(_ node: ConfigurationNode) {
    for member in members(of: node, "`organisation`", ["slugs", "owners", "required"]) {
      switch member.key {
      case "owners": settings.owners = Set(texts(member.value, "a list of owners, such as `[payments, search]`").map(\.text))
      case "required": readRequired(member.value)
      default: readSlugs(member.value)
      }
    }
  }

  private mutating func readRequired(_ node: ConfigurationNode) {
    let words = GovernanceSettings.Attribute.allCases.map(\.rawValue)
    for (text, span) in texts(node, "a list of what a flow has to say, such as `[summary, tags]`") {
      if let attribute = GovernanceSettings.Attribute(rawValue: text) {
        settings.requiredAttributes.insert(attribute)
      } else {
        diagnostics.append(.unknownConfigurationKey(span, text, in: "`required`", known: words))
      }
    }
  }

  private mutating func readSlugs(_ node: ConfigurationNode) {
    guard case .list(let elements, _) = node else {
      return report(node, "a list of patterns", hint: "each begins with a hyphen: `- pattern: '(show|find)-.*'`.")
    }
    for element in elements { readSlugRule(element) }
  }

  private mutating func readSlugRule(_ node: ConfigurationNode) {
    var pattern: SlugPattern?
    var reason = ""
    var path: PathGlob?
    let place = "an element of `slugs`"
    let members = members(of: node, place, ["pattern", "because", "path"])
    for member in members {
      switch member.key {
      case "pattern": pattern = self.pattern(member.value)
      case "because": reason = text(member.value, "a sentence") ?? ""
      default: path = text(member.value, "a pattern of paths, such as `\"v2/**\"`").map(PathGlob.init)
      }
    }
    for key in ["pattern", "because"] where !members.isEmpty && !members.contains(where: { $0.key == key }) {
      report(node, "\(place) with a `\(key)`", hint: "every pattern has a `because`, which those read whose slug does not match.")
    }
    if let pattern { settings.slugRules.append(GovernanceSettings.SlugRule(pattern, reason: reason, path: path)) }
  }

  private mutating func pattern(_ node: ConfigurationNode) -> SlugPattern? {
    guard let text = text(node, "a regular expression") else { return nil }
    do throws(SlugPattern.Unusable) {
      return try SlugPattern(text)
    } catch {
      diagnostics.append(.configurationPattern(node.span, text, reason: error.reason))
      return nil
    }
  }
}
