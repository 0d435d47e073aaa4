/// What a proxy says about the client in front of it, before the first byte of the client's own: the PROXY protocol of
/// HAProxy, versions 1 and 2 (proxy-protocol.txt, 2020).
enum ProxyHeader: Equatable {
  case needsMore
  /// Neither version. Who sends that is no proxy.
  case malformed
  /// - Parameters:
  ///   - bytes: the length of the header; the client's bytes begin behind it.
  ///   - client: `nil` when the proxy speaks for itself, or does not know.
  case complete(bytes: Int, client: IPAddress?)

  /// A line of version 1, its end included (§2.1).
  private static var lineBytesMax: Int { 107 }
  /// What version 2 may add besides addresses (§2.2). Nothing of it is used, so there is no reason to wait for more.
  private static var extensionBytesMax: Int { 4096 }
  private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

  static func read(_ bytes: UnsafeRawBufferPointer) -> ProxyHeader {
    guard let first = bytes.first else { return .needsMore }
    return first == signature[0] ? readBinary(bytes) : readLine(bytes)
  }

  // MARK: Version 1

  private static func readLine(_ bytes: UnsafeRawBufferPointer) -> ProxyHeader {
    guard zip(bytes, "PROXY ".utf8).allSatisfy({ $0 == $1 }) else { return .malformed }
    guard let end = bytes.prefix(lineBytesMax).firstIndex(of: UInt8(ascii: "\n")) else {
      return bytes.count < lineBytesMax ? .needsMore : .malformed
    }
    guard end >= 6, bytes[end - 1] == UInt8(ascii: "\r") else { return .malformed }
    let words = String(decoding: bytes[6..<(end - 1)], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
    switch words.first {
    case "UNKNOWN": return .complete(bytes: end + 1, client: nil)
    case "TCP4", "TCP6":
      guard words.count == 5, let client = IPAddress(words[1]), IPAddress(words[2]) != nil,
        UInt16(words[3]) != nil, UInt16(words[4]) != nil, client.isVersion4 == (words[0] == "TCP4") || words[0] == "TCP6"
      else { return .malformed }
      return .complete(bytes: end + 1, client: client)
    default: return .malformed
    }
  }

  // MARK: Version 2

  private static func readBinary(_ bytes: UnsafeRawBufferPointer) -> ProxyHeader {
    guard zip(bytes, signature).allSatisfy({ $0 == $1 }) else { return .malformed }
    guard bytes.count >= 16 else { return .needsMore }
    let (version, command) = (bytes[12] >> 4, bytes[12] & 15)
    let length = Int(bytes[14]) << 8 | Int(bytes[15])
    guard version == 2, command <= 1, length <= extensionBytesMax else { return .malformed }
    guard bytes.count >= 16 + length else { return .needsMore }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[16..<(16 + length)])
    // LOCAL: the proxy asks whether the server is well. Its addresses mean nothing.
    if command == 0 { return .complete(bytes: 16 + length, client: nil) }
    switch bytes[13] >> 4 {
    case 1:
      guard length >= 12 else { return .malformed }
      return .complete(bytes: 16 + length, client: IPAddress(version4: UInt32(bigEndian: rest.loadUnaligned(as: UInt32.self))))
    case 2:
      guard length >= 36 else { return .malformed }
      return .complete(bytes: 16 + length, client: IPAddress(version6: rest))
    default: return .complete(bytes: 16 + length, client: nil)
    }
  }
}
