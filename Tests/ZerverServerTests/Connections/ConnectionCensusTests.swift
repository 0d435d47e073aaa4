import Testing

@testable import ZerverServer

@Suite struct ConnectionCensusTests {
  typealias Client = ConnectionCensus.Client

  @Test("a client has as many connections as it may have, and one more when one has ended")
  func limit() {
    let census = ConnectionCensus(perClientMax: 2)
    let client = Client(bits: 1, isNetwork: false)
    #expect(census.enter(client) && census.enter(client))
    #expect(!census.enter(client))
    census.leave(client)
    #expect(census.enter(client))
    #expect(!census.enter(client))
  }

  @Test("clients are counted apart, and a network is no address")
  func apart() {
    let census = ConnectionCensus(perClientMax: 1)
    #expect(census.enter(Client(bits: 1, isNetwork: false)))
    #expect(census.enter(Client(bits: 2, isNetwork: false)))
    #expect(census.enter(Client(bits: 1, isNetwork: true)))
    #expect(!census.enter(Client(bits: 1, isNetwork: true)))
  }
}
