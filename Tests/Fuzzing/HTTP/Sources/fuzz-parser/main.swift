import FuzzDriver
import ZerverCore

// The first byte of an input says how long the pieces are in which the rest comes; the rest is what a client sends.
Fuzzer.run { start, count in
  let input = UnsafeRawBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  let whole = Reading.whole(bytes)
  precondition(whole == Reading.inPieces(bytes, of: Int(first % 13) + 1), "pieces change nothing")
  return 0
}
