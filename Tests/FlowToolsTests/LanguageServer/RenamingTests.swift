import FlowLanguage
import Testing

@testable import FlowTools

/// That a name is renamed wherever it stands.
@Suite("Renaming in an editor")
struct RenamingTests {
  private static let steps = """
    enum Status { open, paid-late, gone }
    record Customer { name: string  status: Status = open }
    record Line { sku: string  state: Status? }
    record Order { order-id: string length 1..8  customer: Customer  lines: [Line]  by-sku: [string: Line] = {} }
    record OrderQuery { order-id: string length 1..8 }
    error order-gone { order-id: string  reason: string }
    step load-order(query: OrderQuery) -> Order  needs db  safe  fails order-gone  may insert warn-owner  may replace give-up
    step warn(order: Order)
    step apologise(query: OrderQuery) -> Order
    fixture late-line: Line { sku: "a"  state: paid-late }
    fixture late-order: Order {
      order-id: "o-1"  customer: { name: "Ada"  status: paid-late }  lines: [{ sku: "b" }, fixture late-line]
      by-sku: { state: { sku: "c"  state: paid-late } }
    }

    """

  private static let flow = """
    use Steps
    flow show-cart {
      owner web  method GET  bind GET /orders/{order-id}
      input OrderQuery  output Order
      header location "/orders/{order-id}/of/{customer.name}"
      plan {
        order = load-order(input)  timeout 1s
        choose order.customer.status { open, gone { warn(order) } paid-late { warn(order) } }
        done apologise(input)
      }
      fragment warn-owner { warn(order) }
      fragment give-up { done apologise(input) }
      on order-gone -> 404
      example "a late one" {
        input  { order-id: "o-1" }
        given  load-order = { order-id: "o-1"  customer: { name: "Ada"  status: paid-late }  lines: [{ sku: "b"  state: gone }] }
        expect 200 { customer: { status: paid-late } }
      }
      example "none" {
        input  { order-id: "o-2" }
        given  load-order fails order-gone { order-id: "o-2"  reason: "sold" }
        expect 404 order-gone { order-id: "o-2" }
      }
      example "too long" {
        input  { order-id: "123456789" }
        expect 422 constraint-violated { field: "order-id" }
      }
    }

    """

  /// Both texts after a rename at `|` in a piece of one of them.
  private func renamed(_ piece: String, to name: String) throws -> (flow: String, steps: String) {
    let isFlow = Self.flow.contains(piece.replacing("|", with: ""))
    let text = isFlow ? Self.flow : Self.steps
    var editor = EditorSession(flow: Self.flow, steps: Self.steps)
    try #require(editor.problems.isEmpty && text.contains(piece.replacing("|", with: "")), "\(editor.problems)")
    let position = EditorSession.position(in: text.replacing(piece.replacing("|", with: ""), with: piece))
    let edits = editor.edits(renamingTo: name, at: isFlow ? EditorSession.flowPath : EditorSession.stepsPath, position: position)
    let flow = editor.applied(edits[EditorSession.flowPath] ?? [], to: Self.flow)
    let steps = editor.applied(edits[EditorSession.stepsPath] ?? [], to: Self.steps)
    editor.open(EditorSession.stepsPath, steps)
    editor.change(EditorSession.flowPath, to: flow)
    #expect(editor.problems.isEmpty, "\(editor.problems)")
    return (flow, steps)
  }

  @Test("a field is renamed in paths and templates, in fixtures and examples, and nothing else of its name is", arguments: [
    (
      "record OrderQuery { |order-id", "number", ["/orders/{number}\n", "input  { number: \"o-1\" }", "field: \"number\""],
      ["\"/orders/{order-id}/of", "load-order = { order-id:", "order-gone { order-id: \"o-2\" }"]
    ),
    (
      "record Order { |order-id", "number", ["\"/orders/{number}/of", "load-order = { number:"],
      ["/orders/{order-id}\n", "input  { order-id: \"o-1\" }", "order-gone { order-id: \"o-2\" }", "field: \"order-id\""]
    ),
    (
      "order-gone { order-id: \"o-2\"  |reason", "state", ["fails order-gone { order-id: \"o-2\"  state: \"sold\" }"],
      ["choose order.customer.status", "name: \"Ada\"  status: paid-late"]
    ),
    ("of/{customer.|name}", "title", ["of/{customer.title}", "{ title: \"Ada\""], ["load-order"]),
    ("{ sku: \"b\"  |state: gone }", "mood", ["{ sku: \"b\"  mood: gone }"], ["reason: \"sold\""]),
  ])
  func field(piece: String, name: String, changed: [String], kept: [String]) throws {
    let (flow, steps) = try renamed(piece, to: name)
    #expect((changed + kept).allSatisfy(flow.contains), "\(flow)")
    if name == "mood" { #expect(steps.contains("by-sku: { state: { sku: \"c\"  mood: paid-late } }"), "a key of a map is no field") }
  }

  @Test("a case is renamed in values, defaults and arms", arguments: [
    "open, |paid-late, gone }", "{ open, gone { warn(order) } |paid-late", "sku: \"a\"  state: |paid-late", "{ customer: { status: |paid-late",
  ])
  func enumCase(piece: String) throws {
    let (flow, steps) = try renamed(piece, to: "overdue")
    #expect(!(flow + steps).contains("paid-late") && (flow + steps).split(separator: "overdue").count == 8)
    #expect(try renamed("Status = |open", to: "fresh").steps.contains("enum Status { fresh, paid-late, gone }"))
  }

  @Test("a fragment has one name in the flow and on the lines of the steps that choose it", arguments: [
    "may insert |warn-owner", "fragment |warn-owner",
  ])
  func fragment(piece: String) throws {
    let (flow, steps) = try renamed(piece, to: "tell-owner")
    #expect(flow.contains("fragment tell-owner {") && steps.contains("may insert tell-owner"))
    #expect(try renamed("may replace |give-up", to: "warn-owner") == (Self.flow, Self.steps), "the flow has another one of that name")
  }

  @Test("a case, and a fragment on a step's line, lead to where they are declared", arguments: [
    ("status: |paid-late } }\n", ["Carts.flow 1:21"]), ("may insert |warn-owner", ["show-cart.flow 11:12"]),
  ])
  func definition(piece: String, places: [String]) {
    let plain = piece.replacing("|", with: "")
    let isFlow = Self.flow.contains(plain)
    var editor = EditorSession(flow: Self.flow, steps: Self.steps)
    let position = EditorSession.position(in: (isFlow ? Self.flow : Self.steps).replacing(plain, with: piece))
    let found = editor.ask("textDocument/definition", at: isFlow ? EditorSession.flowPath : EditorSession.stepsPath, position: position)
    #expect(found.array?.map(EditorSession.place) == places)
  }

  @Test("every name of a catalog can get another one at once, and the catalog still compiles", arguments: [
    ["Tests/GeneratedFlows"], ["Routes", "Examples/CheckoutSteps"],
  ])
  func everyName(folders: [String]) throws {
    var texts: [String: [(path: String, text: String)]] = [:]
    for folder in folders {
      let files = FlowSources.files.filter { $0.path.hasPrefix(folder + "/") }
      texts[folder.split(separator: "/").last.map(String.init)!] = files.map { ("/" + $0.path, $0.text(0..<$0.bytes.count)) }
    }
    var editor = EditorSession(EditorSession.Host(texts: texts))
    for file in texts.values.joined() { editor.open(file.path, file.text) }
    // Warnings stay what they are.
    let before = editor.problems
    try #require(!before.values.joined().contains { $0.hasPrefix("error") }, "\(before)")
    let index = SymbolIndex(texts.map { name, files in (name, files.map { Parser.parse(SourceFile(path: $0.path, text: $0.text)).tree }) })
    var edits: [String: Set<String>] = [:]
    var byText: [String: JSONValue] = [:]
    for declaration in index.declarations(where: { ![.flow, .module].contains($0.kind) && $0.name != "input" }) {
      let place = declaration.name.file.position(of: declaration.name.start, .utf16)
      let position = JSONValue.members(["line": .int(place.line), "character": .int(place.character)])
      let name = declaration.symbol.name
      let isType = name.first!.isUppercase
      let found = editor.edits(renamingTo: isType ? "New" + name : "new-" + name, at: declaration.name.path, position: position)
      #expect(!found.isEmpty, "\(declaration.symbol)")
      for (path, found) in found {
        for edit in found {
          edits[path, default: []].insert(edit.compactText)
          byText[edit.compactText] = edit
        }
      }
    }
    for file in texts.values.joined() {
      let found = edits[file.path, default: []].compactMap { byText[$0] }
      editor.open(file.path, editor.applied(found, to: file.text))
    }
    #expect(editor.problems == before)
  }
}
