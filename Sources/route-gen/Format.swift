import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

struct Format: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Brings .flow files into their canonical form.",
    discussion: """
      Only white space changes: columns are aligned, empty lines are kept to one, and what fits on a line stands on one. \
      A file with mistakes of syntax is reported and left as it is; the others are formatted.
      """)

  @Argument(help: "Folders or .flow files.")
  var paths: [String] = ["Routes"]

  @Flag(help: "Change nothing; list the files that are not in canonical form, and exit with 1 if there are any.")
  var check = false

  @Flag(name: .customLong("stdin"), help: "Read one file from standard input and write its canonical form to standard output.")
  var readsInput = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    if readsInput { return try formatInput() }
    var changed: [String] = []
    var refusals: [Diagnostic] = []
    var fileCount = 0
    for path in paths {
      guard let files = try FlowFiles.below(path) else { throw ValidationError("There is no file or folder \(path).") }
      fileCount += files.count
      for file in files {
        switch FlowFormatter.format(file) {
        case .refused(let diagnostics): refusals += diagnostics
        case .formatted(let text):
          if Array(text.utf8) == file.bytes { continue }
          changed.append(file.path)
          if !check { try write(text, to: file.path) }
        }
      }
    }
    for path in changed { report.note(path) }
    report.write(refusals, summary: summary(fileCount, changed: changed.count))
    if !refusals.isEmpty || (check && !changed.isEmpty) { throw CommandFailure.problems }
  }

  private func summary(_ files: Int, changed: Int) -> String {
    let what = check ? "not in canonical form" : "formatted"
    return "\(files) \(files == 1 ? "file" : "files") read: \(changed) \(what)."
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure.unreachable("I cannot write \(path): \(error.localizedDescription)")
    }
  }

  private func formatInput() throws {
    let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    switch FlowFormatter.format(SourceFile(path: "<stdin>", bytes: bytes)) {
    case .formatted(let text): Output.write(text)
    case .refused(let diagnostics):
      Output.error(report.format.render(diagnostics, isColoured: report.colour.isOn(STDERR_FILENO)))
      throw CommandFailure.problems
    }
  }
}
