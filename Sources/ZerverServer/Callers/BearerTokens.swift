@_spi(Server) public import ZerverCore

/// An authenticator for tokens that are known in advance: `Authorization: Bearer …` (RFC 6750).
///
/// For services that call each other and for the first days of an app. A token is a password: give it at least 128 random
/// bits, and keep it out of the source.
///
/// ```swift
/// let tokens = try BearerTokens([
///   .init("s3cr3t…", Caller(subject: "billing", tenant: "acme", roles: ["support"]))
/// ])
/// let server = try Server(catalogs: [Routes.catalog], authenticator: tokens)
/// ```
public struct BearerTokens: Authenticator {
  public struct Token: Sendable {
    let secret: [UInt8]
    let caller: Caller

    public init(_ secret: String, _ caller: Caller) {
      self.secret = Array(secret.utf8)
      self.caller = caller
    }
  }

  /// Why tokens are refused. It never holds a token.
  public enum Mistake: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    case tooShort(token: Int)
    /// A character that no token has (RFC 6750 §2.1).
    case forbiddenCharacter(token: Int)
    case repeated(token: Int)
    /// A line of the text form that has no token and no subject, or an unknown word.
    case malformedLine(Int)

    public var description: String {
      switch self {
      case .tooShort(let token):
        "token \(token) is shorter than \(BearerTokens.secretBytesMin) characters, so it could be guessed"
      case .forbiddenCharacter(let token): "token \(token) has a character that a bearer token cannot have"
      case .repeated(let token): "token \(token) stands there twice"
      case .malformedLine(let line):
        "line \(line) is not of the form: TOKEN subject=NAME [tenant=NAME] [roles=A,B] [capabilities=A,B]"
      }
    }
  }

  /// 22 characters of base64 hold 128 bits.
  public static let secretBytesMin = 22

  private let tokens: [Token]

  public init(_ tokens: [Token]) throws(Mistake) {
    for (index, token) in tokens.enumerated() {
      if token.secret.count < Self.secretBytesMin { throw .tooShort(token: index + 1) }
      if !token.secret.allSatisfy(Self.isTokenCharacter) { throw .forbiddenCharacter(token: index + 1) }
      if tokens[..<index].contains(where: { $0.secret == token.secret }) { throw .repeated(token: index + 1) }
    }
    self.tokens = tokens
  }

  /// Reads the text form, for a file or a variable of the environment: a token on each line, `#` begins a comment.
  ///
  /// ```
  /// 5f3c…  subject=billing  tenant=acme  roles=support,admin  capabilities=cancel-orders
  /// ```
  public init(text: String) throws(Mistake) {
    var tokens: [Token] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let secret = words.first, !secret.hasPrefix("#") else { continue }
      guard let caller = Self.caller(words.dropFirst()) else { throw .malformedLine(index + 1) }
      tokens.append(Token(String(secret), caller))
    }
    try self.init(tokens)
  }

  private static func caller(_ words: ArraySlice<Substring>) -> Caller? {
    var caller = Caller(subject: "")
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty else { return nil }
      let list = Set(parts[1].split(separator: ",").map(String.init))
      switch parts[0] {
      case "subject": caller.subject = String(parts[1])
      case "tenant": caller.tenant = String(parts[1])
      case "roles": caller.roles = list
      case "capabilities": caller.capabilities = list
      default: return nil
      }
    }
    return caller.subject.isEmpty ? nil : caller
  }

  // MARK: Authenticating

  public var challenge: String { "Bearer" }

  public func authenticate(_ request: borrowing RequestHeadView) -> Authentication {
    request.withHeader("authorization") { value in
      guard let value, let secret = Self.secret(of: value) else { return .anonymous }
      // Every token is compared to its end: how long it takes says nothing about which one is nearly right.
      var found: Int?
      for (index, token) in tokens.enumerated() where Self.areEqual(secret, token.secret) { found = index }
      return found.map { .caller(tokens[$0].caller) } ?? .refused(challenge: "Bearer error=\"invalid_token\"")
    }
  }

  /// What follows `Bearer`, whose case does not matter (RFC 9110 §11.1). `nil` for another scheme.
  private static func secret(of value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let scheme = "bearer ".utf8
    guard value.count > scheme.count, zip(value, scheme).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
    guard let start = value[scheme.count...].firstIndex(where: { $0 != UInt8(ascii: " ") }) else { return nil }
    return UnsafeRawBufferPointer(rebasing: value[start...])
  }

  /// Takes a time that depends on the length of the candidate alone.
  static func areEqual(_ candidate: UnsafeRawBufferPointer, _ secret: [UInt8]) -> Bool {
    var difference = candidate.count ^ secret.count
    for index in candidate.indices { difference |= Int(candidate[index] ^ secret[index % secret.count]) }
    return difference == 0
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"),
      UInt8(ascii: "="):
      true
    default: false
    }
  }
}
