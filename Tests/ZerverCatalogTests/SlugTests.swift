import Testing
import ZerverCatalog

@Suite("Slugs")
struct SlugTests {
  @Test("a slug is two or more lower-case words", arguments: ["checkout-cart", "a-b", "order-2", "x1-y2-z3"])
  func valid(text: String) throws {
    #expect(try Slug(text).text == text)
    #expect(Slug.violation(of: text) == nil)
  }

  @Test(
    "the first broken rule is named",
    arguments: [
      ("", .empty), ("checkout", .oneWord), ("2-carts", .startsWithDigit), ("-cart", .emptyWord(offset: 0)),
      ("cart-", .emptyWord(offset: 4)), ("check--out", .emptyWord(offset: 6)),
      ("Check-out", .forbiddenCharacter("C", offset: 0)), ("check_out", .forbiddenCharacter("_", offset: 5)),
      ("käse-kuchen", .forbiddenCharacter("ä", offset: 1)), ("check-out/x", .forbiddenCharacter("/", offset: 9)),
    ] as [(String, Slug.Violation)])
  func violations(text: String, violation: Slug.Violation) {
    #expect(Slug.violation(of: text) == violation)
    #expect(throws: violation) { try Slug(text) }
    #expect(!violation.rule.isEmpty)
  }

  @Test("80 characters are the most")
  func length() {
    let longest = "a-" + String(repeating: "b", count: 78)
    #expect(Slug.violation(of: longest) == nil)
    #expect(Slug.violation(of: longest + "b") == .tooLong(length: 81))
  }
}

@Suite("Versions")
struct FlowVersionTests {
  @Test("a version is v and a number without leading zeros", arguments: [("v1", 1), ("v20", 20), ("v999", 999)])
  func valid(text: String, number: Int) throws {
    let version = try #require(FlowVersion(text: text))
    #expect(version.number == number)
    #expect(version.description == text)
  }

  @Test("anything else is none", arguments: ["", "v", "v0", "v01", "v1000", "1", "V1", "v1a", "v-1", "v١"])
  func noVersion(text: String) { #expect(FlowVersion(text: text) == nil) }

  @Test("a reference is read as it is written")
  func reference() throws {
    let reference = try #require(FlowReference(text: "v2/checkout-cart"))
    #expect(reference.description == "v2/checkout-cart")
    #expect(reference.path == "/flow/v2/checkout-cart")
    for text in ["checkout-cart", "v2/checkout", "v2/", "/v2/checkout-cart", "v2/checkout-cart/"] {
      #expect(FlowReference(text: text) == nil)
    }
  }
}
