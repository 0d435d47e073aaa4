import Testing

@testable import ZerverDatabase
