import COpenSSL

/// SHA-256 by OpenSSL, over parts that come one after the other.
struct SHA256: ~Copyable {
  /// Freed with this value.
  private let digest: OpaquePointer

  init() {
    guard let digest = zerver_sha256_new() else { preconditionFailure("OpenSSL has SHA-256, and memory for it") }
    self.digest = digest
  }

  deinit { zerver_digest_free(digest) }

  /// Takes the length of the part, too, so that where one part ends and the next begins makes a difference.
  mutating func update(part: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt64(part.count).bigEndian) { update($0) }
    update(part)
  }

  mutating func update(part text: String) {
    var text = text
    text.withUTF8 { update(part: UnsafeRawBufferPointer($0)) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    let isTaken = zerver_digest_update(digest, bytes.baseAddress, bytes.count)
    precondition(isTaken, "a digest that has begun takes bytes")
  }

  /// The digest, 32 bytes.
  consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { result, count in
      let isFinished = zerver_sha256_finish(digest, result.baseAddress)
      precondition(isFinished, "a digest that has begun comes to its end")
      count = 32
    }
  }
}
