import Testing

@_spi(Server) @testable import ZerverCore

@Suite("On which condition a request may be carried out")
struct PreconditionTests {
  private static let noon = 1_775_044_800

  @Test("without a field, everything will do")
  func empty() {
    let precondition = Precondition()
    #expect(precondition.isEmpty && precondition == Precondition())
    #expect(precondition.holds(entityTag: nil) && precondition.holds(entityTag: "\"7\"") && precondition.holds(entityTag: "W/\"7\""))
  }

  @Test("If-Match compares strongly, and an asterisk means that something is there")
  func ifMatch() {
    let precondition = Precondition(ifMatch: #""6", "7", W/"8""#)
    #expect(!precondition.isEmpty)
    #expect(precondition.holds(entityTag: "\"7\"") && precondition.holds(entityTag: "7"))
    #expect(!precondition.holds(entityTag: "W/\"7\"") && !precondition.holds(entityTag: "8") && !precondition.holds(entityTag: nil))
    #expect(!precondition.holds(entityTag: nil, lastModified: Self.noon))
    let any = Precondition(ifMatch: "*")
    #expect(any.holds(entityTag: "7") && any.holds(entityTag: "W/\"7\"") && any.holds(entityTag: nil, lastModified: Self.noon))
    #expect(!any.holds(entityTag: nil))
    #expect(!Precondition(ifMatch: "").holds(entityTag: ""), "a field that is no list names nothing")
  }

  @Test("If-None-Match compares weakly, and an asterisk means that nothing is there")
  func ifNoneMatch() {
    let precondition = Precondition(ifNoneMatch: #""6", W/"7""#)
    #expect(!precondition.holds(entityTag: "7") && !precondition.holds(entityTag: "W/\"6\""))
    #expect(precondition.holds(entityTag: "8") && precondition.holds(entityTag: nil))
    let none = Precondition(ifNoneMatch: "*")
    #expect(none.holds(entityTag: nil))
    #expect(!none.holds(entityTag: "7") && !none.holds(entityTag: nil, lastModified: Self.noon))
  }

  @Test("If-Unmodified-Since compares with a date, where there is one")
  func ifUnmodifiedSince() {
    let precondition = Precondition(ifUnmodifiedSince: Self.noon)
    #expect(!precondition.isEmpty)
    #expect(precondition.holds(entityTag: nil, lastModified: Self.noon) && !precondition.holds(entityTag: nil, lastModified: Self.noon + 1))
    #expect(precondition.holds(entityTag: "7") && precondition.holds(entityTag: nil))
  }

  @Test("If-Match counts before If-Unmodified-Since, and If-None-Match is asked as well")
  func order() {
    let both = Precondition(ifMatch: "\"7\"", ifUnmodifiedSince: Self.noon)
    #expect(both.holds(entityTag: "7", lastModified: Self.noon + 1))
    #expect(!both.holds(entityTag: "8", lastModified: Self.noon))
    let three = Precondition(ifMatch: "*", ifNoneMatch: "\"7\"")
    #expect(three.holds(entityTag: "8") && !three.holds(entityTag: "7") && !three.holds(entityTag: nil))
    let dated = Precondition(ifNoneMatch: "\"7\"", ifUnmodifiedSince: Self.noon)
    #expect(!dated.holds(entityTag: "8", lastModified: Self.noon + 1) && dated.holds(entityTag: "8", lastModified: Self.noon))
  }

  @Test("a text without quotes is what stands between them")
  func quotes() {
    for (text, quoted) in [
      ("7", "\"7\""), ("\"7\"", "\"7\""), ("W/\"7\"", "W/\"7\""), ("", "\"\""), ("W/7", "\"W/7\""),
    ] { #expect(EntityTag.quoted(text) == quoted) }
  }
}
