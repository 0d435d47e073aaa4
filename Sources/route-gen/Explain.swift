import ArgumentParser
import FlowLanguage
import FlowTools

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says more about a diagnostic.",
    discussion: "CODE is what stands in brackets in a diagnostic's first line. Without it, all codes are listed.")

  @Argument(help: "For example unknown-step.")
  var code: String?

  func run() throws {
    guard let code else {
      for code in DiagnosticCode.allCases { print(code.rawValue) }
      return
    }
    guard let known = DiagnosticCode(rawValue: code) else {
      let near = DiagnosticCode.near(code).map { "\n    \($0.rawValue)" }.joined()
      let hint = near.isEmpty ? "route-gen explain lists all of them." : "These are close:\n\(near)"
      throw ValidationError("There is no diagnostic with the code \(code). \(hint)")
    }
    print("\(known.rawValue) (\(known.severity.rawValue))\n\n\(known.explanation)")
  }
}
