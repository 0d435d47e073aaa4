import ArgumentParser
import FlowLanguage
import FlowTools

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says more about a flow or about a diagnostic.",
    discussion: """
      A flow is named by its slug (its newest version), by version and slug (v1/checkout-cart) or by an alias. A diagnostic \
      is named by what stands in brackets in its first line, for example unknown-step. Without a name, all codes are listed.
      """)

  @Argument(help: "A flow or the code of a diagnostic.")
  var name: String?

  @OptionGroup var catalog: ModuleOptions

  func run() throws {
    guard let name else {
      for code in DiagnosticCode.allCases { print(code.rawValue) }
      return
    }
    if let code = DiagnosticCode(rawValue: name) {
      return print("\(code.rawValue) (\(code.severity.rawValue))\n\n\(code.explanation)")
    }
    // One close code and no flow of that name: the code was meant.
    let near = DiagnosticCode.near(name)
    let module: ResolvedModule
    do { module = try catalog.load() } catch where !near.isEmpty { throw unknownCode(name, near) }
    guard near.isEmpty || module.hasFlow(named: name) else { throw unknownCode(name, near) }
    Output.write(FlowExplanation(try module.flow(named: name), today: .today).text)
  }

  private func unknownCode(_ name: String, _ near: [DiagnosticCode]) -> ExitCode {
    CommandFailure.unreachable(
      "there is no flow and no diagnostic called \(name). These codes are close:\(near.map { "\n    \($0.rawValue)" }.joined())")
  }
}
