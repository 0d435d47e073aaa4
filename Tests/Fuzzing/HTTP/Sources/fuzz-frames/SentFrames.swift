/// What a server of HTTP/2 has sent, frame by frame.
enum SentFrames {
  /// The server keeps the rules of RFC 9113 whatever its client does.
  static func check(_ bytes: [UInt8]) {
    var rest = bytes[...]
    var ended: Set<UInt32> = []
    var isFirst = true
    var last: UInt32 = .max
    // A connection may break in the middle of a frame.
    while rest.count >= 9 {
      let header = Array(rest.prefix(9))
      let count = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
      guard rest.count >= 9 + count else { return }
      let payload = rest.dropFirst(9).prefix(count)
      let stream = header[5...].reduce(0) { $0 << 8 | UInt32($1) }
      precondition(count <= 16384 && header[3] <= 9, "a frame is of a known kind, and no longer than every client takes")
      precondition(!isFirst || header[3] == 4, "SETTINGS come first")
      isFirst = false
      switch header[3] {
      case 0, 1:
        precondition(stream & 1 == 1 && !ended.contains(stream), "an answer belongs to a request, and ends once")
        if header[4] & 1 != 0 { ended.insert(stream) }
      case 3:
        precondition(stream & 1 == 1, "what is given up is a request")
        ended.insert(stream)
      case 7:
        let promised = payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        precondition(promised <= last, "a farewell never promises more than the one before")
        last = promised
      case 5: preconditionFailure("nobody is pushed anything")
      default: break
      }
      rest = rest.dropFirst(9 + count)
    }
  }
}
