import Testing

@testable import ZerverCatalog
