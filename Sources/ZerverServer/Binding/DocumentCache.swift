import ZerverCatalog
import ZerverCore

/// The documents that depend on the catalog and the day, written once a day and not once a request.
struct DocumentCache: ~Copyable {
  private var day: CalendarDate?
  private(set) var catalog = ByteBuffer()
  private(set) var catalogTag = ""
  private(set) var apiCatalog = ByteBuffer()
  private(set) var apiCatalogTag = ""

  mutating func update(_ catalog: Catalog, hasOpenAPI: Bool, unixSeconds: Int64) {
    let today = CalendarDate(unixSeconds: Int(unixSeconds))
    guard today != day else { return }
    day = today
    self.catalog.removeAll()
    catalogTag = CatalogDocument.write(catalog, today: today, to: &self.catalog)
    apiCatalog.removeAll()
    APICatalogDocument.write(catalog, today: today, hasOpenAPI: hasOpenAPI, to: &apiCatalog)
    apiCatalogTag = apiCatalog.withBytes { DocumentTag.of($0) }
  }
}

/// Entity tags of documents (RFC 9110 §8.8.3).
enum DocumentTag {
  /// In quotes. FNV-1a, 64 bits: it tells documents apart and protects nothing.
  static func of(_ bytes: UnsafeRawBufferPointer) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return "\"\(String(hash, radix: 16))\""
  }
}
