import FlowLanguage
package import ZerverCatalog

/// Writes a catalog as a static site: a list of flows with search, a page for each flow and for each type, and one for the
/// errors. Every page is one file that loads nothing, so it works from a folder as well as from a server.
package struct SiteEmitter {
  package struct Page {
    /// Relative to the site's folder.
    package let path: String
    package let text: String
  }

  package struct Options {
    /// `nil` takes the catalog's name.
    package var title: String?
    /// Where the commands to try send their requests.
    package var server = "http://127.0.0.1:8080"
    /// Decides which flows are deprecated and which are retired.
    package var today: CalendarDate

    package init(title: String? = nil, today: CalendarDate) {
      self.title = title
      self.today = today
    }
  }

  package static func pages(_ catalog: CatalogModel, _ options: Options) -> [Page] {
    let site = Site(catalog: catalog, title: options.title ?? catalog.name, today: options.today)
    var pages = [Page(path: "index.html", text: IndexPage(site: site).html())]
    if !catalog.types.isEmpty { pages.append(Page(path: "types.html", text: TypesPage(site: site).html())) }
    if !catalog.errors.isEmpty { pages.append(Page(path: "errors.html", text: ErrorsPage(site: site).html())) }
    for flow in catalog.flows {
      let page = FlowPage(site: site, flow: flow, server: options.server)
      pages.append(Page(path: Site.path(flow), text: page.html()))
    }
    for type in catalog.types { pages.append(Page(path: Site.path(type), text: TypePage(site: site, type: type).html())) }
    return pages
  }
}

/// What all pages share: where things are, and the frame around them.
struct Site {
  let catalog: CatalogModel
  let title: String
  let today: CalendarDate

  enum Section: String { case flows, types, errors }

  static func path(_ flow: ResolvedFlow) -> String { path(flow.entry.reference) }
  static func path(_ reference: FlowReference) -> String { "flows/\(reference.version)-\(reference.slug).html" }
  static func path(_ type: CatalogType) -> String { "types/\(type.name).html" }

  /// - Parameter depth: how many folders below the site's own the page stands.
  func page(_ title: String, section: Section, depth: Int, description: String = "", script: String? = nil, body: String) -> String {
    let up = String(repeating: "../", count: depth)
    var links: [(Section, String, String)] = [(.flows, "index.html", "Flows")]
    if !catalog.types.isEmpty { links.append((.types, "types.html", "Types")) }
    if !catalog.errors.isEmpty { links.append((.errors, "errors.html", "Errors")) }
    let navigation = links.map { link, target, text in
      "<a href=\"\(up)\(target)\"\(link == section ? " aria-current=\"true\"" : "")>\(text)</a>"
    }
    let name = title == self.title ? title : "\(title) · \(self.title)"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="description" content="\(HTML.escape(description))">
      <title>\(HTML.escape(name))</title>
      <link rel="icon" href="data:,">
      <style>
      \(SiteStyle.css)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="site"><div><a class="brand" href="\(up)index.html">\(HTML.escape(self.title))</a><nav aria-label="Site">\(navigation.joined())</nav></div></header>
      <main id="content">
      \(body)
      </main>
      <footer>Written by <code>route-gen docs</code> from the <code>.flow</code> files of \(HTML.escape(catalog.name)), \(today).</footer>
      \(script.map { "<script>\n\($0)\n</script>\n" } ?? "")</body>
      </html>

      """
  }

  // MARK: Pieces

  func status(_ entry: CatalogEntry) -> String {
    let word = entry.status(on: today).rawValue
    return "<span class=\"status \(word)\">\(word)</span>"
  }

  func method(_ method: String) -> String { "<span class=\"method \(method)\">\(method)</span>" }

  /// A type with links to what it is made of.
  func type(_ type: ResolvedType, up: String) -> String { "<code>\(typeText(type, up: up))</code>" }

  private func typeText(_ type: ResolvedType, up: String) -> String {
    switch type {
    case .string, .int, .float, .bool: HTML.escape(catalog.displayName(type))
    case .stream(let element): "stream \(typeText(element, up: up))"
    case .list(let element): "[\(typeText(element, up: up))]"
    case .map(let value): "[string: \(typeText(value, up: up))]"
    case .optional(let wrapped): typeText(wrapped, up: up) + "?"
    case .record, .enumeration, .extern, .newtype:
      catalog.declaration(of: type).map { HTML.link(up + Site.path($0), HTML.escape($0.name)) } ?? HTML.escape(catalog.displayName(type))
    }
  }

  func link(_ flow: ResolvedFlow, up: String) -> String {
    HTML.link(up + Site.path(flow), HTML.code(flow.entry.reference.description))
  }

  /// - Parameter isInput: whether a request carries the fields, so that defaults stand for what is left out.
  func fields(_ fields: [ResolvedField], isInput: Bool, up: String, caption: String) -> String {
    let rows = fields.map { field in
      """
      <tr><td class="term"><code>\(HTML.escape(field.name))</code></td><td class="type">\(type(field.type.unwrapped, up: up))</td>\
      <td class="presence">\(presence(field, isInput: isInput))</td><td>\(HTML.sentence(field.documentation))\(limits(field))</td></tr>
      """
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(HTML.escape(caption))"><table class="fields"><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Presence</th><th scope="col">Meaning</th></tr></thead><tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  private func presence(_ field: ResolvedField, isInput: Bool) -> String {
    if isInput, let value = field.defaultValue { return "default \(HTML.code(JSONValue(value).compactText))" }
    return field.type.isOptional ? "optional" : isInput ? "required" : "always"
  }

  /// Its own limits, and those of its newtype.
  private func limits(_ field: ResolvedField) -> String {
    guard case .newtype(let newtype)? = catalog.declaration(of: field.type.unwrapped)?.declaration else {
      return limits(field.constraints, isSensitive: field.isSensitive)
    }
    return limits(newtype.constraints, isSensitive: field.isSensitive || newtype.isSensitive)
  }

  func limits(_ constraints: ResolvedConstraints, isSensitive: Bool) -> String {
    var parts = ConstraintText.words(constraints).map { $0.isCode ? HTML.code($0.text) : HTML.escape($0.text) }
    if isSensitive { parts.append("sensitive: never in logs, traces or problems") }
    return parts.isEmpty ? "" : "<span class=\"note\">\(parts.joined(separator: " · "))</span>"
  }
}
