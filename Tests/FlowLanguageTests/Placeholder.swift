import Testing

@testable import FlowLanguage
