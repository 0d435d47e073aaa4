import GeneratedFlows
import Testing
import ZerverCatalog
import ZerverCore

@Suite("Generated codecs")
struct GeneratedCodecTests {
  /// The members of an `Everything` that is accepted.
  static let members: [(String, String)] = [
    ("name", "\"größe\""), ("code", "\"AB-12\""), ("count", "-5"), ("weight", "0.5"), ("default", "false"),
    ("delivery", "\"none\""), ("later", "\"default\""), ("tags", "[\"a\",\"bcd\"]"), ("scores", "{\"x\":0,\"y\":10}"),
    ("matrix", "[[1,2],[]]"), ("inner", "{\"flag\":true,\"label\":\"l\",\"size\":8}"),
    ("inners", "[{\"size\":7},{\"label\":\"m\",\"size\":9}]"), ("flags", "{\"a\":{\"size\":2}}"), ("amount", "\"12.05\""),
    ("secret", "\"hush\""), ("secrets", "[{\"flag\":false,\"size\":1}]"), ("reader", "11"), ("buffer", "12"),
    ("fields", "13"), ("key", "14"),
  ]

  /// The object with some members replaced, added, or left out (`nil`).
  static func json(_ changes: [String: String?] = [:]) -> String {
    var members = members
    for (key, value) in changes {
      members.removeAll { $0.0 == key }
      if let value { members.append((key, value)) }
    }
    return "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  let flow = Routes.catalog.flows[Routes.index(of: Routes.V1.echoEverything.path)]
  let search = Routes.catalog.flows[Routes.index(of: Routes.V1.searchThings.path)]
  let runner = FlowRunner()

  @Test("a record with every type is written as it was read")
  func roundTrip() {
    let json = Self.json()
    #expect(
      runner.run(flow, body: json) == .response(status: 200, contentType: "application/json", body: json))
  }

  @Test("members may come in any order, with white space, and only the required ones")
  func required() throws {
    let body = """
       { "secret" : "hush", "amount": "0.00",
         "inners": [], "matrix": [], "tags": [], "scores": {"a": 1}, "weight": 99.5, "name": "x", "later": null }
      """
    #expect(
      runner.run(flow, body: body).body == """
        {"name":"x","count":-2,"weight":99.5,"default":true,"delivery":"same-day","tags":[],"scores":{"a":1},"matrix":[],\
        "inners":[],"amount":"0.00","secret":"hush","reader":1,"buffer":2,"fields":3,"key":4}
        """)
  }

  @Test(
    "a broken constraint names its field",
    arguments: [
      ("name", "\"\"", "constraint-violated name"), ("name", "\"123456789\"", "constraint-violated name"),
      ("name", "7", "wrong-type name"), ("name", "null", "wrong-type name"),
      ("code", "\"ab-1\"", "constraint-violated code"), ("count", "0", "constraint-violated count"),
      ("count", "-6", "constraint-violated count"), ("count", "-1.5", "wrong-type count"),
      ("weight", "0.4", "constraint-violated weight"), ("weight", "99.6", "constraint-violated weight"),
      ("default", "1", "wrong-type default"), ("delivery", "\"slow\"", "constraint-violated delivery"),
      ("delivery", "null", "wrong-type delivery"), ("tags", "[\"a\",\"b\",\"c\"]", "constraint-violated tags"),
      ("tags", "[\"a\",null]", "wrong-type tags[1]"), ("scores", "{}", "constraint-violated scores"),
      ("scores", "{\"x\":1.5}", "wrong-type scores.x"), ("matrix", "[[1],[true]]", "wrong-type matrix[1][0]"),
      ("inner", "{\"colour\":1}", "unknown-field inner.colour"),
      ("inners", "[{},{},{},{}]", "constraint-violated inners"),
      ("inners", "[{},{\"flag\":3}]", "wrong-type inners[1].flag"),
      ("amount", "\"12\"", "constraint-violated amount"), ("secret", "\"no\"", "constraint-violated secret"),
      ("secrets", "[{\"flag\":3}]", "wrong-type secrets"), ("surprise", "1", "unknown-field surprise"),
      ("name", "x", "malformed-json"),
    ])
  func refused(field: String, value: String, failure: String) {
    #expect(runner.run(flow, body: Self.json([field: value])).failure == failure)
  }

  @Test(
    "a required member must be there",
    arguments: ["name", "weight", "tags", "scores", "matrix", "inners", "amount", "secret"])
  func missing(field: String) {
    #expect(runner.run(flow, body: Self.json([field: nil])).failure == "missing-field \(field)")
  }

  @Test("a member that stands twice is refused")
  func duplicate() {
    #expect(runner.run(flow, body: #"{"name":"a","name":"b"}"#).failure == "malformed-json name")
  }

  @Test("a query is read with the same rules")
  func query() {
    #expect(
      runner.run(search, query: "text=abc&in=same-day&limit=3&ratio=0.25&exact=true").body
        == #"{"text":"abc","in":"same-day","limit":3,"ratio":0.25,"exact":true}"#)
    #expect(runner.run(search, query: "text=a").body == #"{"text":"a","limit":20,"exact":false}"#)
    let refused = [
      ("", "missing-field text"), ("text=abcdef", "constraint-violated text"), ("text=A", "constraint-violated text"),
      ("text=a&limit=0", "constraint-violated limit"), ("text=a&limit=x", "wrong-type limit"),
      ("text=a&in=slow", "constraint-violated in"), ("text=a&colour=red", "unknown-field colour"),
      ("text=a&exact=yes", "wrong-type exact"), ("text=%zz", "malformed-query"),
    ]
    for (query, failure) in refused { #expect(runner.run(search, query: query).failure == failure) }
  }

  @Test("what is sensitive is never printed")
  func redaction() throws {
    let json = Array(Self.json(["secret": "\"hunter22\"", "secrets": "[{\"label\":\"hunter23\",\"size\":1}]"]).utf8)
    let value = try json.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes)
      return try Everything(from: &reader)
    }
    var dumped = ""
    dump([value], to: &dumped)
    for text in ["\(value)", String(reflecting: value), "\([value])", dumped] {
      #expect(!text.contains("hunter"))
      #expect(text.contains("redacted"))
      #expect(text.contains("größe"))
    }
  }

  @Test("an empty record is an empty object")
  func empty() throws {
    var buffer = ByteBuffer()
    Empty().encodeJSON(to: &buffer)
    #expect(buffer.withBytes { String(decoding: $0, as: UTF8.self) } == "{}")
    #expect(throws: InputError.self) {
      try Array("{\"a\":1}".utf8).withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        _ = try Empty(from: &reader)
      }
    }
    var inner = ByteBuffer()
    Inner(size: 3).encodeJSON(to: &inner)
    #expect(inner.withBytes { String(decoding: $0, as: UTF8.self) } == #"{"size":3}"#)
  }

  @Test("an enum knows its names on the wire")
  func enumeration() {
    #expect(Delivery.allCases.map(\.rawValue) == ["standard", "same-day", "none", "default"])
  }

  @Test("a declared error carries its documentation and its fields")
  func errors() {
    let failure = FlowFailure.itemMissing(key: "k", retry: true)
    #expect(failure.code == "item-missing")
    #expect(failure.status == nil)
    #expect(failure.detail == "There is no such item.")
    #expect(failure.members == [.init("key", .string("k")), .init("retry", .bool(true))])
    #expect(FlowFailure.itemMissing(key: "k", tried: 2, retry: true, ratio: 0.5).members.map(\.name) == ["key", "tried", "retry", "ratio"])
    #expect(FlowFailure.itemLocked.members.isEmpty)
    #expect(Fragment.giveUp == Fragment("give-up"))
  }
}

extension Routes {
  /// The index of the flow that is served at a path.
  static func index(of path: StaticString) -> Int {
    let match = path.withUTF8Buffer { catalog.catalog.lookup(UnsafeRawBufferPointer($0)) }
    guard case .flow(let index)? = match else { preconditionFailure("a handle names a flow of its catalog") }
    return index
  }
}
