/// Who has sent a request, as the proxies in front of the server say.
struct ForwardedClient: Equatable {
  var address: IPAddress
  /// The client's own connection, to the outermost proxy that is trusted, is encrypted. `nil` when nobody says.
  var isEncrypted: Bool?

  /// Reads `Forwarded` (RFC 7239) or `X-Forwarded-For`. Each proxy appends the one that it was asked by, so the list is read
  /// from its end, for as long as who speaks is trusted: what stands before may be the invention of anybody.
  ///
  /// - Parameters:
  ///   - elements: of the list, in order; `nil` for one that has no address that could be read.
  ///   - peer: who has sent the request to the server.
  static func find(_ elements: [Element], peer: IPAddress, isTrusted: (IPAddress) -> Bool) -> ForwardedClient {
    var client = ForwardedClient(address: peer)
    for element in elements.reversed() {
      guard isTrusted(client.address) else { break }
      if let isEncrypted = element.isEncrypted { client.isEncrypted = isEncrypted }
      guard let address = element.address else { break }
      client.address = address
    }
    return client
  }

  struct Element: Equatable {
    /// `nil` when it is hidden or cannot be read.
    var address: IPAddress?
    var isEncrypted: Bool?
  }
}

// MARK: The two forms

extension ForwardedClient.Element {
  /// `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`.
  static func forwarded(_ text: String) -> [Self] {
    split(text, at: ",").map { element in
      var found = Self()
      for pair in split(element, at: ";") {
        guard let equals = pair.firstIndex(of: "=") else { continue }
        let name = pair[..<equals].trimmingSpace.lowercased()
        let value = unquoted(pair[pair.index(after: equals)...].trimmingSpace)
        if name == "for" { found.address = address(value) }
        if name == "proto" { found.isEncrypted = value.lowercased() == "https" }
      }
      return found
    }
  }

  /// `X-Forwarded-For: 192.0.2.60, 10.0.0.1` and the value of `X-Forwarded-Proto` that the last proxy has set.
  static func forwardedFor(_ text: String, proto: String?) -> [Self] {
    var list = text.split(separator: ",", omittingEmptySubsequences: false).map { Self(address: address(String($0.trimmingSpace))) }
    let last = proto?.split(separator: ",").last?.trimmingSpace.lowercased()
    if !list.isEmpty { list[list.count - 1].isEncrypted = last.map { $0 == "https" } }
    return list
  }

  /// With a port or without, IPv6 in brackets or, as some write it, without.
  private static func address(_ text: String) -> IPAddress? {
    if let plain = IPAddress(text) { return plain }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return IPAddress(text[text.index(after: text.startIndex)..<end]) }
    return text.firstIndex(of: ":").flatMap { IPAddress(text[..<$0]) }
  }

  /// Parts that are separated by a character which does not count inside quotes.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if character == separator, !isQuoted {
        parts.append("")
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = character == "\\" && isQuoted && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    return String(text.dropFirst().dropLast())
  }
}

extension StringProtocol {
  fileprivate var trimmingSpace: String {
    var text = drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text = text.dropLast() }
    return String(text)
  }
}
