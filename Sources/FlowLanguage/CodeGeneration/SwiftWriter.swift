/// Swift text in the making: lines, indentation, documentation, and lines that stand at a place of a `.flow` file.
struct SwiftWriter {
  private(set) var text = ""
  private var depth = 0
  /// Files that `#sourceLocation` may name.
  private let locatable: Set<String>

  init(locatable: Set<String> = []) { self.locatable = locatable }

  mutating func line(_ line: String = "") {
    if !line.isEmpty {
      for _ in 0..<depth { text += "  " }
      text += line
    }
    text += "\n"
  }

  /// `head {`, the body one level deeper, and `}`.
  mutating func block(_ head: String, _ body: (inout SwiftWriter) -> Void) {
    line(head + " {")
    depth += 1
    body(&self)
    depth -= 1
    line("}")
  }

  mutating func indented(_ body: (inout SwiftWriter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  /// `head`, items between commas, and `tail`: on one line where they fit, else with an item on each line.
  mutating func list(_ head: String, _ items: [String], _ tail: String) {
    let short = head + items.joined(separator: ", ") + tail
    // Bytes first: they are known, while characters have to be counted.
    guard depth * 2 + short.utf8.count > 120, depth * 2 + short.count > 120 else { return line(short) }
    line(head)
    indented { writer in
      for (index, item) in items.enumerated() { writer.line(item + (index == items.count - 1 ? tail : ",")) }
    }
  }

  mutating func documentation(_ lines: [String]) {
    for text in lines { line(text.isEmpty ? "///" : "/// " + text) }
  }

  /// Writes `code` so that the Swift compiler reports a mistake in it at `place`, on the line and on the column.
  ///
  /// `head` is what has to stand before the code. It takes the line before the place, because the words of Swift rarely
  /// fit to the left of a step's name in a plan.
  mutating func line(_ code: String, after head: String = "", at place: SourcePlace) {
    guard locatable.contains(place.path) else {
      line("// \(place.path):\(place.line)")
      return line(head + code)
    }
    // There is no line before the first.
    let splits = !head.isEmpty && place.line > 1
    text += "#sourceLocation(file: \(SwiftLiteral.string(place.path)), line: \(splits ? place.line - 1 : place.line))\n"
    var start = head
    if splits {
      line(head)
      start = ""
    }
    let padding = max(0, place.column - 1 - start.unicodeScalars.count)
    text += start + (start.isEmpty ? "" : " ")
    for _ in 0..<padding { text += " " }
    text += code + "\n#sourceLocation()\n"
  }
}

/// A line and a column of a `.flow` file, both from 1.
struct SourcePlace: Equatable {
  let path: String
  let line: Int
  let column: Int
}

extension SourceSpan {
  /// Where `word` stands inside the span; the span's beginning when it does not.
  func place(of word: String) -> SourcePlace {
    let bytes = file.bytes[start..<end]
    let pattern = Array(word.utf8)
    var offset = start
    while offset + pattern.count <= end {
      if bytes[offset..<offset + pattern.count].elementsEqual(pattern), !isPartOfName(offset - 1),
        !isPartOfName(offset + pattern.count)
      {
        return SourcePlace(path: path, line: file.line(at: offset), column: file.column(at: offset))
      }
      offset += 1
    }
    return SourcePlace(path: path, line: line, column: column)
  }

  private func isPartOfName(_ offset: Int) -> Bool {
    guard offset >= start, offset < end else { return false }
    switch file.bytes[offset] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      return true
    default: return false
    }
  }
}
