import Testing
@_spi(Server) import ZerverCore

@testable import ZerverServer

@Suite struct BearerTokensTests {
  private static let secret = "0123456789abcdef0123456789abcdef"

  @Test("the text form has a token on each line")
  func text() throws {
    let tokens = try BearerTokens(
      text: """
        # Who calls us.
        \(Self.secret) subject=billing tenant=acme roles=support,admin capabilities=cancel-orders

        \(Self.secret)x subject=shop
        """)
    let caller = Caller(subject: "billing", tenant: "acme", roles: ["admin", "support"], capabilities: ["cancel-orders"])
    #expect(Self.authenticate("Bearer \(Self.secret)", tokens) == .caller(caller))
    #expect(Self.authenticate("bearer  \(Self.secret)x", tokens) == .caller(Caller(subject: "shop")))
  }

  @Test("what is no token of ours is refused, and another scheme is none at all", arguments: [
    ("Bearer wrong", true), ("Bearer 0123456789abcdef0123456789abcdeg", true), ("Bearer 0123456789abcdef0123456789abcdef0", true),
    ("Bearer", false), ("Bearer ", false), ("Basic YTpi", false), ("", false),
  ])
  func refused(value: String, isRefused: Bool) throws {
    let tokens = try BearerTokens([.init(Self.secret, Caller(subject: "billing"))])
    let expected: Authentication = isRefused ? .refused(challenge: "Bearer error=\"invalid_token\"") : .anonymous
    #expect(Self.authenticate(value, tokens) == expected)
  }

  @Test("mistakes in tokens are named without the token", arguments: [
    ("short subject=a", .tooShort(token: 1)), ("0123456789abcdef012345(7 subject=a", .forbiddenCharacter(token: 1)),
    ("0123456789abcdef01234567", .malformedLine(1)), ("0123456789abcdef01234567 subject=a color=red", .malformedLine(1)),
    ("\n0123456789abcdef01234567 tenant=a", .malformedLine(2)),
    ("0123456789abcdef01234567 subject=a\n0123456789abcdef01234567 subject=b", .repeated(token: 2)),
  ] as [(String, BearerTokens.Mistake)])
  func mistakes(text: String, mistake: BearerTokens.Mistake) {
    #expect(throws: mistake) { try BearerTokens(text: text) }
    #expect(!mistake.description.contains("0123456789"))
  }

  private static func authenticate(_ value: String, _ tokens: BearerTokens) -> Authentication? {
    let bytes = Array("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: \(value)\r\n\r\n".utf8)
    return bytes.withUnsafeBytes { bytes in
      var parser = RequestHeadParser(limits: HTTPLimits())
      guard case .complete = parser.parse(bytes) else { return nil }
      return tokens.authenticate(RequestHeadView(parser.head, bytes))
    }
  }
}
