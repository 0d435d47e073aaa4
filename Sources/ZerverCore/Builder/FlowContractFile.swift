import ZerverCatalog

/// What a flow in Swift promises, as a `.flow` file with `plan swift`: so that tools which run no Swift can read it.
///
/// An app writes the files into a folder, and `route-gen` takes the folder beside the others: its `lint`, `catalog`,
/// `openapi`, `client` and `check` then know the flow.
public struct FlowContractFile: Equatable, Sendable {
  /// `v1/inspect-cart.flow`
  public let path: String
  public let text: String
}

extension FlowCatalog {
  /// One file for each flow of this catalog that is written in Swift, without those whose contract stands in a file
  /// already, and one for its tombstones and reserved slugs.
  public var contractFiles: [FlowContractFile] {
    let contracts = zip(catalog.entries, flows).compactMap { entry, flow in
      flow.contract.map { FlowContractFile(entry, $0) }
    }
    return contracts + (retiredPlaces.isEmpty ? [] : [FlowContractFile(catalog.tombstones, catalog.reservations)])
  }
}

extension FlowContractFile {
  /// Codes of warnings that the tools report about the file, with the beginning of the line at which they do.
  static let codes = [
    "foreign-owner": "owner", "missing-attribute": "flow", "past-sunset": "sunset", "sensitive-output": "output",
    "sensitive-query": "input", "short-sunset": "sunset", "slug-length": "flow", "slug-pattern": "flow", "slug-quality": "flow",
  ]

  init(_ tombstones: [Tombstone], _ reservations: [SlugReservation]) {
    path = "Retired.flow"
    let lines =
      reservations.map { "reserved \($0.slug) \"\(Self.escaped($0.reason))\"" }
      + tombstones.map { tombstone in
        "tombstone \(tombstone.reference)\(tombstone.successor.map { " successor \($0)" } ?? "") \"\(Self.escaped(tombstone.reason))\""
      }
    text = lines.map { $0 + "\n" }.joined()
  }

  init(_ entry: CatalogEntry, _ contract: FlowContract) {
    path = "\(entry.reference).flow"
    let input = contract.input.map { FlowTypeName($0.type) }
    let output = contract.outputType.map { FlowTypeName($0) }
    var lines = Set((input?.modules ?? []) + (output?.modules ?? [])).sorted().map { "use \($0)" }
    if !lines.isEmpty { lines.append("") }
    if !entry.summary.isEmpty { lines.append("/// \(entry.summary)") }
    lines += Self.comments(above: "flow", contract)
    lines.append("flow \(entry.slug) {")
    var properties = Self.properties(of: entry)
    if let input, let form = contract.input {
      properties.append(form.isStream ? "input stream \(input.text)" : "input \(input.text) from \(form.isQuery ? "query" : "body")")
    }
    properties.append(Self.output(contract.form, output))
    properties += entry.bindings.map { "bind \($0.method.rawValue) \($0.template)" }
    properties += contract.headers.map { "header \($0.name.lowercased()) \"\(Self.escaped($0.template))\"" }
    properties.append("plan swift \(Self.typeName(entry.slug))")
    properties += contract.mappings.map { "on \($0.code) -> \($0.status)" }
    for property in properties {
      let word = String(property.prefix { $0 != " " })
      lines += (Self.comments(above: word, contract) + [property]).map { "  \($0)" }
    }
    lines += ["}", ""]
    text = lines.joined(separator: "\n")
  }

  /// What the contract allows, for the tools.
  private static func comments(above word: String, _ contract: FlowContract) -> [String] {
    contract.allowances.filter { codes[$0.code] == word }.map { "// route-gen: allow \($0.code) because \($0.reason)" }
  }

  private static func properties(of entry: CatalogEntry) -> [String] {
    var lines = ["owner \(entry.owner)", "method \(entry.method.rawValue)"]
    if !entry.tags.isEmpty { lines.append("tags \(entry.tags.joined(separator: ", "))") }
    if entry.deprecation?.isRetired == true {
      lines.append("status retired")
    } else if entry.isExperimental {
      lines.append("status experimental")
    }
    lines += entry.aliases.map { "alias \($0.slug)\($0.mode == .serve ? " serve" : "")" }
    if entry.profile != .default { lines.append("profile \(entry.profile.name)") }
    if let deadline = entry.deadlineNanoseconds { lines.append("deadline \(max(1, deadline / 1_000_000))ms") }
    if let deprecation = entry.deprecation {
      lines.append("deprecated \(deprecation.deprecated)")
      if let sunset = deprecation.sunset {
        lines.append("sunset \(sunset)\(deprecation.isGoneAfterSunset ? " then 410" : "")")
      }
      if let successor = deprecation.successor { lines.append("successor \(successor)") }
      if let guide = deprecation.guide { lines.append("guide \"\(guide)\"") }
    }
    if entry.tenantScope != .none { lines.append("tenant \(entry.tenantScope.rawValue)") }
    lines += entry.requirements.map { "requires \($0.kind.rawValue) \($0.name)" }
    if let idempotency = entry.idempotency {
      lines.append("idempotency \(idempotency.mode.rawValue) ttl \(max(1, idempotency.ttlNanoseconds / 1_000_000_000))s")
    }
    return lines
  }

  private static func output(_ form: AnswerForm, _ type: FlowTypeName?) -> String {
    switch form {
    case .none: "output none"
    case .file: "output file"
    case .text(let status): "output text status \(status)"
    case .stream(let status): "output stream \(type.map { String($0.text.dropFirst().dropLast()) } ?? "text") status \(status)"
    case .json(let status): "output \(type?.text ?? "text") status \(status)"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
  }

  private static func typeName(_ slug: Slug) -> String {
    slug.text.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}

/// A Swift type in the words of the language: `Swift.Array<Shop.Cart>` is `[Cart]`, of module `Shop`.
struct FlowTypeName: Equatable {
  let text: String
  let modules: [String]

  /// - Parameter type: as `String(reflecting:)` writes it.
  init(_ type: String) {
    if let inner = Self.argument(of: "Swift.Array", in: type).map({ FlowTypeName($0) }) {
      (text, modules) = ("[\(inner.text)]", inner.modules)
    } else if let inner = Self.argument(of: "Swift.Optional", in: type).map({ FlowTypeName($0) }) {
      (text, modules) = ("\(inner.text)?", inner.modules)
    } else if let inner = Self.argument(of: "Swift.Dictionary", in: type) {
      let value = FlowTypeName(String(inner.split(separator: ",", maxSplits: 1).last?.drop { $0 == " " } ?? ""))
      (text, modules) = ("[string: \(value.text)]", value.modules)
    } else {
      let parts = type.split(separator: ".").map(String.init)
      let name = parts.last ?? type
      let words = ["String": "string", "Int": "int", "Double": "float", "Bool": "bool"]
      let isSwift = parts.first == "Swift"
      (text, modules) = (isSwift ? words[name] ?? name : name, isSwift || parts.count < 2 ? [] : [parts[0]])
    }
  }

  private static func argument(of generic: String, in type: String) -> String? {
    guard type.hasPrefix(generic + "<"), type.hasSuffix(">") else { return nil }
    return String(type.dropFirst(generic.count + 1).dropLast())
  }
}
