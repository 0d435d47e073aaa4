extension ResolvedError {
  /// The sentence that a client reads, from the lines of the documentation.
  package static func detail(_ documentation: [String]) -> String {
    documentation.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
