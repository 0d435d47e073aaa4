import FlowLanguage
import FrontEndChecks

/// What libFuzzer calls with every input that it tries (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let violation = FrontEndInvariants.violation([SourceFile(path: "v1/show-cart.flow", bytes: bytes)]) {
    fatalError(violation)
  }
  return 0
}
