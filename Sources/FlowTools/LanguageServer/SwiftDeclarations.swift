import FlowLanguage

/// Finds names in Swift files by their text: enough to jump to a step and to rename it, without a Swift compiler. Comments
/// and strings are not told apart.
enum SwiftDeclarations {
  private static let keywords: Set<String> = ["enum", "struct", "class", "actor", "typealias"]

  /// The names of `enum LoadCart`, `struct LoadCart`, …
  static func named(_ name: String, in file: SourceFile) -> [SourceSpan] {
    var spans: [SourceSpan] = []
    for line in 1...file.lineCount {
      let range = file.range(ofLine: line)
      var previous = ""
      for (word, start) in words(of: file, range) {
        if word == name, keywords.contains(previous) {
          spans.append(SourceSpan(file: file, start: start, end: start + word.utf8.count))
        }
        previous = word
      }
    }
    return spans
  }

  /// Every place where the whole name stands.
  static func mentions(of name: String, in file: SourceFile) -> [SourceSpan] {
    (1...file.lineCount).flatMap { line in
      words(of: file, file.range(ofLine: line)).filter { $0.0 == name }
        .map { SourceSpan(file: file, start: $0.1, end: $0.1 + name.utf8.count) }
    }
  }

  /// The label of a parameter in the functions `run` and `resume` of a type, and whether it is the parameter's own name as
  /// well.
  static func labels(
    _ label: String, ofFunctionsIn type: String, _ file: SourceFile
  ) -> [(span: SourceSpan, isAlone: Bool)] {
    guard let declaration = named(type, in: file).first else { return [] }
    let words = (declaration.line...file.lineCount).flatMap { self.words(of: file, file.range(ofLine: $0)) }
    var found: [(span: SourceSpan, isAlone: Bool)] = []
    for (index, (word, start)) in words.enumerated() where word == "func" && index + 1 < words.count {
      guard ["run", "resume"].contains(words[index + 1].0), let end = end(ofParametersAfter: start, in: file) else { continue }
      for (name, start) in words[(index + 2)...].prefix(while: { $0.1 < end }) where name == label {
        // A label stands behind a parenthesis or a comma, and its parameter's type behind a colon.
        guard let before = byte(before: start, in: file), before == UInt8(ascii: "(") || before == UInt8(ascii: ",") else { continue }
        let span = SourceSpan(file: file, start: start, end: start + label.utf8.count)
        found.append((span, byte(after: span.end, in: file) == UInt8(ascii: ":")))
      }
    }
    return found
  }

  private static func end(ofParametersAfter start: Int, in file: SourceFile) -> Int? {
    var depth = 0
    for offset in start..<file.bytes.count {
      if file.bytes[offset] == UInt8(ascii: "(") { depth += 1 }
      if file.bytes[offset] == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { return offset }
      }
    }
    return nil
  }

  private static func byte(before offset: Int, in file: SourceFile) -> UInt8? {
    file.bytes[..<offset].last { $0 > 0x20 }
  }

  private static func byte(after offset: Int, in file: SourceFile) -> UInt8? {
    file.bytes[offset...].first { $0 > 0x20 }
  }

  private static func words(of file: SourceFile, _ range: Range<Int>) -> [(String, Int)] {
    var words: [(String, Int)] = []
    var start: Int?
    for offset in range.lowerBound...range.upperBound {
      let isPart = offset < range.upperBound && isIdentifier(file.bytes[offset])
      if isPart, start == nil { start = offset }
      if !isPart, let first = start {
        words.append((file.text(first..<offset), first))
        start = nil
      }
    }
    return words
  }

  private static func isIdentifier(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
