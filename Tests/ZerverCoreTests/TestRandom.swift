import Foundation

/// SplitMix64: random numbers that a seed repeats. Prints its seed; `ZERVER_TEST_SEED` repeats a run.
struct TestRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(for test: String) {
    let given = ProcessInfo.processInfo.environment["ZERVER_TEST_SEED"].flatMap { UInt64($0) }
    seed = given ?? .random(in: 0...UInt64.max)
    state = seed
    print("\(test): ZERVER_TEST_SEED=\(seed)")
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// One small damage: a byte changed, inserted, removed or doubled, or the end cut off.
func mutate(_ bytes: inout [UInt8], using random: inout TestRandom) {
  guard !bytes.isEmpty else { return bytes.append(UInt8.random(in: .min ... .max, using: &random)) }
  let index = Int.random(in: 0..<bytes.count, using: &random)
  switch Int.random(in: 0..<5, using: &random) {
  case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
  case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  case 2: bytes.insert([0x0D, 0x0A, 0x20, 0x3A, 0x00, 0x22, 0x2C].randomElement(using: &random)!, at: index)
  case 3: bytes.remove(at: index)
  default: bytes.removeSubrange(index...)
  }
}
