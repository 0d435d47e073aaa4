/// What the catalog says about one flow: its name, how it is called, who answers for it, and its life cycle.
public struct CatalogEntry: Equatable, Sendable {
  public var slug: Slug
  public var version: FlowVersion
  public var method: FlowMethod
  /// The team that answers for the flow.
  public var owner: String
  /// The first paragraph of the flow's documentation, in one line. May be empty.
  public var summary: String
  public var profile: FlowProfile
  /// From the first byte of a request to its answer; `nil` leaves it to the profile.
  public var deadlineNanoseconds: Int?
  public var deprecation: Deprecation?
  public var aliases: [Alias]
  /// Words that group flows in documentation and OpenAPI.
  public var tags: [String] = []
  /// Not promised to stay: `status experimental`. Its breaking changes are reported and do not fail `route-gen check`.
  public var isExperimental = false
  /// REST paths that the flow answers besides its own.
  public var bindings: [RouteBinding] = []
  public var tenantScope = TenantScope.none
  /// What the caller must have; all of them.
  public var requirements: [Requirement] = []
  public var idempotency: Idempotency?

  public init(
    slug: Slug, version: FlowVersion, method: FlowMethod, owner: String, summary: String = "",
    profile: FlowProfile = .default, deadlineNanoseconds: Int? = nil, deprecation: Deprecation? = nil,
    aliases: [Alias] = []
  ) {
    self.slug = slug
    self.version = version
    self.method = method
    self.owner = owner
    self.summary = summary
    self.profile = profile
    self.deadlineNanoseconds = deadlineNanoseconds
    self.deprecation = deprecation
    self.aliases = aliases
  }

  public var reference: FlowReference { FlowReference(slug, version) }

  /// The canonical path: `/flow/v2/checkout-cart`.
  public var path: String { reference.path }

  /// The path of an alias, in the version of the flow.
  public func path(of alias: Alias) -> String { FlowReference(alias.slug, version).path }
}

extension CatalogEntry {
  /// Where a flow stands in its life on some day. The raw values are the words of the catalog's JSON.
  public enum Status: String, CaseIterable, Sendable {
    /// Answered, and not promised to stay.
    case experimental
    /// Answered, and promised to stay as it is.
    case active
    /// Answered, with headers that ask callers to move on.
    case deprecated
    /// After its sunset, or withdrawn.
    case retired
  }

  public func status(on day: CalendarDate) -> Status {
    let alive = isExperimental ? Status.experimental : .active
    guard let deprecation else { return alive }
    if deprecation.isRetired { return .retired }
    if let sunset = deprecation.sunset, sunset <= day { return .retired }
    return deprecation.deprecated <= day ? .deprecated : alive
  }
}
