import FlowLanguage
import Foundation
import Testing

/// Whatever an editor may hold in the middle of a change: the front end comes to an end, and everything that it says points
/// somewhere. `Scripts/fuzz.sh` runs the same for longer.
///
/// `ZERVER_SEED` repeats a run and `ZERVER_MUTATIONS` says how many mutations there are.
@Suite("Mutated files, through every tool")
struct MutationTests {
  @Test("every tool survives any change of any file")
  func survives() {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["ZERVER_MUTATIONS"].flatMap { Int($0) } ?? 150
    let seed = environment["ZERVER_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    print("mutated files: ZERVER_SEED=\(seed)")
    var mutator = FlowMutator(seed: seed, files: FlowSources.all)
    for number in 0..<count {
      let files = mutator.next(FlowSources.sets)
      if let violation = FrontEndInvariants.violation(files) {
        let text = files.map { "=== \($0.path)\n\($0.text(0..<$0.bytes.count))" }.joined()
        Issue.record("\(violation): seed \(seed), mutation \(number)\n\(text)")
      }
    }
  }
}
