/// A table that holds every key in a slot of its own ("hash and displace"): a lookup costs one hash, one displacement
/// and one comparison.
struct PerfectHash {
  let seed: Int
  /// One for each bucket of keys whose hashes end alike. Printable characters, so that they can stand in a literal and
  /// need no decoding.
  let displacements: [UInt8]
  /// Index of the key in each slot.
  let slots: [Int?]

  /// The keys must differ and have at least ``PathHash/lengthMin`` bytes.
  init(_ keys: [[UInt8]]) {
    // Half of the slots stay free, so that few displacements suffice.
    let slotCount = Self.powerOfTwo(atLeast: keys.count * 2)
    let bucketCount = Self.powerOfTwo(atLeast: (keys.count + 1) / 2)
    for seed in 1... {
      let hashes = keys.map { key in
        key.withUnsafeBytes { bytes in
          bytes.baseAddress.map { PathHash.hash($0, count: bytes.count, seed: UInt64(seed)) } ?? 0
        }
      }
      if let table = Self.place(hashes, bucketCount: bucketCount, slotCount: slotCount) {
        (self.seed, displacements, slots) = (seed, table.displacements, table.slots)
        return
      }
    }
    preconditionFailure("the seeds do not end")
  }

  /// From `0` to `o`, as the digits of packed integers.
  private static let displacements: ClosedRange<UInt8> = 0x30...0x6F

  /// `nil` when two keys of a bucket have no room together whatever its displacement: another seed parts them.
  private static func place(
    _ hashes: [UInt64], bucketCount: Int, slotCount: Int
  ) -> (displacements: [UInt8], slots: [Int?])? {
    var buckets = [[Int]](repeating: [], count: bucketCount)
    for (key, hash) in hashes.enumerated() { buckets[Int(truncatingIfNeeded: hash) & (bucketCount - 1)].append(key) }
    var displacements = [UInt8](repeating: Self.displacements.lowerBound, count: bucketCount)
    var slots = [Int?](repeating: nil, count: slotCount)
    // Large buckets first, while the table is empty.
    let order = buckets.indices.sorted { (buckets[$1].count, $0) < (buckets[$0].count, $1) }
    for bucket in order where !buckets[bucket].isEmpty {
      let fitting = Self.displacements.first { displacement in
        let places = buckets[bucket].map {
          PathHash.slot(hashes[$0], displacement: Int(displacement), slotMask: slotCount - 1)
        }
        return places.allSatisfy { slots[$0] == nil } && Set(places).count == places.count
      }
      guard let fitting else { return nil }
      displacements[bucket] = fitting
      for key in buckets[bucket] {
        slots[PathHash.slot(hashes[key], displacement: Int(fitting), slotMask: slotCount - 1)] = key
      }
    }
    return (displacements, slots)
  }

  private static func powerOfTwo(atLeast count: Int) -> Int {
    var power = 1
    while power < count { power *= 2 }
    return power
  }
}
