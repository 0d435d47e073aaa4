import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

/// The rule table of `Governance.md`. `ZERVER_UPDATE_CASES=1` writes it anew.
@Suite("The reference page on governance")
struct RuleTableTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Sources/Zerver/Zerver.docc/Governance.md").standardizedFileURL
  private static let begin = "<!-- rules -->\n"
  private static let end = "<!-- end of rules -->\n"

  @Test("its table has every rule, as the rule says it")
  func table() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let start = try #require(text.range(of: Self.begin)).upperBound
    let end = try #require(text.range(of: Self.end)).lowerBound
    if CheckCase.isUpdating {
      return try Data((text[..<start] + Self.rules() + text[end...]).utf8).write(to: Self.page)
    }
    #expect(String(text[start..<end]) == Self.rules())
  }

  private static func rules() -> String {
    CheckRule.Topic.allCases.map { topic in
      let rows = CheckRule.all.filter { $0.topic == topic }.map { rule in
        "| `\(rule.code.rawValue)` | \(rule.code.severity.rawValue) | \(rule.title) |\n"
      }
      return "### \(topic.rawValue)\n\n| code | severity | what it finds |\n|---|---|---|\n\(rows.joined())\n"
    }.joined()
  }

  @Test("every name that the configuration knows is on it")
  func configuration() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    for attribute in GovernanceSettings.Attribute.allCases { #expect(text.contains("`\(attribute.rawValue)`")) }
    for name in ["sunset-grace-days", "slug-length-max", "owners", "required", "slugs", "pattern", "because", "path"] {
      #expect(text.contains("\(name):"))
    }
  }
}
