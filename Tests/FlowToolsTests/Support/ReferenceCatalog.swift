import FlowLanguage
import Testing
import ZerverCatalog

/// The reference shop, compiled.
enum ReferenceCatalog {
  static func module() throws -> ResolvedModule {
    let routes = FlowSources.files.filter { $0.path.hasPrefix("Routes/") }
    let steps = FlowSources.files.filter { $0.path.hasPrefix("Examples/CheckoutSteps/") }
    let result = FlowCompiler.compile(
      module: "ReferenceRoutes", files: routes, dependencies: [("CheckoutSteps", steps)], today: CalendarDate(text: "2026-11-01"))
    return try #require(result.module, "\(TextRenderer.render(result.diagnostics))")
  }

  static func flow(_ name: String) throws -> ResolvedFlow {
    try #require(try module().flows.first { $0.entry.reference.description == name })
  }
}
