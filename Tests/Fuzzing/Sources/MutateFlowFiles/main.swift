import FlowLanguage
import FrontEndChecks
import Foundation

// MutateFlowFiles COUNT [SEED]: mutates the files of the repository and prints the first input for which something does
// not hold. A trap or a hang ends the program, whose last line then says which mutation it was.

let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
guard let count = arguments.first ?? nil, let seed = arguments.count > 1 ? arguments[1] : UInt64.random(in: 0...UInt64.max) else {
  print("usage: MutateFlowFiles COUNT [SEED]")
  exit(64)
}
setvbuf(stdout, nil, _IOLBF, 0)
print("seed \(seed), \(FlowSources.sets.count) sets of files")
var mutator = FlowMutator(seed: seed, files: FlowSources.all)
var slowest = Duration.zero
let clock = ContinuousClock()
for number in 0..<count {
  let files = mutator.next(FlowSources.sets)
  if number % 10_000 == 0 { print("mutation \(number)") }
  var violation: String?
  let duration = clock.measure { violation = FrontEndInvariants.violation(files) }
  if duration > slowest {
    slowest = duration
    if duration > .milliseconds(500) { print("mutation \(number) took \(duration)") }
  }
  guard let violation else { continue }
  print("mutation \(number): \(violation)")
  for file in files { print("=== \(file.path)\n\(file.text(0..<file.bytes.count))") }
  exit(1)
}
print("\(count) mutations, nothing broken; the slowest took \(slowest)")
