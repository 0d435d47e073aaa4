import FlowLanguage
import FlowTools
import Foundation
import Testing
import ZerverCatalog

/// The reference shop as documents see it.
enum ReferenceShop {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let today = CalendarDate(text: "2026-11-01")!

  // Never changes.
  nonisolated(unsafe) static let catalog: CatalogModel = {
    let steps = files("Examples/CheckoutSteps")
    let module = FlowCompiler.compile(
      module: "ReferenceRoutes", files: files("Routes"), dependencies: [("CheckoutSteps", steps)]).module
    let dependency = FlowCompiler.compile(module: "CheckoutSteps", files: steps).module
    guard let module, let dependency else { preconditionFailure("the reference shop compiles") }
    return CatalogModel([module], dependencies: [dependency])
  }()

  private static func files(_ folder: String) -> [SourceFile] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
    return names.filter { $0.hasSuffix(".flow") }.sorted().map { name in
      let path = "\(folder)/\(name)"
      return SourceFile(path: path, text: (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? "")
    }
  }
}

/// A committed file that a generator must write again, byte for byte. `ZERVER_UPDATE_CASES=1` writes it anew.
struct Golden {
  /// Relative to the package.
  let path: String

  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let url = ReferenceShop.root.appending(path: path)
    if ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1" {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if (try? Data(contentsOf: url)) != Data(text.utf8) { try Data(text.utf8).write(to: url) }
      return
    }
    let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let difference = Self.firstDifference(expected, text)
    #expect(difference == nil, "\(path): \(difference ?? "")", sourceLocation: sourceLocation)
  }

  /// The whole texts would fill pages.
  private static func firstDifference(_ expected: String, _ found: String) -> String? {
    if expected == found { return nil }
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = found.split(separator: "\n", omittingEmptySubsequences: false)
    let index = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
    func line(_ lines: [Substring]) -> Substring { index < lines.count ? lines[index] : "(the end)" }
    return "line \(index + 1) is\n  \(line(new))\nand was\n  \(line(old))"
  }
}

/// Runs a tool that Scripts/setup.sh has installed.
enum Tool {
  /// Its status and everything that it has printed.
  static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
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

  /// Its status and the two streams that it has printed to. What goes to standard error is short enough for a pipe.
  static func streams(_ program: String, _ arguments: [String], in folder: URL) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  /// `route-gen`, which was built beside the tests.
  static var routeGen: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "route-gen").path
  }

  /// The Python that has the validator: the set-up's own, or the system's.
  static var python: String {
    let own = ReferenceShop.root.appending(path: ".build-tools/python/bin/python3").path
    return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
  }

  static func withFile<Result>(_ name: String, _ text: String, _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zerver-documents-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return try body(url.path)
  }
}
