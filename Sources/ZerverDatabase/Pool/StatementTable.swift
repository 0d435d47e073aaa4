/// Numbers the SQL texts of a program from 0, in the order of their first use.
///
/// A text is a literal, so its address identifies it for the life of the process: a lookup hashes one word and never
/// looks at the text.
struct StatementTable {
  struct Entry {
    let sql: StaticString
    /// Why `query` may not run it; `nil` for a statement that only reads.
    let refusalAsQuery: String?
  }

  private(set) var entries: [Entry] = []
  /// Open addressing with linear probing; at most half full. 0 is no address of a text.
  private var addresses: [UInt] = Array(repeating: 0, count: 64)
  private var indices: [Int] = Array(repeating: 0, count: 64)

  mutating func index(of sql: StaticString) -> Int {
    let address = key(of: sql)
    var position = start(of: address)
    while addresses[position] != 0 {
      if addresses[position] == address { return indices[position] }
      position = (position + 1) & (addresses.count - 1)
    }
    return add(sql, at: position)
  }

  /// A literal of one scalar has no address; no text lies where its scalar's value would point.
  private func key(of sql: StaticString) -> UInt {
    sql.hasPointerRepresentation ? UInt(bitPattern: sql.utf8Start) : UInt(sql.unicodeScalar.value) + 1
  }

  private func start(of address: UInt) -> Int {
    // Fibonacci hashing: the high bits of the product are the well-mixed ones.
    let hash = UInt64(address) &* 0x9E37_79B9_7F4A_7C15
    return Int(hash >> 40) & (addresses.count - 1)
  }

  private mutating func add(_ sql: StaticString, at position: Int) -> Int {
    entries.append(Entry(sql: sql, refusalAsQuery: ReadOnlyCheck.refusal(of: sql.description)))
    let index = entries.count - 1
    addresses[position] = key(of: sql)
    indices[position] = index
    if entries.count * 2 > addresses.count { grow() }
    return index
  }

  private mutating func grow() {
    let old = zip(addresses, indices).filter { $0.0 != 0 }
    addresses = Array(repeating: 0, count: addresses.count * 2)
    indices = Array(repeating: 0, count: addresses.count)
    for (address, index) in old {
      var position = start(of: address)
      while addresses[position] != 0 { position = (position + 1) & (addresses.count - 1) }
      addresses[position] = address
      indices[position] = index
    }
  }
}

/// Whether a text may run as `query`.
///
/// Reads share an implicit transaction with their neighbours: one that fails rolls the others back after they were
/// answered, and a read is sent again after a lost connection. Neither may happen to a write.
enum ReadOnlyCheck {
  static func refusal(of sql: String) -> String? {
    let words = keywords(of: sql)
    guard let first = words.first else { return "the statement is empty" }
    switch first {
    case "select", "values", "table", "explain", "show": return nil
    case "with":
      guard let verb = words.first(where: { ["insert", "update", "delete", "merge"].contains($0) }) else { return nil }
      return "it may \(verb) rows: run it with `execute`"
    default: return "a query starts with SELECT, WITH or VALUES, not with \(first.uppercased()): run it with `execute`"
    }
  }

  /// The bare words of a text, lower case: what stands in quotes and in `--` comments does not count.
  private static func keywords(of sql: String) -> [Substring] {
    var bare = ""
    var quote: Character?
    for line in sql.lowercased().split(separator: "\n") {
      var previous: Character?
      for character in line {
        if quote == nil, previous == "-", character == "-" { break }
        previous = character
        if let open = quote {
          if character == open { quote = nil }
        } else if character == "'" || character == "\"" {
          quote = character
        } else {
          bare.append(character)
        }
      }
      bare.append(" ")
    }
    return bare.split { !$0.isLetter && $0 != "_" }
  }
}
