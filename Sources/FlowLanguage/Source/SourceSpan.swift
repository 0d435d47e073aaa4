package struct SourceSpan: Hashable, Sendable {}
