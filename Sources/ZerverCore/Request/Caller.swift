/// Who has sent a request, as the server's authenticator found out. Plans of flows with `tenant` or `requires` read it as
/// `caller`.
public struct Caller: Hashable, Sendable {
  /// The person or program: a stable id, not a name for people.
  public var subject: String
  public var tenant: String?
  public var roles: Set<String>
  public var capabilities: Set<String>

  public init(
    subject: String, tenant: String? = nil, roles: Set<String> = [], capabilities: Set<String> = []
  ) {
    self.subject = subject
    self.tenant = tenant
    self.roles = roles
    self.capabilities = capabilities
  }
}
