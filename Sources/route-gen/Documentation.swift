import ArgumentParser
import FlowTools
import Foundation

struct Documentation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Writes the catalog as a static site.",
    discussion: """
      Open index.html in a browser, or serve the folder. Pages load nothing from elsewhere. Pages of flows and types that \
      are gone are removed; other files in the folder are left alone.
      """)

  @OptionGroup var input: CatalogArguments

  @Option(name: [.short, .long], help: "The folder of the site.")
  var output: String

  @Option(help: "The title of the site. Without it, the module's name.")
  var title: String?

  @Option(help: "Where the commands to try send their requests.")
  var server: String?

  func run() throws {
    let catalog = try input.catalog()
    var options = SiteEmitter.Options(title: title, today: .today)
    if let server { options.server = server.hasSuffix("/") ? String(server.dropLast()) : server }
    let pages = SiteEmitter.pages(catalog, options)
    do {
      let folder = URL(fileURLWithPath: output)
      try removeStalePages(below: folder, wanted: Set(pages.map(\.path)))
      for page in pages { try write(page, below: folder) }
    } catch {
      throw CommandFailure.unreachable("I cannot write the site to \(output): \(error.localizedDescription)")
    }
    Output.write("\(pages.count) pages in \(output). Open \(output)/index.html\n")
  }

  private func write(_ page: SiteEmitter.Page, below folder: URL) throws {
    let url = folder.appendingPathComponent(page.path)
    let data = Data(page.text.utf8)
    if (try? Data(contentsOf: url)) == data { return }
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url, options: .atomic)
  }

  /// A page that no flow or type has any more would be found by search and be wrong. Only what this command has written is
  /// touched: it says so at its end.
  private func removeStalePages(below folder: URL, wanted: Set<String>) throws {
    for name in ["flows", "types"] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path)) ?? []
      for file in names where file.hasSuffix(".html") && !wanted.contains("\(name)/\(file)") {
        let url = folder.appendingPathComponent(name).appendingPathComponent(file)
        guard let text = try? String(contentsOf: url, encoding: .utf8), text.contains("Written by <code>route-gen docs</code>") else { continue }
        try FileManager.default.removeItem(at: url)
      }
    }
  }
}
