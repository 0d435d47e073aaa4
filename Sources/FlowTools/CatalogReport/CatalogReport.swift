package import FlowLanguage
package import ZerverCatalog

/// What `route-gen catalog` says about each flow, as a table for a terminal and as JSON for programs.
package struct CatalogReport {
  /// Which flows are wanted. Every part that is given must hold; of several words in one part, one must.
  package struct Filter {
    package var owners: [String] = []
    package var statuses: [String] = []
    package var tags: [String] = []

    package init(owners: [String] = [], statuses: [String] = [], tags: [String] = []) {
      self.owners = owners
      self.statuses = statuses
      self.tags = tags
    }
  }

  package let flows: [ResolvedFlow]
  /// Decides which flows are deprecated and which are retired.
  package let today: CalendarDate

  package init(_ catalog: CatalogModel, today: CalendarDate, filter: Filter = .init()) {
    self.today = today
    flows = catalog.flows.filter { flow in
      (filter.owners.isEmpty || filter.owners.contains(flow.entry.owner))
        && (filter.statuses.isEmpty || filter.statuses.contains(flow.entry.statusWord(on: today)))
        && (filter.tags.isEmpty || flow.entry.tags.contains(where: filter.tags.contains))
    }
  }

  /// The words that `--status` takes.
  package static let statusWords = ["active", "deprecated", "experimental", "retired"]

  // MARK: JSON

  /// One object for each flow, with the member names of `GET /flow/v1/catalog`.
  package var json: JSONValue { ["flows": .array(flows.map(object))] }

  private func object(_ flow: ResolvedFlow) -> JSONValue {
    let entry = flow.entry
    var object: JSONValue = [
      "slug": .string(entry.slug.text), "version": .int(entry.version.number), "method": .string(entry.method.rawValue),
      "path": .string(entry.path), "owner": .string(entry.owner), "summary": .string(entry.summary),
      "profile": .string(entry.profile.name), "status": .string(entry.statusWord(on: today)),
    ]
    object.add("deadline-ms", entry.deadlineNanoseconds.map { .float(Double($0) / 1_000_000) })
    object.add("tags", .strings(entry.tags))
    object.add("aliases", .array(entry.aliases.map { alias in
      [
        "slug": .string(alias.slug.text), "path": .string(entry.path(of: alias)),
        "mode": alias.mode == .serve ? "serve" : "redirect",
      ]
    }))
    object.add("bindings", .array(entry.bindings.map { binding in
      ["method": .string(binding.method.rawValue), "path": .string(binding.template)]
    }))
    if let deprecation = entry.deprecation {
      object.add("deprecated", .string(deprecation.deprecated.description))
      object.add("sunset", deprecation.sunset.map { .string($0.description) })
      object.add("successor", deprecation.successor.map { .string($0.path) })
      object.add("guide", deprecation.guide.map(JSONValue.string))
    }
    object.add("file", .string(flow.span.path))
    return object
  }

  // MARK: Table

  /// - Parameter width: of the terminal, in characters; `nil` for output that is not shown in one.
  package func table(width: Int?) -> String {
    guard !flows.isEmpty else { return "No flow matches.\n" }
    let columns = Self.columns.filter { column in column.isAlwaysShown || flows.contains { !column.text($0, today).isEmpty } }
    let rows = flows.map { flow in columns.map { $0.text(flow, today) } }
    let table = TextTable(titles: columns.map(\.title), rows: rows, ranks: columns.map(\.rank))
    let noun = flows.count == 1 ? "flow" : "flows"
    return table.text(width: width) + "\n\(flows.count) \(noun)\n"
  }

  private struct Column {
    var title: String
    /// What gives way first in a narrow terminal has the largest rank.
    var rank: Int
    var isAlwaysShown = true
    var text: (ResolvedFlow, CalendarDate) -> String
  }

  private static var columns: [Column] {
    [
      Column(title: "FLOW", rank: 0) { flow, _ in flow.entry.slug.text },
      Column(title: "VERSION", rank: 0) { flow, _ in flow.entry.version.description },
      Column(title: "METHOD", rank: 1) { flow, _ in flow.entry.method.rawValue },
      Column(title: "STATUS", rank: 2) { flow, today in flow.entry.statusWord(on: today) },
      Column(title: "OWNER", rank: 3) { flow, _ in flow.entry.owner },
      Column(title: "PROFILE", rank: 6) { flow, _ in flow.entry.profile.name },
      Column(title: "DEADLINE", rank: 7, isAlwaysShown: false) { flow, _ in
        flow.entry.deadlineNanoseconds.map(DurationText.text) ?? ""
      },
      Column(title: "DEPRECATED", rank: 5, isAlwaysShown: false) { flow, _ in
        flow.entry.deprecation?.deprecated.description ?? ""
      },
      Column(title: "SUNSET", rank: 4, isAlwaysShown: false) { flow, _ in flow.entry.deprecation?.sunset?.description ?? "" },
      Column(title: "SUCCESSOR", rank: 8, isAlwaysShown: false) { flow, _ in
        flow.entry.deprecation?.successor?.description ?? ""
      },
      Column(title: "ALIASES", rank: 9, isAlwaysShown: false) { flow, _ in
        flow.entry.aliases.map(\.slug.text).joined(separator: ", ")
      },
      Column(title: "TAGS", rank: 10, isAlwaysShown: false) { flow, _ in flow.entry.tags.joined(separator: ", ") },
      Column(title: "BINDINGS", rank: 11, isAlwaysShown: false) { flow, _ in
        flow.entry.bindings.map { "\($0.method.rawValue) \($0.template)" }.joined(separator: ", ")
      },
      Column(title: "PATH", rank: 12) { flow, _ in flow.entry.path },
    ]
  }
}

extension CatalogEntry {
  /// Where the flow stands in its life, in a word. A flow that is experimental and deprecated is on its way out.
  package func statusWord(on day: CalendarDate) -> String {
    let status = status(on: day)
    return status == .active && isExperimental ? "experimental" : status.rawValue
  }
}
