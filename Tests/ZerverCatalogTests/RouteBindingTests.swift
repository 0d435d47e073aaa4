import Testing

@testable import ZerverCatalog

@Suite struct RouteBindingTests {
  @Test("a path is read into its segments, and written as it was", arguments: [
    ("/", []), ("/orders", [RouteBinding.Segment.literal("orders")]),
    ("/orders/{order-id}/lines.csv", [.literal("orders"), .field("order-id"), .literal("lines.csv")]),
  ] as [(String, [RouteBinding.Segment])])
  func reads(template: String, segments: [RouteBinding.Segment]) throws {
    let binding = try RouteBinding(method: .get, template: template)
    #expect(binding.segments == segments)
    #expect(binding.template == template)
  }

  @Test("a path that breaks a rule says which", arguments: [
    ("orders", .noLeadingSlash), ("/orders/", .emptySegment(offset: 8)), ("//", .emptySegment(offset: 1)),
    ("/a%20b", .forbiddenCharacter(offset: 2)), ("/a/..", .dotSegment(offset: 3)), ("/{}", .malformedField(offset: 1)),
    ("/{a}b", .malformedField(offset: 1)), ("/a}", .malformedField(offset: 1)),
    ("/{a}/{a}", .repeatedField("a", offset: 5)), ("/flow/v1/a-b", .ownedByTheFramework("flow")),
    ("/.well-known/x", .ownedByTheFramework(".well-known")), ("/metrics", .ownedByTheFramework("metrics")),
    (String(repeating: "/a", count: 17), .tooManySegments(17)),
  ] as [(String, RouteBinding.Violation)])
  func refuses(template: String, violation: RouteBinding.Violation) {
    #expect(throws: violation) { try RouteBinding(method: .get, template: template) }
  }

  @Test("the names of fields do not tell two bindings apart, methods and literals do")
  func shapes() throws {
    func shape(_ method: FlowMethod, _ template: String) throws -> String {
      try RouteBinding(method: method, template: template).shape
    }
    #expect(try shape(.get, "/orders/{id}") == shape(.get, "/orders/{number}"))
    #expect(try shape(.get, "/orders/{id}") != shape(.put, "/orders/{id}"))
    #expect(try shape(.get, "/orders/{id}") != shape(.get, "/orders/open"))
  }
}
