import FlowLanguage
import ZerverCatalog

/// The fields that the server sends with every response of a deprecated flow, taken from the bytes that it sends. They
/// are components, because every response of the flow refers to them.
enum LifeCycleHeaders {
  static func fields(_ deprecation: Deprecation) -> [(name: String, value: String)] {
    let lines: [Substring] = deprecation.headerLines.split(separator: "\r\n" as Character)
    return lines.compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
    }
  }

  static func key(_ flow: ResolvedFlow, _ field: String) -> String { "\(OperationNames.name(flow.entry)).\(field)" }

  static func components(_ flow: ResolvedFlow) -> [JSONValue.Member] {
    let sources = ["Deprecation": "RFC 9745", "Sunset": "RFC 8594", "Link": "RFC 8288"]
    return (flow.entry.deprecation.map(fields) ?? []).map { field in
      .init(key(flow, field.name), [
        "description": .string(sources[field.name] ?? field.name),
        "schema": ["type": "string", "const": .string(field.value)],
      ])
    }
  }
}
