import FuzzDriver
import FuzzedServer

// Even first byte: one client, whose bytes come once in pieces and once at once; both get the same answers.
// Odd first byte: several clients that send, end, reset and do not read, in the order of the script.
Fuzzer.run { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let first = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  if first & 1 == 0 {
    let inPieces = FuzzedWorker.play(.pieces(bytes, of: Int(first >> 1) % 31 + 1)).map(Answers.comparable)
    let whole = FuzzedWorker.play(.pieces(bytes, of: .max)).map(Answers.comparable)
    // A request that is refused while its client waits with the body ends the connection; with its body there it does not. Nor
    // does a body in parts whose rest is there when a part of it is refused.
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    let isRefused = whole.contains { String(decoding: $0, as: UTF8.self).contains("HTTP/1.1 4") }
    let mayDiffer = text.contains("100-continue") || text.contains("count-lines") && isRefused
    precondition(mayDiffer || Answers.areAlike(inPieces, whole), "how the bytes come changes nothing")
  } else {
    _ = FuzzedWorker.play(.several(bytes)).map(Answers.comparable)
  }
  return 0
}
