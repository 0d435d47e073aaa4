/// Places where a body lacks what an example expects.
struct JSONDifference: Equatable {
  /// `lines[0].sku`; empty for the whole.
  let path: String
  let expected: String
  /// `nil` where nothing came.
  let found: String?

  /// An object has to have the expected members and may have others. A list has to have exactly the expected elements.
  static func between(expected: JSONDocument, found: JSONDocument?, at path: String = "") -> [JSONDifference] {
    guard let found else { return [JSONDifference(path: path, expected: expected.text, found: nil)] }
    switch (expected, found) {
    case (.object(let members), .object(let others)):
      return members.flatMap { member -> [JSONDifference] in
        let other = others.first { $0.name == member.name }?.value
        // A member that is left out is `null`.
        if other == nil, member.value == .null { return [] }
        return between(expected: member.value, found: other, at: path.isEmpty ? member.name : "\(path).\(member.name)")
      }
    case (.list(let elements), .list(let others)) where elements.count == others.count:
      return zip(elements, others).enumerated().flatMap { index, pair in
        between(expected: pair.0, found: pair.1, at: "\(path)[\(index)]")
      }
    case (.list(let elements), .list(let others)):
      return [JSONDifference(path: path, expected: count(elements), found: count(others))]
    default:
      return expected == found ? [] : [JSONDifference(path: path, expected: expected.text, found: found.text)]
    }
  }

  private static func count(_ elements: [JSONDocument]) -> String {
    "\(elements.count == 1 ? "1 element" : "\(elements.count) elements"): \(JSONDocument.list(elements).text)"
  }

  /// Two lines, as a diff has them.
  var text: String {
    let place = path.isEmpty ? "" : "\(path): "
    return "- \(place)\(expected)\n+ \(place)\(found ?? "nothing")"
  }
}
