package struct RequestMachine { package static let strandsMax = 16 }
