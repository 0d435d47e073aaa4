package import FlowLanguage

/// A new step: its line in a `.flow` file, and the Swift that implements it and says that it has still to be written.
package struct StepTemplate {
  /// Names of the types and effects stand in the line; what they are is not looked up.
  private let step: StepSyntax
  private let line: String

  package enum Failure: Error, Equatable {
    /// What is wrong with the line, as the parser says it.
    case line([Diagnostic])
  }

  /// - Parameters:
  ///   - name: in kebab-case.
  ///   - signature: what stands behind the name in a `step` line: `(cart-id: string) -> Cart  needs db`.
  package init(name: String, signature: String) throws(Failure) {
    let file = SourceFile(path: "<step>", text: "step \(name)\(signature)\n")
    let (tree, diagnostics) = Parser.parse(file)
    guard diagnostics.isEmpty, let step = tree.steps.first, case .formatted(let text) = FlowFormatter.format(file) else {
      throw .line(diagnostics)
    }
    self.step = step
    line = text
  }

  /// The step's line, and its Swift beside it.
  package var files: [TemplateFile] {
    let type = SwiftNames.type(step.name.text)
    return [
      TemplateFile("\(type).flow", "/// What \(step.name.text) is for, in one sentence.\n" + line),
      TemplateFile("\(type).swift", swift),
    ]
  }

  private var swift: String {
    let type = SwiftNames.type(step.name.text)
    let failure = ".fail(.internalError(\"\(step.name.text) has not been written yet.\"))"
    var text = "public import ZerverCore\n\npublic enum \(type): \(type)Step {\n"
    text += "  public \(signature("run", before: [])) {\n    \(failure)\n  }\n"
    if !step.needs.isEmpty || step.cooperative != nil || step.stream != nil || step.parameters.contains(where: { $0.stream != nil }) {
      let resume = signature("resume", before: ["_ resumption: Resumption"])
      text += "\n  public \(resume) {\n    \(failure)\n  }\n"
    }
    return text + "}\n"
  }

  private func signature(_ function: String, before: [String]) -> String {
    let parameters = before + step.parameters.map { "\(SwiftNames.member($0.name.text)): \(Self.swift($0))" }
    let output = step.output.map(Self.swift) ?? "NoOutput"
    return "static func \(function)(\(parameters.joined(separator: ", "))) throws(FlowFailure) -> Decision<\(output)>"
  }

  private static func swift(_ parameter: ParameterSyntax) -> String {
    parameter.stream == nil ? swift(parameter.type) : "StreamPart<\(swift(parameter.type))>"
  }

  private static func swift(_ type: TypeSyntax) -> String {
    switch type {
    case .named(let name): ["string": "String", "int": "Int", "float": "Double", "bool": "Bool"][name.text] ?? name.text
    case .list(let element, _): "[\(swift(element))]"
    case .map(let value, _): "[String: \(swift(value))]"
    case .optional(let wrapped, _): "\(swift(wrapped))?"
    }
  }
}
