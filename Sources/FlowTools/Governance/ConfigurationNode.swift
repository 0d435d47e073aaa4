package import FlowLanguage

/// A parsed YAML document, whatever has parsed it, with the place of every part in the file.
package indirect enum ConfigurationNode {
  /// Members in the order of the file.
  case map([(key: String, keySpan: SourceSpan, value: ConfigurationNode)], SourceSpan)
  case list([ConfigurationNode], SourceSpan)
  /// Anything else, as text. `null` is the empty text.
  case text(String, SourceSpan)

  package var span: SourceSpan {
    switch self {
    case .map(_, let span), .list(_, let span), .text(_, let span): span
    }
  }

  /// With its article.
  var kind: String {
    switch self {
    case .map: "a group of names and values"
    case .list: "a list"
    case .text("", _): "nothing"
    case .text(let text, _): "`\(text)`"
    }
  }
}
