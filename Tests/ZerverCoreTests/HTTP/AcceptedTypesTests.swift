import Testing

@testable import ZerverCore

@Suite struct AcceptedTypesTests {
  static let rows: [(field: String, accepted: AcceptedTypes)] = [
    ("", .all), ("*/*", .all), ("application/json", .json), ("text/plain", .text), ("text/*", .text), ("image/png", []),
    ("application/*, text/plain", .all), ("*/*;q=0", []), ("*/*, text/plain;q=0", .json), ("text/*;q=0, */*", .json),
    ("text/plain, text/*;q=0", .text), ("application/json;q=0.001", .json), ("application/json; q=0.000", []),
    ("Application/JSON", .json), (" application/json ,, text/plain ", .all), ("application/jsonx", []),
    ("application/json;charset=utf-8", .json), ("application/json ; q=0", []), ("garbage", .all), ("application/json, garbage", .all),
  ]

  @Test("a field lets through what it names", arguments: rows)
  func accepted(_ row: (field: String, accepted: AcceptedTypes)) {
    var field = row.field
    #expect(field.withUTF8 { AcceptedTypes(UnsafeRawBufferPointer($0)) } == row.accepted)
  }
}
