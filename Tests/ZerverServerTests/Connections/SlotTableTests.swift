import Testing

@testable import ZerverServer

@Suite struct SlotTableTests {
  @Test("a table gives as many slots as it may have, at addresses that stay", arguments: [1, 63, 64, 65, 1000])
  func all(slotsMax: Int) throws {
    var table = try SlotTable<Int>(slotsMax: slotsMax) { 7 }
    var addresses: [UnsafeMutablePointer<Int>] = []
    for index in 0..<slotsMax {
      #expect(table.take() == index)
      #expect(table[index].pointee == 7)
      table[index].pointee = index
      addresses.append(table[index])
    }
    #expect(table.take() == nil)
    #expect(table.inUse == slotsMax && table.capacity == slotsMax)
    #expect((0..<slotsMax).allSatisfy { table[$0] == addresses[$0] && table[$0].pointee == $0 })
  }

  @Test("the slot that was used last is given first, as it was left")
  func order() throws {
    var table = try SlotTable<Int>(slotsMax: 100) { 0 }
    #expect([table.take(), table.take(), table.take()] == [0, 1, 2])
    table[1].pointee = 5
    table.give(2)
    table.give(1)
    #expect(table.inUse == 1)
    var free = 0
    table.forEachFree { _ in free += 1 }
    #expect(free == table.capacity - 1)
    #expect(table.take() == 1)
    #expect(table[1].pointee == 5)
  }

  @Test("more slots than there are addresses for is an error")
  func tooMany() {
    #expect(throws: ProactorError.self) { _ = try SlotTable<Int>(slotsMax: 1 << 46) { 0 } }
  }
}
