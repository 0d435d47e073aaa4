import FlowLanguage
import Testing

@testable import FlowTools

@Suite("Golden cases of route-gen check")
struct CheckCaseTests {
  @Test("a case has the problems that it expects", arguments: CheckCase.names)
  func holds(name: String) throws {
    let checkCase = try CheckCase(name: name)
    let problems = try checkCase.problems()
    if CheckCase.isUpdating { return try checkCase.update(problems) }
    #expect(problems == checkCase.expectedProblems)
  }

  @Test("every rule has a case that shows it", arguments: DiagnosticCode.allCases.filter(\.isBreakingChange))
  func isShown(code: DiagnosticCode) throws {
    let isShown = try CheckCase.names.contains { name in
      try CheckCase(name: name).expectedProblems.contains("[\(code.rawValue)]")
    }
    #expect(isShown, "no file of Cases has a problem with the code \(code.rawValue)")
  }

  @Test("every code of a breaking change has a rule, and only they")
  func rules() {
    #expect(CheckRule.all.map(\.code) == DiagnosticCode.allCases.filter(\.isBreakingChange))
    #expect(CheckRule.all.count >= 40)
  }
}
