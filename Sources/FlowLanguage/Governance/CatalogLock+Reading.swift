extension CatalogLock {
  /// Reads a lock file. A line that I cannot read is reported and left out; the others count.
  package static func read(_ file: SourceFile) -> (lock: CatalogLock, diagnostics: [Diagnostic]) {
    var reader = LockReader(file: file)
    reader.run()
    return (reader.lock, reader.diagnostics)
  }
}

/// Goes through the lines of a lock file.
private struct LockReader {
  let file: SourceFile
  var lock = CatalogLock()
  var diagnostics: [Diagnostic] = []
  private var current: CatalogLock.Key?
  private var hasFormat = false

  init(file: SourceFile) { self.file = file }

  mutating func run() {
    for number in 1...file.lineCount {
      let range = file.range(ofLine: number)
      let text = file.text(range)
      let content = text.trimmingSpaces
      if content.isEmpty || content.hasPrefix("#") { continue }
      let indent = text.utf8.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
      let span = SourceSpan(
        file: file, start: range.lowerBound + indent, end: range.lowerBound + indent + content.utf8.count)
      // The rest would be read as something that it is not.
      guard read(content, isFact: indent > 0, at: span) else { return }
    }
  }

  /// `false` when reading on makes no sense.
  private mutating func read(_ content: String, isFact: Bool, at span: SourceSpan) -> Bool {
    if ["<<<<<<<", "=======", ">>>>>>>"].contains(where: content.hasPrefix) {
      diagnostics.append(.lockConflict(span))
      return false
    }
    if isFact {
      readFact(content, at: span)
      return true
    }
    let words = content.split(separator: " ", maxSplits: 1).map(String.init)
    if words[0] == "lock" { return readFormat(words, at: span) }
    current = nil
    guard let kind = CatalogLock.Kind(rawValue: words[0]) else {
      diagnostics.append(.lockBlock(span, word: words[0]))
      return true
    }
    let key = CatalogLock.Key(kind, words.count > 1 ? words[1] : "")
    current = key
    // A merge may leave two blocks of one name: their facts belong together.
    if lock.blocks[key] == nil { lock.blocks[key] = CatalogLock.Block(at: span) }
    return true
  }

  private mutating func readFormat(_ words: [String], at span: SourceSpan) -> Bool {
    if words.count == 2, Int(words[1]) == CatalogLock.formatNumber { return true }
    diagnostics.append(.lockFormat(span))
    return false
  }

  private mutating func readFact(_ content: String, at span: SourceSpan) {
    guard let current else {
      // What stands below a first line that was reported belongs to it.
      if diagnostics.isEmpty { diagnostics.append(.lockFact(span)) }
      return
    }
    let (key, value) = Self.parts(content)
    if let first = lock.blocks[current]?.facts[key], first.value != value {
      diagnostics.append(.lockContradiction(span, key: key, first: first.span))
    }
    lock.blocks[current]?.set(key, value, at: span)
  }

  /// The first `: ` parts a key from its value, apart from those in quotes.
  private static func parts(_ content: String) -> (key: String, value: String) {
    let bytes = Array(content.utf8)
    var isQuoted = false
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\""), index == 0 || bytes[index - 1] != UInt8(ascii: "\\") { isQuoted.toggle() }
      guard byte == UInt8(ascii: ":"), !isQuoted, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: " ") else {
        continue
      }
      let value = String(decoding: bytes[(index + 2)...], as: UTF8.self)
      return (String(decoding: bytes[..<index], as: UTF8.self), value.trimmingSpaces)
    }
    return (content, "")
  }
}

extension StringProtocol {
  /// Without spaces and tabs at its ends.
  var trimmingSpaces: String {
    var rest = self[...]
    while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest = rest.dropLast() }
    return String(rest.drop { $0 == " " || $0 == "\t" })
  }
}
