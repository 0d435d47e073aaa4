import FlowLanguage
import ZerverCatalog

@testable import FlowTools

/// An editor with a package in memory. `|` in a text is where the cursor stands.
struct EditorSession {
  final class Host: WorkspaceHost {
    var texts: [String: [(path: String, text: String)]]
    let swift: [String: [(path: String, text: String)]]
    var rules: [String: WorkspaceRules] = [:]
    var today: CalendarDate? { CalendarDate(text: "2026-06-01") }

    init(texts: [String: [(path: String, text: String)]], swift: [String: [(path: String, text: String)]] = [:]) {
      self.texts = texts
      self.swift = swift
    }

    func modules(around path: String) -> [WorkspaceModule] {
      texts.sorted { $0.key < $1.key }.map { name, files in
        WorkspaceModule(
          name: name, files: files.map { SourceFile(path: $0.path, text: $0.text) }, rules: rules[name] ?? WorkspaceRules())
      }
    }

    func swiftFiles(ofModule module: String, around path: String) -> [SourceFile] {
      (swift[module] ?? []).map { SourceFile(path: $0.path, text: $0.text) }
    }
  }

  static let flowPath = "/shop/Routes/v1/show-cart.flow"
  static let stepsPath = "/shop/Steps/Carts.flow"
  static let steps = """
    /// What a customer has put together.
    record Cart { cart-id: string  owner: Customer  state: CartState = open }
    record Customer { name: string }
    record CartQuery { cart-id: string length 1..64 }
    enum CartState { open, ordered }
    error cart-not-found { cart-id: string }
    /// Reads a cart.
    step load-cart(cart-id: string) -> Cart  needs db  safe  fails cart-not-found
    step render-cart(cart: Cart, name: string) -> Cart

    """
  static let swiftSteps = """
    import ZerverCore

    public enum LoadCart: LoadCartStep {
      public static func run(cartId: String) -> Decision<Cart> { .need(.query("READ", .text(cartId))) }
      public static func resume(_ resumption: Resumption, cartId id: String) -> Decision<Cart> {
        .continue(Cart(cartId: id))
      }
    }

    """

  var server: LanguageServer
  let host: Host
  private var nextID = 0
  private(set) var cursor = JSONValue.null
  /// By URI, also what was taken back.
  private(set) var published: [String: [JSONValue]] = [:]
  /// What is published at present, by path: severities and codes.
  var problems: [String: [String]] {
    published.filter { !$0.value.isEmpty }.reduce(into: [:]) { problems, file in
      problems[FileURI.path(file.key) ?? ""] = file.value.map { "\($0["severity"]?.int == 1 ? "error" : "warning") \($0["code"]?.string ?? "")" }
    }
  }

  /// An editor that has opened nothing yet.
  init(_ host: Host) {
    self.host = host
    server = LanguageServer(host: host)
    let capabilities = JSONValue.members(["general": .members(["positionEncodings": ["utf-16"]])])
    _ = request("initialize", .members(["capabilities": capabilities]))
  }

  /// - Parameters:
  ///   - flow: the text of the open flow, with its cursor.
  ///   - steps: of the module that the flow uses.
  init(flow: String, steps: String = Self.steps) {
    self.init(
      Host(
        texts: ["Steps": [(Self.stepsPath, steps)], "Routes": [(Self.flowPath, "")]],
        swift: ["Steps": [("/shop/Steps/LoadCart.swift", Self.swiftSteps)]]))
    open(Self.flowPath, flow.replacing("|", with: "", maxReplacements: 1))
    cursor = Self.position(in: flow)
  }

  mutating func open(_ path: String, _ text: String) {
    let document = JSONValue.members(["uri": .string("file://" + path), "text": .string(text)])
    notify("textDocument/didOpen", .members(["textDocument": document]))
  }

  mutating func change(_ path: String, to text: String) {
    notify(
      "textDocument/didChange",
      .members([
        "textDocument": .members(["uri": .string("file://" + path)]),
        "contentChanges": .array([.members(["text": .string(text)])]),
      ]))
  }

  /// Puts `text` in the place of what stands between two positions, each a line and a UTF-16 code unit from 0.
  mutating func type(_ path: String, _ edits: [(from: (Int, Int), to: (Int, Int), text: String)]) {
    func position(_ place: (Int, Int)) -> JSONValue { .members(["line": .int(place.0), "character": .int(place.1)]) }
    let changes = edits.map { edit in
      JSONValue.members([
        "range": .members(["start": position(edit.from), "end": position(edit.to)]), "text": .string(edit.text),
      ])
    }
    notify(
      "textDocument/didChange",
      .members(["textDocument": .members(["uri": .string("file://" + path)]), "contentChanges": .array(changes)]))
  }

  mutating func notify(_ method: String, _ parameters: JSONValue) {
    for message in server.receive(.members(["jsonrpc": "2.0", "method": .string(method), "params": parameters])) {
      guard let uri = message["params"]?["uri"]?.string else { continue }
      published[uri] = message["params"]?["diagnostics"]?.array
    }
  }

  /// The whole response.
  mutating func request(_ method: String, _ parameters: JSONValue) -> JSONValue {
    nextID += 1
    let answers = server.receive(
      .members(["jsonrpc": "2.0", "id": .int(nextID), "method": .string(method), "params": parameters]))
    precondition(answers.count == 1 && answers[0]["id"] == .int(nextID), "one answer for one request")
    return answers[0]
  }

  /// The result of a request about the cursor in the flow, or about another place.
  mutating func ask(
    _ method: String, _ more: KeyValuePairs<String, JSONValue> = [:], at path: String = Self.flowPath, position: JSONValue? = nil
  ) -> JSONValue {
    var parameters = JSONValue.members([
      "textDocument": .members(["uri": .string("file://" + path)]), "position": position ?? cursor,
    ])
    parameters.add(contentsOf: .members(more))
    let answer = request(method, parameters)
    return answer["result"] ?? answer["error"] ?? .null
  }

  /// The edits of a rename, by path; empty when it was refused.
  mutating func edits(renamingTo name: String, at path: String = Self.flowPath, position: JSONValue? = nil) -> [String: [JSONValue]] {
    let answer = ask("textDocument/rename", ["newName": .string(name)], at: path, position: position)
    guard case .object(let changes)? = answer["changes"] else { return [:] }
    return Dictionary(uniqueKeysWithValues: changes.map { (String($0.name.dropFirst("file://".count)), $0.value.array ?? []) })
  }

  /// A text after edits, in whatever order they come.
  func applied(_ edits: [JSONValue], to text: String) -> String {
    let file = SourceFile(path: "/text", text: text)
    let spans = edits.map { edit in
      (server.offset(edit["range"]?["start"], in: file)!, server.offset(edit["range"]?["end"], in: file)!, edit["newText"]!.string!)
    }
    var bytes = file.bytes
    for (start, end, new) in spans.sorted(by: { $0.0 > $1.0 }) { bytes.replaceSubrange(start..<end, with: new.utf8) }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func position(in text: String) -> JSONValue {
    let before = text.prefix { $0 != "|" }
    let line = before.split(separator: "\n", omittingEmptySubsequences: false)
    return .members(["line": .int(line.count - 1), "character": .int(line.last?.utf16.count ?? 0)])
  }

  /// `v1/show-cart.flow 8:4` of a location.
  static func place(_ location: JSONValue) -> String {
    let path = location["uri"]?.string?.split(separator: "/").last ?? ""
    let start = location["range"]?["start"]
    return "\(path) \((start?["line"]?.int ?? -1) + 1):\((start?["character"]?.int ?? -1) + 1)"
  }
}
