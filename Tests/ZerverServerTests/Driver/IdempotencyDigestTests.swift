import Testing
import ZerverCore

@testable import ZerverServer

@Suite struct IdempotencyDigestTests {
  private func id(_ caller: Caller? = nil, key: String = "k", flow: String = "v1/charge-card") -> [UInt8] {
    IdempotencyDigest.id(key: key, flow: flow, caller: caller)
  }

  private func fingerprint(method: String = "POST", query: String = "", body: String = "x") -> [UInt8] {
    Array(query.utf8).withUnsafeBytes { query in
      Array(body.utf8).withUnsafeBytes { body in
        IdempotencyDigest.fingerprint(flow: "v1/charge-card", method: method, query: query, body: body)
      }
    }
  }

  @Test("a key belongs to one caller of one flow")
  func ids() {
    let ada = Caller(subject: "ada", tenant: "acme")
    let ids = [
      id(), id(ada), id(Caller(subject: "ada")), id(Caller(subject: "ada", tenant: "other")),
      id(Caller(subject: "bob", tenant: "acme")), id(key: "l"), id(flow: "v2/charge-card"),
    ]
    #expect(Set(ids).count == ids.count)
    // Roles may change between two tries.
    #expect(id(Caller(subject: "ada", tenant: "acme", roles: ["admin"])) == id(ada))
  }

  @Test("a fingerprint stands for one request")
  func fingerprints() {
    let fingerprints = [
      fingerprint(), fingerprint(body: "y"), fingerprint(query: "x", body: ""), fingerprint(query: "x"), fingerprint(method: "PUT"),
    ]
    #expect(Set(fingerprints).count == fingerprints.count)
    #expect(fingerprint() == fingerprint() && fingerprint().count == 32)
  }
}
