import FlowLanguage
package import ZerverCatalog

/// A new flow that can be built and called at once: it answers what it is asked.
package struct FlowTemplate {
  private let flow: FlowReference
  private let owner: String
  private let method: FlowMethod

  package init(_ flow: FlowReference, owner: String, method: FlowMethod) {
    self.flow = flow
    self.owner = owner
    self.method = method
  }

  /// The flow in the folder of its version, and the step of its plan.
  package var files: [TemplateFile] {
    let type = SwiftNames.type(flow.slug.text)
    return [
      TemplateFile("\(flow.version)/\(flow.slug).flow", FlowFormatter.layout(Lexer.lex(SourceFile(path: "", text: text(type))))),
      TemplateFile("Steps/\(type).swift", Self.step(type)),
    ]
  }

  private func text(_ type: String) -> String {
    """
    record \(type)Request {
      /// What is asked for.
      name: string length 1..80
    }

    record \(type)Answer {
      name: string
    }

    step \(flow.slug)(request: \(type)Request) -> \(type)Answer

    /// What the flow does for its caller, in one sentence.
    flow \(flow.slug) {
      owner \(owner)
      method \(method.rawValue)
      profile interactive
      deadline 2s

      input \(type)Request
      output \(type)Answer

      plan {
        done \(flow.slug)(input)
      }
    }
    """
  }

  private static func step(_ type: String) -> String {
    """
    public import ZerverCore

    public enum \(type): \(type)Step {
      public static func run(request: \(type)Request) throws(FlowFailure) -> Decision<\(type)Answer> {
        .continue(\(type)Answer(name: request.name))
      }
    }

    """
  }
}
