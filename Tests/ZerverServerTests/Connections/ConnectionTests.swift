import Testing

@testable import ZerverServer

@Suite struct ConnectionTests {
  @Test("an idle connection costs half a kilobyte, which is what nginx takes for one")
  func size() {
    #expect(MemoryLayout<Connection>.stride <= 480, "\(MemoryLayout<Connection>.stride) bytes")
  }
}
