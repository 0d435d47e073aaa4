import Foundation
import Testing
import ZerverServer

/// What programs in other languages see of the running shop: the generated TypeScript client in Node, and every promise of
/// the OpenAPI document, checked by a program that knows nothing else about the shop.
@Suite struct ScriptedClientTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test("the TypeScript client compiles to a module that works in Node")
  func typeScript() throws {
    let folder = Self.root.appending(path: "Tests/IntegrationTests/Clients/Node")
    let output = try TemporaryDirectory.fresh()
    let compiled = try run(
      "tsc",
      ["--strict", "--target", "es2020", "--module", "es2020", "--lib", "es2020,dom,dom.iterable", "--outDir", output,
       folder.appending(path: "shop-client.ts").path])
    #expect(compiled.status == 0, "\(compiled.output)")
    // Node takes a file for a module when its name says so.
    let module = output + "/shop-client.mjs"
    try FileManager.default.moveItem(atPath: output + "/shop-client.js", toPath: module)
    let port = try Shop.open(.sqlite).running.port
    let tested = try run("node", [folder.appending(path: "shop-client.test.mjs").path, module, "http://127.0.0.1:\(port)"])
    #expect(tested.status == 0 && tested.output.contains("all of it"), "\(tested.output)")
  }

  @Test("every answer is one that the OpenAPI document promises", arguments: Shop.Kind.allCases)
  func openAPI(_ kind: Shop.Kind) throws {
    let port = try Shop.open(kind).running.port
    let document = Self.root.appending(path: "Tests/FlowToolsTests/Documents/Golden/shop.openapi.json").path
    let own = Self.root.appending(path: ".build-tools/python/bin/python3").path
    let python = FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    let script = Self.root.appending(path: "Scripts/check-responses.py").path
    let (status, output) = try run(python, [script, document, "http://127.0.0.1:\(port)", "20261126"])
    #expect(status == 0, "\(output)")
  }

  private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
