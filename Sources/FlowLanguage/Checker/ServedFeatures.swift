/// What the language can say and the checker accepts only once the server does it: a promise in a `.flow` file is one that
/// clients rely on.
enum ServedFeatures {
  /// `idempotency …`: needs a store of answers. The one place to change when the server has it.
  static let idempotency = false
}
