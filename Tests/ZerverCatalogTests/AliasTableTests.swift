import Testing
@testable import ZerverCatalog

@Suite("The alias table")
struct AliasTableTests {
  func entry(_ slug: String, v version: Int = 1, aliases: [String] = []) throws -> CatalogEntry {
    CatalogEntry(
      slug: try Slug(slug), version: try #require(FlowVersion(version)), method: .get, owner: "shop",
      aliases: try aliases.map { Alias(try Slug($0)) })
  }

  @Test("one slug in two versions is two paths")
  func versions() throws {
    let table = AliasTable([try entry("show-cart"), try entry("show-cart", v: 2, aliases: ["view-cart"])])
    #expect(table.collisions.isEmpty)
    #expect(table["/flow/v1/show-cart"] == .flow(entry: 0))
    #expect(table["/flow/v2/view-cart"] == .alias(entry: 1, index: 0))
    #expect(table["/flow/v1/view-cart"] == nil)
  }

  @Test("every second claim of a path is a collision with the first")
  func collisions() throws {
    let table = AliasTable([
      try entry("show-cart", aliases: ["view-cart", "show-cart"]),
      try entry("view-cart"),
      try entry("list-orders", aliases: ["view-cart"]),
    ])
    #expect(
      table.collisions == [
        .init(path: "/flow/v1/show-cart", first: .flow(entry: 0), second: .alias(entry: 0, index: 1)),
        .init(path: "/flow/v1/view-cart", first: .alias(entry: 0, index: 0), second: .flow(entry: 1)),
        .init(path: "/flow/v1/view-cart", first: .alias(entry: 0, index: 0), second: .alias(entry: 2, index: 0)),
      ])
  }
}
