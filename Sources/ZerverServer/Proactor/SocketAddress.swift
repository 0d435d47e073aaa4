import CUring
import Glibc

/// An IPv4 or IPv6 address with its port, or what a Unix-domain socket has in its place.
package struct SocketAddress: Sendable, CustomStringConvertible {
  private var storage = sockaddr_storage()

  /// `AF_INET` or `AF_INET6`.
  var family: Int32 { Int32(storage.ss_family) }

  /// 0 for a Unix-domain socket.
  package var port: UInt16 {
    guard family == AF_INET || family == AF_INET6 else { return 0 }
    // Both families keep the port, in network order, right after the family.
    return withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
  }

  /// The address in digits, without brackets.
  package var host: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let status = withPointer { getnameinfo($0, $1, buffer.baseAddress, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) }
      guard status == 0, let start = buffer.baseAddress else { return "unknown" }
      return String(cString: start)
    }
  }

  /// As in a URL: `127.0.0.1:8080`, `[::1]:8080`. A Unix-domain socket is `unix:` and its path.
  package var description: String {
    switch family {
    case AF_UNIX: "unix:\(path)"
    case AF_INET6: "[\(host)]:\(port)"
    default: "\(host):\(port)"
    }
  }

  private var path: String {
    withUnsafeBytes(of: storage) { bytes in
      let path = bytes.dropFirst(MemoryLayout<sa_family_t>.size).prefix(MemoryLayout.size(ofValue: sockaddr_un().sun_path))
      return String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Every address of a host, best first. May ask the system's resolver: not on a worker's thread while it serves.
  static func resolve(host: String, port: UInt16) throws(ProactorError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(ZERVER_SOCKET_STREAM)
    var first: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &first)
    guard status == 0 else {
      throw ProactorError(
        operation: "resolve \(host)", errno: status == EAI_SYSTEM ? errno : EINVAL,
        explanation: status == EAI_SYSTEM ? nil : String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(first) }
    var addresses: [SocketAddress] = []
    var next = first
    while let entry = next?.pointee {
      if let address = entry.ai_addr { addresses.append(SocketAddress(address, length: entry.ai_addrlen)) }
      next = entry.ai_next
    }
    return addresses
  }

  /// The address that a socket is bound to; `nil` with errno set when the kernel has none.
  package init?(localOf descriptor: Int32) {
    guard fill({ getsockname(descriptor, $0, $1) }) else { return nil }
  }

  /// The address of the other end of a connection; `nil` with errno set when it is gone.
  package init?(peerOf descriptor: Int32) {
    guard fill({ getpeername(descriptor, $0, $1) }) else { return nil }
  }

  private init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
    withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(Int(length), bytes.count)))
    }
  }

  private mutating func fill(_ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> Bool {
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) == 0 }
    }
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    let length = family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    return withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
    }
  }
}
