import Testing
import ZerverCore
import ZerverServer

@Suite struct SystemCryptoTests {
  private let worker = RecordingWorker()
  private let crypto = SystemCrypto()

  init() { crypto.start(on: worker) }

  private func outcome(_ request: CryptoRequest) -> EffectOutcome? {
    crypto.submit(.crypto(request), as: operation(1), deadline: farAway)
    return worker.outcomes.last
  }

  @Test("random bytes are as many as asked for, up to the limit", arguments: [0, 1, 7, 8, 9, 4096])
  func randomBytes(count: Int) {
    guard case .bytes(let bytes)? = outcome(.randomBytes(count: count)) else {
      Issue.record("no bytes")
      return
    }
    #expect(bytes.count == count)
  }

  @Test("every byte of the answer is random")
  func coverage() {
    // A byte that is never written stays the same in 64 draws with a chance of 2^-504.
    var seen = Array(repeating: Set<UInt8>(), count: 19)
    for _ in 0..<64 {
      guard case .bytes(let bytes)? = outcome(.randomBytes(count: 19)) else { continue }
      for (index, byte) in bytes.enumerated() { seen[index].insert(byte) }
    }
    #expect(seen.allSatisfy { $0.count > 1 })
  }

  @Test("more than the limit, or less than nothing, is refused", arguments: [-1, 4097, Int.max])
  func limits(count: Int) {
    guard case .failed(let failure)? = outcome(.randomBytes(count: count)) else {
      Issue.record("accepted")
      return
    }
    #expect(failure.reason == .refused)
  }

  @Test("a UUID is of version 4 in lower case, and none comes twice")
  func uuid() {
    var seen: Set<String> = []
    for _ in 0..<1000 {
      guard case .text(let text)? = outcome(.uuid) else {
        Issue.record("no text")
        return
      }
      #expect(text.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
      #expect(seen.insert(text).inserted)
    }
  }

  @Test("the bits of version and variant are set, all others are kept")
  func uuidBits() {
    #expect(UUIDVersion4.text(of: Array(repeating: 0, count: 16)) == "00000000-0000-4000-8000-000000000000")
    #expect(UUIDVersion4.text(of: Array(repeating: 0xFF, count: 16)) == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    #expect(UUIDVersion4.text(of: Array(0x01...0x10)) == "01020304-0506-4708-890a-0b0c0d0e0f10")
  }

  @Test("another kind of effect is unsupported")
  func otherKind() {
    crypto.submit(.time(.now), as: operation(1), deadline: farAway)
    guard case .failed(let failure)? = worker.outcomes.first else {
      Issue.record("crypto answered for time")
      return
    }
    #expect(failure.reason == .unsupported)
  }
}
