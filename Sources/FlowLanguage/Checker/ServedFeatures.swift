/// What the language can say and the checker accepts only once the server does it: a promise in a `.flow` file is one that
/// clients rely on.
enum ServedFeatures {
  /// `output stream …`: needs steps that give their output in parts.
  static let streams = false
}
