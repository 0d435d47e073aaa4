import Testing

@testable import ZerverCatalog
@_spi(Server) @testable import ZerverCore

@Suite("Flows in Swift that are gone, and names that stay free")
struct RetiredNamesTests {
  private static func codes(_ catalogs: FlowCatalog...) -> [String] {
    FlowProblems(FlowCatalog.problems(of: catalogs)).problems.map { "\($0.place.line) \($0.code)" }
  }

  private static func flow(_ slug: String = "read-cart", line: Int = 1) -> Flow<String, String> {
    testFlow(slug, line: line) { input in step(LoadUser.self, input) }
  }

  @Test("they are in the catalog, and no flow beside them takes their names")
  func collisions() throws {
    let gone = FlowCatalog(
      Self.flow("show-cart"),
      tombstones: [FlowTombstone("v1/see-cart", successor: "v1/show-cart", because: "One flow shows it.", line: 3)],
      reserved: [ReservedSlug("pay-cart", because: "It was something else.", line: 4)])
    #expect(gone.catalog.tombstones.map(\.reason) == ["One flow shows it."])
    #expect(gone.catalog.reservations.map(\.slug.text) == ["pay-cart"])
    #expect(Self.codes(gone) == [])
    #expect(Self.codes(gone, FlowCatalog(Self.flow("see-cart", line: 7))) == ["7 tombstoned-slug"])
    let problems = FlowCatalog.problems(of: [gone, FlowCatalog(Self.flow().alias("pay-cart", line: 8))])
    #expect(problems.map(\.code) == ["reserved-slug"])
    #expect(problems.first?.related.map(\.place.line) == [4])
    #expect(problems.first?.explanation.hasSuffix("The reason is: It was something else.") == true)
    // Within one catalog as well, in whatever order they are written.
    let both = FlowCatalog(Self.flow("see-cart", line: 7), tombstones: [FlowTombstone("v1/see-cart", because: "Gone.")])
    #expect(Self.codes(both) == ["7 tombstoned-slug"])
  }

  @Test("an old name leads in another version to where its tombstone sends callers, and nowhere else")
  func aliases() {
    func catalog(_ slug: String) -> FlowCatalog {
      FlowCatalog(
        Flow(slug, .v2, method: .post, owner: "shop", input: .body(), output: .json(), line: 1) { (input: Handle<String>) in
          step(LoadUser.self, input)
        }.alias("see-cart", line: 2),
        tombstones: [FlowTombstone("v1/see-cart", successor: slug == "show-cart" ? "v2/show-cart" : nil, because: "Gone.")])
    }
    #expect(Self.codes(catalog("show-cart")) == [])
    #expect(Self.codes(catalog("list-carts")) == ["2 tombstoned-slug"])
  }

  @Test("they are checked like their lines in a `.flow` file")
  func mistakes() {
    func codes(_ tombstones: FlowTombstone..., reserved: [ReservedSlug] = []) -> [String] {
      Self.codes(FlowCatalog(Self.flow(), tombstones: tombstones, reserved: reserved))
    }
    #expect(codes(FlowTombstone("see-cart", because: "Gone.", line: 2)) == ["2 slug-shape"])
    #expect(codes(FlowTombstone("v1/see-cart", successor: "show-cart", because: "Gone.", line: 2)) == ["2 unknown-successor"])
    #expect(codes(FlowTombstone("v1/see-cart", successor: "v1/show-cart", because: "Gone.", line: 2)) == ["2 unknown-successor"])
    #expect(codes(FlowTombstone("v1/see-cart", successor: "v1/see-cart", because: "Gone.", line: 2)) == ["2 unknown-successor"])
    #expect(
      codes(FlowTombstone("v1/see-cart", because: "Gone.", line: 2), FlowTombstone("v1/see-cart", because: "Gone.", line: 3))
        == ["3 duplicate-declaration"])
    #expect(codes(reserved: [ReservedSlug("Cart", because: "No.", line: 2)]) == ["2 slug-shape"])
    #expect(
      codes(reserved: [ReservedSlug("pay-cart", because: "No.", line: 2), ReservedSlug("pay-cart", because: "No.", line: 3)])
        == ["3 duplicate-declaration"])
    let ending = Self.flow("show-cart").deprecated("2026-10-01", line: 5)
    let next = FlowCatalog(ending, tombstones: [FlowTombstone("v1/see-cart", successor: "v1/show-cart", because: "Gone.", line: 2)])
    #expect(Self.codes(next) == ["2 deprecated-successor"])
    #expect(FlowCatalog.problems(of: [next]).first?.related.map(\.place.line) == [5])
  }

  @Test("a flow that is withdrawn says since when callers know")
  func retired() {
    #expect(Self.codes(FlowCatalog(Self.flow().retired(line: 2))) == ["2 status-date"])
    let catalog = FlowCatalog(Self.flow().retired().deprecated("2026-10-01"))
    #expect(Self.codes(catalog) == [])
    #expect(catalog.catalog.entries.first?.deprecation?.isRetired == true)
    #expect(catalog.contractFiles.first?.text.contains("  status retired\n  deprecated 2026-10-01\n") == true)
  }

  @Test("a file tells the tools about them")
  func contractFile() {
    let catalog = FlowCatalog(
      [], tombstones: [FlowTombstone("v1/see-cart", successor: "v2/show-cart", because: "One \"flow\" shows it.")],
      reserved: [ReservedSlug("pay-cart", because: "It was something else.")])
    #expect(
      catalog.contractFiles == [
        FlowContractFile(
          path: "Retired.flow",
          text: """
            reserved pay-cart "It was something else."
            tombstone v1/see-cart successor v2/show-cart "One \\"flow\\" shows it."

            """)
      ])
  }
}
