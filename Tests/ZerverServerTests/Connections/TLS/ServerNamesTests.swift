import Testing

@testable import ZerverServer

@Suite struct ServerNamesTests {
  private let names: ServerNames = {
    var names = ServerNames()
    names.add("shop.example", certificate: 0)
    names.add("*.Shop.example", certificate: 1)
    names.add("eu.shop.example", certificate: 2)
    names.add("shop.example", certificate: 3)
    return names
  }()

  @Test(
    "a name goes before a pattern, a star is one label, and case does not matter",
    arguments: [
      ("shop.example", 0), ("SHOP.example.", 0), ("us.shop.example", 1), ("eu.shop.example", 2), ("a.us.shop.example", nil),
      ("example", nil), (".shop.example", nil), ("", nil), (".", nil), ("othershop.example", nil),
    ] as [(String, Int?)])
  func match(_ name: String, _ certificate: Int?) { #expect(names.certificate(for: name) == certificate) }
}
