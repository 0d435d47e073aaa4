import Foundation
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Compressed answers, over real sockets, decoded by programs that are not ours.
@Suite struct CompressionTests {
  private static let long = (0..<2000).map { "line \($0) of a text that repeats itself" }.joined(separator: "\n")

  private static func catalog() throws -> FlowCatalog {
    func text(_ run: @escaping @Sendable (inout RequestContext) throws(FlowFailure) -> StepOutcome) -> FlowDefinition {
      testFlow(plan: "use say line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in try run(&context) }
    }
    func response(_ type: String, _ headers: [Response.Header] = []) -> FlowDefinition {
      text { (context) throws(FlowFailure) in
        try context.completeText(
          .done(Response(status: 200, contentType: type, headers: headers, body: Array(long.utf8))), status: 200)
      }
    }
    let stream = FlowDefinition(
      plan: "use give line=1\nrun 0", frameBytes: 0, errors: [], decode: { _ in .continued },
      run: { _, context in
        do throws(FlowFailure) {
          let round = context.isResuming ? try context.currentResumption.progress(Int.self) : 0
          let part = (0..<100).map { "element \(round * 100 + $0)" }
          return try context.completeStream(
            round < 9 ? .emit(part, Progress(round + 1)) : .continue(part), status: 200, givesParts: true)
        } catch {
          return context.fail(error)
        }
      }, test: { _, _ in false }, release: { _ in }, isStream: true)
    return FlowCatalog(
      try Catalog([
        testEntry("tell-long"), testEntry("tell-short"), testEntry("post-long", .post), testEntry("show-image"),
        testEntry("show-packed"), testEntry("show-tagged"), testEntry("list-many"),
      ]),
      flows: [
        text { (context) throws(FlowFailure) in try context.completeText(.continue(long), status: 200) },
        text { (context) throws(FlowFailure) in try context.completeText(.continue("short"), status: 200) },
        text { (context) throws(FlowFailure) in try context.complete(.continue(long), status: 201) },
        response("image/png"), response("text/plain", [.init("Content-Encoding", "gzip")]),
        response("text/plain", [.init("ETag", "\"own\"")]), stream,
      ])
  }

  private func withCompression(
    _ proactor: ProactorChoice, configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (TestClient) throws -> Void
  ) throws {
    try withServer(proactor, catalog: Self.catalog()) { configuration in
      configuration.profiles.interactive.compression.codings = [.zstd, .brotli, .gzip]
      configuration.profiles.default.compression.codings = [.gzip]
      configure(&configuration)
    } _: { server in
      try body(TestClient(port: server.port))
    }
  }

  /// What the coding's own library makes of the bytes.
  private func decoded(_ body: [UInt8], _ coding: String) throws -> String {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip": ["gzip", "-dc"], "br": ["brotli", "-dc"], "zstd": ["zstd", "-dc"]][coding]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // A small enough body fits the pipe, so that nobody waits for the other.
    try input.fileHandleForWriting.write(contentsOf: Data(body))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text
  }

  @Test("each coding can be read by its own tool, and the length is that of what was sent", arguments: proactors, ["gzip", "br", "zstd"])
  func codings(_ proactor: ProactorChoice, _ coding: String) throws {
    for level in ServerConfiguration.CompressionLevel.allCases {
      try withCompression(proactor, configure: { $0.profiles.interactive.compression.level = level }) { client in
        for _ in 0..<2 {
          let response = try client.request("GET", "/flow/v1/tell-long", headers: ["Accept-Encoding: \(coding)"])
          #expect(response["content-encoding"] == coding)
          #expect(response["vary"] == "Accept-Encoding")
          #expect(response["content-length"] == "\(response.body.count)")
          #expect(response.body.count < Self.long.utf8.count / 4)
          #expect(try decoded(response.body, coding) == Self.long)
        }
        let posted = try client.request("POST", "/flow/v1/post-long", headers: ["Accept-Encoding: \(coding)"], body: "{}")
        #expect(posted.status == 201 && posted["content-encoding"] == coding)
        let head = try client.request("HEAD", "/flow/v1/tell-long", headers: ["Accept-Encoding: \(coding)"])
        #expect(head["content-encoding"] == coding && head["content-length"] != nil)
      }
    }
  }

  @Test("an answer in parts is compressed part by part", arguments: proactors, ["gzip", "br", "zstd"])
  func streams(_ proactor: ProactorChoice, _ coding: String) throws {
    try withCompression(proactor) { client in
      let response = try client.request("GET", "/flow/v1/list-many", headers: ["Accept-Encoding: \(coding)"])
      #expect(response["content-encoding"] == coding && response["transfer-encoding"] == "chunked")
      let expected = (0..<1000).map { "\"element \($0)\"\n" }.joined()
      #expect(try decoded(response.body, coding) == expected)
      #expect(try client.request("GET", "/flow/v1/tell-short").text == "short")
    }
  }

  @Test("an answer in parts is sent as it is when compressors would take too much memory", arguments: proactors)
  func memory(_ proactor: ProactorChoice) throws {
    try withCompression(proactor, configure: { $0.http.bufferedBytesMax = 256 << 10 }) { client in
      let response = try client.request("GET", "/flow/v1/list-many", headers: ["Accept-Encoding: gzip"])
      #expect(response["content-encoding"] == nil && response["vary"] != nil)
      #expect(response.text.hasSuffix("\"element 999\"\n"))
    }
  }

  @Test("what must not or need not be compressed is sent as it is", arguments: proactors)
  func asItIs(_ proactor: ProactorChoice) throws {
    try withCompression(proactor) { client in
      func get(_ slug: String, _ headers: [String] = ["Accept-Encoding: gzip"]) throws -> TestClient.Response {
        try client.request("GET", "/flow/v1/\(slug)", headers: headers)
      }
      // Too short to be worth it, a picture, compressed by the step, and bytes with a strong tag of their own.
      for slug in ["tell-short", "show-image", "show-tagged"] {
        let response = try get(slug)
        #expect(response["content-encoding"] == nil && response["vary"] == nil, "\(slug)")
      }
      #expect(try get("show-packed").body == Array(Self.long.utf8))
      // The client takes none of them: caches are told all the same.
      for headers in [[], ["Accept-Encoding: identity"], ["Accept-Encoding: gzip;q=0"]] {
        let response = try get("tell-long", headers)
        #expect(response["content-encoding"] == nil && response["vary"] == "Accept-Encoding")
        #expect(response.text == Self.long)
      }
    }
  }

  @Test("ranges are parts of the answer itself", arguments: proactors)
  func ranges(_ proactor: ProactorChoice) throws {
    try withCompression(proactor, configure: { $0.http.entityTags = .automatic }) { client in
      let part = try client.request("GET", "/flow/v1/tell-long", headers: ["Accept-Encoding: gzip", "Range: bytes=0-3"])
      #expect(part.status == 206 && part.text == "line" && part["content-encoding"] == nil)
      #expect(part["vary"] == "Accept-Encoding")
      let whole = try client.request("GET", "/flow/v1/tell-long", headers: ["Accept-Encoding: gzip"])
      let tag = try #require(whole["etag"])
      #expect(tag.hasPrefix("W/") && whole["content-encoding"] == "gzip")
      let again = try client.request("GET", "/flow/v1/tell-long", headers: ["Accept-Encoding: gzip", "If-None-Match: \(tag)"])
      #expect(again.status == 304 && again["etag"] == tag && again["vary"] == "Accept-Encoding")
    }
  }

  @Test("documents of the server are compressed by the default profile", arguments: proactors)
  func documents(_ proactor: ProactorChoice) throws {
    try withCompression(proactor) { client in
      let plain = try client.request("GET", "/flow/v1/catalog")
      let packed = try client.request("GET", "/flow/v1/catalog", headers: ["Accept-Encoding: gzip"])
      #expect(packed["content-encoding"] == "gzip" && packed["vary"] == "Accept-Encoding")
      #expect(try decoded(packed.body, "gzip") == plain.text)
    }
  }

  @Test("flows that ask who is calling are compressed only when that was asked for")
  func scope() throws {
    var entry = try testEntry("tell-secret")
    entry.requirements = [Requirement(.role, "reader")]
    let definition = testFlow(plan: "use say line=1\nrun 0") { (_, context) throws(FlowFailure) in .done }
    var profile = ServerConfiguration.Profile(priority: .default, deadline: .seconds(1))
    profile.compression.codings = [.gzip]
    let catalog = try Catalog([entry])
    let isCompressible = BoundFlow(definition, at: 0, of: catalog, profile: profile, cap: -1).isCompressible
    #expect(!isCompressible)
    profile.compression.scope = .all
    let isCompressibleWhenAsked = BoundFlow(definition, at: 0, of: catalog, profile: profile, cap: -1).isCompressible
    #expect(isCompressibleWhenAsked)
  }

  @Test("a configuration without codings compresses nothing", arguments: proactors)
  func off(_ proactor: ProactorChoice) throws {
    try withServer(proactor, catalog: Self.catalog()) { server in
      let response = try TestClient(port: server.port).request("GET", "/flow/v1/tell-long", headers: ["Accept-Encoding: gzip"])
      #expect(response["content-encoding"] == nil && response["vary"] == nil)
    }
  }
}
