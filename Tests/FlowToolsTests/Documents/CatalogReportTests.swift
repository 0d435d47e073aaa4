import FlowLanguage
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("The list of a catalog")
struct CatalogReportTests {
  static let folder = "Tests/FlowToolsTests/Documents/Golden"

  @Test("the table and the JSON of every construct are the committed ones")
  func everything() throws {
    let report = CatalogReport(EveryConstruct.catalog, today: EveryConstruct.today)
    try Golden(path: "\(Self.folder)/every.catalog.txt").expect(report.table(width: nil))
    try Golden(path: "\(Self.folder)/every.catalog.json").expect(report.json.text)
  }

  @Test("the table of the shop is the committed one")
  func shop() throws {
    let report = CatalogReport(ReferenceShop.catalog, today: ReferenceShop.today)
    try Golden(path: "\(Self.folder)/shop.catalog.txt").expect(report.table(width: nil))
  }

  @Test("no line is wider than the terminal, and what is left out is named", arguments: [40, 60, 80, 120, 200])
  func width(width: Int) {
    let report = CatalogReport(EveryConstruct.catalog, today: EveryConstruct.today)
    let lines = report.table(width: width).split(separator: "\n")
    let table = lines.prefix(1 + report.flows.count)
    #expect(table.allSatisfy { $0.count <= width }, "\(lines.joined(separator: "\n"))")
    #expect(lines[0].contains("FLOW") && lines[0].contains("VERSION"))
    let isWhole = lines[0].contains("BINDINGS") && lines[0].contains("PATH")
    #expect(lines.contains { $0.hasPrefix("Not shown in this width:") } == !isWhole)
  }

  @Test("filters of one kind are alternatives, of several kinds all hold")
  func filters() {
    func slugs(_ filter: CatalogReport.Filter) -> [String] {
      CatalogReport(EveryConstruct.catalog, today: EveryConstruct.today, filter: filter).flows.map(\.entry.reference.description)
    }
    #expect(slugs(.init(owners: ["nobody"])) == [])
    #expect(slugs(.init(owners: ["nobody", "payments"])).count == 9)
    #expect(slugs(.init(statuses: ["deprecated"])) == ["v1/place-order"])
    #expect(slugs(.init(statuses: ["retired", "experimental"])) == ["v1/drop-thing", "v1/find-things"])
    #expect(slugs(.init(tags: ["public"])) == ["v1/find-things", "v2/place-order"])
    #expect(slugs(.init(statuses: ["active"], tags: ["public"])) == ["v2/place-order"])
  }

  @Test("a list without flows says so")
  func empty() {
    let report = CatalogReport(EveryConstruct.catalog, today: EveryConstruct.today, filter: .init(tags: ["none"]))
    #expect(report.table(width: 80) == "No flow matches.\n")
    #expect(report.json.text == "{\n  \"flows\": []\n}\n")
  }
}
