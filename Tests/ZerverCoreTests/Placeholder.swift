import Testing

@testable import ZerverCore
