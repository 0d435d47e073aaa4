import Foundation
import Synchronization
import Testing
import ZerverCatalog
@_spi(Server) import ZerverCore
import ZerverTesting

@testable import ZerverServer

/// Answers whose body is a file, over real sockets.
@Suite struct FileTests {
  /// A folder with files of a test, removed with it.
  private final class Folder {
    let path: String
    static let small = "Terms of the shop.\n"
    /// Larger than what the kernel takes at once, and no period of a power of two.
    static let large: [UInt8] = (0..<(6 << 20) + 7).map { UInt8(truncatingIfNeeded: $0 % 251) }

    init() throws {
      path = NSTemporaryDirectory() + "zerver-files-\(UUID().uuidString)"
      let manager = FileManager.default
      try manager.createDirectory(atPath: path + "/root/deep", withIntermediateDirectories: true)
      try Data(Self.small.utf8).write(to: URL(fileURLWithPath: path + "/root/terms.txt"))
      try Data(Self.large).write(to: URL(fileURLWithPath: path + "/root/deep/film.mp4"))
      try Data().write(to: URL(fileURLWithPath: path + "/root/empty"))
      try Data("secret".utf8).write(to: URL(fileURLWithPath: path + "/secret.txt"))
      try manager.createSymbolicLink(atPath: path + "/root/link.txt", withDestinationPath: "../secret.txt")
      try manager.createSymbolicLink(atPath: path + "/root/up", withDestinationPath: "..")
      guard mkfifo(path + "/root/pipe", 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
      try setTime("2026-03-01T12:00:00Z", of: "terms.txt")
    }

    func setTime(_ text: String, of name: String) throws {
      let date = try #require(ISO8601DateFormatter().date(from: text))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path + "/root/" + name)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Flows named after what their step answers.
  private static let paths = [
    ("give-terms", "terms.txt"), ("give-film", "deep/film.mp4"), ("give-empty", "empty"), ("give-nothing", "nothing.txt"),
    ("give-folder", "deep"), ("give-link", "link.txt"), ("give-outside", "../secret.txt"), ("give-way-up", "up/secret.txt"),
    ("give-dots", "deep/../terms.txt"), ("give-absolute", "/terms.txt"), ("give-gap", "deep//film.mp4"), ("give-pipe", "pipe"),
    ("give-zero", "terms.txt\0"), ("give-no-path", ""), ("give-file-as-folder", "terms.txt/x"),
    ("give-long-name", String(repeating: "x", count: 300)),
  ]

  private static func catalog() throws -> FlowCatalog {
    var flows = paths.map { name, path in
      (name, file { (context: inout RequestContext) throws(FlowFailure) in try context.completeFile(.continue(path)) })
    }
    flows.append(("answer-itself", file { (context: inout RequestContext) throws(FlowFailure) in try context.completeFile(.done(.text("no file"))) }))
    flows.append(("have-own-tag", file { (context: inout RequestContext) throws(FlowFailure) in
      try context.completeFile(.continue("terms.txt")) { lines in
        lines.begin("ETag")
        lines.append("\"own\"")
        lines.end()
      }
    }))
    let hello = testFlow(plan: "use say-hello line=1\nrun 0", decodes: false) { (_, context) throws(FlowFailure) in
      try context.completeText(.continue("Hello, world!"), status: 200)
    }
    return FlowCatalog(
      try Catalog(flows.map { try testEntry($0.0) } + [testEntry("say-hello"), testEntry("say-hello-loudly", .post)]),
      flows: flows.map(\.1) + [hello, hello])
  }

  private static func file(
    _ run: @escaping @Sendable (inout RequestContext) throws(FlowFailure) -> StepOutcome
  ) -> FlowDefinition {
    FlowDefinition(
      plan: "use find-file line=1\nrun 0", frameBytes: 0, errors: [], decode: { _ in .continued },
      run: { _, context in do throws(FlowFailure) { return try run(&context) } catch { return context.fail(error) } },
      test: { _, _ in false }, release: { _ in }, isFile: true)
  }

  private func withFiles(
    _ proactor: ProactorChoice, configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (RunningServer, TestClient, Folder) throws -> Void
  ) throws {
    let folder = try Folder()
    try withServer(proactor, catalog: Self.catalog()) {
      $0.files.root = folder.path + "/root"
      configure(&$0)
    } _: { server in
      try body(server, TestClient(port: server.port), folder)
    }
  }

  @Test("a file is sent with its length, its type and what tells it apart, and the connection stays", arguments: proactors)
  func small(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, _ in
      let response = try client.request("GET", "/flow/v1/give-terms")
      #expect(response.status == 200 && response.text == Folder.small)
      #expect(response["content-length"] == "\(Folder.small.utf8.count)")
      #expect(response["content-type"] == "text/plain; charset=utf-8")
      #expect(response["last-modified"] == "Sun, 01 Mar 2026 12:00:00 GMT")
      #expect(response["accept-ranges"] == "bytes" && response["x-content-type-options"] == "nosniff")
      #expect(response["etag"]?.hasPrefix("\"") == true)
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("a large file arrives whole, one after the other and pipelined with others", arguments: proactors)
  func large(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { server, client, _ in
      #expect(try client.request("GET", "/flow/v1/give-film").body == Folder.large)
      #expect(try client.request("GET", "/flow/v1/give-film").body == Folder.large)
      let request = { (name: String) in "GET /flow/v1/\(name) HTTP/1.1\r\nHost: a\r\n\r\n" }
      try client.send(request("give-film") + request("say-hello") + request("give-film") + request("give-terms"))
      #expect(try client.readResponse().body == Folder.large)
      #expect(try client.readResponse().text == "Hello, world!")
      let film = try client.readResponse()
      #expect(film.body == Folder.large && film["content-type"] == "video/mp4")
      #expect(try client.readResponse().text == Folder.small)
    }
  }

  @Test("a large body behind a large file is read to its end", arguments: proactors)
  func bodyBehind(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { (_, client, _) throws in
      let body = String(repeating: "x", count: 300_000)
      try client.send(
        "GET /flow/v1/give-film HTTP/1.1\r\nHost: a\r\n\r\n"
          + "POST /flow/v1/say-hello-loudly HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
      #expect(try client.readResponse().body == Folder.large)
      #expect(try client.readResponse().text == "Hello, world!")
    }
  }

  @Test("as many files are sent at once as leave descriptors for connections", arguments: proactors)
  func descriptors(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { $0.files.inFlightMax = 3 } _: { (server, client, _) throws in
      let others = try (0..<3).map { _ in
        let other = try TestClient(port: server.port)
        try other.send("GET /flow/v1/give-film HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try other.readResponseHead()
        return other
      }
      let refused = try client.request("GET", "/flow/v1/give-film")
      #expect(refused.status == 503 && refused["retry-after"] != nil)
      for other in others { other.reset() }
      // The server sees in its own time that they have gone.
      var status = 503
      for _ in 0..<10_000 where status == 503 { status = try client.request("GET", "/flow/v1/give-film").status }
      #expect(status == 200)
    }
  }

  @Test("a large file arrives whole over HTTP/2 and TLS", arguments: proactors)
  func sessions(_ proactor: ProactorChoice) throws {
    let store = try TestCertificates.shared.get()
    try withFiles(proactor) {
      $0.tls.certificates = [store.files("localhost")]
      $0.listen = [
        .init(.tcp(host: "127.0.0.1", port: 0), allowsHTTP2: true), .init(.tcp(host: "127.0.0.1", port: 0), isEncrypted: true),
      ]
    } _: { server, _, folder in
      for (version, port, scheme) in [("--http2-prior-knowledge", 0, "http"), ("--http1.1", 1, "https"), ("--http2", 1, "https")] {
        let copy = folder.path + "/copy"
        let url = "\(scheme)://localhost:\(server.ports[port])/flow/v1/give-film"
        let report = try TestProgram.run(
          ["curl", "-sS", version, "--cacert", store.path("all"), "-o", copy, "-w", "%{http_code} %{size_download}", url])
        #expect(report == "200 \(Folder.large.count)", "\(version)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Data(Folder.large), "\(version)")
      }
    }
  }

  @Test("an empty file is an answer without bytes", arguments: proactors)
  func empty(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, _ in
      let response = try client.request("GET", "/flow/v1/give-empty")
      #expect(response.status == 200 && response["content-length"] == "0" && response["content-type"] == "application/octet-stream")
      let part = try client.request("GET", "/flow/v1/give-empty", headers: ["Range: bytes=0-9"])
      #expect(part.status == 416 && part["content-range"] == "bytes */0")
    }
  }

  @Test("HEAD gets the head of the file and nothing else", arguments: proactors)
  func head(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, _ in
      let response = try client.request("HEAD", "/flow/v1/give-film")
      #expect(response.status == 200 && response["content-length"] == "\(Folder.large.count)" && response["etag"] != nil)
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test(
    "a range is sent from where it begins to where it ends", arguments: proactors,
    [
      ("bytes=0-0", 0, 1), ("bytes=100000-5000000", 100_000, 4_900_001), ("bytes=-7", (6 << 20), 7), ("bytes=6291455-", 6_291_455, 8),
    ] as [(String, Int, Int)])
  func ranges(_ proactor: ProactorChoice, _ range: (field: String, start: Int, count: Int)) throws {
    try withFiles(proactor) { _, client, _ in
      let response = try client.request("GET", "/flow/v1/give-film", headers: ["Range: \(range.field)"])
      #expect(response.status == 206)
      #expect(response["content-range"] == "bytes \(range.start)-\(range.start + range.count - 1)/\(Folder.large.count)")
      #expect(response.body == Array(Folder.large[range.start..<(range.start + range.count)]))
      #expect(try client.request("GET", "/flow/v1/say-hello").text == "Hello, world!")
    }
  }

  @Test("a client that has the file is told so, and one that had another gets the new one", arguments: proactors)
  func conditions(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, folder in
      func ask(_ headers: String...) throws -> TestClient.Response {
        try client.request("GET", "/flow/v1/give-terms", headers: headers)
      }
      let tag = try #require(try ask()["etag"])
      let known = try ask("If-None-Match: \(tag)")
      #expect(known.status == 304 && known["etag"] == tag && known["last-modified"] != nil)
      #expect(try ask("If-Modified-Since: Sun, 01 Mar 2026 12:00:00 GMT").status == 304)
      #expect(try ask("If-Modified-Since: Sun, 01 Mar 2026 11:59:59 GMT").status == 200)
      #expect(try ask("If-Match: \"other\"").status == 412)
      #expect(try ask("Range: bytes=0-4", "If-Range: \(tag)").status == 206)
      try folder.setTime("2026-03-02T12:00:00Z", of: "terms.txt")
      #expect(try ask("If-None-Match: \(tag)").status == 200)
      let whole = try ask("Range: bytes=0-4", "If-Range: \(tag)")
      #expect(whole.status == 200 && whole.text == Folder.small)
    }
  }

  @Test("nothing was last modified at a time to come", arguments: proactors)
  func future(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { (_, client, folder) throws in
      try folder.setTime("2300-01-01T00:00:00Z", of: "terms.txt")
      let response = try client.request("GET", "/flow/v1/give-terms")
      #expect(response.status == 200 && response["last-modified"] == response["date"])
    }
  }

  @Test("a tag that the flow chooses itself is the file's tag", arguments: proactors)
  func ownTag(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, _ in
      let response = try client.request("GET", "/flow/v1/have-own-tag")
      #expect(response.headers.filter { $0.name == "etag" }.map(\.value) == ["\"own\""])
      #expect(try client.request("GET", "/flow/v1/have-own-tag", headers: ["If-None-Match: \"own\""]).status == 304)
    }
  }

  @Test("no path leads out of the folder, and what is no file is not there", arguments: proactors)
  func notFound(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { _, client, _ in
      let found: Set = ["give-terms", "give-film", "give-empty"]
      for (name, path) in Self.paths where !found.contains(name) {
        let response = try client.request("GET", "/flow/v1/\(name)")
        #expect(response.status == 404, "\(path)")
        #expect(response.text.contains("There is no such file."), "\(path)")
      }
    }
  }

  @Test("a step may answer by itself instead", arguments: proactors)
  func wholeResponse(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { (_, client, _) throws in
      #expect(try client.request("GET", "/flow/v1/answer-itself").text == "no file")
    }
  }

  @Test("a client that goes away in the middle of a file leaves no file open", arguments: proactors)
  func clientGone(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { server, client, folder in
      for _ in 0..<20 {
        let other = try TestClient(port: server.port)
        try other.send("GET /flow/v1/give-film HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try other.readResponseHead()
        other.reset()
      }
      let film = folder.path + "/root/deep/film.mp4"
      func openFiles() throws -> Int {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return descriptors.filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == film }.count
      }
      // Each turn of the server that answers is one in which it may see that a client has gone.
      for _ in 0..<10_000 where try openFiles() > 0 { _ = try client.request("GET", "/flow/v1/say-hello") }
      #expect(try openFiles() == 0)
    }
  }

  @Test("a client that takes nothing of a file is given up after the write time-out", arguments: proactors)
  func slowReader(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { $0.timeouts.write = .milliseconds(50) } _: { server, client, _ in
      try client.send("GET /flow/v1/give-film HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try client.readResponseHead()
      let other = try TestClient(port: server.port)
      func closed() -> UInt64 { server.metrics.workers[0].value(.connectionsClosed) }
      for _ in 0..<1_000_000 where closed() == 0 { _ = try other.request("GET", "/flow/v1/say-hello") }
      // The connection is reset, or ends before the length that was promised.
      let rest = try? client.readToEnd()
      #expect((rest?.count ?? 0) < Folder.large.count)
    }
  }

  @Test("a server that stops sends the file to its end", arguments: proactors)
  func drain(_ proactor: ProactorChoice) throws {
    try withFiles(proactor) { server, client, _ in
      try client.send("GET /flow/v1/give-film HTTP/1.1\r\nHost: a\r\n\r\n")
      let head = try client.readResponseHead()
      server.stop()
      #expect(head["content-length"] == "\(Folder.large.count)")
      #expect(try client.readToEnd() == Folder.large)
    }
  }

  @Test("a server does not start without the folder of its files")
  func noFolder() throws {
    for (root, words) in [(nil, "files.root"), ("/nonexistent/folder", "ENOENT")] as [(String?, String)] {
      var configuration = ServerConfiguration()
      configuration.files.root = root
      let error = #expect(throws: ServerError.self) { _ = try Server(catalogs: [Self.catalog()], configuration: configuration) }
      #expect(error?.code == .configurationInvalid && error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }

  @Test(
    "the end of its name says what a file is",
    arguments: [
      ("a.pdf", "application/pdf"), ("b/c.JPG", "image/jpeg"), ("noend", "application/octet-stream"),
      ("x.unknown-thing", "application/octet-stream"), ("x.", "application/octet-stream"), ("x.tar.gz", "application/gzip"),
    ])
  func types(_ path: String, _ type: String) {
    #expect(Array(path.utf8).withUnsafeBytes { FileType.of($0).description } == type)
  }
}
