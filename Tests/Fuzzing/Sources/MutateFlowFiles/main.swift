import FlowLanguage
import FrontEndChecks
import Foundation

// MutateFlowFiles COUNT [SEED]: mutates the files of the repository and prints the first input for which something does
// not hold. A trap or a hang ends the program, whose last line then says which mutation it was.

/// At once, so that the last line of a run that a trap has ended says where it was.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
guard let count = arguments.first ?? nil, let seed = arguments.count > 1 ? arguments[1] : UInt64.random(in: 0...UInt64.max) else {
  say("usage: MutateFlowFiles COUNT [SEED]")
  exit(64)
}
say("seed \(seed), \(FlowSources.sets.count) sets of files")
var mutator = FlowMutator(seed: seed, files: FlowSources.all)
var slowest = Duration.zero
let clock = ContinuousClock()
for number in 0..<count {
  let files = mutator.next(FlowSources.sets)
  if number % 10_000 == 0 { say("mutation \(number)") }
  var violation: String?
  let duration = clock.measure { violation = FrontEndInvariants.violation(files) }
  if duration > slowest {
    slowest = duration
    if duration > .milliseconds(500) { say("mutation \(number) took \(duration)") }
  }
  guard let violation else { continue }
  say("mutation \(number): \(violation)")
  for file in files { say("=== \(file.path)\n\(file.text(0..<file.bytes.count))") }
  exit(1)
}
say("\(count) mutations, nothing broken; the slowest took \(slowest)")
