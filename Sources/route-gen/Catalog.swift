import ArgumentParser
import FlowTools
import Foundation
import ZerverCatalog

struct Catalog: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists every flow with its life cycle.",
    discussion: """
      In a terminal, the table leaves out columns that do not fit. Several values of one option are alternatives; several \
      options must all hold.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @OptionGroup var input: CatalogArguments

  @Option(help: "table or json.")
  var format = Format.table

  @Option(name: .customLong("owner"), help: "Only flows of this team. Can be repeated.")
  var owners: [String] = []

  @Option(name: .customLong("status"), help: "active, deprecated, experimental or retired. Can be repeated.")
  var statuses: [String] = []

  @Option(name: .customLong("tag"), help: "Only flows with this tag. Can be repeated.")
  var tags: [String] = []

  func validate() throws {
    for status in statuses where !CatalogReport.statusWords.contains(status) {
      throw ValidationError(
        "There is no status \(status). A flow is one of: \(CatalogReport.statusWords.joined(separator: ", ")).")
    }
  }

  func run() throws {
    let filter = CatalogReport.Filter(owners: owners, statuses: statuses, tags: tags)
    let report = CatalogReport(try input.catalog(), today: .today, filter: filter)
    switch format {
    case .json: Output.write(report.json.text)
    case .table: Output.write(report.table(width: TerminalWidth.ofStandardOutput))
    }
  }
}

/// How many characters fit in a line.
enum TerminalWidth {
  /// `nil` when the output goes into a file or a pipe.
  static var ofStandardOutput: Int? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
