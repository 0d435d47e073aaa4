import FlowLanguage
import Testing

@testable import FlowTools

@Suite("The language server")
struct LanguageServerTests {
  /// A flow whose plan holds the given lines.
  private static func flow(_ plan: String) -> String {
    """
    use Steps

    flow show-cart {
      owner storefront  method GET  deadline 1s
      input CartQuery  output Cart
      plan {
        \(plan)
      }
      on cart-not-found -> 404
    }

    """
  }

  private static let good = """
    cart = load-cart(input.cart-id)  timeout 100ms
        done render-cart(cart, cart.owner.name)
    """

  @Test("mistakes are published while they are typed, and taken back when they are mended")
  func diagnostics() {
    var editor = EditorSession(flow: Self.flow(Self.good))
    let uri = "file://" + EditorSession.flowPath
    #expect(editor.published[uri] == nil)
    editor.change(EditorSession.flowPath, to: Self.flow(Self.good.replacing("load-cart", with: "laod-cart")))
    #expect(editor.published[uri]?.compactMap { $0["code"]?.string } == ["unknown-step"])
    #expect(editor.published[uri]?.first?["severity"] == 1)
    editor.change(EditorSession.flowPath, to: Self.flow(Self.good))
    #expect(editor.published[uri] == [])
  }

  @Test("only what was typed is sent, and each change counts in the text that the one before has left")
  func increments() {
    let text = "// größer 𝄞 x\nrecord A { b: string }\n"
    var editor = EditorSession(flow: text)
    let path = EditorSession.flowPath
    func now() -> String? { editor.server.open[path].map { $0.text(0..<$0.bytes.count) } }
    editor.type(path, [((0, 13), (0, 14), "yz"), ((0, 3), (0, 9), "klein"), ((1, 7), (1, 8), "Cart")])
    #expect(now() == "// klein 𝄞 yz\nrecord Cart { b: string }\n")
    editor.type(path, [((1, 0), (2, 0), ""), ((1, 0), (1, 0), "enum B { c }\n"), ((9, 9), (9, 9), "// end")])
    #expect(now() == "// klein 𝄞 yz\nenum B { c }\n// end")
    // What cannot be is left alone.
    editor.type(path, [((1, 4), (0, 0), "x")])
    #expect(now() == "// klein 𝄞 yz\nenum B { c }\n// end")
    editor.change(path, to: text)
    #expect(now() == text)
  }

  @Test("a change in a module is checked in the modules that use it")
  func dependents() {
    var editor = EditorSession(flow: Self.flow(Self.good))
    editor.open(EditorSession.stepsPath, EditorSession.steps.replacing("step load-cart", with: "step read-cart"))
    #expect(editor.published["file://" + EditorSession.flowPath]?.contains { $0["code"] == "unknown-step" } == true)
  }

  @Test("a name leads to its declaration, a step on to its Swift type", arguments: [
    ("cart = lo|ad-cart(input.cart-id)\n    done render-cart(cart, cart.owner.name)", ["Carts.flow 8:6", "LoadCart.swift 3:13"]),
    ("cart = load-cart(inp|ut.cart-id)\n    done render-cart(cart, cart.owner.name)", ["show-cart.flow 5:9"]),
    ("cart = load-cart(input.cart|-id)\n    done render-cart(cart, cart.owner.name)", ["Carts.flow 4:20"]),
    ("cart = load-cart(input.cart-id)\n    done render-cart(ca|rt, cart.owner.name)", ["show-cart.flow 7:5"]),
    ("cart = load-cart(input.cart-id)\n    done render-cart(cart, cart.owner.na|me)", ["Carts.flow 3:19"]),
    ("cart = load-cart(input.cart-id)\n    when cart.state is orde|red { done render-cart(cart, cart.owner.name) }", ["Carts.flow 5:24"]),
  ])
  func definition(plan: String, places: [String]) {
    var editor = EditorSession(flow: Self.flow(plan))
    #expect(editor.ask("textDocument/definition").array?.map(EditorSession.place) == places)
  }

  @Test("a hover shows the declaration and what is written above it")
  func hover() {
    var editor = EditorSession(flow: Self.flow("cart = load-|cart(input.cart-id)"))
    let text = editor.ask("textDocument/hover")["contents"]?["value"]?.string ?? ""
    #expect(text.contains("step load-cart(cart-id: string) -> Cart  needs db  safe  fails cart-not-found"))
    #expect(text.contains("Reads a cart.") && text.contains("module `Steps`"))
    var nothing = EditorSession(flow: Self.flow("| cart = load-cart(input.cart-id)"))
    #expect(nothing.ask("textDocument/hover") == .null)
  }

  @Test("what may stand at a place is offered there", arguments: [
    ("cart = lo|", ["load-cart", "render-cart"], ["parallel", "cart", "owner"]),
    ("|", ["load-cart", "parallel", "when", "done"], ["timeout", "owner"]),
    ("cart = load-cart(|", ["input", "cart"], ["load-cart"]),
    ("cart = load-cart(input.|", ["cart-id"], ["input", "owner"]),
    ("cart = load-cart(input.cart-id)\n    done render-cart(cart, cart.owner.|", ["name"], ["cart-id"]),
    ("cart = load-cart(input.cart-id) |", ["timeout", "retry", "undo"], ["parallel"]),
    ("cart = load-cart(input.cart-id) on |", ["cart-not-found"], ["load-cart"]),
  ])
  func completion(plan: String, offered: [String], others: [String]) {
    var editor = EditorSession(flow: Self.flow(plan))
    let labels = editor.ask("textDocument/completion")["items"]?.array?.compactMap { $0["label"]?.string } ?? []
    #expect(offered.allSatisfy(labels.contains) && !others.contains(where: labels.contains), "\(labels)")
  }

  @Test("outside of plans, too", arguments: [
    ("|", "record"), ("use |", "Steps"), ("flow show-cart {\n  |", "owner"), ("flow show-cart {\n  method |", "DELETE"),
    ("use Steps\nflow show-cart {\n  output |", "Cart"), ("record A { a: |", "string"), ("record A { a: string |", "length"),
    ("flow show-cart {\n  profile |", "batch"), ("step a-b() |", "needs"), ("step a-b() needs |", "crypto"),
  ])
  func outerCompletion(text: String, offered: String) {
    var editor = EditorSession(flow: text)
    let labels = editor.ask("textDocument/completion")["items"]?.array?.compactMap { $0["label"]?.string } ?? []
    #expect(labels.contains(offered), "\(labels)")
  }

  @Test("a name is renamed wherever it stands, in every module")
  func rename() {
    var editor = EditorSession(flow: Self.flow(Self.good.replacing("load-cart(", with: "load-|cart(")))
    let changes = editor.ask("textDocument/rename", ["newName": "read-cart"])["changes"]
    #expect(changes?["file://" + EditorSession.stepsPath]?.array?.count == 1)
    #expect(changes?["file://" + EditorSession.flowPath]?.array?.count == 1)
    #expect(editor.ask("textDocument/rename", ["newName": "ReadCart"])["message"]?.string?.contains("kebab-case") == true)
    #expect(editor.ask("textDocument/rename", ["newName": "render-cart"])["message"]?.string?.contains("already") == true)
  }

  @Test("a fragment outside a flow is known like a step, and what it uses is renamed in it, too")
  func sharedFragment() {
    let fragment = "fragment read-cart(key: string) -> Cart {\n  cart = load-cart(key)\n}\n"
    var use = EditorSession(flow: Self.flow("cart = read-c|art(input.cart-id)") + fragment)
    let hover = use.ask("textDocument/hover")["contents"]?["value"]?.string ?? ""
    #expect(hover.contains("fragment read-cart(key: string) -> Cart"), "\(hover)")
    var step = EditorSession(flow: Self.flow("cart = read-cart(input.cart-id)") + fragment.replacing("load-cart", with: "load-|cart"))
    let changes = step.ask("textDocument/rename", ["newName": "fetch-cart"])["changes"]
    #expect(changes?["file://" + EditorSession.flowPath]?.array?.count == 1)
    #expect(changes?["file://" + EditorSession.stepsPath]?.array?.count == 1)
    var parameter = EditorSession(flow: Self.flow("cart = read-cart(input.cart-id)") + fragment.replacing("(key)", with: "(k|ey)"))
    let edits = parameter.ask("textDocument/rename", ["newName": "cart-key"])["changes"]?["file://" + EditorSession.flowPath]?.array
    #expect(edits?.count == 2)
    #expect(
      parameter.ask("textDocument/rename", ["newName": "read-cart"])["message"] == nil, "a step and a binding may share a name")
  }

  @Test("a type is not renamed to what another kind of type is called")
  func takenTypeName() {
    var editor = EditorSession(flow: Self.flow(Self.good).replacing("output Ca", with: "output Ca|"))
    let message = editor.ask("textDocument/rename", ["newName": "CartState"])["message"]?.string
    #expect(message?.contains("`CartState` already") == true)
  }

  /// What a rename changes in the Swift file of the step: the text afterwards.
  private func swift(
    _ editor: inout EditorSession, renamedTo name: String, at file: String = EditorSession.flowPath, position: JSONValue? = nil
  ) -> String {
    let edits = editor.edits(renamingTo: name, at: file, position: position)["/shop/Steps/LoadCart.swift"]
    return editor.applied(edits ?? [], to: EditorSession.swiftSteps)
  }

  @Test("a step takes its Swift type with it, a record its struct, a parameter the labels of the step's functions")
  func renameInSwift() {
    var step = EditorSession(flow: Self.flow(Self.good.replacing("load-cart(", with: "load-|cart(")))
    #expect(swift(&step, renamedTo: "read-cart").contains("public enum ReadCart: ReadCartStep {"))
    var query = EditorSession(flow: Self.flow(Self.good).replacing("output Ca", with: "output Ca|"))
    let text = swift(&query, renamedTo: "Basket")
    #expect(text.contains("-> Decision<Basket> {\n    .continue(Basket(cartId: id))") && text.contains("enum LoadCart: LoadCartStep"))
    var parameter = EditorSession(flow: Self.flow(Self.good))
    let place = JSONValue.members(["line": 7, "character": 16])
    let labels = swift(&parameter, renamedTo: "basket-id", at: EditorSession.stepsPath, position: place)
    #expect(labels.contains("run(basketId cartId: String)") && labels.contains("_ resumption: Resumption, basketId id: String)"), "\(labels)")
  }

  @Test("a rename that Swift has no room for names the file")
  func refusedInSwift() {
    var editor = EditorSession(flow: Self.flow(Self.good).replacing("output Ca", with: "output Ca|"))
    let message = editor.ask("textDocument/rename", ["newName": "LoadCart"])["message"]?.string
    #expect(message == "There is a Swift type `LoadCart` already: /shop/Steps/LoadCart.swift:3.")
  }

  @Test("a renamed binding keeps the plan right")
  func renameBinding() {
    var editor = EditorSession(flow: Self.flow(Self.good.replacing("cart =", with: "ca|rt =")))
    let edits = editor.ask("textDocument/rename", ["newName": "basket"])["changes"]?["file://" + EditorSession.flowPath]?.array
    let starts = edits?.compactMap { $0["range"]?["start"] }.map { "\($0["line"]!.int!):\($0["character"]!.int!)" }
    #expect(starts == ["6:4", "7:21", "7:27"])
  }

  @Test("what cannot be renamed says why", arguments: [("flow show|-cart {", "promise"), ("flow show-cart { own|er web }", "no name")])
  func refusedRename(text: String, reason: String) {
    var editor = EditorSession(flow: text)
    #expect(editor.ask("textDocument/prepareRename")["message"]?.string?.contains(reason) == true)
  }

  @Test("references count in every file, with and without the declaration")
  func references() {
    var editor = EditorSession(flow: Self.flow(Self.good).replacing("on cart-not", with: "on ca|rt-not"))
    let context = JSONValue.members(["includeDeclaration": false])
    #expect(
      editor.ask("textDocument/references").array?.map(EditorSession.place)
        == ["show-cart.flow 10:6", "Carts.flow 6:7", "Carts.flow 8:64"])
    #expect(editor.ask("textDocument/references", ["context": context]).array?.count == 2)
  }

  @Test("a certain fix is offered as a quick fix")
  func quickFix() {
    var editor = EditorSession(flow: Self.flow(Self.good.replacing("load-cart", with: "la|od-cart")))
    let position = editor.cursor
    let range = JSONValue.members(["start": position, "end": position])
    let action = editor.ask("textDocument/codeAction", ["range": range]).array?.first
    #expect(action?["kind"] == "quickfix" && action?["title"]?.string == "Write `load-cart`")
    let edit = action?["edit"]?["changes"]?["file://" + EditorSession.flowPath]?.array?.first
    #expect(edit?["newText"] == "load-cart")
  }

  @Test("a file is formatted as `route-gen fmt` does it, and left alone when it cannot be read")
  func formatting() {
    var editor = EditorSession(flow: "|flow  show-cart {\n\n\n owner   web\n}\n")
    #expect(editor.ask("textDocument/formatting").array?.first?["newText"]?.string?.contains("flow show-cart {") == true)
    var broken = EditorSession(flow: "|flow show-cart {")
    #expect(broken.ask("textDocument/formatting") == .array([]))
  }

  @Test("a document's symbols are its declarations, a workspace's those of all modules")
  func symbols() {
    var editor = EditorSession(flow: Self.flow(Self.good))
    let names = editor.ask("textDocument/documentSymbol").array?.compactMap { $0["name"]?.string }
    #expect(names == ["v1/show-cart", "cart"])
    let found = editor.ask("workspace/symbol", ["query": "cart-not"]).array?.compactMap { $0["name"]?.string }
    #expect(found == ["cart-not-found"])
  }

  @Test("positions count in the units that were agreed on")
  func encodings() {
    let text = "// 🛒 ü\nflow show-cart { owner wéb }\n"
    let file = SourceFile(path: "/a", text: text)
    for encoding in [TextPosition.Encoding.utf8, .utf16] {
      for offset in [0, 3, 7, 8, 10, 11, 20, 37, file.bytes.count] {
        #expect(file.offset(of: file.position(of: offset, encoding), encoding) == offset)
      }
    }
    #expect(file.position(of: 7, .utf16).character == 5 && file.position(of: 7, .utf8).character == 7)
    #expect(file.offset(of: TextPosition(line: 99, character: 0), .utf16) == file.bytes.count)
    #expect(file.offset(of: TextPosition(line: 0, character: 99), .utf16) == 10)
  }

  @Test("paths with spaces and letters of other languages are named by their URI")
  func uris() {
    #expect(FileURI.uri("/a b/ü.flow") == "file:///a%20b/%C3%BC.flow")
    #expect(FileURI.path("file:///a%20b/%C3%BC.flow") == "/a b/ü.flow")
    #expect(FileURI.path("untitled:Untitled-1") == nil)
  }

  @Test("the server ends as the protocol wants it, and names what it does not know")
  func lifeCycle() {
    var editor = EditorSession(flow: "|")
    #expect(editor.request("textDocument/unknown", .null)["error"]?["code"] == -32601)
    #expect(editor.ask("shutdown") == .null)
    #expect(editor.request("textDocument/hover", .null)["error"]?["code"] == -32600)
    editor.notify("exit", .null)
    #expect(editor.server.state == .exited(0))
  }

  @Test("no request about any place of a half-written file is a trap")
  func everyPlace() {
    let whole = Self.flow(Self.good)
    for length in stride(from: 0, through: whole.count, by: 7) {
      var editor = EditorSession(flow: String(whole.prefix(length)) + "|")
      for method in ["hover", "definition", "completion", "references", "documentSymbol", "formatting", "prepareRename"] {
        _ = editor.ask("textDocument/" + method)
      }
    }
  }
}
