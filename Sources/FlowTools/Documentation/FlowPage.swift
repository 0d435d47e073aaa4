import FlowLanguage
import ZerverCatalog

/// One flow: how it is called, what it answers, what can go wrong, how it runs, and where it stands in its life.
struct FlowPage {
  let site: Site
  let flow: ResolvedFlow
  let server: String

  private let up = "../"
  private var entry: CatalogEntry { flow.entry }
  private var catalog: CatalogModel { site.catalog }

  func html() -> String {
    let body = """
      <h1>\(HTML.escape(entry.slug.text))</h1>
      <div class="more" role="group" aria-label="Versions">\(versions)</div>
      <div class="path">\(site.method(entry.method.rawValue)) <code>\(HTML.escape(entry.path))</code></div>
      \(LifeCycleBanner(site: site, entry: entry).html())
      <div class="flow">
      <div>
      <div class="lead">\(HTML.prose(flow.documentation))</div>
      \(call)
      \(input)
      \(output)
      \(problems)
      \(examples)
      \(plan)
      \(changes)
      </div>
      <aside aria-label="Facts"><dl>\(facts)</dl></aside>
      </div>
      """
    return site.page(entry.reference.description, section: .flows, depth: 1, description: entry.summary, body: body)
  }

  private var versions: String {
    catalog.versions(of: flow).map { other in
      other.entry.version == entry.version
        ? "<span class=\"chip\" aria-current=\"true\">\(other.entry.version)</span>"
        : "<a class=\"chip\" href=\"\(up)\(Site.path(other))\">\(other.entry.version)</a>"
    }.joined()
  }

  // MARK: Facts

  private var facts: String {
    var facts: [(String, String)] = [("Owner", HTML.escape(entry.owner)), ("Status", site.status(entry))]
    if let deprecation = entry.deprecation {
      facts.append(("Deprecated", "\(deprecation.deprecated)"))
      if let sunset = deprecation.sunset { facts.append(("Sunset", "\(sunset)")) }
    }
    facts.append(("Profile", HTML.escape(entry.profile.name)))
    if let deadline = entry.deadlineNanoseconds ?? entry.profile.deadlineNanoseconds {
      facts.append(("Deadline", HTML.escape(DurationText.text(deadline))))
    }
    if !entry.aliases.isEmpty { facts.append(("Other names", entry.aliases.map(alias).joined(separator: "<br>"))) }
    if !entry.bindings.isEmpty {
      facts.append(("Also at", entry.bindings.map { HTML.code("\($0.method.rawValue) \($0.template)") }.joined(separator: "<br>")))
    }
    if entry.tenantScope != .none { facts.append(("Tenant", entry.tenantScope.rawValue)) }
    if !entry.requirements.isEmpty {
      facts.append(("Requires", entry.requirements.map { "\($0.kind.rawValue) \(HTML.code($0.name))" }.joined(separator: "<br>")))
    }
    if let idempotency = entry.idempotency {
      let kept = "answers kept for \(DurationText.text(idempotency.ttlNanoseconds))"
      facts.append(("<code>Idempotency-Key</code>", "\(idempotency.mode.rawValue), \(HTML.escape(kept))"))
    }
    if !entry.tags.isEmpty { facts.append(("Tags", HTML.escape(entry.tags.joined(separator: ", ")))) }
    facts.append(("Declared in", HTML.code(flow.span.path)))
    return facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined()
  }

  private func alias(_ alias: Alias) -> String {
    HTML.code(alias.slug.text) + (alias.mode == .redirect ? " redirects" : " answers in place")
  }

  // MARK: The contract

  private var call: String {
    let sample = SampleValue(catalog: catalog).input(of: flow)
    let command = CurlCommand(catalog: catalog, server: server).text(flow, input: sample)
    return "<h2>Call it</h2>\n<pre tabindex=\"0\"><code>\(HTML.escape(command))</code></pre>"
  }

  private var input: String {
    switch flow.input {
    case .none: "<h2>Input</h2>\n<p>None.</p>"
    case .body(let type): "<h2>Input</h2>\n<p>\(site.type(type, up: up)) as JSON in the body.</p>\n" + fields(type, isInput: true)
    case .stream(let type):
      "<h2>Input</h2>\n<p>A stream of \(site.type(type, up: up)): one line of JSON for each in the body (<code>application/x-ndjson</code>), taken as they arrive.</p>\n"
        + fields(type, isInput: true)
    case .query(let type): "<h2>Input</h2>\n<p>\(site.type(type, up: up)) in the query.</p>\n" + fields(type, isInput: true)
    }
  }

  private func fields(_ type: ResolvedType, isInput: Bool) -> String {
    guard let record = catalog.record(type), !record.fields.isEmpty else { return "" }
    return site.fields(record.fields, isInput: isInput, up: up, caption: isInput ? "Input fields" : "Output fields")
  }

  private var output: String {
    let body =
      switch flow.output {
      case .none: "<p>Status \(flow.outputStatus), without a body.</p>"
      case .text: "<p>Status \(flow.outputStatus) with plain text.</p>"
      case .file: "<p>Status \(flow.outputStatus) with the bytes of a file, or 206 with those of a range.</p>"
      case .json(let type): "<p>Status \(flow.outputStatus) with \(site.type(type, up: up)) as JSON.</p>\n" + fields(type, isInput: false) + sample
      case .stream(let type):
        "<p>Status \(flow.outputStatus) with a stream of \(site.type(type, up: up)): one line of JSON for each, as they are produced, or one server-sent event for a client that accepts <code>text/event-stream</code>.</p>\n"
          + fields(type, isInput: false) + sample
      }
    return "<h2>Output</h2>\n\(body)\(headers)"
  }

  private var sample: String {
    guard let value = SampleValue(catalog: catalog).output(of: flow) else { return "" }
    var text = value.text
    if case .stream = flow.output {
      // One element on each line, as they are sent.
      if case .array(let elements) = value { text = elements.map(\.compactText).joined(separator: "\n") } else { text = value.compactText }
    }
    return "<details><summary>Sample</summary><pre tabindex=\"0\"><code>\(HTML.escape(text))</code></pre></details>"
  }

  private var headers: String {
    guard !flow.headers.isEmpty else { return "" }
    let items = flow.headers.map { header in
      let value = header.parts.map { part in
        switch part {
        case .text(let text): text
        case .field(let path, _): "{\(path.map(\.name).joined(separator: "."))}"
        }
      }.joined()
      return "<li>\(HTML.code("\(ResponseBuilder.name(header.name)): \(value)"))</li>"
    }
    return "\n<h3>Headers</h3>\n<ul>\(items.joined())</ul>"
  }

  private var problems: String {
    let rows = ResponseProblems(flow).all.map { status, kind in
      "<tr><td>\(status)</td>\(problem(kind))</tr>"
    }
    guard !rows.isEmpty else { return "" }
    return """
      <h2>Errors</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Errors"><table><thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">When</th></tr></thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  private func problem(_ kind: ResponseProblems.Kind) -> String {
    switch kind {
    case .declared(let name):
      let error = catalog.error(name)
      let members = (error?.fields ?? []).filter { !$0.isSensitive }.map { HTML.code($0.name) }
      let note = members.isEmpty ? "" : "<span class=\"note\">with \(members.joined(separator: ", "))</span>"
      return "<td class=\"term\">\(HTML.link("\(up)errors.html#\(name)", HTML.code(name)))</td><td>\(HTML.sentence(error?.documentation ?? []))\(note)</td>"
    case .input(let codes):
      let names = codes.map(HTML.code).joined(separator: "<br>")
      return "<td class=\"term\">\(names)</td><td>The input cannot be read or breaks a rule; <code>field</code> says where.</td>"
    case .framework(let code, let sentence): return "<td class=\"term\">\(HTML.code(code))</td><td>\(HTML.inline(sentence))</td>"
    }
  }

  // MARK: Examples

  private var examples: String {
    guard !flow.examples.isEmpty else { return "" }
    let curl = CurlCommand(catalog: catalog, server: server)
    let sections = flow.examples.map { example in
      let expectation = example.expectation
      var answer = "\(expectation.status)" + (expectation.error.map { " \($0)" } ?? "")
      if let body = expectation.body { answer += "\n" + JSONValue(body).text }
      let command = curl.text(flow, input: example.input.map(JSONValue.init))
      return """
        <h3>\(HTML.escape(example.name))</h3>
        <pre tabindex="0"><code>\(HTML.escape(command))</code></pre>
        <pre tabindex="0"><code>\(HTML.escape(answer))</code></pre>
        """
    }
    return "<h2>Examples</h2>\n" + sections.joined(separator: "\n")
  }

  // MARK: The plan

  private var plan: String {
    if case .swift(let name) = flow.planSource {
      return "<h2>Plan</h2>\n<p>Written in Swift: \(HTML.code(name)).</p>"
    }
    let outline = PlanOutline(flow: flow).html()
    // The picture is part of the page: its text can be searched, and it follows the page into dark mode and print.
    return """
      <h2>Plan</h2>
      <div class="graph" tabindex="0" role="region" aria-label="Graph of the plan">
      \(GraphFormat.svg.plan(of: flow))</div>
      <details><summary>The plan in words</summary>\(outline)</details>
      """
  }

  // MARK: Changes

  private var changes: String {
    let older = catalog.versions(of: flow).filter { $0.entry.version < entry.version }
    guard let previous = older.last else { return "" }
    let changes = VersionChanges(catalog: catalog, old: previous, new: flow).changes()
    let items = changes.map { "<li class=\"\($0.isBreaking ? "breaking" : "safe")\">\(HTML.inline($0.text))\($0.isBreaking ? " <span class=\"soft\">(breaking)</span>" : "")</li>" }
    let list = items.isEmpty ? "<p>The contract is the same; the plan or the life cycle differs.</p>" : "<ul class=\"diff\">\(items.joined(separator: "\n"))</ul>"
    return "<h2>Changes since \(site.link(previous, up: up))</h2>\n\(list)"
  }
}

/// What everybody who calls a flow has to see first: that it goes away, or is not promised to stay.
struct LifeCycleBanner {
  let site: Site
  let entry: CatalogEntry

  func html() -> String {
    let status = entry.status(on: site.today).rawValue
    if status == "experimental" {
      return banner(status, ["<strong>Experimental.</strong> This flow is not promised to stay as it is."])
    }
    guard let deprecation = entry.deprecation else { return "" }
    var sentences: [String] = []
    if status == "retired" {
      sentences.append("<strong>Retired.</strong> " + (deprecation.isRetired || deprecation.isGoneAfterSunset ? "This flow answers 410." : "This flow's sunset was on \(deprecation.sunset.map(\.description) ?? "")."))
    } else {
      let verb = deprecation.deprecated <= site.today ? "Deprecated since" : "Will be deprecated on"
      sentences.append("<strong>\(verb) \(deprecation.deprecated).</strong>")
      if let sunset = deprecation.sunset { sentences.append("It is answered until \(sunset).") }
    }
    if let successor = deprecation.successor {
      let name = HTML.code(successor.description)
      sentences.append("Use \(site.catalog.flow(successor) == nil ? name : HTML.link("../" + Site.path(successor), name)) instead.")
    }
    if let guide = deprecation.guide { sentences.append(HTML.link(guide, "How to move on") + ".") }
    return banner(status == "retired" ? "retired" : "deprecated", sentences)
  }

  private func banner(_ kind: String, _ sentences: [String]) -> String {
    "<div class=\"banner \(kind)\" role=\"note\"><p>\(sentences.joined(separator: " "))</p></div>"
  }
}
