import Foundation

/// A program that a test runs as a peer. Killed with the last reference if it has not ended.
final class TestProgram {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let errors = Pipe()

  /// - Parameter command: a program on the PATH, and its arguments.
  init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Reads one line of its output, without its end; `nil` at the end of the output.
  func readLine() -> String? {
    var line: [UInt8] = []
    while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  func send(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  func closeInput() { try? input.fileHandleForWriting.close() }

  /// Ends its input, waits for its end and returns the rest of its output. Throws what it has complained of when it fails.
  func finish() throws -> String {
    closeInput()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(process.arguments ?? []): status \(process.terminationStatus)\n\(text)\(complaint)")
    }
    return text
  }

  @discardableResult
  static func run(_ command: [String]) throws -> String { try TestProgram(command).finish() }
}
