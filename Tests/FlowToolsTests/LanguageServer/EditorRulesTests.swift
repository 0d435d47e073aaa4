import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

@Suite("The rules of a catalog in an editor")
struct EditorRulesTests {
  private static let yaml = "/shop/Routes/route-gen.yaml"
  /// With a value that nobody reads.
  private static let flow = """
    use Steps
    flow show-cart {
      owner web  method GET  input CartQuery  output Cart
      plan {
        cart  = load-cart(input.cart-id)  timeout 1s
        other = load-cart(input.cart-id)  timeout 1s
        done render-cart(cart, cart.owner.name)
      }
      on cart-not-found -> 404
    }

    """

  private static func rules(_ level: GovernanceSettings.Level, path: String, diagnostics: [Diagnostic] = []) -> WorkspaceRules {
    var settings = GovernanceSettings()
    settings.rules = [GovernanceSettings.Rule(.unusedBinding, level, path: PathGlob(path))]
    return WorkspaceRules(
      governance: Governance(settings: settings, root: "/shop/Routes"), paths: [yaml], diagnostics: diagnostics)
  }

  private func severities(_ editor: EditorSession) -> [JSONValue?] { editor.published["file://" + EditorSession.flowPath]?.map { $0["severity"] } ?? [] }

  @Test("a diagnostic is as severe as the configuration says, and follows it when that changes")
  func severity() {
    var editor = EditorSession(flow: Self.flow)
    #expect(severities(editor) == [2])
    for (level, path, expected) in [(GovernanceSettings.Level.error, "v1/**", [1]), (.error, "v2/**", [2]), (.off, "v1/show-*.flow", [])] {
      editor.host.rules["Routes"] = Self.rules(level, path: path)
      editor.notify("workspace/didChangeWatchedFiles", .members(["changes": []]))
      #expect(severities(editor) == expected.map { .int($0) }, "\(level) \(path)")
    }
    #expect(editor.published["file://" + EditorSession.stepsPath] == nil, "nothing was ever wrong there")
  }

  @Test("a mistake in the configuration stands in its own file, and goes with it")
  func configuration() {
    var editor = EditorSession(flow: Self.flow)
    let file = SourceFile(path: Self.yaml, text: "rules: [\n")
    let mistake = Diagnostic.configurationSyntax(SourceSpan(file: file, start: 7, end: 8), problem: "no end")
    editor.host.rules["Routes"] = Self.rules(.off, path: "**", diagnostics: [mistake])
    editor.notify("workspace/didChangeWatchedFiles", .members(["changes": []]))
    #expect(editor.problems.keys.sorted() == [Self.yaml])
    // Neither the configuration nor its folder is there any more.
    editor.host.rules = [:]
    editor.notify("workspace/didChangeWatchedFiles", .members(["changes": []]))
    #expect(editor.problems.keys.sorted() == [EditorSession.flowPath])
  }

  @Test("what was said about a file that is gone is taken back")
  func deleted() {
    var editor = EditorSession(flow: Self.flow)
    editor.host.texts["Routes"]?.append(("/shop/Routes/v1/list-carts.flow", "flow list-carts {\n"))
    editor.notify("workspace/didChangeWatchedFiles", .members(["changes": []]))
    #expect(editor.problems["/shop/Routes/v1/list-carts.flow"] != nil)
    editor.host.texts["Routes"]?.removeLast()
    editor.notify("workspace/didChangeWatchedFiles", .members(["changes": []]))
    #expect(editor.published["file:///shop/Routes/v1/list-carts.flow"] == [])
  }

  @Test("a client that can watch files is asked to, and no other one")
  func watchers() {
    for canWatch in [true, false] {
      var server = LanguageServer(host: EditorSession.Host(texts: [:]))
      let capability = JSONValue.members(["didChangeWatchedFiles": .members(["dynamicRegistration": .bool(canWatch)])])
      let parameters = JSONValue.members(["capabilities": .members(["workspace": capability])])
      _ = server.receive(.members(["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters]))
      let asked = server.receive(.members(["jsonrpc": "2.0", "method": "initialized", "params": .object([])]))
      #expect(asked.map { $0["method"] } == (canWatch ? ["client/registerCapability"] : []))
      #expect(asked.allSatisfy { $0.compactText.contains("**/route-gen.yaml") })
      #expect(server.receive(.members(["jsonrpc": "2.0", "id": "watched-files", "result": .null])).isEmpty)
    }
  }

  @Test("an editor shows what lint prints: severities, exceptions, drift from the lock, and mistakes in the configuration")
  func sameAsLint() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerver-rules-\(UUID().uuidString)").resolvingSymlinksInPath()
    defer { try? FileManager.default.removeItem(at: folder) }
    func put(_ path: String, _ text: String) throws {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    func flow(_ name: String, _ comment: String = "", atEnd last: String = "", owner: String = "web") -> String {
      """
      use Steps
      flow \(name) {
        owner \(owner)  method GET  input Query  output Cart
        plan {
          other = find-cart(input)  \(comment)
          done find-cart(input)  \(last)
        }
      }

      """
    }
    let steps = "record Query { id: string }\nrecord Cart { id: string  total: int }\nstep find-cart(query: Query) -> Cart\n"
    try put("Package.swift", "// swift-tools-version: 6.2\n")
    try put("Steps/Steps.flow", steps)
    try put("Routes/v1/show-cart.flow", flow("show-cart"))
    try put("Routes/v1/quiet-cart.flow", flow("quiet-cart"))
    try put("Routes/v1/warm-cart.flow", flow("warm-cart", "// route-gen: allow unused-binding because it warms the cache"))
    try put("Routes/v1/cold-cart.flow", flow("cold-cart", atEnd: "// route-gen: allow unused-binding because of nothing"))
    #expect(try Tool.streams(Tool.routeGen, ["accept", "Routes"], in: folder).status == 0)
    try put("Steps/Steps.flow", steps.replacing("total: int", with: "total: string"))
    try put("Routes/v1/show-cart.flow", flow("show-cart", owner: "search"))
    let rules = "rules:\n  unused-binding:\n    \"v1/**\": error\n    \"v1/quiet-*.flow\": off\n"
    try put("Routes/route-gen.yaml", rules + "organisation:\n  owners: [web]\n")

    func lint() throws -> Set<String> {
      let printed = try Tool.streams(Tool.routeGen, ["lint", "Routes", "Steps", "--format", "json"], in: folder).output
      let found = try JSONValue(parsing: Array(printed.utf8)).array ?? []
      return Set(found.map { "\($0["file"]!.string!):\($0["line"]!.int!) \($0["severity"]!.string!) \($0["code"]!.string!)" })
    }
    let server = try ServerProcess()
    func shown() throws -> Set<String> {
      _ = try server.ask("workspace/symbol", .members(["query": "no such name"]))
      return Set(server.published.flatMap { uri, found in
        let path = FileURI.path(uri)?.dropFirst(folder.path.count + 1) ?? ""
        return found.map { item in
          let severity = item["severity"] == 1 ? "error" : "warning"
          return "\(path):\(item["range"]!["start"]!["line"]!.int! + 1) \(severity) \(item["code"]!.string!)"
        }
      })
    }
    _ = try server.ask("initialize", .members(["capabilities": .object([])]))
    let file = folder.appending(path: "Routes/v1/show-cart.flow")
    let document = JSONValue.members(["uri": .string(FileURI.uri(file.path)), "text": .string(flow("show-cart", owner: "search"))])
    try server.tell("textDocument/didOpen", .members(["textDocument": document]))
    let first = try lint()
    #expect(try shown() == first)
    for part in ["show-cart.flow:5 error unused-binding", "Steps.flow:2 warning lock-drift", "error foreign-owner", "lock-settings", "suppression-unused"] {
      #expect(first.contains { $0.contains(part) }, "\(part) in \(first)")
    }
    #expect(!first.contains { $0.contains("quiet-cart.flow:5") || $0.contains("warm-cart.flow:5") }, "\(first)")

    try put("Routes/route-gen.yaml", rules.replacing("error", with: "warning") + "organisation:\n  owner: [web]\n")
    try server.tell("workspace/didChangeWatchedFiles", .members(["changes": []]))
    let second = try lint()
    #expect(try shown() == second)
    #expect(second.contains { $0.hasPrefix("Routes/route-gen.yaml:6 error configuration-key") }, "\(second)")
    #expect(second.contains("Routes/v1/show-cart.flow:5 warning unused-binding"))
  }
}
