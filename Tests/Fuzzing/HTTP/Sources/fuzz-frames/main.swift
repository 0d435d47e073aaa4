import FuzzDriver
import FuzzedServer

// One client of HTTP/2. What it is sent depends on when its frames come, so that there is nothing to compare with: the server has
// to keep the rules, and to end what it has begun.
Fuzzer.run { start, count in
  let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
  for sent in FuzzedWorker.play(.moves(FrameScript(input[...]).moves), allowsHTTP2: true) { SentFrames.check(sent) }
  return 0
}
