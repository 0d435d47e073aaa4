import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct ContentCodingTests {
  static let rows: [(field: String, coding: ContentCoding?)] = [
    ("", nil), ("gzip", .gzip), ("br", .brotli), ("zstd", .zstd), ("GZIP", .gzip), ("x-gzip", .gzip), ("deflate", nil),
    ("gzip, deflate, br, zstd", .zstd), ("gzip, deflate, br", .brotli), ("gzip;q=1.0, zstd;q=0.5", .gzip), ("*", .zstd),
    ("*;q=0", nil), ("zstd;q=0, *", .brotli), ("gzip;q=0", nil), ("gzip;q=0.001", .gzip), ("gzip ; q=0.5 , br;q=0.4", .gzip),
    ("identity", nil), ("identity, gzip;q=0.5", nil), ("identity;q=0.5, gzip", .gzip), ("identity;q=0", nil),
    ("gzip;q=2", nil), ("gzip;q=0.1234", nil), ("gzip;level=9", nil), (", ,gzip,", .gzip), ("gzipped", nil),
  ]

  @Test("the coding that the client likes best of those that are offered", arguments: rows)
  func chosen(_ row: (field: String, coding: ContentCoding?)) {
    var field = row.field
    let coding = field.withUTF8 { ContentCoding(accepting: UnsafeRawBufferPointer($0), offered: [.zstd, .brotli, .gzip]) }
    #expect(coding == row.coding)
  }

  @Test("what is not offered is not chosen")
  func offered() {
    var field = "zstd, gzip;q=0.1"
    #expect(field.withUTF8 { ContentCoding(accepting: UnsafeRawBufferPointer($0), offered: [.gzip]) } == .gzip)
    #expect(field.withUTF8 { ContentCoding(accepting: UnsafeRawBufferPointer($0), offered: []) } == nil)
  }
}
