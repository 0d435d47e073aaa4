import ArgumentParser
import FlowLanguage
import FlowTools

struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks .flow files without building.",
    discussion: """
      Each path is one module: the .flow files below it see each other. What a `use` line names is looked for in the \
      folders of the package (the nearest Package.swift above the path): a folder of the module's name with .flow files \
      in it.

      A route-gen.yaml beside the files sets rules and severities, and where there is a catalog.lock I say where the files \
      have drifted from it.
      """)

  @Argument(help: "Folders or .flow files.")
  var paths: [String] = ["Routes"]

  @Option(name: .customLong("module"), help: "Where a module's .flow files are, as NAME=FOLDER. Can be repeated.")
  var modules: [ModuleFolder] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    var diagnostics: [Diagnostic] = []
    var fileCount = 0
    for path in paths {
      let catalog = try GovernedCatalog(path: path, modules: modules)
      fileCount += catalog.files.files.count
      let compilation = catalog.compile(comparesWithLock: catalog.rules.isWhole(path))
      // Two paths may use the same module, whose mistakes are then met twice.
      for diagnostic in catalog.rules.ownDiagnostics() + compilation.diagnostics where !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
    }
    report.write(diagnostics, summary: summary(diagnostics, fileCount: fileCount))
    if diagnostics.contains(where: { $0.severity == .error }) { throw CommandFailure.problems }
  }

  private func summary(_ diagnostics: [Diagnostic], fileCount: Int) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    return "\(count(fileCount, "file")) checked: \(count(errors, "error")), \(count(warnings, "warning"))."
  }
}
