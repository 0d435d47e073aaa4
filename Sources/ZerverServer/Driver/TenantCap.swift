/// How many requests each tenant has in flight on one worker, where that is bounded. Requests without a tenant are not.
struct TenantCap {
  /// `nil` when no tenant can reach the cap before the worker is full.
  private let inFlightMax: Int?
  /// Of those that have any, so that a tenant that has gone leaves nothing behind.
  private var inFlight: [String: Int] = [:]

  init(_ requests: ServerConfiguration.Requests) {
    inFlightMax = requests.inFlightPerTenantMax < requests.inFlightMax ? requests.inFlightPerTenantMax : nil
  }

  func isFull(_ tenant: String?) -> Bool {
    guard let inFlightMax, let tenant else { return false }
    return inFlight[tenant, default: 0] >= inFlightMax
  }

  mutating func entered(_ tenant: String?) {
    guard inFlightMax != nil, let tenant else { return }
    inFlight[tenant, default: 0] += 1
  }

  mutating func left(_ tenant: String?) {
    guard inFlightMax != nil, let tenant, let count = inFlight[tenant] else { return }
    inFlight[tenant] = count > 1 ? count - 1 : nil
  }
}
