/// The bytes of one `.flow` file and where its lines begin.
///
/// A class, so that thousands of spans share one file without copying it. Immutable.
package final class SourceFile: Sendable {
  /// As the caller names it: diagnostics and `#sourceLocation` repeat it unchanged.
  package let path: String
  /// Any bytes at all. What is not UTF-8 becomes a diagnostic.
  package let bytes: [UInt8]
  /// Offset of the first byte of each line. Never empty.
  private let lineStarts: [Int]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    lineStarts = starts
  }

  package convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  package var lineCount: Int { lineStarts.count }

  /// The line of a byte, from 1. The end of the file belongs to the last line.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The column of a byte, from 1, in characters as a reader counts them.
  package func column(at offset: Int) -> Int {
    let start = lineStarts[line(at: offset) - 1]
    return characters(from: start, to: min(offset, bytes.count)) + 1
  }

  /// Characters between two offsets of one line. Bytes that are not UTF-8 count as they are displayed.
  package func characters(from start: Int, to end: Int) -> Int {
    guard start < end else { return 0 }
    let slice = bytes[start..<end]
    return slice.allSatisfy { $0 < 0x80 } ? end - start : String(decoding: slice, as: UTF8.self).count
  }

  /// Offsets of a line, from 1, without its line end.
  package func range(ofLine line: Int) -> Range<Int> {
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The text between two offsets, with replacement characters for what is not UTF-8.
  package func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}
