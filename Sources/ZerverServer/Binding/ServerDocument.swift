/// What a server says about itself, besides its flows.
enum ServerDocument: CaseIterable, Sendable {
  case catalog
  /// RFC 9727.
  case apiCatalog
  case openAPI
  case metrics

  var path: StaticString {
    switch self {
    case .catalog: "/flow/v1/catalog"
    case .apiCatalog: "/.well-known/api-catalog"
    case .openAPI: "/flow/v1/openapi"
    case .metrics: "/metrics"
    }
  }

  /// `nil` for any other path.
  init?(path: UnsafeRawBufferPointer) {
    for document in Self.allCases where path.count == document.path.utf8CodeUnitCount {
      let isEqual = document.path.withUTF8Buffer { path.elementsEqual($0) }
      if isEqual {
        self = document
        return
      }
    }
    return nil
  }
}
