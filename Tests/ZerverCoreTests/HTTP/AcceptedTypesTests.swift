import Testing

@_spi(Server) @testable import ZerverCore

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

  static let forms: [(field: String, form: StreamForm?)] = [
    ("", .lines), ("*/*", .lines), ("application/x-ndjson", .lines), ("text/event-stream", .events), ("text/*", .events),
    ("text/event-stream, */*;q=0.1", .events), ("text/event-stream, application/x-ndjson", .lines), ("text/html", nil),
    ("application/json", nil), ("text/event-stream;q=0, */*", .lines), ("*/*;q=0", nil), ("garbage", .lines),
  ]

  @Test("a field chooses the form of an answer in parts", arguments: forms)
  func streamForm(_ row: (field: String, form: StreamForm?)) {
    var field = row.field
    #expect(field.withUTF8 { StreamForm(accept: UnsafeRawBufferPointer($0)) } == row.form)
  }
}
