import Testing

@testable import ZerverServer

@Suite struct SHA256Tests {
  /// NIST's examples (FIPS 180-4, "SHA-256 Example").
  static let digests: [(text: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]

  @Test("digests are those of the standard, in whatever pieces the bytes come", arguments: digests)
  func digest(_ text: String, _ digest: String) {
    for size in [1, 7, max(1, text.utf8.count)] {
      var hash = SHA256()
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hex(hash.finish()) == digest)
    }
  }

  @Test("where one part ends and the next begins makes a difference")
  func parts() {
    func digest(_ parts: String...) -> [UInt8] {
      var hash = SHA256()
      for part in parts { hash.update(part: part) }
      return hash.finish()
    }
    #expect(digest("ab", "c") != digest("a", "bc"))
    #expect(digest("", "abc") != digest("abc", ""))
    #expect(digest("ab", "c") == digest("ab", "c"))
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in [byte >> 4, byte & 0xF].map { String($0, radix: 16) }.joined() }.joined()
  }
}
