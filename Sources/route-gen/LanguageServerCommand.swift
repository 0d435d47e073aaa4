import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation
import ZerverCatalog

struct LanguageServerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Serves editors: diagnostics, hovers, definitions, completion, renaming, formatting and quick fixes.",
    discussion: """
      Speaks the Language Server Protocol on standard input and output. Editors start it; \
      Editors/VSCode in the repository is an extension that does.
      """)

  func run() throws {
    var server = LanguageServer(host: PackageHost())
    var stream = MessageStream()
    while let message = try stream.next() {
      for answer in server.receive(message) { stream.write(answer) }
      if case .exited(let status) = server.state { throw ExitCode(status) }
    }
    // The editor has gone without a word.
    throw ExitCode(1)
  }
}

/// Messages on standard input and output, each behind a head with its length in bytes.
private struct MessageStream {
  /// Larger than any file that a person writes, and small enough to be held.
  private static let messageBytesMax = 64 << 20

  private var buffer: [UInt8] = []
  private let input = FileHandle.standardInput

  /// `nil` at the end of the input.
  mutating func next() throws -> JSONValue? {
    while true {
      guard let head = try head() else { return nil }
      guard try fill(head.end + head.length) else { return nil }
      let body = Array(buffer[head.end..<head.end + head.length])
      buffer.removeFirst(head.end + head.length)
      do {
        return try JSONValue(parsing: body)
      } catch {
        // JSON-RPC 2.0 §5.1: a message that cannot be read is answered without an id.
        let problem: JSONValue = ["code": -32700, "message": .string("The message is no JSON: \(error.reason).")]
        write(["jsonrpc": "2.0", "id": .null, "error": problem])
      }
    }
  }

  func write(_ message: JSONValue) {
    let text = message.compactText
    FileHandle.standardOutput.write(Data("Content-Length: \(text.utf8.count)\r\n\r\n\(text)".utf8))
  }

  /// Where the next message begins, and its length.
  private mutating func head() throws -> (end: Int, length: Int)? {
    let separator = Array("\r\n\r\n".utf8)
    var searched = 0
    while true {
      if let end = (searched..<max(searched, buffer.count - 3)).first(where: { buffer[$0..<$0 + 4].elementsEqual(separator) }) {
        return (end + 4, try length(String(decoding: buffer[..<end], as: UTF8.self)))
      }
      searched = max(0, buffer.count - 3)
      guard searched < 8192 else { throw CommandFailure.unreachable("The editor sends no Content-Length.") }
      guard try fill(buffer.count + 1) else { return nil }
    }
  }

  private func length(_ head: String) throws -> Int {
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      let text = parts[1].trimmingCharacters(in: .whitespaces)
      if let length = Int(text), (0...Self.messageBytesMax).contains(length) { return length }
    }
    throw CommandFailure.unreachable("The editor sends no Content-Length that I can use.")
  }

  private mutating func fill(_ count: Int) throws -> Bool {
    while buffer.count < count {
      let data = input.availableData
      if data.isEmpty { return false }
      buffer += data
    }
    return true
  }
}

/// The modules of a package as its folders and manifest show them.
private struct PackageHost: WorkspaceHost {
  var today: CalendarDate? { .today }

  func modules(around path: String) -> [WorkspaceModule] {
    let url = URL(fileURLWithPath: path)
    guard let package = PackageModules(above: url) else {
      let folder = url.deletingLastPathComponent()
      let files = (try? FlowFiles.below(folder.path)) ?? []
      return files.isEmpty ? [] : [WorkspaceModule(name: folder.lastPathComponent, files: files, rules: rules(of: folder.path))]
    }
    return package.modules.map { module in
      WorkspaceModule(
        name: module.name, files: (try? FlowFiles.files(module.flowFiles)) ?? [], rules: rules(of: module.folder))
    }
  }

  private func rules(of folder: String) -> WorkspaceRules {
    guard let rules = try? CatalogRules(around: folder) else { return WorkspaceRules() }
    return WorkspaceRules(
      governance: rules.governance(comparesWithLock: rules.isWhole(folder)),
      paths: [rules.configurationPath, rules.lockPath], diagnostics: rules.ownDiagnostics())
  }

  func swiftFiles(ofModule module: String, around path: String) -> [SourceFile] {
    guard let found = PackageModules(above: URL(fileURLWithPath: path))?.modules.first(where: { $0.name == module }) else {
      return []
    }
    return (try? FlowFiles.files(found.swiftFiles)) ?? []
  }
}
