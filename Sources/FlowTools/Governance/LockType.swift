import FlowLanguage

/// A type as the lock writes it, read again.
indirect enum LockType: Equatable {
  case string, int, float, bool
  /// `Cart` of the catalog itself, `CheckoutSteps.Cart` of another module.
  case named(String)
  case list(LockType)
  case map(LockType)
  case optional(LockType)

  init(_ text: some StringProtocol) {
    if text.hasSuffix("?") {
      self = .optional(LockType(text.dropLast()))
    } else if text.hasPrefix("[string: "), text.hasSuffix("]") {
      self = .map(LockType(text.dropFirst("[string: ".count).dropLast()))
    } else if text.hasPrefix("["), text.hasSuffix("]") {
      self = .list(LockType(text.dropFirst().dropLast()))
    } else {
      switch String(text) {
      case "string": self = .string
      case "int": self = .int
      case "float": self = .float
      case "bool": self = .bool
      case let name: self = .named(name)
      }
    }
  }

  var text: String {
    switch self {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .named(let name): name
    case .list(let element): "[\(element.text)]"
    case .map(let value): "[string: \(value.text)]"
    case .optional(let wrapped): "\(wrapped.text)?"
    }
  }
}

/// The limits of a value, from its field and from the newtype that the field has.
struct LockConstraints {
  var length: ClosedRange<Double>?
  var range: ClosedRange<Double>?
  var items: ClosedRange<Double>?
  var pattern: String?
  var isUnique = false
  var isSensitive = false

  init() {}

  /// - Parameter key: of the field; empty for a newtype.
  init(_ block: CatalogLock.Block, of key: String = "") {
    let prefix = key.isEmpty ? "" : key + " "
    length = block["\(prefix)length"].flatMap(Self.bounds)
    range = block["\(prefix)range"].flatMap(Self.bounds)
    items = block["\(prefix)items"].flatMap(Self.bounds)
    pattern = block["\(prefix)pattern"].map(CatalogLock.unquoted)
    isUnique = block.has("\(prefix)unique")
    isSensitive = block.has("\(prefix)sensitive")
  }

  /// `1..64`
  private static func bounds(_ text: String) -> ClosedRange<Double>? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    guard let low = Double(text[..<dots.lowerBound]), let high = Double(text[dots.upperBound...]), low <= high else { return nil }
    return low...high
  }

  /// A value has to keep to both.
  func and(_ other: LockConstraints) -> LockConstraints {
    func both(_ a: ClosedRange<Double>?, _ b: ClosedRange<Double>?) -> ClosedRange<Double>? {
      guard let a, let b else { return a ?? b }
      let low = max(a.lowerBound, b.lowerBound)
      return low...max(low, min(a.upperBound, b.upperBound))
    }
    var result = LockConstraints()
    result.length = both(length, other.length)
    result.range = both(range, other.range)
    result.items = both(items, other.items)
    result.pattern = pattern.map { mine in other.pattern.map { "(\(mine)) and (\($0))" } ?? mine } ?? other.pattern
    result.isUnique = isUnique || other.isUnique
    result.isSensitive = isSensitive || other.isSensitive
    return result
  }
}
