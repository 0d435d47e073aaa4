/// Which certificate is for which server name, as in the certificates themselves: `shop.example`, `*.shop.example`.
///
/// Compared without case (RFC 6066 §3). A name itself goes before a pattern; of two certificates for one name, the first
/// counts.
struct ServerNames: Sendable {
  private var exact: [String: Int] = [:]
  /// By what is behind the star, its dot included. A star stands for exactly one label (RFC 9525 §6.3).
  private var patterns: [String: Int] = [:]

  mutating func add(_ name: String, certificate: Int) {
    let name = name.lowercased()
    if name.hasPrefix("*.") {
      let suffix = String(name.dropFirst())
      if patterns[suffix] == nil { patterns[suffix] = certificate }
    } else if exact[name] == nil {
      exact[name] = certificate
    }
  }

  /// The number of the certificate that holds for a name; `nil` when none does.
  func certificate(for name: String) -> Int? {
    var name = name.lowercased()
    // The name of the root, which some clients write and no certificate does.
    if name.hasSuffix(".") { name.removeLast() }
    if let certificate = exact[name] { return certificate }
    guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
    return patterns[String(name[dot...])]
  }
}
