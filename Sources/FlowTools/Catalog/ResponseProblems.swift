package import FlowLanguage
import ZerverCatalog

/// The problems that a flow can answer with, declared ones and those of the framework that every caller of it should know.
package struct ResponseProblems {
  package enum Kind: Equatable {
    /// `error` of a `.flow` file.
    case declared(String)
    /// The request's body or query cannot be read, or breaks a constraint.
    case input([String])
    /// Only its status and title are known.
    case framework(code: String, sentence: String)
  }

  /// In the order of their statuses, declared errors first.
  package let all: [(status: Int, kind: Kind)]

  package init(_ flow: ResolvedFlow) {
    var found: [(status: Int, kind: Kind)] = []
    if flow.entry.deprecation?.isRetired == true {
      all = [(410, .framework(code: "gone", sentence: "The flow has been retired."))]
      return
    }
    for error in flow.errors.sorted(by: { $0.name < $1.name }) { found.append((error.status, .declared(error.name))) }
    found += Self.input(flow.input) + Self.caller(flow.entry) + Self.idempotency(flow.entry.idempotency)
    if case .file = flow.output { found += Self.file }
    if flow.preconditionBinding != nil { found.append((412, Self.preconditionFailed)) }
    if flow.entry.deprecation?.isGoneAfterSunset == true {
      found.append((410, .framework(code: "gone", sentence: "The flow's sunset has passed.")))
    }
    all = found.enumerated().sorted { ($0.element.status, $0.offset) < ($1.element.status, $1.offset) }.map(\.element)
  }

  /// In the order of their numbers.
  package var statuses: [Int] { Set(all.map(\.status)).sorted() }

  package func kinds(_ status: Int) -> [Kind] { all.filter { $0.status == status }.map(\.kind) }

  private static func input(_ input: ResolvedInput) -> [(Int, Kind)] {
    let refused = ["missing-field", "wrong-type", "constraint-violated", "unknown-field"]
    switch input {
    case .none: return []
    case .query: return [(400, .input(["malformed-query"])), (422, .input(refused))]
    case .body:
      return [
        (400, .input(["malformed-json"])),
        (413, .framework(code: "content-too-large", sentence: "The body is larger than the server accepts.")),
        (415, .framework(code: "unsupported-media-type", sentence: "The body is not `application/json`.")),
        (422, .input(refused)),
      ]
    case .stream:
      return [
        (400, .input(["malformed-json"])),
        (408, .framework(code: "request-timeout", sentence: "The next part of the body did not come in time.")),
        (413, .framework(code: "content-too-large", sentence: "The body, or a line of it, is larger than the server accepts.")),
        (415, .framework(code: "unsupported-media-type", sentence: "The body is not `application/x-ndjson`.")),
        (422, .input(refused)),
      ]
    }
  }

  private static var preconditionFailed: Kind {
    .framework(code: "precondition-failed", sentence: "The condition of the request does not hold.")
  }

  private static let file: [(Int, Kind)] = [
    (404, .framework(code: "not-found", sentence: "There is no such file.")),
    (412, preconditionFailed),
    (416, .framework(code: "range-not-satisfiable", sentence: "The file has no byte in this range.")),
  ]

  private static func caller(_ entry: CatalogEntry) -> [(Int, Kind)] {
    var found: [(Int, Kind)] = []
    if entry.tenantScope != .none || !entry.requirements.isEmpty {
      let isNeeded = entry.tenantScope == .required || !entry.requirements.isEmpty
      let sentence = isNeeded ? "The request does not say who is asking." : "Who is asking cannot be believed."
      found.append((401, .framework(code: "unauthorized", sentence: sentence)))
    }
    if entry.tenantScope != .none {
      found.append((429, .framework(code: "too-many-requests", sentence: "The tenant has as many requests in flight as it may.")))
    }
    if !entry.requirements.isEmpty {
      found.append((403, .framework(code: "forbidden", sentence: "The caller lacks what the flow requires.")))
    }
    return found
  }

  private static func idempotency(_ idempotency: Idempotency?) -> [(Int, Kind)] {
    guard let idempotency else { return [] }
    var found: [(Int, Kind)] = [
      (400, .framework(code: "idempotency-key-malformed", sentence: "The `Idempotency-Key` is malformed.")),
      (409, .framework(code: "idempotency-key-in-flight", sentence: "A request with the same `Idempotency-Key` is being worked on.")),
      (
        409,
        .framework(
          code: "idempotency-answer-not-kept",
          sentence: "The request with this `Idempotency-Key` was carried out; its answer was too large to be kept.")
      ),
      (422, .framework(code: "idempotency-key-reused", sentence: "The `Idempotency-Key` was used with another request.")),
    ]
    if idempotency.mode == .required {
      found.insert((400, .framework(code: "idempotency-key-missing", sentence: "The `Idempotency-Key` is missing.")), at: 0)
    }
    return found
  }
}
