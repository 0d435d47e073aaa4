import Testing

@_spi(Server) @testable import ZerverCore

struct ByteBufferTests {
  @Test("numbers are written in decimal digits", arguments: [
    0, 9, 10, 99, 100, 101, 999, 1000, 12345, 99999, 100_000, 1_000_000_007, Int.max, -1, -10, -100, Int.min,
  ])
  func numbers(number: Int) {
    var buffer = ByteBuffer()
    buffer.append(number)
    #expect(buffer.text == "\(number)")
  }

  @Test("every power of ten and its neighbours are written right")
  func powers() {
    var power: UInt = 1
    for _ in 0..<20 {
      for number in [power - 1, power, power + 1] {
        var buffer = ByteBuffer()
        buffer.append(number)
        #expect(buffer.text == "\(number)")
      }
      power = power.multipliedReportingOverflow(by: 10).overflow ? UInt.max - 1 : power * 10
    }
  }

  @Test("hexadecimal has no leading zeros", arguments: [(UInt(0), "0"), (15, "f"), (16, "10"), (0xABCDEF, "abcdef"), (UInt.max, "ffffffffffffffff")])
  func hexadecimal(number: UInt, text: String) {
    var buffer = ByteBuffer()
    buffer.append(hexadecimal: number)
    #expect(buffer.text == text)
  }

  @Test("appending and consuming at random agrees with an array")
  func agreesWithModel() {
    var random = TestRandom(for: "ByteBuffer")
    for _ in 0..<50 {
      var buffer = ByteBuffer()
      var model: [UInt8] = []
      for _ in 0..<300 {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2:
          let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
          buffer.append(contentsOf: bytes)
          model += bytes
        case 3:
          buffer.append(byte: 7)
          model.append(7)
        case 4...5:
          let count = Int.random(in: 0...model.count, using: &random)
          buffer.consume(first: count)
          model.removeFirst(count)
        case 6:
          let count = Int.random(in: 0...min(3, model.count), using: &random)
          buffer.removeLast(count)
          model.removeLast(count)
        default:
          guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
          buffer.removeAll()
          model = []
        }
        #expect(buffer.count == model.count)
        #expect(buffer.bytes == model)
      }
    }
  }

  @Test("the bytes of another buffer are taken over, and many of them stay where they are", arguments: [0, 1, 300, 2048, 2049, 100_000], [0, 10, 65_536, 65_537, 1 << 20])
  func takeOver(own: Int, others: Int) {
    var buffer = ByteBuffer()
    var other = ByteBuffer()
    buffer.append(contentsOf: [UInt8](repeating: 1, count: own + 5))
    buffer.consume(first: 5)
    other.append(contentsOf: [UInt8](repeating: 2, count: others))
    let before = other.view.baseAddress
    buffer.append(taking: &other)
    let left = other.count
    #expect(left == 0)
    let view = buffer.view
    #expect(view.elementsEqual([UInt8](repeating: 1, count: own) + [UInt8](repeating: 2, count: others)))
    if others > 65_536, own <= 2048 { #expect(view.baseAddress.map { $0 + own } == before) }
    // Both go on as before.
    other.append(contentsOf: [3])
    buffer.append(contentsOf: [4])
    let (ours, theirs) = (buffer.view, other.view)
    #expect(theirs.elementsEqual([3]))
    #expect(ours.last == 4 && ours.count == own + others + 1)
  }

  @Test("an emptied buffer keeps its memory, unless it has grown beyond what it may keep")
  func memory() {
    var buffer = ByteBuffer()
    #expect(buffer.capacity == 0)
    buffer.append("literal")
    buffer.append(String(repeating: "x", count: 1000))
    let grown = buffer.capacity
    buffer.removeAll()
    #expect(buffer.isEmpty && buffer.capacity == grown)
    buffer.removeAll(keepingAtMost: grown)
    #expect(buffer.capacity == grown)
    buffer.removeAll(keepingAtMost: grown - 1)
    #expect(buffer.isEmpty && buffer.capacity == 0)
    buffer.append("again")
    #expect(buffer.text == "again")
  }

  @Test("a queue that is filled and consumed in turn does not grow")
  func reuse() {
    var buffer = ByteBuffer()
    buffer.append(contentsOf: Array(repeating: 1, count: 100))
    for _ in 0..<1000 {
      buffer.append(contentsOf: Array(repeating: 2, count: 50))
      buffer.consume(first: 50)
    }
    #expect(buffer.count == 100 && buffer.capacity == 256)
  }
}
