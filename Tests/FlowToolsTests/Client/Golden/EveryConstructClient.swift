// Written by `route-gen client --language swift` from the flows of Shop. Write it again instead of editing it.

public import Foundation
#if canImport(FoundationNetworking)
public import FoundationNetworking
#endif

/// Calls the flows of Shop: one function for each, typed from its input to its errors.
public struct EveryConstructClient: Sendable {
  /// Carries requests to the server.
  public var transport: any Transport
  /// Fields that every request carries, such as `Authorization`.
  public var headers: [String: String]

  public init(transport: any Transport, headers: [String: String] = [:]) {
    self.transport = transport
    self.headers = headers
  }

  /// - Parameter baseURL: scheme, host and port of the server, and what a proxy wants before the flows' paths.
  public init(baseURL: URL, session: URLSession = .shared, headers: [String: String] = [:]) {
    self.init(transport: URLSessionTransport(baseURL: baseURL, session: session), headers: headers)
  }
}

// MARK: Flows

extension EveryConstructClient {
  /// `/flow/v1/copy-things`
  public func copyThingsV1<Elements: AsyncSequence & Sendable>(
    _ input: Elements
  ) async throws(CopyThingsV1Failure) -> AsyncThrowingStream<Line, any Error> where Elements.Element == Line {
    var request = Request(method: "PUT", target: "/flow/v1/copy-things")
    try await collect(input, into: &request, CopyThingsV1Failure.self)
    return try await elements(of: request, as: Line.self, CopyThingsV1Failure.self)
  }

  /// The thing itself.
  ///
  /// `/flow/v1/fetch-thing`
  public func fetchThingV1(_ input: Search) async throws(FetchThingV1Failure) -> [UInt8] {
    var request = Request(method: "GET", target: "/flow/v1/fetch-thing")
    var query = Query()
    query.add("kind", input.kind.rawValue)
    query.add("text", input.text)
    query.add("cart-id", input.cartId?.rawValue)
    query.add("heavier-than", (input.heavierThan?.rawValue).map { String($0) })
    query.add("limit", String(input.limit))
    query.add("ratio", input.ratio.map { String($0) })
    query.add("exact", String(input.exact))
    query.add("token", input.token)
    request.target += query.text
    return Array(try await perform(request, FetchThingV1Failure.self).body)
  }

  /// `/flow/v1/find-things`
  public func findThingsV1(_ input: Search) async throws(FindThingsV1Failure) -> [Line?] {
    var request = Request(method: "GET", target: "/flow/v1/find-things")
    var query = Query()
    query.add("kind", input.kind.rawValue)
    query.add("text", input.text)
    query.add("cart-id", input.cartId?.rawValue)
    query.add("heavier-than", (input.heavierThan?.rawValue).map { String($0) })
    query.add("limit", String(input.limit))
    query.add("ratio", input.ratio.map { String($0) })
    query.add("exact", String(input.exact))
    query.add("token", input.token)
    request.target += query.text
    return try decode(try await perform(request, FindThingsV1Failure.self), as: [Line?].self, FindThingsV1Failure.self)
  }

  /// Line after line, the other way.
  ///
  /// `/flow/v1/import-things`
  public func importThingsV1<Elements: AsyncSequence & Sendable>(
    _ input: Elements
  ) async throws(ImportThingsV1Failure) -> Receipt where Elements.Element == Line {
    let request = Request(method: "POST", target: "/flow/v1/import-things")
    return try decode(try await perform(request, lines: input, ImportThingsV1Failure.self), as: Receipt.self, ImportThingsV1Failure.self)
  }

  /// Orders a cart.
  ///
  /// `/flow/v1/place-order`
  @available(*, deprecated, message: "Deprecated from 2026-10-01. Answered until 2027-04-01. Use placeOrderV2. See https://example.com/guide?a=1&b=2")
  public func placeOrderV1(
    _ input: OldOrder,
    idempotencyKey: String? = nil
  ) async throws(PlaceOrderV1Failure) -> OldReceipt {
    var request = Request(method: "POST", target: "/flow/v1/place-order")
    try encode(input, into: &request, PlaceOrderV1Failure.self)
    request.add(idempotencyKey: idempotencyKey)
    return try decode(try await perform(request, PlaceOrderV1Failure.self), as: OldReceipt.self, PlaceOrderV1Failure.self)
  }

  /// Orders </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
  ///
  /// With a second paragraph.
  ///
  /// `/flow/v2/place-order`
  public func placeOrderV2(_ input: Everything, idempotencyKey: String) async throws(PlaceOrderV2Failure) -> Receipt {
    var request = Request(method: "POST", target: "/flow/v2/place-order")
    try encode(input, into: &request, PlaceOrderV2Failure.self)
    request.add(idempotencyKey: idempotencyKey)
    return try decode(try await perform(request, PlaceOrderV2Failure.self), as: Receipt.self, PlaceOrderV2Failure.self)
  }

  /// `/flow/v1/run-search`
  public func runSearchV1() async throws(RunSearchV1Failure) -> String {
    let request = Request(method: "POST", target: "/flow/v1/run-search")
    return String(decoding: try await perform(request, RunSearchV1Failure.self).body, as: UTF8.self)
  }

  /// Line after line.
  ///
  /// `/flow/v1/stream-things`
  public func streamThingsV1(
    _ input: Search
  ) async throws(StreamThingsV1Failure) -> AsyncThrowingStream<Line, any Error> {
    var request = Request(method: "GET", target: "/flow/v1/stream-things")
    var query = Query()
    query.add("kind", input.kind.rawValue)
    query.add("text", input.text)
    query.add("cart-id", input.cartId?.rawValue)
    query.add("heavier-than", (input.heavierThan?.rawValue).map { String($0) })
    query.add("limit", String(input.limit))
    query.add("ratio", input.ratio.map { String($0) })
    query.add("exact", String(input.exact))
    query.add("token", input.token)
    request.target += query.text
    return try await elements(of: request, as: Line.self, StreamThingsV1Failure.self)
  }
}

// MARK: Types

extension EveryConstructClient {
  /// JSON whose form only the server's code knows.
  public typealias Blob = AnyJSON

  /// The number of a cart.
  public struct CartId: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral rawValue: String) { self.rawValue = rawValue }
  }

  /// Every type and every limit.
  ///
  /// </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
  ///
  /// - one point
  /// - and another
  public struct Everything: Codable, Equatable, Sendable, CustomReflectable {
    /// Whose cart it is.
    public var cartId: CartId
    /// </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
    public var name: String
    public var code: String?
    public var count: Int
    public var weight: Weight
    public var ratio: Double
    public var `default`: Bool
    public var tier: Tier
    public var later: Tier?
    public var tags: [String]
    public var scores: [String: Int]
    public var matrix: [[Int]]
    public var inner: RequestValue?
    public var ownCart: ShopCart
    public var stockCart: StockCart
    public var blob: Blob?
    public var secret: String
    public var secrets: [String]?
    public var greeting: String

    public init(
      cartId: CartId,
      name: String,
      code: String? = nil,
      count: Int = -2,
      weight: Weight,
      ratio: Double = 0.5,
      `default`: Bool = true,
      tier: Tier = .plusSize,
      later: Tier? = nil,
      tags: [String] = [],
      scores: [String: Int] = [:],
      matrix: [[Int]],
      inner: RequestValue? = nil,
      ownCart: ShopCart,
      stockCart: StockCart,
      blob: Blob? = nil,
      secret: String,
      secrets: [String]? = nil,
      greeting: String = "say \"hi\""
    ) {
      self.cartId = cartId
      self.name = name
      self.code = code
      self.count = count
      self.weight = weight
      self.ratio = ratio
      self.default = `default`
      self.tier = tier
      self.later = later
      self.tags = tags
      self.scores = scores
      self.matrix = matrix
      self.inner = inner
      self.ownCart = ownCart
      self.stockCart = stockCart
      self.blob = blob
      self.secret = secret
      self.secrets = secrets
      self.greeting = greeting
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
      case name
      case code
      case count
      case weight
      case ratio
      case `default` = "default"
      case tier
      case later
      case tags
      case scores
      case matrix
      case inner
      case ownCart = "own-cart"
      case stockCart = "stock-cart"
      case blob
      case secret
      case secrets
      case greeting
    }

    /// Leaves the sensitive fields out.
    public var customMirror: Mirror {
      Mirror(self, children: [
        "cartId": self.cartId as Any,
        "name": self.name as Any,
        "code": self.code as Any,
        "count": self.count as Any,
        "weight": self.weight as Any,
        "ratio": self.ratio as Any,
        "default": self.default as Any,
        "tier": self.tier as Any,
        "later": self.later as Any,
        "tags": self.tags as Any,
        "scores": self.scores as Any,
        "matrix": self.matrix as Any,
        "inner": self.inner as Any,
        "ownCart": self.ownCart as Any,
        "stockCart": self.stockCart as Any,
        "blob": self.blob as Any,
        "secret": "<redacted>",
        "secrets": "<redacted>",
        "greeting": self.greeting as Any
      ], displayStyle: .struct)
    }
  }

  public struct Line: Codable, Equatable, Sendable {
    public var sku: String
    public var pieces: Int

    public init(sku: String, pieces: Int) {
      self.sku = sku
      self.pieces = pieces
    }

    private enum CodingKeys: String, CodingKey {
      case sku
      case pieces
    }
  }

  public struct OldOrder: Codable, Equatable, Sendable {
    public var cartId: String
    public var note: String?

    public init(cartId: String, note: String? = nil) {
      self.cartId = cartId
      self.note = note
    }

    private enum CodingKeys: String, CodingKey {
      case cartId = "cart-id"
      case note
    }
  }

  public struct OldReceipt: Codable, Equatable, Sendable {
    public var orderId: Int
    public var total: Int
    public var status: String

    public init(orderId: Int, total: Int, status: String) {
      self.orderId = orderId
      self.total = total
      self.status = status
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case total
      case status
    }
  }

  /// What came of an order.
  public struct Receipt: Codable, Equatable, Sendable {
    public var orderId: String
    public var tier: Tier
    public var note: String?
    public var lines: [Line]
    public var status: String

    public init(orderId: String, tier: Tier = .free, note: String? = nil, lines: [Line], status: String) {
      self.orderId = orderId
      self.tier = tier
      self.note = note
      self.lines = lines
      self.status = status
    }

    private enum CodingKeys: String, CodingKey {
      case orderId = "order-id"
      case tier
      case note
      case lines
      case status
    }
  }

  public struct RequestValue: Codable, Equatable, Sendable {
    public init() {
    }
  }

  /// What to look for.
  public struct Search: Codable, Equatable, Sendable, CustomReflectable {
    public var kind: Tier
    /// Words.
    public var text: String?
    public var cartId: CartId?
    public var heavierThan: Weight?
    public var limit: Int
    public var ratio: Double?
    public var exact: Bool
    public var token: String?

    public init(
      kind: Tier,
      text: String? = nil,
      cartId: CartId? = nil,
      heavierThan: Weight? = nil,
      limit: Int = 20,
      ratio: Double? = nil,
      exact: Bool = false,
      token: String? = nil
    ) {
      self.kind = kind
      self.text = text
      self.cartId = cartId
      self.heavierThan = heavierThan
      self.limit = limit
      self.ratio = ratio
      self.exact = exact
      self.token = token
    }

    private enum CodingKeys: String, CodingKey {
      case kind
      case text
      case cartId = "cart-id"
      case heavierThan = "heavier-than"
      case limit
      case ratio
      case exact
      case token
    }

    /// Leaves the sensitive fields out.
    public var customMirror: Mirror {
      Mirror(self, children: [
        "kind": self.kind as Any,
        "text": self.text as Any,
        "cartId": self.cartId as Any,
        "heavierThan": self.heavierThan as Any,
        "limit": self.limit as Any,
        "ratio": self.ratio as Any,
        "exact": self.exact as Any,
        "token": "<redacted>"
      ], displayStyle: .struct)
    }
  }

  /// A cart of the shop.
  public struct ShopCart: Codable, Equatable, Sendable {
    public var open: Bool

    public init(open: Bool) {
      self.open = open
    }

    private enum CodingKeys: String, CodingKey {
      case open
    }
  }

  /// A cart in the stock room.
  public struct StockCart: Codable, Equatable, Sendable {
    public var shelf: String

    public init(shelf: String) {
      self.shelf = shelf
    }

    private enum CodingKeys: String, CodingKey {
      case shelf
    }
  }

  /// How much somebody pays.
  public enum Tier: String, Codable, CaseIterable, Sendable {
    case free
    case plusSize = "plus-size"
    case none
  }

  /// In kilograms.
  public struct Weight: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByFloatLiteral {
    public var rawValue: Double
    public init(rawValue: Double) { self.rawValue = rawValue }
    public init(_ rawValue: Double) { self.rawValue = rawValue }
    public init(floatLiteral rawValue: Double) { self.rawValue = rawValue }
  }
}

// MARK: Errors

extension EveryConstructClient {
  /// Why `v1/copy-things` has not given its answer.
  public enum CopyThingsV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/fetch-thing` has not given its answer.
  public enum FetchThingV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/find-things` has not given its answer.
  public enum FindThingsV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/import-things` has not given its answer.
  public enum ImportThingsV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/place-order` has not given its answer.
  public enum PlaceOrderV1Failure: CallFailure {
    /// The shelf is empty.
    /// </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
    /// Status 410.
    case outOfStock(OutOfStockProblem)
    /// Status 409.
    case problem_(ProblemProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "out-of-stock": self = problem.members(OutOfStockProblem.self).map(Self.outOfStock) ?? .problem(problem)
      case "problem": self = problem.members(ProblemProblem.self).map(Self.problem_) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v2/place-order` has not given its answer.
  public enum PlaceOrderV2Failure: CallFailure {
    /// Status 409.
    case problem_(ProblemProblem)
    /// The shelf is empty.
    /// </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
    /// Status 409.
    case outOfStock(OutOfStockProblem)
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      switch problem.code {
      case "problem": self = problem.members(ProblemProblem.self).map(Self.problem_) ?? .problem(problem)
      case "out-of-stock": self = problem.members(OutOfStockProblem.self).map(Self.outOfStock) ?? .problem(problem)
      default: self = .problem(problem)
      }
    }
  }

  /// Why `v1/run-search` has not given its answer.
  public enum RunSearchV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// Why `v1/stream-things` has not given its answer.
  public enum StreamThingsV1Failure: CallFailure {
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)

    public init(_ problem: Problem) {
      self = .problem(problem)
    }
  }

  /// The shelf is empty.
  /// </script><img src=x onerror=alert(1)> & "quotes" */ `<code>`
  public struct OutOfStockProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?
    public var sku: String
    public var left: Int?

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
      case sku
      case left
    }
  }

  /// The problem `problem`.
  public struct ProblemProblem: Codable, Equatable, Sendable {
    public var status: Int
    /// A sentence for people.
    public var detail: String?

    private enum CodingKeys: String, CodingKey {
      case status
      case detail
    }
  }
}

// MARK: Transport

extension EveryConstructClient.Transport {
  /// For a transport that knows no parts: the whole body as one.
  public func stream(
    _ request: EveryConstructClient.Request
  ) async throws -> (response: EveryConstructClient.Response, body: AsyncThrowingStream<Data, any Error>) {
    var response = try await send(request)
    let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
    continuation.yield(response.body)
    continuation.finish()
    response.body = Data()
    return (response, body)
  }

  /// For a transport that knows no parts: the whole body as one.
  public func send(_ request: EveryConstructClient.Request, body next: () async throws -> Data?) async throws -> EveryConstructClient.Response {
    var request = request
    var body = Data()
    while let piece = try await next() { body += piece }
    request.body = body
    return try await send(request)
  }
}

extension EveryConstructClient {
  /// Carries one request to the server and its answer back. Throw when there is no answer; every status is one.
  public protocol Transport: Sendable {
    func send(_ request: Request) async throws -> Response

    /// The same for an answer that comes in parts: a response without its body, and the bytes of the body as they come.
    func stream(_ request: Request) async throws -> (response: Response, body: AsyncThrowingStream<Data, any Error>)

    /// The same for a body that is made while it is sent: `next` gives the next piece of it, and `nil` behind the last one.
    func send(_ request: Request, body next: () async throws -> Data?) async throws -> Response
  }

  public struct Request: Sendable {
    public var method: String
    /// Path and query, percent-encoded.
    public var target: String
    public var headers: [String: String] = [:]
    public var body: Data?

    public init(method: String, target: String) {
      self.method = method
      self.target = target
    }

    /// A structured-field string (RFC 8941 §3.3.3).
    fileprivate mutating func add(idempotencyKey key: String?) {
      guard let key else { return }
      let escaped = key.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
      headers["Idempotency-Key"] = "\"\(escaped)\""
    }
  }

  public struct Response: Sendable {
    public var status: Int
    /// By name in lower case.
    public var headers: [String: String]
    public var body: Data

    public init(status: Int, headers: [String: String], body: Data) {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  /// Sends requests with a `URLSession`, which follows redirects and keeps connections open.
  public struct URLSessionTransport: Transport {
    private let base: String
    private let session: URLSession

    public init(baseURL: URL, session: URLSession = .shared) {
      let text = baseURL.absoluteString
      base = text.hasSuffix("/") ? String(text.dropLast()) : text
      self.session = session
    }

    public func send(_ request: Request) async throws -> Response {
      let (body, response) = try await session.data(for: outgoing(request))
      guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return Self.response(answer, body)
    }

    public func stream(
      _ request: Request
    ) async throws -> (response: Response, body: AsyncThrowingStream<Data, any Error>) {
      let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
      let answer = try await Stream(continuation).start(outgoing(request), session.configuration)
      return (Self.response(answer, Data()), body)
    }

    /// A session takes a body that is not in memory from a file, so all of it is written to one first.
    public func send(_ request: Request, body next: () async throws -> Data?) async throws -> Response {
      let file = FileManager.default.temporaryDirectory.appendingPathComponent("EveryConstructClient-\(UUID().uuidString)")
      guard FileManager.default.createFile(atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
        throw CocoaError(.fileWriteUnknown)
      }
      defer { try? FileManager.default.removeItem(at: file) }
      let handle = try FileHandle(forWritingTo: file)
      do {
        var waiting = Data()
        while let piece = try await next() {
          waiting += piece
          guard waiting.count >= 1 << 16 else { continue }
          try handle.write(contentsOf: waiting)
          waiting.removeAll(keepingCapacity: true)
        }
        try handle.write(contentsOf: waiting)
        try handle.close()
      } catch {
        try? handle.close()
        throw error
      }
      let (body, response) = try await session.upload(for: outgoing(request), fromFile: file)
      guard let answer = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return Self.response(answer, body)
    }

    private func outgoing(_ request: Request) throws -> URLRequest {
      guard let url = URL(string: base + request.target) else { throw URLError(.badURL) }
      var outgoing = URLRequest(url: url)
      outgoing.httpMethod = request.method
      outgoing.httpBody = request.body
      for (name, value) in request.headers { outgoing.setValue(value, forHTTPHeaderField: name) }
      return outgoing
    }

    private static func response(_ answer: HTTPURLResponse, _ body: Data) -> Response {
      var headers: [String: String] = [:]
      for (name, value) in answer.allHeaderFields { headers["\(name)".lowercased()] = "\(value)" }
      return Response(status: answer.statusCode, headers: headers, body: body)
    }
  }

  /// One answer of a `URLSession` that comes in parts.
  private final class Stream: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    // Only the session's delegate queue, which is serial, touches these after `start`.
    private var head: CheckedContinuation<HTTPURLResponse, any Error>?
    private let body: AsyncThrowingStream<Data, any Error>.Continuation

    init(_ body: AsyncThrowingStream<Data, any Error>.Continuation) { self.body = body }

    func start(_ request: URLRequest, _ configuration: URLSessionConfiguration) async throws -> HTTPURLResponse {
      let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
      let task = session.dataTask(with: request)
      body.onTermination = { _ in task.cancel() }
      defer { session.finishTasksAndInvalidate() }
      return try await withCheckedThrowingContinuation { continuation in
        head = continuation
        task.resume()
      }
    }

    func urlSession(
      _: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
      completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
      if let answer = response as? HTTPURLResponse {
        head?.resume(returning: answer)
      } else {
        head?.resume(throwing: URLError(.badServerResponse))
      }
      head = nil
      completionHandler(.allow)
    }

    func urlSession(_: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) { body.yield(data) }

    func urlSession(_: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
      head?.resume(throwing: error ?? URLError(.badServerResponse))
      head = nil
      body.finish(throwing: error)
    }
  }

  /// What every error enum of a flow can be made of.
  public protocol CallFailure: Error {
    init(_ problem: Problem)
    static func noAnswer(_ error: any Error) -> Self
    static func unreadable(_ response: Response) -> Self
  }

  /// A problem as the server has sent it (RFC 9457).
  public struct Problem: Sendable {
    public let status: Int
    /// `urn:zerver:problem:out-of-stock`
    public let type: String
    public let title: String
    /// A sentence for people.
    public let detail: String?
    /// When to try again, where the server says so.
    public let retryAfterSeconds: Int?
    public let response: Response

    /// The last part of the type: `out-of-stock`.
    public var code: String { type.split(separator: ":").last.map { String($0) } ?? type }

    private struct Members: Decodable {
      var type: String
      var title: String
      var detail: String?
    }

    /// `nil` when the response is no problem.
    public init?(_ response: Response) {
      guard response.headers["content-type"]?.hasPrefix("application/problem+json") == true,
        let members = try? JSONDecoder().decode(Members.self, from: response.body)
      else { return nil }
      status = response.status
      type = members.type
      title = members.title
      detail = members.detail
      retryAfterSeconds = response.headers["retry-after"].flatMap { Int($0) }
      self.response = response
    }

    /// The members of a declared error; `nil` when they are not what the error declares.
    fileprivate func members<Value: Decodable>(_ type: Value.Type) -> Value? {
      try? JSONDecoder().decode(type, from: response.body)
    }
  }

  /// JSON of any form.
  public enum AnyJSON: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([AnyJSON])
    case object([String: AnyJSON])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .bool(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .string(text)
      } else if let elements = try? container.decode([AnyJSON].self) {
        self = .array(elements)
      } else {
        self = .object(try container.decode([String: AnyJSON].self))
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .null: try container.encodeNil()
      case .bool(let flag): try container.encode(flag)
      case .number(let number): try container.encode(number)
      case .string(let text): try container.encode(text)
      case .array(let elements): try container.encode(elements)
      case .object(let members): try container.encode(members)
      }
    }
  }

  /// A query in the making.
  private struct Query {
    private(set) var text = ""
    // Everything that RFC 3986 §2.3 leaves as it is.
    private static let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    mutating func add(_ name: String, _ value: String?) {
      guard let value else { return }
      text += (text.isEmpty ? "?" : "&") + name + "="
      text += value.addingPercentEncoding(withAllowedCharacters: Self.unreserved) ?? ""
    }
  }

  private func encode<Failure: CallFailure>(
    _ input: some Encodable, into request: inout Request, _: Failure.Type
  ) throws(Failure) {
    do {
      // A repetition has the same bytes: the order of members would be another one each time.
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      request.body = try encoder.encode(input)
      request.headers["Content-Type"] = "application/json"
    } catch {
      throw .noAnswer(error)
    }
  }

  private func perform<Failure: CallFailure>(_ request: Request, _: Failure.Type) async throws(Failure) -> Response {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    let response: Response
    do {
      response = try await transport.send(request)
    } catch {
      throw .noAnswer(error)
    }
    return try successful(response, Failure.self)
  }

  private func successful<Failure: CallFailure>(_ response: Response, _: Failure.Type) throws(Failure) -> Response {
    if (200..<300).contains(response.status) { return response }
    guard let problem = Problem(response) else { throw .unreadable(response) }
    throw Failure(problem)
  }

  /// The same with a body in parts: one document for each line, made when the transport has room for it.
  private func perform<Elements: AsyncSequence, Failure: CallFailure>(
    _ request: Request, lines input: Elements, _: Failure.Type
  ) async throws(Failure) -> Response where Elements.Element: Encodable {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    request.headers["Content-Type"] = "application/x-ndjson"
    let response: Response
    do {
      var elements = input.makeAsyncIterator()
      let encoder = JSONEncoder()
      response = try await transport.send(request) {
        guard let element = try await elements.next() else { return nil }
        return try encoder.encode(element) + Data("\n".utf8)
      }
    } catch {
      throw .noAnswer(error)
    }
    return try successful(response, Failure.self)
  }

  /// The lines of a body whose answer comes in parts, too: such a request is sent as a whole.
  private func collect<Elements: AsyncSequence, Failure: CallFailure>(
    _ input: Elements, into request: inout Request, _: Failure.Type
  ) async throws(Failure) where Elements.Element: Encodable {
    do {
      var body = Data()
      for try await element in input { body += try JSONEncoder().encode(element) + Data("\n".utf8) }
      request.body = body
      request.headers["Content-Type"] = "application/x-ndjson"
    } catch {
      throw .noAnswer(error)
    }
  }

  private func decode<Value: Decodable, Failure: CallFailure>(
    _ response: Response, as type: Value.Type, _: Failure.Type
  ) throws(Failure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: response.body)
    } catch {
      throw .unreadable(response)
    }
  }

  /// The elements of an answer in parts, as they come. Leaving the loop over them ends the request.
  private func elements<Value: Decodable & Sendable, Failure: CallFailure>(
    of request: Request, as type: Value.Type, _: Failure.Type
  ) async throws(Failure) -> AsyncThrowingStream<Value, any Error> {
    var request = request
    request.headers.merge(headers) { own, _ in own }
    request.headers["Accept"] = "application/x-ndjson, application/problem+json"
    do {
      var (response, body) = try await transport.stream(request)
      guard (200..<300).contains(response.status) else {
        for try await piece in body { response.body += piece }
        guard let problem = Problem(response) else { throw Failure.unreadable(response) }
        throw Failure(problem)
      }
      return Self.elements(of: body, response, Failure.self)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .noAnswer(error)
    }
  }

  /// One document for each line.
  private static func elements<Value: Decodable & Sendable, Failure: CallFailure>(
    of body: AsyncThrowingStream<Data, any Error>, _ response: Response, _: Failure.Type
  ) -> AsyncThrowingStream<Value, any Error> {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          var rest = Data()
          for try await piece in body {
            rest += piece
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
              let line = rest[rest.startIndex..<end]
              guard let value = try? JSONDecoder().decode(Value.self, from: line) else { throw Failure.unreadable(response) }
              continuation.yield(value)
              rest = Data(rest[rest.index(after: end)...])
            }
          }
          continuation.finish(throwing: rest.isEmpty ? nil : Failure.unreadable(response))
        } catch let failure as Failure {
          continuation.finish(throwing: failure)
        } catch {
          continuation.finish(throwing: Failure.noAnswer(error))
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
