import Foundation
import Testing

/// One case of a file in `Cases`: bytes that a client sends, and what a server has to answer.
///
/// A file holds many. `===` begins one with its title, `#` is a comment. `>` is a line that is sent, with CRLF behind it
/// unless it ends with a backslash; `\r`, `\n`, `\t`, `\\` and `\xHH` stand for bytes. `!` says that the client ends its side.
/// `<` is what has to come: a status, the code of a problem or `head` behind it, and below it, indented, header lines with
/// their values (`*` for anything, `!name` for a line that must not be there), `body`, `body-bytes`, and `detail` of a problem.
/// The last line is `open` (the connection serves another request), `close`, or `nothing` (the server closes when the client
/// has ended, and answers nothing more).
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  enum Ending: String {
    case open, close, nothing
  }

  struct Response: Sendable {
    var status: Int
    var isHead = false
    var problem: String?
    var assertions: [(name: String, value: String)] = []
  }

  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  let title: String
  var bytes: [UInt8] = []
  var finishesSending = false
  var responses: [Response] = []
  var ending: Ending?

  var testDescription: String { title }

  init(title: String) { self.title = title }

  /// The files of the suite, by name.
  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return names.filter { $0.hasSuffix(".http") }.sorted()
  }()

  static var directory: URL { URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Cases") }

  static func read(_ file: String) throws -> [ConformanceCase] {
    let text = try String(contentsOf: directory.appending(path: file), encoding: .utf8)
    var cases: [ConformanceCase] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      do {
        try take(String(line), into: &cases)
      } catch {
        throw Malformed(description: "\(file):\(index + 1): \(error)")
      }
    }
    return cases
  }

  private static func take(_ line: String, into cases: inout [ConformanceCase]) throws {
    if line.isEmpty || line.hasPrefix("#") { return }
    if line.hasPrefix("=== ") { return cases.append(ConformanceCase(title: String(line.dropFirst(4)))) }
    guard !cases.isEmpty else { throw Malformed(description: "a case begins with ===") }
    switch line.first {
    case ">": try cases[cases.count - 1].send(String(line.dropFirst(line.hasPrefix("> ") ? 2 : 1)))
    case "!": cases[cases.count - 1].finishesSending = true
    case "<": try cases[cases.count - 1].expect(String(line.dropFirst(2)))
    default: throw Malformed(description: "a line begins with ===, #, >, ! or <")
    }
  }

  private mutating func send(_ line: String) throws {
    let isWhole = !line.hasSuffix("\\") || line.hasSuffix("\\\\")
    bytes += try Self.unescaped(isWhole ? line : String(line.dropLast()))
    if isWhole { bytes += [13, 10] }
  }

  private mutating func expect(_ line: String) throws {
    if let ending = Ending(rawValue: line) {
      self.ending = ending
    } else if line.hasPrefix("  ") {
      guard !responses.isEmpty else { throw Malformed(description: "a status comes first") }
      let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
      responses[responses.count - 1].assertions.append((String(parts[0]), String(value)))
    } else {
      let words = line.split(separator: " ")
      guard let first = words.first, let status = Int(first) else { throw Malformed(description: "a status is a number") }
      var response = Response(status: status)
      for word in words.dropFirst() {
        if word == "head" { response.isHead = true } else { response.problem = String(word) }
      }
      responses.append(response)
    }
  }

  static func unescaped(_ text: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "r"): bytes.append(13)
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "t"): bytes.append(9)
      case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "x"):
        guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
          throw Malformed(description: "\\x is followed by two digits")
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: throw Malformed(description: "there is no such escape")
      }
    }
    return bytes
  }
}
