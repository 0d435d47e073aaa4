import ZerverCatalog
@_spi(Server) import ZerverCore

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
    apiCatalogTag = apiCatalog.withBytes { EntityTag.of($0) }
  }
}
