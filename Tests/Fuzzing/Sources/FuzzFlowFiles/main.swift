import FlowLanguage
import FrontEndChecks
import FuzzDriver

// What libFuzzer calls with every input that it tries (https://llvm.org/docs/LibFuzzer.html).
Fuzzer.run { start, count in
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let violation = FrontEndInvariants.violation([SourceFile(path: "v1/show-cart.flow", bytes: bytes)]) {
    fatalError(violation)
  }
  return 0
}
