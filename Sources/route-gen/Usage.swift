import ArgumentParser
import FlowLanguage
import FlowTools
import Foundation
import FoundationNetworking

struct Usage: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says who still calls what is deprecated.",
    discussion: """
      A source is the address of a server's metrics (http://127.0.0.1:8080/metrics), a file with such a text, a request log \
      in JSON lines or as swift-log writes it, or - for standard input. Several sources are added up: one for each server. \
      Metrics count from the server's start; a log says besides by which alias and which tenant a flow was called.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "Where the counts come from.")
  var sources: [String]

  @Option(help: "text or json.")
  var format = Format.text

  @Flag(help: "Every flow, not only those that are deprecated.")
  var all = false

  @Option(name: .customLong("fail-within"), help: "Exit with 1 when a flow is still called whose sunset is at most DAYS away.")
  var failWithin: Int?

  @OptionGroup var catalog: ModuleOptions

  func run() throws {
    let module = try catalog.load()
    let counts = try sources.flatMap { UsageSource.counts(try UsageSource.text($0)) }
    let report = UsageReport(module.flows.map(\.entry), counts, today: .today, includesActive: all)
    Output.write(format == .json ? report.json.text : report.text)
    if let failWithin, !report.endangered(withinDays: failWithin).isEmpty { throw CommandFailure.problems }
  }
}

/// Where `usage` gets its counts from.
enum UsageSource {
  static func text(_ source: String) throws -> String {
    if source == "-" { return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) }
    if source.hasPrefix("http://") || source.hasPrefix("https://") { return try fetch(source) }
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: source)), as: UTF8.self)
    } catch {
      throw CommandFailure.unreachable("I cannot read \(source): \(error.localizedDescription)")
    }
  }

  /// The format is clear from the first line that says something.
  static func counts(_ text: String) -> [CallCount] {
    let lines = text.split(whereSeparator: \.isNewline)
    if lines.contains(where: { $0.hasPrefix("# TYPE ") }) { return CallCount.read(metrics: text) }
    return lines.compactMap { line in
      line.first == "{" ? fields(ofJSON: line).flatMap(CallCount.init(logFields:)) : CallCount(logLine: line)
    }
  }

  /// Members of an object inside, where some backends put the metadata, count as members of the line.
  private static func fields(ofJSON line: Substring) -> [String: String]? {
    guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else { return nil }
    var fields: [String: String] = [:]
    func add(_ object: [String: Any]) {
      for (name, value) in object where !(value is [String: Any]) { fields[name] = "\(value)" }
      // What stands inside is about the request, what stands outside may be about the log.
      for (_, value) in object { if let inner = value as? [String: Any] { add(inner) } }
    }
    add(object)
    return fields
  }

  private static func fetch(_ address: String) throws -> String {
    guard let url = URL(string: address) else { throw ValidationError("\(address) is no address that I can read.") }
    let answer = Answer()
    var request = URLRequest(url: url)
    request.timeoutInterval = 10
    let task = URLSession.shared.dataTask(with: request) { data, response, error in
      answer.complete(data, (response as? HTTPURLResponse)?.statusCode, error)
    }
    task.resume()
    let (text, problem) = answer.wait()
    guard let text else { throw CommandFailure.unreachable("\(address) does not answer: \(problem)") }
    return text
  }

  /// Hands an answer from the session's thread to the command's.
  private final class Answer: @unchecked Sendable {
    // Written once before the semaphore is signalled, read once behind it.
    private var result: (text: String?, problem: String) = (nil, "")
    private let isComplete = DispatchSemaphore(value: 0)

    func complete(_ data: Data?, _ status: Int?, _ error: (any Error)?) {
      if let data, status == 200 {
        result = (String(decoding: data, as: UTF8.self), "")
      } else {
        result = (nil, error?.localizedDescription ?? "the status is \(status.map(String.init) ?? "unknown")")
      }
      isComplete.signal()
    }

    func wait() -> (text: String?, problem: String) {
      isComplete.wait()
      return result
    }
  }
}
