import FuzzDriver
import ZerverCore

// The first byte of an input says how long the pieces are in which the rest comes; the rest is what a client sends.
Fuzzer.run { start, count in
  let input = UnsafeRawBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  let whole = Reading.whole(bytes)
  let inPieces = Reading.inPieces(bytes, of: Int(first % 13) + 1)
  // A line that has begun is looked at again when it is whole, so a refusal may come later, and never another reading.
  precondition(whole == inPieces || whole == .refused && inPieces == .incomplete, "pieces change nothing")
  // A parser that has read something else before reads the same.
  let middle = bytes.count / 2
  let rest = UnsafeRawBufferPointer(rebasing: bytes[middle...])
  let before = UnsafeRawBufferPointer(rebasing: bytes[..<middle])
  precondition(Reading.whole(rest, after: before) == Reading.whole(rest), "a restarted parser is a new one")
  return 0
}
