import FlowLanguage
import FlowTools
import Foundation
import Yams

/// Parses `route-gen.yaml`. What its parts mean is decided in `ConfigurationReader`.
enum YAMLConfiguration {
  static func read(_ file: SourceFile) -> (settings: GovernanceSettings, diagnostics: [Diagnostic]) {
    do {
      let text = String(decoding: file.bytes, as: UTF8.self)
      return ConfigurationReader.read(try Yams.compose(yaml: text).map { node($0, in: file) })
    } catch let error as YamlError {
      return (GovernanceSettings(), [syntax(error, in: file)])
    } catch {
      let span = span(nil, in: file)
      return (GovernanceSettings(), [.configurationSyntax(span, problem: "\(error)")])
    }
  }

  private static func node(_ node: Node, in file: SourceFile) -> ConfigurationNode {
    let span = span(node, in: file)
    switch node {
    case .scalar(let scalar):
      // A bare `null` or nothing at all, as opposed to the text in quotes.
      let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
      return .text(isNull ? "" : scalar.string, span)
    case .sequence(let sequence): return .list(sequence.map { self.node($0, in: file) }, span)
    case .mapping(let mapping):
      return .map(
        mapping.map { key, value in
          (key.scalar?.string ?? "", self.span(key, in: file), self.node(value, in: file))
        }, span)
    case .alias: return .text("", span)
    }
  }

  // MARK: Places

  private static func span(_ node: Node, in file: SourceFile) -> SourceSpan {
    let start = span(node.mark, in: file)
    guard case .scalar(let scalar) = node else { return start }
    let line = file.range(ofLine: start.line).upperBound
    switch scalar.style {
    // The escapes of a text in quotes are not worth counting: to the last quote of the line.
    case .singleQuoted, .doubleQuoted:
      let quote = file.bytes[start.start]
      let close = file.bytes[start.start..<line].lastIndex(of: quote) ?? start.start
      return SourceSpan(file: file, start: start.start, end: close + 1)
    default:
      return SourceSpan(file: file, start: start.start, end: min(line, start.start + scalar.string.utf8.count))
    }
  }

  /// From a mark to the end of its line.
  private static func span(_ mark: Mark?, in file: SourceFile) -> SourceSpan {
    let line = min(max(1, mark?.line ?? 1), file.lineCount)
    let range = file.range(ofLine: line)
    let before = file.text(range).unicodeScalars.prefix(max(0, (mark?.column ?? 1) - 1))
    let start = min(range.upperBound, range.lowerBound + before.reduce(0) { $0 + UTF8.width($1) })
    return SourceSpan(file: file, start: start, end: range.upperBound)
  }

  private static func syntax(_ error: YamlError, in file: SourceFile) -> Diagnostic {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return .configurationSyntax(span(mark, in: file), problem: problem)
    case .duplicatedKeysInMapping(let names, let context):
      return .configurationSyntax(
        span(context.mark, in: file), problem: "\(names.map { "`\($0)`" }.joined(separator: " and ")) stands there twice")
    case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
      return .configurationSyntax(span(nil, in: file), problem: problem)
    case .no, .memory, .dataCouldNotBeDecoded:
      return .configurationSyntax(span(nil, in: file), problem: "\(error)")
    @unknown default:
      return .configurationSyntax(span(nil, in: file), problem: "\(error)")
    }
  }
}
