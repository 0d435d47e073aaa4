import FlowLanguage
import ZerverCatalog

/// The list of flows, with search and filters.
struct IndexPage {
  let site: Site

  private var flows: [ResolvedFlow] { site.catalog.flows }

  func html() -> String {
    let noun = flows.count == 1 ? "flow" : "flows"
    let body = """
      <h1>\(HTML.escape(site.title))</h1>
      <form id="filters" class="filters" role="search" hidden>
      <label class="find" for="find">Find<input id="find" type="search" placeholder="Name, path, alias or words of the summary" autocomplete="off"></label>
      \(choice("owner", "Owner", Set(flows.map(\.entry.owner)).sorted()))
      \(choice("status", "Status", CatalogReport.statusWords.filter { word in flows.contains { $0.entry.statusWord(on: site.today) == word } }))
      \(choice("tag", "Tag", Set(flows.flatMap(\.entry.tags)).sorted()))
      </form>
      <p class="soft" id="count" role="status">\(flows.count) \(noun)</p>
      <ul class="flows" id="flows">
      \(flows.map(item).joined(separator: "\n"))
      </ul>
      \(tombstones)
      """
    return site.page(site.title, section: .flows, depth: 0, description: "All flows of \(site.title).", script: SiteStyle.script, body: body)
  }

  /// Nothing to choose from is no filter.
  private func choice(_ id: String, _ label: String, _ words: [String]) -> String {
    guard words.count > 1 else { return "" }
    let options = words.map { "<option>\(HTML.escape($0))</option>" }.joined()
    return "<label for=\"\(id)\">\(label)<select id=\"\(id)\"><option value=\"\">any</option>\(options)</select></label>"
  }

  private func item(_ flow: ResolvedFlow) -> String {
    let entry = flow.entry
    let words = [entry.reference.description, entry.path, entry.owner, entry.summary] + entry.aliases.map(\.slug.text)
      + entry.bindings.map(\.template) + entry.tags
    let attributes = [
      "data-text=\"\(HTML.escape(words.joined(separator: " ").lowercased()))\"", "data-owner=\"\(HTML.escape(entry.owner))\"",
      "data-status=\"\(entry.statusWord(on: site.today))\"", "data-tags=\"\(HTML.escape(entry.tags.joined(separator: " ")))\"",
    ]
    let chips = entry.tags.map { "<span class=\"chip\">\(HTML.escape($0))</span>" }
    let more = chips.isEmpty ? "" : "<div class=\"more\">\(chips.joined())</div>"
    return """
      <li \(attributes.joined(separator: " "))>\(site.method(entry.method.rawValue))<div class="what"><a href="\(Site.path(flow))">\(HTML.escape(entry.slug.text))</a> <span class="chip">\(entry.version)</span>\
      <p>\(HTML.inline(entry.summary))</p>\(more)</div><div class="who">\(site.status(entry))<br>\(HTML.escape(entry.owner))</div></li>
      """
  }

  private var tombstones: String {
    guard !site.catalog.tombstones.isEmpty else { return "" }
    let items = site.catalog.tombstones.map { tombstone in
      let successor = tombstone.successor.map { ", followed by \(HTML.code($0.description))" } ?? ""
      return "<li>\(HTML.code(tombstone.reference.description))\(successor). \(HTML.inline(tombstone.reason))</li>"
    }
    return "<h2>Gone</h2>\n<p class=\"soft\">These flows answer 410, and their names never mean anything else again.</p>\n<ul>\(items.joined())</ul>"
  }
}
