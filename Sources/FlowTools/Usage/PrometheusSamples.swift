/// Reads the Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats).
package enum PrometheusSamples {
  package struct Sample: Equatable {
    package let name: String
    package let labels: [String: String]
    package let value: Double
  }

  /// Lines that are no samples are left out: comments, empty ones, and what cannot be read.
  package static func read(_ text: String) -> [Sample] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      line.first == "#" ? nil : sample(line.unicodeScalars)
    }
  }

  private static func sample(_ line: Substring.UnicodeScalarView) -> Sample? {
    var rest = line.drop { $0 == " " || $0 == "\t" }
    let name = String(rest.prefix { $0 != "{" && $0 != " " && $0 != "\t" })
    guard !name.isEmpty else { return nil }
    rest = rest.dropFirst(name.unicodeScalars.count)
    guard let labels = labels(&rest) else { return nil }
    // A time stamp may follow the value.
    let value = rest.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map { String(String.UnicodeScalarView($0)) }
    guard let value, let number = Double(value) else { return nil }
    return Sample(name: name, labels: labels, value: number)
  }

  private static func labels(_ rest: inout Substring.UnicodeScalarView) -> [String: String]? {
    guard rest.first == "{" else { return [:] }
    rest.removeFirst()
    var labels: [String: String] = [:]
    while true {
      rest = rest.drop { $0 == " " || $0 == "," }
      if rest.first == "}" {
        rest.removeFirst()
        return labels
      }
      let name = String(String.UnicodeScalarView(rest.prefix { $0 != "=" && $0 != " " }))
      rest = rest.drop { $0 != "\"" }
      guard !name.isEmpty, let value = quoted(&rest) else { return nil }
      labels[name] = value
    }
  }

  /// Backslash, quote and line break are escaped.
  private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
    guard rest.popFirst() == "\"" else { return nil }
    var value = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      if scalar == "\"" { return String(value) }
      guard scalar == "\\" else {
        value.append(scalar)
        continue
      }
      guard let next = rest.popFirst() else { return nil }
      value.append(next == "n" ? "\n" : next)
    }
    return nil
  }
}
