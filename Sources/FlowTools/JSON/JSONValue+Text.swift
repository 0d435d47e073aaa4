extension JSONValue {
  /// The document over several lines, two spaces a level, with a line break at its end. What fits on one line and holds
  /// no object stays on one line, so that a list of names does not fill a page.
  package var text: String {
    var text = ""
    write(to: &text, depth: 0)
    return text + "\n"
  }

  /// The document without any white space but what strings hold.
  package var compactText: String {
    var text = ""
    writeCompact(to: &text)
    return text
  }

  private static let widthMax = 100

  private var holdsObject: Bool {
    switch self {
    case .object(let members): !members.isEmpty
    case .array(let elements): elements.contains(where: \.holdsObject)
    case .null, .bool, .int, .float, .string: false
    }
  }

  private func write(to text: inout String, depth: Int) {
    switch self {
    case .array(let elements) where !elements.isEmpty:
      if !holdsObject {
        let line = "[" + elements.map(\.compactText).joined(separator: ", ") + "]"
        if line.utf8.count + depth * 2 <= Self.widthMax { return text += line }
      }
      Self.writeItems(elements, between: ("[", "]"), to: &text, depth: depth) { $0.write(to: &$1, depth: depth + 1) }
    case .object(let members) where !members.isEmpty:
      Self.writeItems(members, between: ("{", "}"), to: &text, depth: depth) { member, text in
        text += JSONText.quoted(member.name) + ": "
        member.value.write(to: &text, depth: depth + 1)
      }
    case .null, .bool, .int, .float, .string, .array, .object: writeCompact(to: &text)
    }
  }

  private static func writeItems<Item>(
    _ items: [Item], between brackets: (String, String), to text: inout String, depth: Int,
    _ write: (Item, inout String) -> Void
  ) {
    let indentation = String(repeating: "  ", count: depth + 1)
    text += brackets.0
    for (index, item) in items.enumerated() {
      text += (index == 0 ? "\n" : ",\n") + indentation
      write(item, &text)
    }
    text += "\n" + indentation.dropLast(2) + brackets.1
  }

  private func writeCompact(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += String(number)
    // JSON has no other numbers; a constraint or an example never has them either.
    case .float(let number): text += number.isFinite ? Self.number(number) : "null"
    case .string(let string): text += JSONText.quoted(string)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.writeCompact(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        text += JSONText.quoted(member.name) + ":"
        member.value.writeCompact(to: &text)
      }
      text += "}"
    }
  }

  /// `2.0` is written `2`: the same number, as most writers of JSON put it.
  private static func number(_ number: Double) -> String {
    let text = String(number)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
