import Glibc

extension ServerConfiguration {
  /// A place where the server listens, and what it speaks there.
  ///
  /// As a text it is an address and words: `0.0.0.0:8443 tls`, `[::1]:8080 h2c`, `unix:/run/shop.sock`.
  public struct ListenAddress: Equatable, Sendable, LosslessStringConvertible {
    public enum Place: Equatable, Sendable {
      /// An IPv4 or IPv6 address. With port 0 the system chooses one.
      case tcp(host: String, port: Int)
      /// The path of a Unix-domain socket. One that is left there by a process that has ended is replaced.
      case unix(path: String)
    }

    public var place: Place
    /// TLS, with the certificates of ``ServerConfiguration/tls-swift.property``.
    public var isEncrypted: Bool
    /// Clients may begin with HTTP/2 where nothing is encrypted, as programs do that know the server. With TLS, the handshake
    /// settles it.
    public var allowsHTTP2: Bool

    public init(_ place: Place, isEncrypted: Bool = false, allowsHTTP2: Bool = false) {
      self.place = place
      self.isEncrypted = isEncrypted
      self.allowsHTTP2 = allowsHTTP2
    }

    /// `nil` when the text names no address with a port, no usable path, or has a word that is not known.
    public init?(_ description: String) {
      let words = description.split { $0 == " " || $0 == "\t" }
      guard let first = words.first, let place = Place(first) else { return nil }
      self.init(place)
      for word in words.dropFirst() {
        switch word {
        case "tls" where !isEncrypted && !allowsHTTP2: isEncrypted = true
        case "h2c" where !isEncrypted && !allowsHTTP2: allowsHTTP2 = true
        default: return nil
        }
      }
    }

    public var description: String { place.description + (isEncrypted ? " tls" : allowsHTTP2 ? " h2c" : "") }

    /// Reads addresses that are separated by commas; `nil` when one of them is none, or there are two for one place.
    package static func list(_ text: String) -> [ListenAddress]? {
      var list: [ListenAddress] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let address = ListenAddress(String(part)), !list.contains(where: { $0.place.isTaken(by: address.place) }) else {
          return nil
        }
        list.append(address)
      }
      return list
    }
  }

  /// Where the server listens: ``listen``, or else one place made of ``host`` and ``port``.
  package var listenAddresses: [ListenAddress] {
    listen.isEmpty ? [ListenAddress(.tcp(host: host, port: port), isEncrypted: !tls.certificates.isEmpty)] : listen
  }
}

extension ServerConfiguration.ListenAddress.Place {
  /// Bytes of a path, with the zero that ends it (unix(7)).
  private static var pathBytesMax: Int { 108 }

  fileprivate init?(_ text: Substring) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty, path.utf8.count < Self.pathBytesMax else { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    var bytes = in6_addr()
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
      guard inet_pton(AF_INET6, String(host), &bytes) == 1 else { return nil }
    } else {
      guard inet_pton(AF_INET, String(host), &bytes) == 1 else { return nil }
    }
    self = .tcp(host: String(host), port: Int(port))
  }

  fileprivate var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Ports that the system chooses differ.
  fileprivate func isTaken(by other: Self) -> Bool {
    if case .tcp(_, 0) = self { return false }
    return self == other
  }
}
