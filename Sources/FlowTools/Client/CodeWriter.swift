/// Text of a program in the making: lines with indentation.
struct CodeWriter {
  private(set) var text = ""
  private var depth = 0

  mutating func line(_ line: String = "") {
    if !line.isEmpty { text += String(repeating: "  ", count: depth) + line }
    text += "\n"
  }

  /// Several lines as they stand, each indented; a blank line stays blank.
  mutating func lines(_ block: String) {
    for piece in block.split(separator: "\n", omittingEmptySubsequences: false) { line(String(piece)) }
  }

  /// `head {`, the body one level deeper, and `}`.
  mutating func block(_ head: String, _ body: (inout CodeWriter) -> Void) {
    line(head + " {")
    indented(body)
    line("}")
  }

  mutating func indented(_ body: (inout CodeWriter) -> Void) {
    depth += 1
    body(&self)
    depth -= 1
  }

  /// Items between commas: on one line where they fit, else with an item on each line.
  mutating func list(_ head: String, _ items: [String], _ tail: String) {
    let short = head + items.joined(separator: ", ") + tail
    guard depth * 2 + short.count > 120 else { return line(short) }
    line(head)
    indented { writer in
      for (index, item) in items.enumerated() { writer.line(item + (index == items.count - 1 ? "" : ",")) }
    }
    line(tail)
  }
}
