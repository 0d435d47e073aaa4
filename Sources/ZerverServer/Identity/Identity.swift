/// Who has sent a request, as an ``Authenticator`` found out.
public struct Identity: Hashable, Sendable {
  /// The person or program: a stable id, not a name for people. It may be logged.
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
