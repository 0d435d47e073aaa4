/// Cuts a body of lines into parts, as it arrives: so many whole lines as there are, within a limit.
@_spi(Server) public struct LineCutter {
  public enum Outcome: Equatable, Sendable {
    /// So many bytes at the front are the next part. The last line of a body may lack its end.
    case part(bytes: Int, isLast: Bool)
    /// No line is whole.
    case needMore
    /// The line at the front is longer than a line may be.
    case lineTooLong
  }

  /// A part ends before its bytes would be more than this, unless its first line alone is longer.
  private let partBytesMax: Int
  /// Without the line's end.
  public let lineBytesMax: Int
  /// So many bytes at the front hold no end of a line.
  private var searched = 0

  public init(partBytesMax: Int, lineBytesMax: Int) {
    self.partBytesMax = partBytesMax
    self.lineBytesMax = lineBytesMax
  }

  /// What has to be there at least for a part to be found, or a line to be too long.
  public var bytesMax: Int { max(partBytesMax, lineBytesMax + 1) }

  /// - Parameter bytes: begin where the last part has ended, and where they did before when there was none.
  /// - Parameter hasEnded: they are the rest of the body.
  public mutating func next(_ bytes: UnsafeRawBufferPointer, hasEnded: Bool) -> Outcome {
    var part = 0
    var position = searched
    while let found = UnsafeRawBufferPointer(rebasing: bytes[position...]).lineEnd {
      let end = position + found
      // What stands before a line that is too long is given first.
      guard end - part <= lineBytesMax, part == 0 || end < partBytesMax else { return cut(part, hasEnded, bytes) }
      part = end + 1
      position = part
    }
    if hasEnded, bytes.count - part <= lineBytesMax, part == 0 || bytes.count <= partBytesMax { part = bytes.count }
    if part == 0, !hasEnded, bytes.count <= lineBytesMax {
      searched = bytes.count
      return .needMore
    }
    return cut(part, hasEnded, bytes)
  }

  private mutating func cut(_ part: Int, _ hasEnded: Bool, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    searched = 0
    let isLast = hasEnded && part == bytes.count
    return part > 0 || isLast ? .part(bytes: part, isLast: isLast) : .lineTooLong
  }
}

extension UnsafeRawBufferPointer {
  /// Where the first line feed is; `nil` for nowhere.
  var lineEnd: Int? {
    guard let base = baseAddress else { return nil }
    var offset = 0
    while offset &+ 8 <= count {
      let found = marks(base.word(at: offset), equalTo: 0x0A)
      if found != 0 { return offset &+ bytesBefore(found) }
      offset &+= 8
    }
    while offset < count {
      if base.byte(at: offset) == 0x0A { return offset }
      offset &+= 1
    }
    return nil
  }
}
