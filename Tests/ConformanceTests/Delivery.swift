import Glibc
import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// How the bytes of a case come to the server.
enum Delivery: CustomStringConvertible {
  case whole
  case byteByByte
  /// In two pieces, the second from this offset on.
  case split(Int)

  var description: String {
    switch self {
    case .whole: "in one piece"
    case .byteByByte: "byte by byte"
    case .split(let offset): "split at \(offset)"
    }
  }

  /// All of them for so many bytes. Long cases, which repeat one byte, are split at every seventh offset.
  static func all(_ count: Int) -> [Delivery] {
    [.whole, .byteByByte] + stride(from: 1, to: max(1, count), by: count > 700 ? 7 : 1).map(Delivery.split)
  }

  /// Sends the bytes. Each piece has been read by the server before the next one is sent, so that it cannot come together
  /// with it. A client that is answered and cut off while it sends goes on to the answer.
  func send(_ bytes: [UInt8], to server: RunningServer, by client: TestClient) throws {
    var received = server.metrics.workers[0].value(.bytesReceived)
    for piece in pieces(of: bytes) {
      do { try client.send(Array(piece)) } catch { return }
      received += UInt64(piece.count)
      try Self.wait(until: received, at: server, client)
    }
  }

  private func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    switch self {
    case .whole: bytes.isEmpty ? [] : [bytes[...]]
    case .byteByByte: bytes.indices.map { bytes[$0...$0] }
    case .split(let offset): [bytes[..<offset], bytes[offset...]]
    }
  }

  private static func wait(until received: UInt64, at server: RunningServer, _ client: TestClient) throws {
    let start = MonotonicClock.now
    while server.metrics.workers[0].value(.bytesReceived) < received, !client.hasInput {
      guard MonotonicClock.now.nanoseconds(since: start) < 30_000_000_000 else {
        throw CaseRunner.Difference(description: "the server does not read what it is sent")
      }
      sched_yield()
    }
  }
}
