import Foundation
import Testing

/// What the commands do with files, which the generators know nothing of.
@Suite("Commands that write documents")
struct DocumentCommandTests {
  @Test("--check tells whether a document is what would be written, and writes nothing", arguments: [
    ["openapi"], ["client", "--language", "swift"], ["client", "--language", "typescript"],
  ])
  func check(command: [String]) throws {
    try inFolder { folder in
      let path = folder.appending(path: "below/document").path
      let target = ["--output", path]
      #expect(try routeGen(command + [Self.routes] + target + ["--check"]).status == 1)
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(try routeGen(command + [Self.routes] + target).status == 0)
      #expect(try routeGen(command + [Self.routes] + target + ["--check"]).status == 0)
      let written = try String(contentsOfFile: path, encoding: .utf8)
      try (written + " ").write(toFile: path, atomically: true, encoding: .utf8)
      let (status, output) = try routeGen(command + [Self.routes] + target + ["--check"])
      #expect(status == 1 && output.contains("is not what the .flow files say"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == written + " ")
      #expect(try routeGen(command + [Self.routes]) == (0, written), "standard output gets the same")
    }
  }

  @Test("a site is written into a folder whose other files stay, and pages of what is gone go")
  func site() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(at: folder.appending(path: "flows"), withIntermediateDirectories: true)
      func put(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }
      func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }
      try put("CNAME", "example.com")
      try put("flows/of-somebody-else.html", "<p>hands off</p>")
      try put("flows/v1-gone-flow.html", "<footer>Written by <code>route-gen docs</code></footer>")
      #expect(try routeGen(["docs", Self.routes, "--output", folder.path]).status == 0)
      #expect(exists("CNAME") && exists("flows/of-somebody-else.html") && !exists("flows/v1-gone-flow.html"))
      #expect(exists("index.html") && exists("flows/v2-checkout-cart.html") && exists("types/Receipt.html"))
    }
  }

  @Test("flows with a mistake give diagnostics and no document")
  func mistake() throws {
    try inFolder { folder in
      try Data("flow say-hello { owner".utf8).write(to: folder.appending(path: "a.flow"))
      for command in [["openapi"], ["catalog"], ["docs", "--output", folder.path], ["client", "--language", "swift"]] {
        let (status, output) = try routeGen(command + [folder.path])
        #expect(status == 1 && output.contains("a.flow:1:") && output.contains("error:"), "\(output)")
      }
    }
  }

  @Test("what is called wrongly is said with what would be right")
  func usage() throws {
    let (status, output) = try routeGen(["catalog", "--status", "old", Self.routes])
    #expect(status == 64 && output.contains("experimental, active, deprecated, retired"))
    #expect(try routeGen(["client", Self.routes]).status == 64)
    #expect(try routeGen(["client", "--language", "swift", "--name", "2nd try", Self.routes]).status == 64)
    #expect(try routeGen(["openapi", "--check", Self.routes]).status == 64)
  }

  private static let routes = ReferenceShop.root.appending(path: "Routes").path

  private func routeGen(_ arguments: [String]) throws -> (status: Int32, output: String) {
    try Tool.run(Tool.routeGen, arguments)
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerver-route-gen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
