import FlowLanguage
import Foundation
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("The site of a catalog")
struct SiteTests {
  static let folder = "Tests/FlowToolsTests/Documents/Golden"

  static let sites: [(name: String, pages: [SiteEmitter.Page])] = [
    ("shop", SiteEmitter.pages(ReferenceShop.catalog, .init(title: "Reference shop", today: ReferenceShop.today))),
    ("every", SiteEmitter.pages(EveryConstruct.catalog, .init(today: EveryConstruct.today))),
  ]

  @Test("pages are the committed ones")
  func golden() throws {
    let wanted = [("shop", "index.html"), ("shop", "flows/v2-checkout-cart.html"), ("every", "flows/v2-place-order.html"), ("every", "types/Everything.html")]
    for (name, path) in wanted {
      let page = try #require(Self.page(name, path))
      // The style is the same on all pages, pictures have tests of their own, and both would be most of the file.
      let text = Self.withoutPicture(page.text).replacing(SiteStyle.css, with: "…").replacing(SiteStyle.script, with: "…")
      try Golden(path: "\(Self.folder)/\(name).\(path.replacing("/", with: "."))").expect(text)
    }
  }

  @Test("every link leads to a page, and to a place on it", arguments: ["shop", "every"])
  func links(name: String) throws {
    let site = try #require(Self.sites.first { $0.name == name }).pages
    let paths = Set(site.map(\.path))
    for page in site {
      for link in page.text.matches(of: /href="([^"]*)"/).map({ String($0.1) }) {
        if link.hasPrefix("#") || link.hasPrefix("data:") || link.hasPrefix("https://example.com/") { continue }
        let parts = link.split(separator: "#", maxSplits: 1).map(String.init)
        let target = Self.resolve(parts[0], from: page.path)
        #expect(paths.contains(target), "\(page.path) links to \(link)")
        guard parts.count == 2, let other = site.first(where: { $0.path == target }) else { continue }
        #expect(other.text.contains("id=\"\(parts[1])\""), "\(page.path) links to \(link)")
      }
    }
  }

  @Test("no comment becomes markup, and no page loads anything", arguments: ["shop", "every"])
  func injection(name: String) throws {
    for page in try #require(Self.sites.first { $0.name == name }).pages {
      #expect(!page.text.contains("<img"), "\(page.path)")
      #expect(page.text.components(separatedBy: "</script>").count <= 2, "\(page.path)")
      #expect(!page.text.contains("@import") && !page.text.replacingOccurrences(of: "url(#", with: "").contains("url("), "\(page.path)")
      // What an attribute says is text; what it is called is not.
      let tags = page.text.replacing(/"[^"]*"/, with: "\"\"").matches(of: /<[^<>]*>/).map(\.output)
      #expect(!tags.contains { $0.contains(" src=") }, "\(page.path)")
    }
  }

  @Test("tags are closed in the order in which they were opened", arguments: ["shop", "every"])
  func wellFormed(name: String) throws {
    let void: Set = ["meta", "link", "input", "br"]
    for page in try #require(Self.sites.first { $0.name == name }).pages {
      var open: [String] = []
      let text = Self.withoutPicture(page.text).replacing(SiteStyle.css, with: "").replacing(SiteStyle.script, with: "")
      for tag in text.matches(of: /<(\/?)([a-z][a-z0-9]*)[^>]*>/) where !void.contains(String(tag.2)) {
        if tag.1.isEmpty { open.append(String(tag.2)) } else { #expect(open.popLast() == String(tag.2), "\(page.path): </\(tag.2)>") }
      }
      #expect(open.isEmpty, "\(page.path): \(open)")
    }
  }

  @Test("a flow says where it stands in its life")
  func lifeCycle() throws {
    let old = try #require(Self.page("every", "flows/v1-place-order.html")).text
    #expect(old.contains("<strong>Deprecated since 2026-10-01.</strong> It is answered until 2027-04-01."))
    #expect(try #require(Self.page("every", "flows/v1-drop-thing.html")).text.contains("<strong>Retired.</strong> This flow answers 410."))
    #expect(try #require(Self.page("every", "flows/v1-find-things.html")).text.contains("<strong>Experimental.</strong>"))
  }

  @Test("changes between versions say which of them break a caller")
  func changes() throws {
    let flows = EveryConstruct.catalog.flows.filter { $0.entry.slug.text == "place-order" }
    let changes = VersionChanges(catalog: EveryConstruct.catalog, old: flows[0], new: flows[1]).changes()
    #expect(changes.contains(.init(isBreaking: true, text: "The status is 201 and no longer 200.")))
    #expect(changes.contains(.init(isBreaking: true, text: "In the input, `cart-id` is `CartId` and no longer `string`.")))
    #expect(changes.contains(.init(isBreaking: false, text: "New in the input: `code`, which may be left out.")))
    #expect(changes.contains(.init(isBreaking: true, text: "New in the input: `name`, which has to be there.")))
    #expect(changes.contains(.init(isBreaking: true, text: "No longer in the output: `total`.")))
    #expect(changes.contains(.init(isBreaking: true, text: "`out-of-stock` answers 409 and no longer 410.")))
    #expect(!changes.contains { $0.text.contains("`status`") })
  }

  private static func page(_ site: String, _ path: String) -> SiteEmitter.Page? {
    sites.first { $0.name == site }?.pages.first { $0.path == path }
  }

  private static func withoutPicture(_ text: String) -> String {
    guard let start = text.range(of: "<svg"), let end = text.range(of: "</svg>") else { return text }
    return text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "…")
  }

  private static func resolve(_ link: String, from page: String) -> String {
    var folders = page.split(separator: "/").dropLast().map(String.init)
    for part in link.split(separator: "/").map(String.init) {
      if part == ".." { folders.removeLast() } else { folders.append(part) }
    }
    return folders.joined(separator: "/")
  }
}
