/// The part of a Swift client that no flow changes.
enum SwiftClientSupport {
  static let commonCases = """
    /// A problem that the flow does not declare: the input was refused, the server is busy, a deadline has passed.
    case problem(Problem)
    /// The transport has thrown this.
    case noAnswer(any Error)
    /// The answer is not what the flow promises.
    case unreadable(Response)
    """

  /// - Parameters:
  ///   - client: the name of the client's type.
  ///   - string: how `String` is spelled there.
  static func text(client: String, string: String) -> String {
    """

    // MARK: Transport

    extension \(client).Transport {
      /// For a transport that knows no parts: the whole body as one.
      public func stream(
        _ request: \(client).Request
      ) async throws -> (response: \(client).Response, body: AsyncThrowingStream<Data, any Error>) {
        var response = try await send(request)
        let (body, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
        continuation.yield(response.body)
        continuation.finish()
        response.body = Data()
        return (response, body)
      }

      /// For a transport that knows no parts: the whole body as one.
      public func send(_ request: \(client).Request, body next: () async throws -> Data?) async throws -> \(client).Response {
        var request = request
        var body = Data()
        while let piece = try await next() { body += piece }
        request.body = body
        return try await send(request)
      }
    }

    extension \(client) {
      /// Carries one request to the server and its answer back. Throw when there is no answer; every status is one.
      public protocol Transport: Sendable {
        func send(_ request: Request) async throws -> Response

        /// The same for an answer that comes in parts: a response without its body, and the bytes of the body as they come.
        func stream(_ request: Request) async throws -> (response: Response, body: AsyncThrowingStream<Data, any Error>)

        /// The same for a body that is made while it is sent: `next` gives the next piece of it, and `nil` behind the last one.
        func send(_ request: Request, body next: () async throws -> Data?) async throws -> Response
      }

      public struct Request: Sendable {
        public var method: \(string)
        /// Path and query, percent-encoded.
        public var target: \(string)
        public var headers: [\(string): \(string)] = [:]
        public var body: Data?

        public init(method: \(string), target: \(string)) {
          self.method = method
          self.target = target
        }

        /// A structured-field string (RFC 8941 §3.3.3).
        fileprivate mutating func add(idempotencyKey key: \(string)?) {
          guard let key else { return }
          let escaped = key.replacingOccurrences(of: "\\\\", with: "\\\\\\\\").replacingOccurrences(of: "\\"", with: "\\\\\\"")
          headers["Idempotency-Key"] = "\\"\\(escaped)\\""
        }
      }

      public struct Response: Sendable {
        public var status: Int
        /// By name in lower case.
        public var headers: [\(string): \(string)]
        public var body: Data

        public init(status: Int, headers: [\(string): \(string)], body: Data) {
          self.status = status
          self.headers = headers
          self.body = body
        }
      }

      /// Sends requests with a `URLSession`, which follows redirects and keeps connections open.
      public struct URLSessionTransport: Transport {
        private let base: \(string)
        private let session: URLSession

        public init(baseURL: URL, session: URLSession = .shared) {
          let text = baseURL.absoluteString
          base = text.hasSuffix("/") ? \(string)(text.dropLast()) : text
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
          let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(client)-\\(UUID().uuidString)")
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
          var headers: [\(string): \(string)] = [:]
          for (name, value) in answer.allHeaderFields { headers["\\(name)".lowercased()] = "\\(value)" }
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
        public let type: \(string)
        public let title: \(string)
        /// A sentence for people.
        public let detail: \(string)?
        /// When to try again, where the server says so.
        public let retryAfterSeconds: Int?
        public let response: Response

        /// The last part of the type: `out-of-stock`.
        public var code: \(string) { type.split(separator: ":").last.map { \(string)($0) } ?? type }

        private struct Members: Decodable {
          var type: \(string)
          var title: \(string)
          var detail: \(string)?
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
        case string(\(string))
        case array([AnyJSON])
        case object([\(string): AnyJSON])

        public init(from decoder: any Decoder) throws {
          let container = try decoder.singleValueContainer()
          if container.decodeNil() {
            self = .null
          } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
          } else if let number = try? container.decode(Double.self) {
            self = .number(number)
          } else if let text = try? container.decode(\(string).self) {
            self = .string(text)
          } else if let elements = try? container.decode([AnyJSON].self) {
            self = .array(elements)
          } else {
            self = .object(try container.decode([\(string): AnyJSON].self))
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

        mutating func add(_ name: \(string), _ value: \(string)?) {
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
            return try encoder.encode(element) + Data("\\n".utf8)
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
          for try await element in input { body += try JSONEncoder().encode(element) + Data("\\n".utf8) }
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
                while let end = rest.firstIndex(of: UInt8(ascii: "\\n")) {
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
    """
  }
}
