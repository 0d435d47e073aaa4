@_spi(Server) import ZerverCore

/// The digests by which the table of idempotency knows keys and requests.
enum IdempotencyDigest {
  /// Of a key, which belongs to one caller of one flow.
  /// - Parameter caller: as far as the flow knows its callers: an answer is for those who have caused it.
  static func id(key: String, flow: String, caller: Caller?) -> [UInt8] {
    var id = SHA256()
    id.update(part: flow)
    // A caller without a tenant is not one of a tenant without a name.
    id.update(part: caller.map { $0.tenant.map { "tenant \($0)" } ?? "no tenant" } ?? "nobody")
    id.update(part: caller?.subject ?? "")
    id.update(part: key)
    return id.finish()
  }

  /// Of what is asked for.
  /// - Parameters:
  ///   - query: with the fields of a bound path.
  ///   - body: the same.
  static func fingerprint(
    flow: String, method: String, query: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var fingerprint = SHA256()
    fingerprint.update(part: flow)
    fingerprint.update(part: method)
    fingerprint.update(part: query)
    fingerprint.update(part: body)
    return fingerprint.finish()
  }
}
