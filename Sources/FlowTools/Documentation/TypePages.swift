import FlowLanguage

/// The list of types.
struct TypesPage {
  let site: Site

  func html() -> String {
    let items = site.catalog.types.map { type in
      "<li>\(HTML.link(Site.path(type), HTML.code(type.name))) <span class=\"soft\">\(type.kind)</span></li>"
    }
    let body = """
      <h1>Types</h1>
      <p class="soft">What requests and responses are made of.</p>
      <ul class="columns">
      \(items.joined(separator: "\n"))
      </ul>
      """
    return site.page("Types", section: .types, depth: 0, description: "The types of \(site.title).", body: body)
  }
}

/// One type: its fields or cases, its JSON, and who uses it.
struct TypePage {
  let site: Site
  let type: CatalogType

  private let up = "../"

  func html() -> String {
    let body = """
      <h1>\(HTML.escape(type.name))</h1>
      <p class="soft">\(type.kind.prefix(1).uppercased())\(type.kind.dropFirst()), declared in \(HTML.escape(type.key.module)). \(direction)</p>
      <div class="lead">\(HTML.prose(type.documentation))</div>
      \(content)
      \(examples)
      \(uses)
      """
    return site.page(
      type.name, section: .types, depth: 1, description: Prose.summary(type.documentation) ?? "", body: body)
  }

  private var direction: String {
    switch (type.isInput, type.isOutput) {
    case (true, true): "Travels in requests and responses."
    case (true, false): "Travels in requests: a member that is not declared is refused."
    case (false, _): "Travels in responses: new members may be added, so ignore what you do not know."
    }
  }

  private var content: String {
    switch type.declaration {
    case .record(let record):
      record.fields.isEmpty
        ? "<p>It has no fields: its JSON is <code>{}</code>.</p>"
        : "<h2>Fields</h2>\n" + site.fields(record.fields, isInput: type.isInput, up: up, caption: "Fields of \(type.name)")
    case .enumeration(let enumeration):
      "<h2>Cases</h2>\n<ul>\(enumeration.cases.map { "<li>\(HTML.code($0))</li>" }.joined())</ul>"
    case .newtype(let newtype):
      "<h2>JSON</h2>\n<p>\(site.type(newtype.wrapped, up: up)) \(site.limits(newtype.constraints, isSensitive: newtype.isSensitive))</p>"
    case .extern: "<p>A Swift type of the server writes and reads its JSON; the catalog knows no more about it.</p>"
    }
  }

  private var examples: String {
    let fixtures = site.catalog.fixtures.filter { TypeKey($0.type) == type.key }
    guard !fixtures.isEmpty else { return "" }
    return "<h2>Examples</h2>\n" + fixtures.map { fixture in
      "<h3>\(HTML.code(fixture.name))</h3>\n<pre tabindex=\"0\"><code>\(HTML.escape(JSONValue(fixture.value).text))</code></pre>"
    }.joined(separator: "\n")
  }

  private var uses: String {
    let flows = site.catalog.flows.filter { $0.contractTypes.contains { mentions($0) } }
    let types = site.catalog.types.filter { other in
      guard case .record(let record) = other.declaration else { return false }
      return record.fields.contains { mentions($0.type) }
    }
    let items = flows.map { site.link($0, up: up) } + types.map { HTML.link(up + Site.path($0), HTML.code($0.name)) }
    guard !items.isEmpty else { return "" }
    return "<h2>Used by</h2>\n<ul class=\"columns\">\(items.map { "<li>\($0)</li>" }.joined())</ul>"
  }

  private func mentions(_ other: ResolvedType) -> Bool {
    switch other {
    case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): mentions(inner)
    case .string, .int, .float, .bool, .record, .enumeration, .extern, .newtype: TypeKey(other) == type.key
    }
  }
}

/// Every declared error, and who answers with it.
struct ErrorsPage {
  let site: Site

  func html() -> String {
    let body = """
      <h1>Errors</h1>
      <p>Every error is a problem (<code>application/problem+json</code>, RFC 9457) with <code>type</code>, <code>title</code>, <code>status</code>, and mostly <code>detail</code> and <code>instance</code>. \
      The last part of <code>type</code> is the code: <code>urn:zerver:problem:…</code>. Declared errors add members of their own.</p>
      \(site.catalog.errors.map(section).joined(separator: "\n"))
      """
    return site.page("Errors", section: .errors, depth: 0, description: "The errors of \(site.title).", body: body)
  }

  private func section(_ error: ResolvedError) -> String {
    let fields = error.fields.filter { !$0.isSensitive }
    let table = fields.isEmpty ? "" : site.fields(fields, isInput: false, up: "", caption: "Members of \(error.name)")
    let flows = site.catalog.flows.compactMap { flow -> String? in
      guard let status = flow.errors.first(where: { $0.name == error.name })?.status else { return nil }
      return "<li>\(status) from \(site.link(flow, up: ""))</li>"
    }
    return """
      <h2 id="\(HTML.escape(error.name))">\(HTML.code(error.name))</h2>
      \(HTML.prose(error.documentation))
      \(table)
      <ul class="columns">\(flows.joined())</ul>
      """
  }
}

extension CatalogType {
  var kind: String {
    switch declaration {
    case .record: "record"
    case .enumeration: "enum"
    case .newtype: "newtype"
    case .extern: "extern type"
    }
  }
}

extension ResolvedFlow {
  /// The types of the input and of the output.
  var contractTypes: [ResolvedType] {
    var types: [ResolvedType] = []
    switch input {
    case .none: break
    case .body(let type), .query(let type), .stream(let type): types.append(type)
    }
    switch output {
    case .none, .text, .file: break
    case .json(let type), .stream(let type): types.append(type)
    }
    return types
  }
}
