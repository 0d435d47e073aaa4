import Glibc

/// A plain HTTP/1.1 client over one blocking socket, for tests: it sends exactly the bytes that it is given, and reads
/// what a strict client would read.
///
/// Every wait is bounded, so a server that does not answer fails a test instead of hanging it.
public final class TestClient {
  public struct Response: Equatable, Sendable {
    public var status: Int
    /// Names in lower case, in the order of arrival.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field of this name, in lower case.
    public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    public static func == (a: Response, b: Response) -> Bool {
      a.status == b.status && a.body == b.body && a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private let descriptor: Int32
  private var received: [UInt8] = []
  private var isClosed = false

  /// - Parameter timeoutSeconds: how long one read or write may take.
  public init(port: Int, host: String = "127.0.0.1", timeoutSeconds: Int = 30) throws {
    // A program that a test starts must not keep the connection open.
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
    var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let error = result == 0 ? 0 : errno == EINTR ? Self.finishConnecting(descriptor) : errno
    guard error == 0 else {
      // Not the descriptor by itself: `deinit` follows, and would close whatever has the number by then.
      close()
      throw Failure(description: "connect to port \(port): errno \(error)")
    }
  }

  deinit { close() }

  /// An interrupted connect goes on by itself (connect(2)). Returns what became of it.
  private static func finishConnecting(_ descriptor: Int32) -> Int32 {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while poll(&waiting, 1, 30_000) < 0, errno == EINTR {}
    var error = ETIMEDOUT
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard waiting.revents != 0 else { return error }
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    return error
  }

  public func close() {
    guard !isClosed else { return }
    isClosed = true
    Glibc.close(descriptor)
  }

  /// Closes with a reset instead of an end of stream.
  public func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  /// Tells the server that no more bytes will come.
  public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  public func send(_ text: String) throws { try send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "send: errno \(errno)") }
      sent += count
    }
  }

  /// Sends as many of the bytes as the kernel takes without waiting. Returns how many that were.
  public func sendNow(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
    if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
    guard count >= 0 else { throw Failure(description: "send: errno \(errno)") }
    return count
  }

  /// One request with its answer.
  public func request(
    _ method: String, _ target: String, headers: [String] = [], body: String? = nil
  ) throws -> Response {
    var lines = ["\(method) \(target) HTTP/1.1", "Host: localhost"] + headers
    if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
    try send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    return try readResponse(isHead: method == "HEAD")
  }

  /// Reads the head of a response whose body comes in chunks: status and header fields, and no body.
  public func readResponseHead() throws -> Response { try response(head: readHead()) }

  /// Reads one chunk of a body; `nil` for the last one, which is empty.
  public func readChunk() throws -> [UInt8]? {
    let line = try readLine()
    guard let size = Int(line, radix: 16) else { throw Failure(description: "no chunk size: \(line)") }
    let chunk = try take(size)
    guard try readLine().isEmpty else { throw Failure(description: "a chunk does not end with CR LF") }
    return size == 0 ? nil : chunk
  }

  /// Reads one response. Interim responses are returned like others.
  public func readResponse(isHead: Bool = false) throws -> Response {
    var response = try response(head: readHead())
    if isHead || response.status < 200 || response.status == 204 || response.status == 304 { return response }
    if response["transfer-encoding"] == "chunked" {
      while let chunk = try readChunk() { response.body += chunk }
    } else if let length = response["content-length"].flatMap({ Int($0) }) {
      response.body = try take(length)
    } else {
      response.body = try readToEnd()
    }
    return response
  }

  private func response(head: String) throws -> Response {
    var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    guard let statusLine = lines.popFirst(), statusLine.hasPrefix("HTTP/1."), let status = Int(statusLine.dropFirst(9).prefix(3))
    else { throw Failure(description: "no status line: \(head)") }
    var headers: [(String, String)] = []
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "no header field: \(line)") }
      var value = line[line.index(after: colon)...]
      while value.first == " " { value.removeFirst() }
      headers.append((line[..<colon].lowercased(), String(value)))
    }
    return Response(status: status, headers: headers, body: [])
  }

  /// Everything up to the end of the connection. Throws when it is reset instead.
  public func readToEnd() throws -> [UInt8] {
    while try receive() {}
    defer { received = [] }
    return received
  }

  /// Whether something can be read now, an end included. Does not wait.
  public var hasInput: Bool {
    if !received.isEmpty { return true }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 0) == 1
  }

  /// Whether the server closes without sending anything more.
  public func isAtEnd() throws -> Bool {
    if !received.isEmpty { return false }
    return try !receive()
  }

  private func readHead() throws -> String {
    while true {
      if let end = endOfHead() {
        let head = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 4)
        return head
      }
      guard try receive() else { throw Failure(description: "the connection ended in a head: \(received.count) bytes") }
    }
  }

  private func endOfHead() -> Int? {
    guard received.count >= 4 else { return nil }
    for index in 0...(received.count - 4)
    where received[index] == 13 && received[index + 1] == 10 && received[index + 2] == 13 && received[index + 3] == 10 {
      return index
    }
    return nil
  }

  private func readLine() throws -> String {
    while true {
      if let index = received.firstIndex(of: 10) {
        guard index > 0, received[index - 1] == 13 else { throw Failure(description: "a line ends with a bare LF") }
        let line = String(decoding: received[..<(index - 1)], as: UTF8.self)
        received.removeFirst(index + 1)
        return line
      }
      guard try receive() else { throw Failure(description: "the connection ended in a line") }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw Failure(description: "the connection ended \(count - received.count) bytes early") }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// `false` at the end of the stream.
  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var count = recv(descriptor, &buffer, buffer.count, 0)
    while count < 0, errno == EINTR { count = recv(descriptor, &buffer, buffer.count, 0) }
    guard count >= 0 else { throw Failure(description: "receive: errno \(errno)") }
    received += buffer[..<count]
    return count > 0
  }
}
