import Glibc

/// The part of a file that a connection has still to send, behind what stands in its output.
final class OutgoingFile {
  let file: OpenFile
  /// Where the next byte lies, and where the last one ends.
  var offset: Int
  let end: Int
  let keepsAlive: Bool
  /// The first bytes stand in the output, behind the head.
  var hasBegun = false
  /// The connection is watched for room in the kernel's buffer.
  var isPolling = false

  private let inFlight: FilesInFlight

  init(_ file: OpenFile, _ part: Range<Int>, keepsAlive: Bool, _ inFlight: FilesInFlight) {
    self.inFlight = inFlight
    inFlight.count += 1
    self.file = file
    offset = part.lowerBound
    end = part.upperBound
    self.keepsAlive = keepsAlive
  }

  deinit { inFlight.count -= 1 }

  var bytesLeft: Int { end - offset }

  /// Lets the kernel send from the page cache, without waiting for the client. A file that is not in the cache is read first,
  /// and the worker waits for it.
  ///
  /// Returns the number of bytes, 0 when the file has become shorter, or `-errno`; `-EAGAIN` when the socket is full.
  func send(to socket: Int32, bytesMax: Int) -> Int {
    // The sockets of io_uring block, because one that does not makes its operations fail instead of wait.
    let flags = fcntl(socket, F_GETFL)
    let blocks = flags >= 0 && flags & O_NONBLOCK == 0
    if blocks { _ = fcntl(socket, F_SETFL, flags | O_NONBLOCK) }
    defer { if blocks { _ = fcntl(socket, F_SETFL, flags) } }
    var from = off_t(offset)
    while true {
      let count = sendfile(socket, file.descriptor, &from, min(bytesLeft, bytesMax))
      if count >= 0 { return count }
      let error = errno
      if error != EINTR { return -Int(error) }
    }
  }
}

/// How many files of a worker are being sent. A client that takes little holds a descriptor for each of its requests, and the
/// worker needs some for connections, too.
final class FilesInFlight {
  fileprivate(set) var count = 0
  let countMax: Int

  init(_ configuration: ServerConfiguration) {
    countMax = configuration.files.inFlightMax ?? max(16, Self.descriptorsMax / (4 * configuration.workerCount))
  }

  private static var descriptorsMax: Int {
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    return isKnown ? Int(clamping: limit.rlim_cur) : 1024
  }
}
