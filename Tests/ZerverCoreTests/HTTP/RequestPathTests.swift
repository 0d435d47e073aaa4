import Testing

@_spi(Server) @testable import ZerverCore

@Suite struct RequestPathTests {
  static let rows: [(path: String, normal: String)] = [
    ("/", "/"), ("/a/b", "/a/b"), ("/a/b/", "/a/b/"), ("//a", "//a"), ("/a//b", "/a//b"),
    ("/%61", "/a"), ("/%7E%2d%2E%5f", "/~-._"), ("/%2f", "/%2F"), ("/%c3%a9", "/%C3%A9"), ("/%25%34%31", "/%2541"),
    ("/.", "/"), ("/..", "/"), ("/a/.", "/a/"), ("/a/..", "/"), ("/a/./b", "/a/b"), ("/a/../b", "/b"),
    ("/a/b/../../c", "/c"), ("/../../a", "/a"), ("/a/%2e%2E/b", "/b"), ("/a/..b", "/a/..b"), ("/a/b..", "/a/b.."),
    ("/...", "/..."), ("/a/.b/..", "/a/"), ("//..", "/"), ("/a//../b", "/a/b"), ("*", "*"),
    // RFC 3986 §5.2.4.
    ("/a/b/c/./../../g", "/a/g"),
  ]

  @Test("each path has one normal form", arguments: rows)
  func normal(_ row: (path: String, normal: String)) {
    #expect(Self.normalize(row.path) == row.normal)
  }

  @Test("the normal form is its own normal form", arguments: rows)
  func idempotent(_ row: (path: String, normal: String)) {
    // But for what would be decoded a second time: nothing is.
    #expect(row.normal.contains("%25") || Self.normalize(row.normal) == row.normal)
  }

  @Test("whoever asks first misses no path that differs", arguments: rows)
  func asked(_ row: (path: String, normal: String)) {
    var path = row.path
    let mayDiffer = path.withUTF8 { RequestPath.mayDiffer(UnsafeRawBufferPointer($0)) }
    #expect(mayDiffer || row.path == row.normal)
  }

  private static func normalize(_ path: String) -> String {
    var path = path
    var buffer = ByteBuffer()
    path.withUTF8 { RequestPath.normalize(UnsafeRawBufferPointer($0), into: &buffer) }
    return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}
