/// A stretch of a `.flow` file: what a diagnostic underlines, and what generated code points back to.
package struct SourceSpan: Hashable, Sendable {
  package let file: SourceFile
  /// Offset of the first byte.
  package let start: Int
  /// Offset after the last byte. Equal to `start` where something is missing.
  package let end: Int

  package init(file: SourceFile, start: Int, end: Int) {
    precondition(0 <= start && start <= end && end <= file.bytes.count, "a span lies inside its file")
    self.file = file
    self.start = start
    self.end = end
  }

  package var path: String { file.path }
  /// Line of the first byte, from 1.
  package var line: Int { file.line(at: start) }
  /// Column of the first byte, from 1, in characters.
  package var column: Int { file.column(at: start) }
  package var text: String { file.text(start..<end) }

  /// From the beginning of this span to the end of another one of the same file.
  package func through(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(file: file, start: min(start, other.start), end: max(end, other.end))
  }

  package static func == (left: SourceSpan, right: SourceSpan) -> Bool {
    left.start == right.start && left.end == right.end && (left.file === right.file || left.path == right.path)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(start)
    hasher.combine(end)
  }
}
