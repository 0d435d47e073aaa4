import ZerverCatalog

/// A flow whose plan is a Swift type of the module: the protocol that says what the type has to be, and the definition.
struct SwiftPlanEmitter {
  let flow: ResolvedFlow
  /// The name behind `plan swift`.
  let type: String
  /// Where the flow is declared, as Swift.
  let place: String
  let names: TypeNames
  /// Of the same flow, for what its properties bring along whoever has written the plan.
  let properties: FlowEmitter

  func emit(to writer: inout SwiftWriter) {
    let flowType = FlowEmitter.typeName(flow.entry)
    let definition = names.core("FlowDefinition")
    writer.line()
    writer.line("/// What `plan swift \(type)` of \(flow.entry.reference) has to be.")
    writer.block("protocol \(flowType)Plan") { writer in
      let builder = names.core("FlowBuilder")
      writer.line("@\(builder) static func plan(\(parameter)) -> \(names.core("FlowAnswer"))<\(output)>", at: typePlace)
    }
    writer.line()
    writer.documentation(flow.documentation)
    writer.block("enum \(flowType)") { writer in
      writer.block("static var definition: \(definition)") { writer in
        // A missing type, or one that is no such plan, is an error at the line of the `.flow` file.
        writer.line("\(type).self)", after: "return define(", at: typePlace)
      }
      writer.line()
      writer.block("private static func define(_ plan: any \(flowType)Plan.Type) -> \(definition)") { writer in
        let errors = flow.errors.map { "(code: \(SwiftLiteral.string($0.name)), status: \($0.status))" }
        writer.line("\(definition)(")
        writer.indented { writer in
          writer.line("\(input)output: \(response),")
          writer.list("errors: [", errors, "],")
          // A flow without an input has no path with fields either.
          let pathInput = properties.pathInput.isEmpty ? "" : "\(properties.pathInput.dropFirst(2)), "
          writer.line("\(pathInput)place: \(place), plan: plan.plan)")
        }
      }
      properties.emitHeaders(to: &writer)
    }
  }

  private var typePlace: SourcePlace { flow.planSpan?.place(of: type) ?? flow.span.place(of: flow.entry.slug.text) }

  private var parameter: String {
    switch flow.input {
    case .none: ""
    case .body(let type), .query(let type): "_ input: \(names.core("Handle"))<\(names.type(type))>"
    case .stream(let type): "_ input: \(names.core("Handle"))<\(names.type(.stream(type)))>"
    }
  }

  private var input: String {
    switch flow.input {
    case .none: ""
    case .body(let type): "input: .body(\(names.type(type)).self), "
    case .query(let type): "input: .query(\(names.type(type)).self), "
    case .stream(let type): "input: .stream(\(names.type(type)).self), "
    }
  }

  private var output: String {
    switch flow.output {
    case .none: names.core("NoOutput")
    case .text, .file: names.swift("String")
    case .json(let type): names.type(type)
    case .stream(let type): "[\(names.type(type))]"
    }
  }

  private var response: String {
    let headers = flow.headers.isEmpty ? "" : "headers: headers"
    switch flow.output {
    case .none: return headers.isEmpty ? ".none" : ".none(\(headers))"
    case .file: return headers.isEmpty ? ".file" : ".file(\(headers))"
    case .text: return ".text(status: \(flow.outputStatus)\(headers.isEmpty ? "" : ", ")\(headers))"
    case .stream: return ".stream(status: \(flow.outputStatus)\(headers.isEmpty ? "" : ", ")\(headers))"
    case .json: return ".json(status: \(flow.outputStatus)\(headers.isEmpty ? "" : ", ")\(headers))"
    }
  }
}
