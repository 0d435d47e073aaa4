extension DiagnosticCode {
  /// Codes that a misspelt one may mean.
  package static func near(_ text: String) -> [DiagnosticCode] {
    NearMatches.find(text, among: allCases.map { Candidate($0.rawValue) }).compactMap { DiagnosticCode(rawValue: $0.name) }
  }

  package var explanation: String { rawValue }
}
