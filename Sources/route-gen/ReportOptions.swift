import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// The options of every command that prints diagnostics.
struct ReportOptions: ParsableArguments {
  enum Colour: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(help: "How diagnostics are written: text, json, sarif or github.")
  var format = DiagnosticFormat.text

  @Option(name: .customLong("color"), help: "Colours in text: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var colour = Colour.auto

  /// - Parameter summary: the last line for people. Programs do not get it.
  func write(_ diagnostics: [Diagnostic], summary: String?) {
    let text = format.render(diagnostics, isColoured: isColoured)
    guard format == .text else { return Output.write(text) }
    if !text.isEmpty { Output.write(text + "\n") }
    if let summary { Output.write(summary + "\n") }
  }

  /// https://no-color.org: any value that is not empty.
  private var isColoured: Bool {
    switch colour {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }
}

extension DiagnosticFormat: ExpressibleByArgument {}
