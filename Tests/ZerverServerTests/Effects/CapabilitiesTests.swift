import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@Suite struct CapabilitiesTests {
  @Test("the standard table has time and crypto, and no database")
  func standard() {
    #expect(Capabilities.standard.kinds == [.time, .crypto])
    #expect(Capabilities.standard.make(.time) is SystemTime)
    #expect(Capabilities.standard.make(.crypto) is SystemCrypto)
    #expect(Capabilities.standard.make(.database) == nil)
    #expect(Capabilities().kinds.isEmpty)
  }

  @Test("each call makes an instance of its own")
  func instances() {
    #expect(Capabilities.standard.make(.time) !== Capabilities.standard.make(.time))
  }

  @Test("a later registration replaces an earlier one, and the original table stays as it was")
  func replacement() {
    let fakes = Capabilities.standard.withFakes()
    #expect(fakes.make(.time) is FakeTime)
    #expect(fakes.make(.crypto) is FakeCrypto)
    #expect(Capabilities.standard.make(.time) is SystemTime)
    var table = fakes
    table.register(.time) { SystemTime() }
    #expect(table.make(.time) is SystemTime)
  }
}
