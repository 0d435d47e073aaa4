/// How the body of an answer may be compressed (RFC 9110 §8.4.1).
public enum ContentCoding: UInt8, CaseIterable, Equatable, Sendable, LosslessStringConvertible {
  case gzip, brotli, zstd

  public init?(_ name: String) {
    guard let coding = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = coding
  }

  public var description: String { name }

  /// The token of `Content-Encoding` and `Accept-Encoding`: `gzip`, `br` (RFC 7932), `zstd` (RFC 8878).
  public var name: String {
    switch self {
    case .gzip: "gzip"
    case .brotli: "br"
    case .zstd: "zstd"
    }
  }
}

@_spi(Server) extension ContentCoding {
  /// The coding that a client likes best among those that are offered, the first of several that it likes alike; `nil` when
  /// the body is to be sent as it is.
  ///
  /// - Parameter field: the value of `Accept-Encoding`, all lines of it.
  public init?(accepting field: UnsafeRawBufferPointer, offered: [ContentCoding]) {
    guard let base = field.baseAddress else { return nil }
    var weights: [ContentCoding: Int] = [:]
    var others: Int?
    var identity: Int?
    var start = 0
    while start < field.count {
      var end = start
      while end < field.count, field[end] != UInt8(ascii: ",") { end += 1 }
      let item = HTTPSyntax.trimmed(base, from: start, to: end).of(field)
      start = end + 1
      if item.isEmpty { continue }
      let (token, weight) = Self.item(item)
      if let coding = Self.coding(token) {
        weights[coding] = weight
      } else if token.elementsEqual("*".utf8) {
        others = weight
      } else if Self.equals(token, "identity") {
        identity = weight
      }
    }
    var best: (coding: ContentCoding, weight: Int)?
    for coding in offered {
      let weight = weights[coding] ?? others ?? 0
      if weight > best?.weight ?? 0 { best = (coding, weight) }
    }
    guard let best, best.weight >= identity ?? 0 else { return nil }
    self = best.coding
  }

  private static func coding(_ token: UnsafeRawBufferPointer) -> ContentCoding? {
    // `x-gzip` is the same (RFC 9110 §8.4.1.3).
    if equals(token, "gzip") || equals(token, "x-gzip") { return .gzip }
    if equals(token, "br") { return .brotli }
    return equals(token, "zstd") ? .zstd : nil
  }

  private static func equals(_ token: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    guard let base = token.baseAddress else { return false }
    return HTTPSyntax.equalsFolded(base, token.count, name)
  }

  /// Token and weight in thousandths. A weight that cannot be read is none.
  private static func item(_ item: UnsafeRawBufferPointer) -> (token: UnsafeRawBufferPointer, weight: Int) {
    let parts = item.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    let token = UnsafeRawBufferPointer(rebasing: item[parts[0].indices])
    let name = UnsafeRawBufferPointer(rebasing: token.prefix { !HTTPSyntax.isSpace($0) })
    guard parts.count > 1 else { return (name, 1000) }
    let parameter = parts[1].filter { !HTTPSyntax.isSpace($0) }
    guard parts.count == 2, parameter.count > 2, parameter[0] | 0x20 == UInt8(ascii: "q"), parameter[1] == UInt8(ascii: "=")
    else { return (name, 0) }
    return (name, weight(parameter.dropFirst(2)) ?? 0)
  }

  /// `1`, `0.5`, `0.125` (RFC 9110 §12.4.2).
  private static func weight(_ digits: ArraySlice<UInt8>) -> Int? {
    guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
    var weight = Int(first - UInt8(ascii: "0")) * 1000
    let rest = digits.dropFirst()
    guard rest.count <= 4, rest.isEmpty || rest.first == UInt8(ascii: ".") else { return nil }
    var unit = 100
    for digit in rest.dropFirst() {
      guard digit &- UInt8(ascii: "0") < 10 else { return nil }
      weight += Int(digit - UInt8(ascii: "0")) * unit
      unit /= 10
    }
    return weight <= 1000 ? weight : nil
  }
}
