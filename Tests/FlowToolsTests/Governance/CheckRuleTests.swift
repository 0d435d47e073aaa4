import FlowLanguage
import Testing

@testable import FlowTools

@Suite("Rules of route-gen check")
struct CheckRuleTests {
  @Test("a rule says in sentences what breaks and what to do instead", arguments: CheckRule.all.map(\.code))
  func text(code: DiagnosticCode) throws {
    let rule = try #require(CheckRule.rule(code))
    #expect(rule.title.last != ".")
    #expect(rule.reason.last == ".")
    #expect(rule.way.last == ".")
    #expect(code.isGoverned, "what breaks callers can be configured and allowed")
  }
}
