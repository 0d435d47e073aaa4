/// Pieces of HTML. Text of a catalog goes through ``escape(_:)`` or ``prose(_:)`` and nothing else, so that a comment can
/// never become markup.
enum HTML {
  static func escape(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func code(_ text: String) -> String { "<code>\(escape(text))</code>" }

  static func link(_ target: String, _ html: String) -> String { "<a href=\"\(escape(target))\">\(html)</a>" }

  /// Documentation as paragraphs and lists. Of Markdown it knows what comments use: code between backticks, lines that
  /// begin with a hyphen, and empty lines between paragraphs.
  static func prose(_ documentation: [String]) -> String {
    documentation.split(whereSeparator: \.isEmpty).map { block in
      let lines = Array(block)
      guard lines.allSatisfy({ $0.hasPrefix("- ") || $0.hasPrefix("  ") }), lines[0].hasPrefix("- ") else {
        return "<p>\(inline(lines.joined(separator: " ")))</p>"
      }
      return "<ul>\(listItems(lines).map { "<li>\(inline($0))</li>" }.joined())</ul>"
    }
    .joined(separator: "\n")
  }

  /// The same without paragraphs, for a cell or a list item.
  static func sentence(_ documentation: [String]) -> String {
    documentation.split(whereSeparator: \.isEmpty).map { inline($0.joined(separator: " ")) }.joined(separator: "<br>")
  }

  static func inline(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    // An odd number of backticks leaves one that has no partner, which stays a backtick.
    guard parts.count % 2 == 1 else { return escape(text) }
    return parts.enumerated().map { $0.offset % 2 == 1 ? code($0.element) : escape($0.element) }.joined()
  }

  private static func listItems(_ lines: [String]) -> [String] {
    var items: [String] = []
    for line in lines {
      if line.hasPrefix("- ") { items.append(String(line.dropFirst(2))) } else { items[items.count - 1] += " " + line.drop { $0 == " " } }
    }
    return items
  }
}
