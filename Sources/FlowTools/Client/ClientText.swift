import FlowLanguage
import ZerverCatalog

/// Sentences that clients of every language have.
enum ClientText {
  /// What a caller of a deprecated flow should know and do.
  ///
  /// - Parameter operation: how the language calls the function of a flow.
  static func deprecation(
    _ deprecation: Deprecation, in catalog: CatalogModel, operation: (CatalogEntry) -> String
  ) -> String {
    var sentences = ["Deprecated from \(deprecation.deprecated)."]
    if let sunset = deprecation.sunset { sentences.append("Answered until \(sunset).") }
    if let successor = deprecation.successor {
      sentences.append("Use \(catalog.flow(successor).map { operation($0.entry) } ?? successor.path).")
    }
    if let guide = deprecation.guide { sentences.append("See \(guide)") }
    return sentences.joined(separator: " ")
  }
}
