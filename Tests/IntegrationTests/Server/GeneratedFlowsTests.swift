import Foundation
import GeneratedFlows
import RetiredFlows
import Logging
import Testing
import Zerver
import ZerverCore
import ZerverDatabase
import ZerverServer
import ZerverTesting

/// What RouteGen writes for paths, callers and headers, over real sockets.
@Suite struct GeneratedFlowsTests {
  private func serve<Result>(_ proactor: ProactorChoice, _ body: (TestClient) throws -> Result) throws -> Result {
    let folder = try TemporaryDirectory.fresh()
    try FileManager.default.createDirectory(atPath: folder + "/letters", withIntermediateDirectories: true)
    try Data("Dear Charles,".utf8).write(to: URL(fileURLWithPath: folder + "/letters/ada.txt"))
    var configuration = ServerConfiguration()
    configuration.files.root = folder
    configuration.port = 0
    configuration.workers = 1
    configuration.proactor = proactor
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let database = try Database.sqlite(path: TemporaryDirectory.fresh() + "/generated.sqlite")
    let running = try Server(
      catalogs: [GeneratedFlows.Routes.catalog, RetiredFlows.Routes.catalog],
      capabilities: .standard(database: database, logger: logger),
      authenticator: try BearerTokens(
        text: "ann-ann-ann-ann-ann-ann subject=ann tenant=park roles=guest\nbob-bob-bob-bob-bob-bob subject=bob tenant=park"),
      configuration: configuration, logger: logger
    ).start()
    defer {
      running.stop()
      try? running.waitUntilStopped()
    }
    return try body(try TestClient(port: running.port))
  }

  private func bearer(_ name: String) -> [String] {
    ["Authorization: Bearer " + Array(repeating: name, count: 6).joined(separator: "-")]
  }

  @Test("the fields of a path and of the query join the input, and header fields come from the output", arguments: proactors)
  func boundQuery(_ proactor: ProactorChoice) throws {
    try serve(proactor) { client in
      let bound = try client.request("GET", "/places/old%20mill/visits/3?note=hi")
      #expect(bound.status == 200, "\(bound.text)")
      #expect(bound.text == #"{"text":"Welcome, stranger!","place":"old mill","visits":3}"#)
      #expect(bound["content-location"] == "/flow/v1/welcome-caller?note=hi&place=old%20mill&visits=3"
        || bound["content-location"] == "/flow/v1/welcome-caller?place=old%20mill&visits=3&note=hi")
      #expect(bound["etag"] == #""old mill-3""# && bound["x-greeting"] == "Welcome, stranger!")
      #expect(try client.request("GET", try #require(bound["content-location"])).body == bound.body)
      #expect(try client.request("GET", "/places/mill?visits=1").text.contains(#""visits":1"#))
      #expect(Answer(try client.request("GET", "/places/mill")).problem == "missing-field")
      #expect(try client.request("GET", "/places/mill/visits/2", headers: [#"If-None-Match: "mill-2""#]).status == 304)
      let wrong = Answer(try client.request("GET", "/places/mill/visits/many"))
      #expect(wrong.status == 422 && wrong.text("field") == "visits", "\(wrong.response.text)")
      #expect(Answer(try client.request("GET", "/places/mill/visits/100")).problem == "constraint-violated")
      #expect(try client.request("DELETE", "/places/mill").status == 405)
    }
  }

  @Test("a flow answers with the file of a path", arguments: proactors)
  func files(_ proactor: ProactorChoice) throws {
    try serve(proactor) { client in
      let letter = try client.request("GET", "/letters/ada")
      #expect(letter.status == 200 && letter.text == "Dear Charles,")
      #expect(letter["content-disposition"] == "inline" && letter["content-type"] == "text/plain; charset=utf-8")
      #expect(try client.request("GET", "/letters/ada", headers: ["Range: bytes=5-11"]).text == "Charles")
      #expect(try client.request("GET", "/letters/bob").status == 404)
      #expect(try client.request("GET", "/flow/v1/show-letter?name=../ada").status == 404)
      #expect(Answer(try client.request("GET", "/letters/burnt")).problem == "letter-burnt")
    }
  }

  @Test("a plan reads its caller, as one that is there or as one that may be", arguments: proactors)
  func caller(_ proactor: ProactorChoice) throws {
    try serve(proactor) { client in
      let known = try client.request("GET", "/places/mill?visits=1", headers: bearer("ann"))
      #expect(known.text.contains("Welcome, ann!"))
      let admitted = try client.request("PUT", "/places/park/admission", headers: bearer("ann"), body: #"{"visits":4}"#)
      #expect(admitted.status == 201 && admitted.text == #"{"text":"ann","place":"park","visits":4}"#, "\(admitted.text)")
      #expect(admitted["location"] == "/places/park/visits/4")
      let own = try client.request(
        "POST", "/flow/v1/admit-caller", headers: bearer("ann"), body: #"{"place":"park","visits":1,"note":"by name"}"#)
      #expect(own.status == 201 && own.text.contains("by name"))
      let elsewhere = Answer(try client.request("PUT", "/places/mill/admission", headers: bearer("ann"), body: #"{"visits":1}"#))
      #expect(elsewhere.status == 403 && elsewhere.problem == "not-admitted" && elsewhere.text("place") == "mill")
      #expect(try client.request("PUT", "/places/park/admission", headers: bearer("bob"), body: "{}").status == 403)
      #expect(try client.request("PUT", "/places/park/admission", body: "{}").status == 401)
    }
  }

  @Test("a plan decides on which condition it changes something, in the language and in Swift", arguments: proactors)
  func preconditions(_ proactor: ProactorChoice) throws {
    try serve(proactor) { client in
      let body = #"{"name":"home","lines":["one","two"]}"#
      let written = #"{"name":"home","lines":["one!","two!"]}"#
      for (method, path, answer) in [
        ("PUT", "/flow/v1/replace-page", written), ("POST", "/flow/v1/rewrite-page", written),
        ("PATCH", "/flow/v1/move-page", body),
      ] {
        for fields in [[], [#"If-Match: "7""#], [#"If-None-Match: "8""#], ["If-Match: *"]] {
          let response = try client.request(method, path, headers: fields, body: body)
          #expect(response.status == 200 && response.text == answer, "\(path) \(fields) \(response.text)")
        }
        for field in [#"If-Match: "8""#, "If-None-Match: *", "If-Unmodified-Since: Wed, 01 Apr 2026 11:59:59 GMT"] {
          let response = Answer(try client.request(method, path, headers: [field], body: body))
          #expect(response.status == 412 && response.problem == "precondition-failed", "\(path) \(field)")
        }
        let new = #"{"name":"new","lines":[]}"#
        #expect(try client.request(method, path, headers: ["If-None-Match: *"], body: new).status == 200)
        #expect(try client.request(method, path, headers: ["If-Match: *"], body: new).status == 412)
      }
      let bound = try client.request("PUT", "/pages/home", headers: [#"If-Match: "7""#], body: #"{"lines":["one","two"]}"#)
      #expect(bound.status == 200 && bound.text == written && bound["etag"] == #""8""#)
      #expect(try client.request("DELETE", "/flow/v1/tell-page", headers: [#"If-Match: "8""#]).text == "on a condition")
      #expect(try client.request("DELETE", "/flow/v1/tell-page").text == "on no condition")
      #expect(try client.request("POST", "/flow/v1/admit-caller", headers: bearer("ann") + ["If-Match: *"], body: body).status == 412)
    }
  }

  @Test("a plan in Swift has the paths and the header fields of its file", arguments: proactors)
  func planInSwift(_ proactor: ProactorChoice) throws {
    try serve(proactor) { client in
      let bound = try client.request("GET", "/descriptions/mill?visits=7&note=quiet")
      #expect(bound.status == 200 && bound.text == #"{"text":"quiet","place":"mill","visits":7}"#, "\(bound.text)")
      #expect(bound["etag"] == #""7""# && bound["x-place"] == "at mill")
      #expect(bound["content-location"]?.hasPrefix("/flow/v1/describe-visit?") == true)
      #expect(try client.request("GET", "/descriptions/mill?visits=7", headers: [#"If-None-Match: "7""#]).status == 304)
      #expect(try client.request("GET", "/descriptions/" + String(repeating: "m", count: 21) + "?visits=1").status == 422)
    }
  }

  @Test("a module without flows serves its tombstones, and keeps its names free", arguments: proactors)
  func tombstones(_ proactor: ProactorChoice) throws {
    #expect(RetiredFlows.Routes.examples.isEmpty && RetiredFlows.Routes.catalog.flows.isEmpty)
    try serve(proactor) { client in
      let gone = Answer(try client.request("POST", "/flow/v1/pay-thing", body: "{}"))
      #expect(gone.status == 410 && gone.problem == "gone")
      #expect(gone.text("detail")?.contains("Things are echoed now.") == true)
      #expect(try client.request("GET", "/flow/v1/buy-thing").status == 410)
      #expect(try client.request("GET", "/flow/v1/lend-thing").status == 404)
    }
    let taken = Flow("lend-thing", .v1, method: .get, owner: "tests", output: .text) { step(Refuse.self) }
    #expect(throws: FlowProblems.self) { try FlowCatalog.check([RetiredFlows.Routes.catalog, FlowCatalog(taken)]) }
  }
}

private enum Refuse: Step {
  static func run(_ reads: Void) throws(FlowFailure) -> Decision<String> { .continue("never") }
}
