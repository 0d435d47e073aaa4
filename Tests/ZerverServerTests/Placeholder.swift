import Testing

@testable import ZerverServer
