import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

/// The options of commands whose answer is diagnostics: they go to standard output.
struct ReportOptions: ParsableArguments {
  @Option(name: [.long, .customLong("diagnostics-format")], help: "How diagnostics are written: text, json, sarif or github.")
  var format = DiagnosticFormat.text

  @OptionGroup var colour: ColourOptions

  /// - Parameter summary: the last line for people.
  func write(_ diagnostics: [Diagnostic], summary: String?) {
    let text = format.render(diagnostics, isColoured: colour.isOn(STDOUT_FILENO))
    Output.write(format == .text && !text.isEmpty ? text + "\n" : text)
    if let summary { note(summary) }
  }

  /// A line for people. Programs do not get it: one document is all that they can read.
  func note(_ text: String) {
    if format == .text { Output.write(text + "\n") }
  }
}

/// The options of commands whose answer is something else: diagnostics go to standard error, so that it stays whole.
struct DiagnosticsOptions: ParsableArguments {
  @Option(
    name: .customLong("diagnostics-format"),
    help: "How diagnostics on standard error are written: text, json, sarif or github.")
  var format = DiagnosticFormat.text

  @OptionGroup var colour: ColourOptions

  /// Called once, also when nothing was found, because a program then reads an empty document.
  func write(_ diagnostics: [Diagnostic]) { Output.error(format.render(diagnostics, isColoured: colour.isOn(STDERR_FILENO))) }

  /// A line for people, as ``ReportOptions/note(_:)``.
  func note(_ text: String) {
    if format == .text { Output.error(text + "\n") }
  }
}

struct ColourOptions: ParsableArguments {
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(name: .customLong("color"), help: "Colours in text: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var choice = Choice.auto

  /// https://no-color.org: any value that is not empty.
  func isOn(_ descriptor: Int32) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto:
      let environment = ProcessInfo.processInfo.environment
      return isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }
}

extension DiagnosticFormat: ExpressibleByArgument {}
