/// A strict parser of the Prometheus text format 0.0.4, for tests: it refuses whatever a scraper might only forgive.
struct PrometheusTextParser {
  struct Sample: Equatable {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  struct Family: Equatable {
    let name: String
    let help: String
    let type: String
    var samples: [Sample] = []
  }

  struct Malformed: Error, CustomStringConvertible {
    let line: Int
    let description: String
  }

  private(set) var families: [Family] = []
  private var series: Set<String> = []
  private var pendingHelp: (name: String, text: String)?
  private var line = 0

  static func parse(_ text: String) throws -> [Family] {
    var parser = PrometheusTextParser()
    guard text.hasSuffix("\n") else { throw Malformed(line: 0, description: "the last line does not end") }
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) { try parser.read(String(line)) }
    guard parser.pendingHelp == nil else { throw parser.malformed("HELP without TYPE") }
    for family in parser.families where family.type == "histogram" { try parser.checkHistogram(family) }
    return parser.families
  }

  private mutating func read(_ text: String) throws {
    line += 1
    if text.hasPrefix("# HELP ") {
      let parts = text.dropFirst(7).split(separator: " ", maxSplits: 1)
      guard parts.count == 2, pendingHelp == nil else { throw malformed("HELP needs a name and a text, once") }
      pendingHelp = (String(parts[0]), String(parts[1]))
    } else if text.hasPrefix("# TYPE ") {
      let parts = text.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, let help = pendingHelp, help.name == parts[0] else { throw malformed("TYPE must follow its HELP") }
      guard ["counter", "gauge", "histogram"].contains(parts[1]) else { throw malformed("unknown type \(parts[1])") }
      guard !families.contains(where: { $0.name == help.name }) else { throw malformed("family \(help.name) comes twice") }
      guard help.name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil else { throw malformed("name \(help.name)") }
      guard parts[1] != "counter" || help.name.hasSuffix("_total") else { throw malformed("a counter ends in _total") }
      families.append(Family(name: help.name, help: help.text, type: String(parts[1])))
      pendingHelp = nil
    } else {
      try add(try sample(text))
    }
  }

  private mutating func add(_ sample: Sample) throws {
    guard pendingHelp == nil, let family = families.last else { throw malformed("a sample before its TYPE") }
    let names =
      family.type == "histogram" ? ["_bucket", "_sum", "_count"].map { family.name + $0 } : [family.name]
    guard names.contains(sample.name) else { throw malformed("\(sample.name) does not belong to \(family.name)") }
    let key = sample.name + sample.labels.sorted { $0.key < $1.key }.description
    guard series.insert(key).inserted else { throw malformed("the series \(key) comes twice") }
    families[families.count - 1].samples.append(sample)
  }

  private func sample(_ text: String) throws -> Sample {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    func identifier() -> String {
      var name = ""
      while index < scalars.count, scalars[index].properties.isASCIIHexDigit || isLetter(scalars[index]) {
        name.unicodeScalars.append(scalars[index])
        index += 1
      }
      return name
    }
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
    }
    func expect(_ scalar: Unicode.Scalar) throws {
      guard index < scalars.count, scalars[index] == scalar else { throw malformed("expected \(scalar) in \(text)") }
      index += 1
    }

    let name = identifier()
    guard !name.isEmpty else { throw malformed("no name in \(text)") }
    var labels: [String: String] = [:]
    if index < scalars.count, scalars[index] == "{" {
      index += 1
      while true {
        let label = identifier()
        guard !label.isEmpty, labels[label] == nil else { throw malformed("label in \(text)") }
        try expect("=")
        try expect("\"")
        var value = ""
        while index < scalars.count, scalars[index] != "\"" {
          if scalars[index] == "\\" {
            index += 1
            guard index < scalars.count else { throw malformed("escape in \(text)") }
            switch scalars[index] {
            case "\\": value += "\\"
            case "\"": value += "\""
            case "n": value += "\n"
            default: throw malformed("escape in \(text)")
            }
          } else {
            value.unicodeScalars.append(scalars[index])
          }
          index += 1
        }
        try expect("\"")
        labels[label] = value
        if index < scalars.count, scalars[index] == "," {
          index += 1
          continue
        }
        try expect("}")
        break
      }
    }
    try expect(" ")
    var number = ""
    while index < scalars.count {
      number.unicodeScalars.append(scalars[index])
      index += 1
    }
    guard number.wholeMatch(of: /[0-9]+(\.[0-9]+)?/) != nil, let value = Double(number) else {
      throw malformed("value \(number)")
    }
    return Sample(name: name, labels: labels, value: value)
  }

  /// Buckets ascend in `le` and in count, end with `+Inf`, and agree with the count; a sum is there.
  private func checkHistogram(_ family: Family) throws {
    let groups = Dictionary(grouping: family.samples) { sample in
      sample.labels.filter { $0.key != "le" }.sorted { $0.key < $1.key }.description
    }
    for (labels, samples) in groups {
      let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
      let bounds = buckets.map { $0.labels["le"] == "+Inf" ? Double.infinity : Double($0.labels["le"] ?? "") ?? .nan }
      guard bounds == bounds.sorted(), bounds.last == .infinity, !bounds.contains(where: \.isNaN) else {
        throw malformed("bounds of \(family.name)\(labels): \(bounds)")
      }
      guard buckets.map(\.value) == buckets.map(\.value).sorted() else { throw malformed("buckets are not cumulative") }
      let counts = samples.filter { $0.name.hasSuffix("_count") }.map(\.value)
      guard counts == [buckets.last?.value] else { throw malformed("count of \(family.name)\(labels)") }
      guard samples.count == buckets.count + 2 else { throw malformed("one sum and one count for \(family.name)\(labels)") }
    }
  }

  private func malformed(_ description: String) -> Malformed { Malformed(line: line, description: description) }
}
