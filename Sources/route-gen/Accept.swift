import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation

struct Accept: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes catalog.lock from the .flow files and route-gen.yaml.",
    discussion: """
      Commit the lock with the change, so that a review sees what is promised. Changes that break callers are refused unless \
      --breaking gives the reason, which the lock keeps.
      """)

  @Argument(help: "Folders of catalogs.")
  var paths: [String] = ["Routes"]

  @Option(help: "Why callers can live with the breaking changes.")
  var breaking: String?

  @Option(name: .customLong("module"), help: "Where a module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var modules: [ModuleFolder] = []

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if let breaking, !breaking.contains(where: \.isLetter) {
      throw ValidationError("--breaking needs a reason that those read who meet it in the lock.")
    }
  }

  func run() throws {
    for path in paths { try accept(try GovernedCatalog(path: path, modules: modules), path) }
    report.write([], summary: nil)
  }

  private func accept(_ catalog: GovernedCatalog, _ path: String) throws {
    guard catalog.rules.isWhole(path) else {
      throw ValidationError("\(path) is a part of the catalog in \(catalog.rules.folder), and a lock is for the whole of it.")
    }
    var changes: [BreakingChange] = []
    let compilation = catalog.compile(comparesWithLock: false) { current in
      guard let lock = catalog.rules.lock else { return [] }
      changes = CatalogCheck.changes(
        from: lock, to: current, today: .today, sunsetGraceDays: catalog.rules.settings.sunsetGraceDays)
      return changes.map(\.diagnostic)
    }
    let failing = compilation.diagnostics.filter { $0.code.isBreakingChange && $0.severity == .error }
    let mistakes = (catalog.rules.diagnostics + compilation.diagnostics).filter { $0.severity == .error && !$0.code.isBreakingChange }
    guard mistakes.isEmpty, let current = compilation.lock else {
      report.write(mistakes, summary: "\(catalog.rules.lockPath) stays as it is.")
      throw CommandFailure.problems
    }
    guard failing.isEmpty || breaking != nil else {
      report.write(failing, summary: refusal(failing.count, catalog))
      throw CommandFailure.problems
    }
    let broken = changes.filter { change in failing.contains { $0.code == change.code && $0.span == change.diagnostic.span } }
    let lock = AcceptedLock(
      current: current, previous: catalog.rules.lock, settings: catalog.rules.settings, breaking: broken, reason: breaking ?? "", day: .today)
    try write(lock.text, to: catalog.rules.lockPath, accepted: broken.count)
  }

  private func refusal(_ count: Int, _ catalog: GovernedCatalog) -> String {
    """
    \(count == 1 ? "1 breaking change" : "\(count) breaking changes"): \(catalog.rules.lockPath) stays as it is. Do it in one of the \
    ways above, or accept it with --breaking "the reason", which the lock keeps.
    """
  }

  private func write(_ text: String, to path: String, accepted: Int) throws {
    let url = URL(fileURLWithPath: path)
    if (try? Data(contentsOf: url)) == Data(text.utf8) { return report.note("\(path) is up to date.") }
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw CommandFailure.unreachable("I cannot write \(path): \(error.localizedDescription)")
    }
    let breaks = accepted == 0 ? "" : " with \(accepted == 1 ? "1 breaking change" : "\(accepted) breaking changes")"
    report.note("\(path) is written\(breaks). Commit it with the .flow files.")
  }
}
