import Glibc
import Testing
import ZerverCore

@testable import ZerverServer

@Suite("Proactor")
struct ProactorTests {
  @Test("one accept takes every connection", arguments: Backend.available)
  func acceptMany(backend: Backend) throws { try backend.check(AcceptMany.self) }

  enum AcceptMany: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let accept = h.token(.accept)
      h.proactor.accept(listener: h.listener.descriptor, token: accept)
      let address = h.listener.address
      let peers = try (0..<100).map { _ in try Peer(to: address) }
      let events = try h.turns { $0.count >= peers.count }
      #expect(events.allSatisfy { $0.token == accept && $0.result >= 0 && $0.hasMore })
      #expect(Set(events.map(\.result)).count == peers.count)
      for event in events { h.proactor.close(descriptor: event.result) }
    }
  }

  @Test("accepted connections inherit TCP_NODELAY", arguments: Backend.available)
  func noDelay(backend: Backend) throws { try backend.check(NoDelay.self) }

  enum NoDelay: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      defer { withExtendedLifetime(peer) {} }
      var value: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &length)
      #expect(value != 0)
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("a stream arrives in pieces, whole and in order, then ends", arguments: Backend.available)
  func receiveInPieces(backend: Backend) throws { try backend.check(ReceiveInPieces.self) }

  enum ReceiveInPieces: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      let receive = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: receive)
      peer.send([1, 2, 3])
      var events = try h.turns { !$0.isEmpty }
      #expect(events == [Event(token: receive, result: 3, hasMore: true, bytes: [1, 2, 3])])
      peer.send([4])
      events = try h.turns { !$0.isEmpty }
      #expect(events == [Event(token: receive, result: 1, hasMore: true, bytes: [4])])
      // Several buffers' worth at once.
      let large = (0..<2000).map { UInt8(truncatingIfNeeded: $0) }
      peer.send(large)
      peer.finishSending()
      var received: [UInt8] = []
      var end: Event?
      while end == nil {
        for event in try h.turns(until: { !$0.isEmpty }) {
          received += event.bytes
          if event.result == 0 { end = event } else if !event.hasMore {
            h.proactor.receive(descriptor: connection, token: receive)
          }
        }
      }
      #expect(received == large)
      #expect(end == Event(token: receive, result: 0, hasMore: false))
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("a reset connection ends its receive with an error", arguments: Backend.available)
  func reset(backend: Backend) throws { try backend.check(Reset.self) }

  enum Reset: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      let receive = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: receive)
      _ = try h.turn(timeout: .zero)
      peer.reset()
      #expect(try h.finish(receive).map(\.result) == [-ECONNRESET])
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("with every buffer in use a receive ends, and loses nothing when it is armed again", arguments: Backend.available)
  func exhaustion(backend: Backend) throws {
    try backend.check(Exhaustion.self) { $0.receiveBuffers = 4 }
  }

  enum Exhaustion: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      let (otherPeer, other) = try h.connect()
      h.givesBuffersBack = false
      var receive = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: receive)
      let sent = (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 256 + $0) }
      peer.send(sent)
      peer.finishSending()
      var received: [UInt8] = []
      var shortages = 0
      var isAtEnd = false
      for _ in 0..<100 where !isAtEnd {
        for event in try h.turns(until: { $0.contains { !$0.hasMore } }) {
          received += event.bytes
          if event.result == -ENOBUFS { shortages += 1 }
          if event.result == 0 { isAtEnd = true }
        }
        // Another connection has no buffer either while this one holds all of them.
        if h.heldBuffers.count == 4 {
          let starved = h.token(.receive)
          otherPeer.send([7])
          h.proactor.receive(descriptor: other, token: starved)
          #expect(try h.finish(starved).map(\.result) == [-ENOBUFS])
          otherPeer.reset()
          otherPeer.close()
        }
        for buffer in h.heldBuffers { h.proactor.release(buffer) }
        h.heldBuffers = []
        if !isAtEnd {
          receive = h.token(.receive)
          h.proactor.receive(descriptor: connection, token: receive)
        }
      }
      #expect(received == sent)
      #expect(shortages > 0)
      h.proactor.close(descriptor: connection)
      h.proactor.close(descriptor: other)
    }
  }

  @Test("a large send to a slow reader is one completion with all bytes", arguments: Backend.available)
  func largeSend(backend: Backend) throws { try backend.check(LargeSend.self) }

  enum LargeSend: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect(receiveBufferBytes: 200_000)
      let content = pattern(8_000_000)
      let bytes = Bytes(content)
      let send = h.token(.send)
      h.proactor.send(descriptor: connection, bytes: bytes.raw, token: send)
      var received: [UInt8] = []
      var events: [Event] = []
      // The reader takes what is there, so that the sender is always behind its buffer.
      while received.count < content.count {
        let piece = peer.receive(65536, waiting: false)
        received += piece
        // A send that fell short, or a stream that ended: the rest will not come.
        if piece.isEmpty, events.contains(where: { $0.result != Int32(content.count) }) || peer.hasEnded { break }
        events += try h.turn(timeout: .zero)
      }
      if events.isEmpty { events = try h.finish(send) }
      #expect(events == [Event(token: send, result: Int32(content.count), hasMore: false)])
      #expect(isSame(received, content))
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("a send to a peer that is gone fails without a signal", arguments: Backend.available)
  func brokenPipe(backend: Backend) throws { try backend.check(BrokenPipe.self) }

  enum BrokenPipe: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      peer.reset()
      let bytes = Bytes([1])
      var results: [Int32] = []
      for _ in 0..<2 {
        let send = h.token(.send)
        h.proactor.send(descriptor: connection, bytes: bytes.raw, token: send)
        results += try h.finish(send).map(\.result)
      }
      #expect(results == [-ECONNRESET, -EPIPE] || results == [-EPIPE, -EPIPE])
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("a cancelled operation ends with ECANCELED, once", arguments: Backend.available)
  func cancel(backend: Backend) throws { try backend.check(Cancel.self) }

  enum Cancel: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      defer { withExtendedLifetime(peer) {} }
      let accept = h.token(.accept)
      let receive = h.token(.receive)
      let poll = h.token(.capability)
      let wake = try WakeUp()
      h.proactor.accept(listener: h.listener.descriptor, token: accept)
      h.proactor.receive(descriptor: connection, token: receive)
      h.proactor.poll(descriptor: wake.descriptor, for: .readable, token: poll)
      #expect(try h.turn(timeout: .zero).isEmpty)
      for token in [accept, receive, poll] { h.proactor.cancel(token) }
      let events = try h.turns { $0.count >= 3 } + h.turn(timeout: .zero)
      #expect(Set(events.map(\.token)) == [accept, receive, poll])
      #expect(events.map(\.result) == [-ECANCELED, -ECANCELED, -ECANCELED])
      #expect(events.allSatisfy { !$0.hasMore })
      // The descriptors are as good as before.
      let again = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: again)
      h.proactor.cancel(again)
      #expect(try h.finish(again).map(\.result) == [-ECANCELED])
      h.proactor.close(descriptor: connection)
    }
  }

  @Test("a send that is stuck can be cancelled, and its connection closed", arguments: Backend.available)
  func cancelSend(backend: Backend) throws { try backend.check(CancelSend.self) }

  enum CancelSend: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect(receiveBufferBytes: 4096)
      let bytes = Bytes([UInt8](repeating: 1, count: 8_000_000))
      let send = h.token(.send)
      h.proactor.send(descriptor: connection, bytes: bytes.raw, token: send)
      #expect(try h.turn(timeout: .zero).isEmpty)
      h.proactor.close(descriptor: connection)
      h.proactor.cancel(send)
      let result = try #require(try h.finish(send).first?.result)
      #expect(result == -ECANCELED || (result > 0 && result < 8_000_000))
      _ = try h.turn(timeout: .zero)
      // What the socket had taken is delivered, and then the stream ends.
      var count = 0
      while case let piece = peer.receive(100_000), !piece.isEmpty { count += piece.count }
      #expect(count == result || result == -ECANCELED)
    }
  }

  @Test("cancelling what has ended, or never was, changes nothing", arguments: Backend.available)
  func staleCancel(backend: Backend) throws { try backend.check(StaleCancel.self) }

  enum StaleCancel: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      let first = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: first)
      h.proactor.cancel(first)
      _ = try h.finish(first)
      let second = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: second)
      h.proactor.cancel(first)
      h.proactor.cancel(h.token(.receive))
      #expect(try h.turn(timeout: .zero).isEmpty)
      peer.send([5])
      #expect(try h.turns { !$0.isEmpty } == [Event(token: second, result: 1, hasMore: true, bytes: [5])])
      h.proactor.cancel(second)
      h.proactor.close(descriptor: connection)
      #expect(try h.finish(second).map(\.result) == [-ECANCELED])
    }
  }

  @Test("a poll reports what is ready, once per poll", arguments: Backend.available)
  func poll(backend: Backend) throws { try backend.check(PollReady.self) }

  enum PollReady: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let peer = try Peer(to: h.listener.address)
      let server = Glibc.accept(h.listener.descriptor, nil, nil)
      let writable = h.token(.capability)
      h.proactor.poll(descriptor: peer.descriptor, for: .writable, token: writable)
      #expect(try h.finish(writable).map(\.result) == [0x4])
      let readable = h.token(.capability)
      h.proactor.poll(descriptor: peer.descriptor, for: .readable, token: readable)
      #expect(try h.turn(timeout: .zero).isEmpty)
      send(server, [1], 1, 0)
      #expect(try h.finish(readable).map(\.result) == [0x1])
      #expect(try h.turn(timeout: .zero).isEmpty)
      // Still readable, so the next poll ends at once. Both ways at a time are two polls.
      let both = (h.token(.capability), h.token(.capability))
      h.proactor.poll(descriptor: peer.descriptor, for: .readable, token: both.0)
      h.proactor.poll(descriptor: peer.descriptor, for: .writable, token: both.1)
      let events = try h.turns { $0.count >= 2 }
      #expect(Set(events.map(\.token)) == [both.0, both.1])
      // A hang-up is reported, whatever was asked for.
      _ = Glibc.close(server)
      let hangUp = h.token(.capability)
      _ = peer.receive(1)
      h.proactor.poll(descriptor: peer.descriptor, for: [.readable, .writable], token: hangUp)
      #expect(try h.finish(hangUp).allSatisfy { $0.result & 0x1 != 0 })
    }
  }

  @Test("a descriptor that its owner closes and gets again can be polled again", arguments: Backend.available)
  func pollReused(backend: Backend) throws { try backend.check(PollReused.self) }

  enum PollReused: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let place = try WakeUp()
      for round in 0..<20 {
        // Always the same number, with a new file behind it, as when a driver reconnects.
        let wake = try WakeUp()
        try #require(dup2(wake.descriptor, place.descriptor) == place.descriptor)
        let poll = h.token(.wake)
        h.proactor.poll(descriptor: place.descriptor, for: .readable, token: poll)
        // Twice to its end and once cancelled: either way nothing of the old file may be left behind.
        if round % 3 != 2 {
          wake.wake()
          #expect(try h.finish(poll).map(\.result) == [0x1])
        } else {
          h.proactor.cancel(poll)
          #expect(try h.finish(poll).map(\.result) == [-ECANCELED])
        }
      }
    }
  }

  @Test("an operation on a descriptor that is not open ends with EBADF", arguments: Backend.available)
  func badDescriptor(backend: Backend) throws { try backend.check(BadDescriptor.self) }

  enum BadDescriptor: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      // Above what all tests of the process together ever have open: it is closed below, and must be nobody's.
      let descriptor: Int32 = 100_000
      let bytes = Bytes([1])
      let tokens = [h.token(.receive), h.token(.send), h.token(.capability), h.token(.accept)]
      h.proactor.receive(descriptor: descriptor, token: tokens[0])
      h.proactor.send(descriptor: descriptor, bytes: bytes.raw, token: tokens[1])
      h.proactor.poll(descriptor: descriptor, for: .readable, token: tokens[2])
      h.proactor.accept(listener: descriptor, token: tokens[3])
      let events = try h.turns { $0.count >= 4 }
      #expect(Set(events.map(\.token)) == Set(tokens))
      #expect(events.allSatisfy { $0.result == -EBADF && !$0.hasMore })
      h.proactor.close(descriptor: descriptor)
      #expect(try h.turn(timeout: .zero).isEmpty)
    }
  }

  @Test("a wait ends by itself when its time is up", arguments: Backend.available)
  func timeout(backend: Backend) throws { try backend.check(Timeout.self) }

  enum Timeout: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect()
      defer { withExtendedLifetime(peer) {} }
      h.proactor.receive(descriptor: connection, token: h.token(.receive))
      for timeout in [Duration.zero, .nanoseconds(1), .milliseconds(3), .seconds(-1)] {
        let start = MonotonicClock.now
        // A wait may end early, after a signal for example; together they take the time.
        var turns = 0
        repeat {
          #expect(try h.turn(timeout: timeout).isEmpty)
          turns += 1
        } while MonotonicClock.now.since(start) < timeout && turns < 10_000
        #expect(MonotonicClock.now.since(start) >= timeout)
      }
    }
  }

  @Test("another thread wakes the worker, as often as it likes", arguments: Backend.available)
  func wake(backend: Backend) throws { try backend.check(Wake.self) }

  enum Wake: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let wake = try WakeUp()
      let thread = try ThreadOnce { for _ in 0..<1000 { wake.wake() } }
      var seen = 0
      // The first wait has no limit: only the other thread can end it.
      let first = h.token(.wake)
      h.proactor.poll(descriptor: wake.descriptor, for: .readable, token: first)
      repeat {
        // A signal may end a wait early; the poll goes on.
        try h.proactor.submitAndWait(timeout: nil)
        while let completion = h.proactor.nextCompletion() {
          #expect(completion.token == first && completion.result == 0x1)
          wake.acknowledge()
          seen += 1
        }
      } while seen == 0
      thread.join()
      // What came after the last acknowledgement is not lost.
      wake.wake()
      let poll = h.token(.wake)
      h.proactor.poll(descriptor: wake.descriptor, for: .readable, token: poll)
      #expect(try h.finish(poll).map(\.result) == [0x1])
    }
  }

  @Test("bytes sent right before a close are delivered", arguments: Backend.available)
  func closeAfterSend(backend: Backend) throws { try backend.check(CloseAfterSend.self) }

  enum CloseAfterSend: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      for count in [1, 1000, 8_000_000] {
        let (peer, connection) = try h.connect(receiveBufferBytes: 200_000)
        let content = pattern(count)
        let bytes = Bytes(content)
        let send = h.token(.send)
        h.proactor.send(descriptor: connection, bytes: bytes.raw, token: send)
        h.proactor.close(descriptor: connection)
        var received: [UInt8] = []
        var events: [Event] = []
        while received.count < count {
          let piece = peer.receive(65536, waiting: false)
          received += piece
          if piece.isEmpty, events.contains(where: { $0.result != Int32(count) }) || peer.hasEnded { break }
          events += try h.turn(timeout: .zero)
        }
        if events.isEmpty { events = try h.finish(send) }
        #expect(events.map(\.result) == [Int32(count)])
        #expect(isSame(received, content))
        _ = try h.turn(timeout: .zero)
        #expect(peer.isAtEnd())
      }
    }
  }

  @Test("more operations in one turn than the queue holds are all carried out, in order", arguments: Backend.available)
  func backlog(backend: Backend) throws {
    try backend.check(Backlog.self) {
      $0.submissionEntries = 4
      $0.completionEntries = 8
    }
  }

  enum Backlog: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let wake = try WakeUp()
      wake.wake()
      let polls = (0..<100).map { _ in h.token(.capability) }
      for poll in polls { h.proactor.poll(descriptor: wake.descriptor, for: .readable, token: poll) }
      let events = try h.turns { $0.count >= polls.count }
      #expect(Set(events.map(\.token)) == Set(polls))
      // A cancellation stays behind what it cancels.
      wake.acknowledge()
      let waiting = (0..<50).map { _ in h.token(.capability) }
      for poll in waiting { h.proactor.poll(descriptor: wake.descriptor, for: .readable, token: poll) }
      for poll in waiting { h.proactor.cancel(poll) }
      let cancelled = try h.turns { $0.count >= waiting.count }
      #expect(cancelled.allSatisfy { $0.result == -ECANCELED })
      #expect(Set(cancelled.map(\.token)) == Set(waiting))
    }
  }

  @Test("thousands of connections come and go without a leak", arguments: Backend.available)
  func noLeak(backend: Backend) throws { try backend.check(NoLeak.self) }

  enum NoLeak: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let accept = h.token(.accept)
      h.proactor.accept(listener: h.listener.descriptor, token: accept)
      var inodes: Set<UInt64> = []
      let answer = Bytes([42])
      for _ in 0..<60 {
        let address = h.listener.address
        let peers = try (0..<50).map { _ in try Peer(to: address) }
        let accepted = try h.turns { $0.count >= peers.count }
        #expect(accepted.allSatisfy { $0.result >= 0 })
        var open: [ProactorToken: Int32] = [:]
        for event in accepted {
          var status = stat()
          fstat(event.result, &status)
          inodes.insert(UInt64(status.st_ino))
          let receive = h.token(.receive)
          open[receive] = event.result
          h.proactor.receive(descriptor: event.result, token: receive)
          h.proactor.send(descriptor: event.result, bytes: answer.raw, token: h.token(.send))
        }
        for peer in peers { peer.close() }
        while !open.isEmpty {
          for event in try h.turns(until: { !$0.isEmpty }) where event.token.kind == .receive && !event.hasMore {
            if let descriptor = open.removeValue(forKey: event.token) { h.proactor.close(descriptor: descriptor) }
          }
        }
      }
      _ = try h.turn(timeout: .zero)
      #expect(inodes.count > 50)
      #expect(openSockets().isDisjoint(with: inodes))
    }

    /// The sockets that this process has open. Inodes and no count: other tests run in the same process.
    static func openSockets() -> Set<UInt64> {
      var inodes: Set<UInt64> = []
      for descriptor in Int32(0)..<4096 {
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { inodes.insert(UInt64(status.st_ino)) }
      }
      return inodes
    }
  }

  @Test("a proactor can be let go of with everything in flight", arguments: Backend.available)
  func abandon(backend: Backend) throws { try backend.check(Abandon.self) }

  enum Abandon: Behaviour {
    static func check<P: Proactor & ~Copyable>(_ h: inout ProactorHarness<P>) throws {
      let (peer, connection) = try h.connect(receiveBufferBytes: 4096)
      let bytes = Bytes([UInt8](repeating: 1, count: 8_000_000))
      h.proactor.receive(descriptor: connection, token: h.token(.receive))
      h.proactor.send(descriptor: connection, bytes: bytes.raw, token: h.token(.send))
      h.proactor.accept(listener: h.listener.descriptor, token: h.token(.accept))
      _ = try h.turn(timeout: .zero)
      h.proactor.poll(descriptor: connection, for: .readable, token: h.token(.capability))
      // Replaced: the old one ends here, and with it every operation. What arrives now stays in the socket.
      h.proactor = try P(ProactorConfiguration())
      peer.send([1, 2, 3])
      let receive = h.token(.receive)
      h.proactor.receive(descriptor: connection, token: receive)
      #expect(try h.turns { !$0.isEmpty } == [Event(token: receive, result: 3, hasMore: true, bytes: [1, 2, 3])])
      h.proactor.cancel(receive)
      h.proactor.close(descriptor: connection)
      _ = bytes
    }
  }
}

/// A thread that runs one function.
final class ThreadOnce {
  private var thread = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) throws {
    let box = Unmanaged.passRetained(Body(body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    try #require(status == 0)
  }

  func join() { pthread_join(thread, nil) }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
