import Foundation

/// Runs `git` in the repository that a folder belongs to.
struct Git {
  private let top: String

  init(below folder: String) throws {
    let start = URL(fileURLWithPath: folder).path
    guard let output = try Self.run(["-C", start, "rev-parse", "--show-toplevel"]) else {
      throw CommandFailure.unreachable("\(folder) belongs to no git repository.")
    }
    top = String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// `nil` when git refuses.
  func run(_ arguments: [String], input: Data? = nil) throws -> Data? {
    try Self.run(["-C", top] + arguments, input: input)
  }

  /// From the top of the repository, without a slash at the ends.
  func pathFromTop(_ path: String) -> String {
    let absolute = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let root = URL(fileURLWithPath: top).resolvingSymlinksInPath().path
    guard absolute.hasPrefix(root + "/") else { return "" }
    return String(absolute.dropFirst(root.count + 1))
  }

  /// The contents of several objects by one process, in their order.
  func contents(of names: [String]) throws -> [[UInt8]] {
    let input = Data(names.map { $0 + "\n" }.joined().utf8)
    guard let output = try run(["cat-file", "--batch"], input: input) else {
      throw CommandFailure.unreachable("git cannot read \(names.first ?? "the files") and others.")
    }
    var rest = [UInt8](output)[...]
    return try names.map { name in
      // `<object> blob <size>`, the bytes, and a line end.
      let header = rest.prefix { $0 != UInt8(ascii: "\n") }
      let words = String(decoding: header, as: UTF8.self).split(separator: " ")
      guard words.count == 3, let size = Int(words[2]), rest.count >= header.count + size + 2 else {
        throw CommandFailure.unreachable("git has no \(name).")
      }
      rest = rest.dropFirst(header.count + 1)
      let bytes = Array(rest.prefix(size))
      rest = rest.dropFirst(size + 1)
      return bytes
    }
  }

  private static func run(_ arguments: [String], input: Data? = nil) throws -> Data? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    // A file, because a pipe that nobody empties while git writes its answer would stop both.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("route-gen-\(UUID().uuidString)")
    if let input {
      try input.write(to: file)
      process.standardInput = try FileHandle(forReadingFrom: file)
    }
    defer { if input != nil { try? FileManager.default.removeItem(at: file) } }
    do {
      try process.run()
    } catch {
      throw CommandFailure.unreachable("I cannot run git: \(error.localizedDescription)")
    }
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? bytes : nil
  }
}
