import ArgumentParser
import FlowLanguage
import FlowTools
import ZerverCatalog

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Finds changes that break callers.",
    discussion: """
      Each path is the folder of one catalog. It is compared with its catalog.lock, or with what stands in the repository at \
      --against: the lock there, or the .flow files when there is none. What a caller sends may only widen, what it receives \
      may only narrow. `route-gen explain CODE` says why a change breaks callers, and how to do it right.

      Flows with `status experimental` are reported and do not fail the check, and neither does what \
      `route-gen accept --breaking` has recorded.
      """)

  @Argument(help: "Folders of catalogs.")
  var paths: [String] = ["Routes"]

  @Option(help: "A commit, branch or tag to compare with, for example origin/main.")
  var against: String?

  @Option(name: .customLong("module"), help: "Where a module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var modules: [ModuleFolder] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    var diagnostics: [Diagnostic] = []
    for path in paths {
      let catalog = try GovernedCatalog(path: path, modules: modules)
      let before =
        try against.map { try GitCatalog(reference: $0, of: catalog, modules: modules, report: report).lock() } ?? lock(of: catalog)
      let compilation = catalog.compile(comparesWithLock: false) { after in
        CatalogCheck.changes(
          from: before, to: after, today: .today, sunsetGraceDays: catalog.rules.settings.sunsetGraceDays, accepted: catalog.rules.lock
        ).map(\.diagnostic)
      }
      for diagnostic in (catalog.rules.ownDiagnostics() + compilation.diagnostics).filter(isMine) where !diagnostics.contains(diagnostic) {
        diagnostics.append(diagnostic)
      }
    }
    report.write(diagnostics, summary: summary(diagnostics))
    if diagnostics.contains(where: { $0.severity == .error }) { throw CommandFailure.problems }
  }

  /// Warnings about other things are `lint`'s business.
  private func isMine(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.severity == .error || diagnostic.code.isBreakingChange || [.suppressionUnused, .lockSettings].contains(diagnostic.code)
  }

  private func lock(of catalog: GovernedCatalog) throws -> CatalogLock {
    guard let lock = catalog.rules.lock else {
      throw CommandFailure.unreachable(
        "There is no \(catalog.rules.lockPath). `route-gen accept \(catalog.rules.folder)` writes the first one; --against REF needs none.")
    }
    return lock
  }

  private func summary(_ diagnostics: [Diagnostic]) -> String {
    let breaking = diagnostics.filter(\.code.isBreakingChange)
    let failing = breaking.count { $0.severity == .error }
    let others = diagnostics.count { $0.severity == .error } - failing
    if others > 0 { return "\(others == 1 ? "1 other error" : "\(others) other errors"), \(failing) breaking changes." }
    if failing > 0 { return failing == 1 ? "1 breaking change." : "\(failing) breaking changes." }
    return breaking.isEmpty ? "No breaking changes." : "No breaking changes that fail the check."
  }
}
