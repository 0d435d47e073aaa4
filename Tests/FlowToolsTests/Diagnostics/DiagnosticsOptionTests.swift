import Foundation
import Testing

@testable import FlowTools

/// `--diagnostics-format` of the real program, on every command that can print diagnostics.
@Suite("The format of diagnostics on the command line")
struct DiagnosticsOptionTests {
  /// Commands whose answer is something else. They run in a folder with a module `Hello`, which has a mistake.
  private static let documents: [[String]] = [
    ["catalog", "Hello"], ["openapi", "Hello"], ["client", "--language", "swift", "Hello"], ["docs", "Hello", "--output", "out"],
    ["graph", "--path", "Hello"], ["explain", "say-hello", "--path", "Hello"], ["usage", "/dev/null", "--path", "Hello"],
    ["generate", "Hello", "--module", "Hello", "--output", "out"], ["new", "step", "say-hello", "("],
  ]

  @Test("an answer stays clean: mistakes go to standard error, as they were asked for", arguments: documents, DiagnosticFormat.allCases)
  func document(command: [String], format: DiagnosticFormat) throws {
    try inFolder { folder in
      let (status, output, errors) = try run(command + ["--diagnostics-format", format.rawValue], in: folder)
      #expect(status == 1 && output.isEmpty, "\(output)\(errors)")
      try expect(errors, isIn: format)
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
    }
  }

  @Test("where the answer is diagnostics, the option has a short name, too", arguments: ["lint", "check", "accept", "fmt"], DiagnosticFormat.allCases)
  func answer(command: String, format: DiagnosticFormat) throws {
    try inFolder { folder in
      let short = try run([command, "Hello", "--format", format.rawValue], in: folder)
      #expect(short.status == 1 && short.errors.isEmpty, "\(short)")
      try expect(short.output, isIn: format)
      #expect(try run([command, "Hello", "--diagnostics-format", format.rawValue], in: folder) == short)
    }
  }

  @Test("a program always gets one whole document, however many modules there are")
  func oneDocument() throws {
    try inFolder { folder in
      let both = try run(["catalog", "Hello", "Again", "--diagnostics-format", "json"], in: folder)
      let files = try JSONValue(parsing: Array(both.errors.utf8)).array?.compactMap { $0["file"]?.string } ?? []
      #expect(both.status == 1 && Set(files) == ["Hello/a.flow", "Again/b.flow"], "\(both)")
      let good = try run(["catalog", "Good", "--format", "json", "--diagnostics-format", "json"], in: folder)
      #expect(good.status == 0 && good.errors == "[]\n")
      #expect(try JSONValue(parsing: Array(good.output.utf8))["flows"] != nil)
      #expect(try run(["catalog", "Good", "--format", "json"], in: folder) == (0, good.output, ""))
      let compared = try run(["openapi", "Good", "--output", "none", "--check", "--diagnostics-format", "json"], in: folder)
      #expect(compared == (1, "", "[]\n"))
      #expect(try run(["accept", "Good", "--format", "json"], in: folder) == (0, "[]\n", ""))
    }
  }

  @Test("a command line that cannot be is refused, and shells complete the words")
  func words() throws {
    try inFolder { folder in
      #expect(try run(["catalog", "Good", "--diagnostics-format", "xml"], in: folder).status == 64)
      #expect(try run(["catalog", "Good", "--format", "sarif"], in: folder).status == 64)
      let script = try run(["--generate-completion-script", "fish"], in: folder).output
      let lines = script.split(separator: "\n").filter { $0.contains("-l 'diagnostics-format'") }
      #expect(lines.count == Self.documents.count + 4)
      #expect(lines.allSatisfy { line in DiagnosticFormat.allCases.allSatisfy { line.contains($0.rawValue) } })
    }
  }

  private func expect(_ text: String, isIn format: DiagnosticFormat) throws {
    let codes: [String]
    switch format {
    case .text: codes = text.contains(/(a\.flow|<step>):\d+:\d+: error: [^\n]*\[/) ? ["one"] : []
    case .json: codes = try JSONValue(parsing: Array(text.utf8)).array?.compactMap { $0["code"]?.string } ?? []
    case .sarif:
      let results = try JSONValue(parsing: Array(text.utf8))["runs"]?.array?.first?["results"]?.array
      codes = results?.compactMap { $0["ruleId"]?.string } ?? []
    case .github: codes = text.split(separator: "\n").allSatisfy { $0.hasPrefix("::error file=") } ? ["one"] : []
    }
    #expect(!codes.isEmpty, "\(text)")
  }

  private func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: String, errors: String) {
    try Tool.streams(Tool.routeGen, arguments, in: folder)
  }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerver-route-gen-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let good = "step say-hello() -> string\nflow greet-world {\n  owner web  method GET  output text\n  plan { done say-hello() }\n}\n"
    let files = [
      "Hello/a.flow": "flow say-hello { owner\n", "Again/b.flow": "record {}\n", "Good/v1/greet-world.flow": good,
      "Hello/catalog.lock": "lock 1\n", "Package.swift": "",
    ]
    for (path, text) in files {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    try body(folder)
  }
}
