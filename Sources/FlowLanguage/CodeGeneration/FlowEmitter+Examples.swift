// The examples of a flow as values that ZerverTesting runs. A server never calls anything of this.

import ZerverCatalog

extension FlowEmitter {
  func emitExamples(to writer: inout SwiftWriter) {
    emitSubstitute(to: &writer)
    let example = names.core("FlowExample")
    writer.line()
    writer.block("static var examples: [\(example)]") { writer in
      writer.line("[")
      writer.indented { writer in for item in flow.examples { emit(item, type: example, to: &writer) } }
      writer.line("]")
    }
  }

  private func emit(_ item: ResolvedExample, type: String, to writer: inout SwiftWriter) {
    writer.line("\(type)(")
    writer.indented { writer in
      writer.line("flow: \(literal(flow.entry.reference.description)), name: \(literal(item.name)),")
      writer.line("file: \(literal(item.span.path)), line: \(item.span.line),")
      writer.line("input: \(input(of: item)),")
      if item.givens.isEmpty { writer.line("givens: [:],") } else { emitGivens(of: item, to: &writer) }
      writer.line("expectation: .init(\(expectation(of: item))),")
      writer.line("definition: { Self.definition }, substitute: Self.substitute),")
    }
  }

  private func literal(_ text: String) -> String { SwiftLiteral.string(text) }

  private func input(of item: ResolvedExample) -> String {
    guard let value = item.input else { return ".none" }
    return switch flow.input {
    case .none: ".none"
    case .body: ".body(\(literal(value.json)))"
    case .query: ".query(\(literal(value.query)))"
    case .stream: ".body(\(literal(value.jsonLines)))"
    }
  }

  private func emitGivens(of item: ResolvedExample, to writer: inout SwiftWriter) {
    writer.line("givens: [")
    writer.indented { writer in
      for (step, given) in item.givens {
        let value =
          switch given {
          case .output(let value): ".output(\(literal(value.json)))"
          case .failure(let error, let fields): ".failure(\(failure(error, fields, item)))"
          }
        writer.line("\(literal(step)): \(value),")
      }
    }
    writer.line("],")
  }

  private func failure(_ error: String, _ fields: ResolvedValue, _ item: ResolvedExample) -> String {
    let type = names.core("FlowFailure")
    if let reason = Self.effectFailures[error] {
      return "\(type)(\(names.core("EffectFailure"))(.\(reason), detail: \"given by the example\"))"
    }
    if error == "precondition-failed" { return "\(type).preconditionFailed" }
    let detail = item.failureDetails[error].map { ", detail: \(literal($0))" } ?? ""
    var members = ""
    if case .object(let fields) = fields, !fields.isEmpty {
      members = ", members: [\(fields.compactMap(member).joined(separator: ", "))]"
    }
    return "\(type)(code: \(literal(error))\(detail)\(members))"
  }

  private static let effectFailures = [
    "dependency-timed-out": "timedOut", "dependency-unavailable": "unavailable", "outcome-unknown": "outcomeUnknown",
  ]

  /// A field that is empty is no member.
  private func member(_ field: ResolvedValue.Member) -> String? {
    let value: String
    switch field.value {
    case .string(let text): value = ".string(\(literal(text)))"
    case .int(let number): value = ".int(\(number))"
    case .float(let number): value = ".double(\(number))"
    case .bool(let flag): value = ".bool(\(flag))"
    case .null, .list, .object: return nil
    }
    return ".init(\(literal(field.name)), \(value))"
  }

  private func expectation(of item: ResolvedExample) -> String {
    let expectation = item.expectation
    return [
      "status: \(expectation.status)", expectation.error.map { "error: \(literal($0))" },
      expectation.body.map { "body: \(literal($0.json))" },
    ].compactMap { $0 }.joined(separator: ", ")
  }

  // MARK: Givens in place of steps

  /// The steps of the plan that an example gives, each with its number and what its decision goes through.
  private func emitSubstitute(to writer: inout SwiftWriter) {
    let given = Set(flow.examples.flatMap { $0.givens.map(\.step) })
    let signature = "_ use: \(int), _ given: \(names.core("FlowExample")).Given, _ context: inout \(context)"
    writer.line()
    writer.block("static func substitute(\(signature)) -> \(outcome)") { writer in
      let uses = plan.uses.enumerated().filter { $1.step.map { given.contains($0.name) } ?? false }
      guard !uses.isEmpty else { return writer.line("preconditionFailure(\"no example gives a step\")") }
      writer.line("do throws(\(names.core("FlowFailure"))) {")
      writer.indented { writer in
        writer.line("switch use {")
        for (number, use) in uses {
          writer.line("case \(number):")
          writer.indented { emitSubstitute(of: use, to: &$0) }
        }
        writer.line("default: preconditionFailure(\"no example gives this use\")")
        writer.line("}")
      }
      writer.line("} catch {")
      writer.indented { $0.line("return context.fail(error)") }
      writer.line("}")
    }
  }

  private func emitSubstitute(of use: LoweredUse, to writer: inout SwiftWriter) {
    switch use {
    case .step(let use, let keepsForUndo):
      guard keepsForUndo, let undo = use.undo else { return emitSubstitute(of: use, to: &writer) }
      emitKeeping(undo, to: &writer) { emitSubstitute(of: use, to: &$0) }
    case .fallback(let call, let use): writer.line(substitute(call.step, for: use))
    case .undo(let call, _): writer.line("return try context.finish(\(decision(of: call.step)))")
    case .defaultValue, .drop, .beginLoop, .nextRound, .endLoop: preconditionFailure("only steps are given")
    }
  }

  private func emitSubstitute(of use: ResolvedUse, to writer: inout SwiftWriter) {
    guard !use.errorHandlers.isEmpty else { return writer.line(substitute(use.step, for: use)) }
    writer.line("do throws(\(names.core("FlowFailure"))) {")
    writer.indented { $0.line(substitute(use.step, for: use)) }
    writer.line("} catch {")
    writer.indented { emitHandlers(of: use, to: &$0) }
    writer.line("}")
  }

  private func substitute(_ step: ResolvedStep, for use: ResolvedUse) -> String {
    "return try \(function(use))(\(decision(of: step))\(ending(use))"
  }

  private func decision(of step: ResolvedStep) -> String {
    step.output.map { "given.decision(of: \(names.type($0)).self)" } ?? "given.decision()"
  }
}

extension LoweredUse {
  /// The step that an example can give in its place.
  fileprivate var step: ResolvedStep? {
    switch self {
    case .step(let use, _): use.step
    case .fallback(let call, _), .undo(let call, _): call.step
    case .defaultValue, .drop, .beginLoop, .nextRound, .endLoop: nil
    }
  }
}

extension ResolvedValue {
  /// An object of plain values as the query that brings it; a value that is `null` is left out.
  var query: String {
    guard case .object(let members) = self else { return "" }
    return members.compactMap { member -> String? in
      let text: String
      switch member.value {
      case .null: return nil
      case .string(let value): text = value
      case .bool, .int, .float, .list, .object: text = member.value.json
      }
      return "\(Self.encoded(member.name))=\(Self.encoded(text))"
    }.joined(separator: "&")
  }

  /// Everything but the unreserved characters of RFC 3986 §2.3 is percent-encoded.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
