package import FlowLanguage

/// Changes files as an editor in the middle of a change, a bad merge or a broken disk would.
package struct FlowMutator {
  private var random: SplitMix
  /// Tokens of all files: what is exchanged is mostly a word of the language.
  private let words: [[UInt8]]

  package init(seed: UInt64, files: [SourceFile]) {
    random = SplitMix(state: seed)
    var words: Set<[UInt8]> = []
    for file in files { for token in Lexer.lex(file).tokens { words.insert(Array(file.bytes[token.start..<token.end])) } }
    self.words = words.sorted { $0.lexicographicallyPrecedes($1) } + Self.pieces
  }

  /// One of the sets of files, with one to four changes of one of its files.
  package mutating func next(_ sets: [[SourceFile]]) -> [SourceFile] {
    var files = sets[below(sets.count)]
    let index = below(files.count)
    var bytes = files[index].bytes
    for _ in 0...below(4) { if below(2) == 0 { mutateBytes(&bytes) } else { mutateTokens(&bytes) } }
    files[index] = SourceFile(path: files[index].path, bytes: bytes)
    return files
  }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private static let pieces: [[UInt8]] = [
    "{", "}", "(", ")", "[", "]", "\"", "//", "///", "=", "->", "..", "?", ":", ",", "-", "\\", "\n", "\0", "\u{FEFF}", "é",
    "\r", "\r\n", "\t", "99999999999999999999", "1..", "-1", "v1/", "\n}\n", "\u{1B}[31m", "\u{202E}",
    "\nflow a-b {\n", "\nrecord A {", "for each x in y max 3 {", "choose a.b {", "fixture x: A {", "tombstone v1/a-b ",
  ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xE2, 0x82], [0x80], [0xED, 0xA0, 0x80]]

  // MARK: Bytes

  private mutating func mutateBytes(_ bytes: inout [UInt8]) {
    let start = below(bytes.count + 1)
    let end = min(bytes.count, start + below(20))
    switch below(6) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(contentsOf: words[below(words.count)], at: start)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: below(bytes.count + 1))
    case 3: if start < bytes.count { bytes[start] = UInt8(below(256)) }
    case 4: bytes.removeSubrange(start...)
    default: bytes.insert(contentsOf: Array(repeating: Self.pieces[below(Self.pieces.count)], count: 1 + below(60)).joined(), at: start)
    }
  }

  // MARK: Tokens

  private mutating func mutateTokens(_ bytes: inout [UInt8]) {
    let tokens = Lexer.lex(SourceFile(path: "", bytes: bytes)).tokens.dropLast()
    guard !tokens.isEmpty else { return }
    let token = tokens[below(tokens.count)]
    let text = Array(bytes[token.start..<token.end])
    switch below(5) {
    case 0: bytes.removeSubrange(token.start..<token.end)
    case 1: bytes.replaceSubrange(token.start..<token.end, with: words[below(words.count)])
    case 2: bytes.insert(contentsOf: [UInt8(ascii: " ")] + text + [UInt8(ascii: " ")], at: tokens[below(tokens.count)].start)
    case 3: swap(token, tokens[below(tokens.count)], &bytes)
    default: repeatBlock(from: token, Array(tokens), &bytes)
    }
  }

  private func swap(_ a: Token, _ b: Token, _ bytes: inout [UInt8]) {
    guard a.start != b.start else { return }
    let (first, second) = a.start < b.start ? (a, b) : (b, a)
    let texts = (Array(bytes[first.start..<first.end]), Array(bytes[second.start..<second.end]))
    bytes.replaceSubrange(second.start..<second.end, with: texts.0)
    bytes.replaceSubrange(first.start..<first.end, with: texts.1)
  }

  /// A run of tokens once more, where the run begins: declarations, properties and statements that appear twice.
  private mutating func repeatBlock(from token: Token, _ tokens: [Token], _ bytes: inout [UInt8]) {
    let following = tokens.filter { $0.start >= token.start }
    let end = following[below(min(following.count, 40))].end
    bytes.insert(contentsOf: Array(bytes[token.start..<end]) + [UInt8(ascii: "\n")], at: token.start)
  }
}

/// Vigna's SplitMix64: small, and the same everywhere.
package struct SplitMix: RandomNumberGenerator {
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
