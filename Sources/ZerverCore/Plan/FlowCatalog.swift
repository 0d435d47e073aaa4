public import ZerverCatalog

/// The flows of one module: the packed catalog that RouteGen wrote, and a definition for each of its entries.
public struct FlowCatalog: Sendable {
  public let catalog: Catalog
  /// In the order of the catalog's entries.
  public let flows: [FlowDefinition]
  /// Mistakes of flows in Swift that have no entry because of them.
  @_spi(Server) public let problems: [FlowProblem]
  /// Where tombstones and reserved slugs in Swift stand, by version and slug or by slug.
  let retiredPlaces: [String: FlowPlace]

  public init(packed: StaticString, flows: [FlowDefinition]) {
    self.init(Catalog(packed: packed), flows: flows)
  }

  @_spi(Server) public init(_ catalog: Catalog, flows: [FlowDefinition], problems: [FlowProblem] = []) {
    self.init(catalog, flows: flows, problems: problems, retiredPlaces: [:])
  }

  init(_ catalog: Catalog, flows: [FlowDefinition], problems: [FlowProblem], retiredPlaces: [String: FlowPlace]) {
    self.catalog = catalog
    self.problems = problems
    self.retiredPlaces = retiredPlaces
    precondition(catalog.count == flows.count, "one definition for each entry of the catalog")
    self.flows = flows
  }
}

/// A typed name of a flow, for links, tests and clients.
public struct FlowHandle<Input, Output>: Sendable {
  public let slug: StaticString
  public let version: Int
  public let method: StaticString
  /// The canonical path: `/flow/v2/checkout-cart`.
  public let path: StaticString

  public init(slug: StaticString, version: Int, method: StaticString, path: StaticString) {
    self.slug = slug
    self.version = version
    self.method = method
    self.path = path
  }
}
