import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation
import ZerverCatalog

struct New: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the files of a new flow, step or app.",
    discussion: "A file that is there already is never replaced: then nothing at all is written.",
    subcommands: [NewFlow.self, NewStep.self, NewApp.self])
}

struct NewFlow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow",
    abstract: "Writes a flow that can be built and called at once, with its step.")

  @Argument(help: "For example show-invoice (version 1) or v2/show-invoice.")
  var name: String

  @Option(help: "The team that answers for it.")
  var owner: String

  @Option(help: "GET, POST, PUT, PATCH, DELETE or HEAD.")
  var method = "GET"

  @Option(help: "The folder of the target: the flow goes into its folder of the version, the step into Steps.")
  var path = "Routes"

  func run() throws {
    let text = name.contains("/") ? name : "v1/\(name)"
    guard let reference = FlowReference(text: text) else {
      throw ValidationError("\(name) cannot name a flow. A slug is two or more words in kebab-case: show-invoice.")
    }
    guard NameStyle.kebab.accepts(owner) else { throw ValidationError("An owner is written in kebab-case: billing.") }
    guard let method = FlowMethod(rawValue: method) else { throw ValidationError("There is no method \(method).") }
    try NewFiles.write(FlowTemplate(reference, owner: owner, method: method).files, below: path)
  }
}

struct NewStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Writes the line of a step and the Swift that implements it.",
    discussion: """
      The Swift compiles and fails with an internal error until it is written:

        route-gen new step load-invoice "(invoice-id: string) -> Invoice needs db fails invoice-not-found" --path Sources/Billing
      """)

  @Argument(help: "In kebab-case, for example load-invoice.")
  var name: String

  @Argument(help: "What stands behind the name in a step line.")
  var signature: String

  @Option(help: "The folder of the target: both files go into Steps below it.")
  var path = "."

  @OptionGroup var report: DiagnosticsOptions

  func run() throws {
    do {
      let files = try StepTemplate(name: name, signature: signature).files
      report.write([])
      try NewFiles.write(files, below: path == "." ? "Steps" : path + "/Steps")
    } catch StepTemplate.Failure.line(let diagnostics) {
      report.write(diagnostics)
      throw CommandFailure.problems
    }
  }
}

struct NewApp: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "app",
    abstract: "Writes a package with a flow, a step, a server and a test.")

  @Argument(help: "In kebab-case, for example pet-shop: the package and its folder.")
  var name: String

  @Option(help: "Where Zerver is: a folder, or the address of a repository.")
  var zerver: String

  @Option(help: "The branch, when Zerver is an address.")
  var branch = "main"

  @Option(help: "The folder to write to. Without it, a folder of the app's name.")
  var output: String?

  func run() throws {
    guard let app = AppTemplate(name: name, source: source) else {
      throw ValidationError("\(name) cannot name an app: its name is written in kebab-case, like pet-shop.")
    }
    try NewFiles.write(app.files, below: output ?? name)
  }

  /// A folder is named relative to the new package, so that both can be moved together; an absolute one stays as it is.
  private var source: AppTemplate.Source {
    if zerver.contains("://") || zerver.contains("@") { return .url(zerver, branch: branch) }
    if zerver.hasPrefix("/") { return .path(zerver) }
    let folder = URL(fileURLWithPath: output ?? name).standardizedFileURL.pathComponents
    let target = URL(fileURLWithPath: zerver).standardizedFileURL.pathComponents
    let common = zip(folder, target).prefix { $0 == $1 }.count
    let parts = Array(repeating: "..", count: folder.count - common) + target.dropFirst(common)
    return .path(parts.isEmpty ? "." : parts.joined(separator: "/"))
  }
}

/// Writes new files and never replaces one.
enum NewFiles {
  static func write(_ files: [TemplateFile], below folder: String) throws {
    let urls = files.map { URL(fileURLWithPath: folder).appendingPathComponent($0.path) }
    let present = urls.filter { FileManager.default.fileExists(atPath: $0.path) }
    guard present.isEmpty else {
      throw CommandFailure.unreachable(
        "nothing was written, because these are there already:\n" + present.map { "    \($0.relativePath)" }.joined(separator: "\n"))
    }
    for (file, url) in zip(files, urls) {
      do {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        // Also when somebody else has written it since.
        try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
      } catch {
        throw CommandFailure.unreachable("I cannot write \(url.relativePath): \(error.localizedDescription)")
      }
      Output.write("\(folder)/\(file.path)\n")
    }
  }
}
