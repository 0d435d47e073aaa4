import Foundation
import Testing

@testable import FlowTools

/// `route-gen lsp` as an editor starts it: a process, two pipes, and a package on disk.
@Suite("The language server as a process")
struct LanguageServerProcessTests {
  @Test("an editor opens a file with a mistake, mends it by typing, asks, and leaves")
  func session() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerver-lsp-\(UUID().uuidString)").resolvingSymlinksInPath()
    defer { try? FileManager.default.removeItem(at: folder) }
    let routes = folder.appending(path: "Sources/Shop/v1")
    try FileManager.default.createDirectory(at: routes, withIntermediateDirectories: true)
    try Data("// swift-tools-version: 6.2\nimport PackageDescription\nlet package = Package(name: \"shop\", targets: [.target(name: \"Shop\")])\n".utf8)
      .write(to: folder.appending(path: "Package.swift"))
    try Data("step say-hello() -> string\n".utf8).write(to: folder.appending(path: "Sources/Shop/Steps.flow"))
    let file = routes.appending(path: "greet-world.flow")
    let text = "flow greet-world {\n  owner web  method GET  output text\n  plan { done say-helo() }\n}\n"
    try Data(text.utf8).write(to: file)
    let uri = JSONValue.string(FileURI.uri(file.path))

    let server = try ServerProcess()
    let capabilities = try server.ask("initialize", .members(["capabilities": .object([])]))["capabilities"]
    #expect(capabilities?["textDocumentSync"]?["change"] == 2)
    try server.tell("initialized", .object([]))
    try server.tell("textDocument/didOpen", .members(["textDocument": .members(["uri": uri, "text": .string(text)])]))
    let wrong = try server.read()
    #expect(wrong["params"]?["diagnostics"]?.array?.compactMap { $0["code"]?.string } == ["unknown-step"])
    let place = JSONValue.members(["line": 2, "character": 21])
    try server.tell(
      "textDocument/didChange",
      .members([
        "textDocument": .members(["uri": uri]),
        "contentChanges": .array([.members(["range": .members(["start": place, "end": place]), "text": "l"])]),
      ]))
    #expect(try server.read()["params"]?["diagnostics"] == .array([]))
    let definition = try server.ask(
      "textDocument/definition", .members(["textDocument": .members(["uri": uri]), "position": place]))
    #expect(definition.array?.first.map(EditorSession.place) == "Steps.flow 1:6")
    // A message that is no JSON is answered, and the next one is read.
    try server.write("{")
    #expect(try server.read()["error"]?["code"] == -32700)
    #expect(try server.ask("shutdown", .null) == .null)
    try server.tell("exit", .null)
    #expect(server.waitForExit() == 0)
  }

  @Test("an editor that goes without a word ends the server")
  func gone() throws {
    let server = try ServerProcess()
    server.close()
    #expect(server.waitForExit() == 1)
  }
}

/// The server and the pipes to it. Reads block: a server that does not answer ends with the test's process.
final class ServerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var buffer: [UInt8] = []
  private var count = 0
  /// Diagnostics by URI, as they were published last before an answer.
  private(set) var published: [String: [JSONValue]] = [:]

  init() throws {
    process.executableURL = URL(fileURLWithPath: Tool.routeGen)
    process.arguments = ["lsp"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit { if process.isRunning { process.terminate() } }

  func close() { try? input.fileHandleForWriting.close() }

  func waitForExit() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  func tell(_ method: String, _ parameters: JSONValue) throws {
    try write(JSONValue.members(["jsonrpc": "2.0", "method": .string(method), "params": parameters]).compactText)
  }

  /// The result.
  func ask(_ method: String, _ parameters: JSONValue) throws -> JSONValue {
    count += 1
    try write(JSONValue.members(["jsonrpc": "2.0", "id": .int(count), "method": .string(method), "params": parameters]).compactText)
    var answer = try read()
    while answer["method"]?.string == "textDocument/publishDiagnostics", let published = answer["params"] {
      self.published[published["uri"]?.string ?? ""] = published["diagnostics"]?.array
      answer = try read()
    }
    try #require(answer["id"] == .int(count), "\(answer)")
    return try #require(answer["result"], "\(answer)")
  }

  func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8))
  }

  func read() throws -> JSONValue {
    let separator = Array("\r\n\r\n".utf8)
    while true {
      if let end = (0..<max(0, buffer.count - 3)).first(where: { buffer[$0..<$0 + 4].elementsEqual(separator) }) {
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let length = try #require(Int(head.dropFirst("Content-Length: ".count)))
        if buffer.count >= end + 4 + length {
          let body = Array(buffer[(end + 4)..<(end + 4 + length)])
          buffer.removeFirst(end + 4 + length)
          return try JSONValue(parsing: body)
        }
      }
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the server has gone")
      buffer += data
    }
  }
}
