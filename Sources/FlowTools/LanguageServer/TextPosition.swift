import FlowLanguage

/// A place in a file as the protocol counts it: lines from 0, and code units of the agreed encoding from 0.
struct TextPosition: Equatable {
  /// How a character within a line is counted. UTF-16 is what a client means that says nothing.
  enum Encoding: String {
    case utf8 = "utf-8"
    case utf16 = "utf-16"
  }

  var line: Int
  var character: Int
}

extension SourceFile {
  /// The byte of a position. A position behind its line is the line's end, one behind the file the file's.
  func offset(of position: TextPosition, _ encoding: TextPosition.Encoding) -> Int {
    guard position.line >= 0, position.line < lineCount else { return position.line < 0 ? 0 : bytes.count }
    let range = range(ofLine: position.line + 1)
    switch encoding {
    case .utf8: return min(range.lowerBound + max(0, position.character), range.upperBound)
    case .utf16:
      var left = position.character
      var offset = range.lowerBound
      for scalar in text(range).unicodeScalars {
        if left <= 0 || offset >= range.upperBound { break }
        left -= UTF16.width(scalar)
        offset += UTF8.width(scalar)
      }
      return min(offset, range.upperBound)
    }
  }

  func position(of offset: Int, _ encoding: TextPosition.Encoding) -> TextPosition {
    let line = line(at: offset)
    let start = range(ofLine: line).lowerBound
    let before = start..<max(start, min(offset, bytes.count))
    switch encoding {
    case .utf8: return TextPosition(line: line - 1, character: before.count)
    case .utf16: return TextPosition(line: line - 1, character: text(before).utf16.count)
    }
  }
}

extension JSONValue {
  var int: Int? {
    if case .int(let number) = self { number } else { nil }
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }
}
