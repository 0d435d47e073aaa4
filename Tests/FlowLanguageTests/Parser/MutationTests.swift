import FlowLanguage
import Foundation
import Testing
import ZerverCatalog

/// Mutates the golden cases: whatever an editor may hold in the middle of a change, the compiler comes to an end, and
/// every report points somewhere.
///
/// `ZERVER_SEED` repeats a run and `ZERVER_MUTATIONS` says how many mutations there are.
@Suite("Mutated files")
struct MutationTests {
  @Test("the compiler survives any change of any file")
  func survives() throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["ZERVER_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    let count = environment["ZERVER_MUTATIONS"].flatMap { Int($0) } ?? 2_000
    print("ZERVER_SEED=\(seed)")
    var random = SplitMix(state: seed)
    let sources = try LanguageCase.names.map { try LanguageCase(name: $0).sources }
    for number in 0..<count {
      var files = sources[Int.random(in: 0..<sources.count, using: &random)]
      let index = Int.random(in: 0..<files.count, using: &random)
      var bytes = files[index].bytes
      for _ in 0...Int.random(in: 0...3, using: &random) { Self.mutate(&bytes, &random) }
      files[index] = SourceFile(path: files[index].path, bytes: bytes)
      let result = FlowCompiler.compile(module: "Shop", files: files, today: CalendarDate(text: "2027-01-01"))
      let hasErrors = result.diagnostics.contains { $0.severity == .error }
      #expect((result.module == nil) == hasErrors, "seed \(seed), mutation \(number): \(String(decoding: bytes, as: UTF8.self))")
      let text = TextRenderer.render(result.diagnostics)
      #expect(text.isEmpty == result.diagnostics.isEmpty, "seed \(seed), mutation \(number)")
      let hasTexts = result.diagnostics.allSatisfy { !$0.title.isEmpty && !$0.explanation.isEmpty && $0.span.line > 0 }
      #expect(hasTexts, "seed \(seed), mutation \(number)")
    }
  }

  private static let pieces: [[UInt8]] = [
    "{", "}", "(", ")", "[", "]", "\"", "//", "///", "=", "->", "..", "?", ":", ",", "-", "\\", "\n", "\0", "\u{FEFF}", "é",
    "flow ", "record ", "step ", "plan {", "parallel {", "when ", "otherwise {", "done ", "branch {", "fragment x {", "input",
    "99999999999999999999", "1..", "-1", "800ms", "v1/", "\n}\n", "\nflow a-b {\n", "\nrecord A {", "use A\n", "quorum ",
  ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xE2, 0x82], [0x80]]

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let start = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 0...20, using: &random))
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: start)
    case 2: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
    case 3: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &random) }
    case 4: bytes.removeSubrange(start...)
    default:
      let piece = pieces.randomElement(using: &random) ?? []
      bytes.insert(contentsOf: Array(repeating: piece, count: Int.random(in: 1...60, using: &random)).joined(), at: start)
    }
  }
}

/// Vigna's SplitMix64: small, and the same everywhere.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
