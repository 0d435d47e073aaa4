/// What a catalog promises to its callers, as facts: the content of `catalog.lock`.
///
/// A block tells about one thing, a fact is one line of it. Both are known by their keys, so two branches that change
/// different things change different lines, and the order in which anything was declared does not matter.
package struct CatalogLock {
  /// What a block is about. The order is that of the file.
  package enum Kind: String, CaseIterable, Sendable {
    /// The rule configuration as it was last accepted.
    case settings
    /// Breaking changes that were accepted on one day, with their reasons.
    case breaking
    /// Slugs that no flow may have.
    case reserved
    /// Flows that are gone for good.
    case tombstones
    case profile, flow, record
    case enumeration = "enum"
    case error, newtype, extern
  }

  package struct Key: Hashable, Comparable, Sendable {
    package var kind: Kind
    /// Empty for the kinds that have one block: `settings`, `reserved` and `tombstones`.
    package var name: String

    package init(_ kind: Kind, _ name: String = "") {
      self.kind = kind
      self.name = name
    }

    package static func < (a: Key, b: Key) -> Bool {
      if a.kind != b.kind { return a.order < b.order }
      return a.name < b.name
    }

    private var order: Int { Kind.allCases.firstIndex(of: kind) ?? 0 }
    /// As the block's first line has it.
    package var text: String { name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)" }
  }

  package struct Fact {
    /// Empty for a fact that is true or not there.
    package var value: String
    /// In the `.flow` file or in the lock, depending on where the fact comes from.
    package var span: SourceSpan?

    package init(_ value: String = "", at span: SourceSpan? = nil) {
      self.value = value
      self.span = span
    }
  }

  package struct Block {
    package var facts: [String: Fact] = [:]
    package var span: SourceSpan?

    package init(at span: SourceSpan? = nil) { self.span = span }

    /// The value of a fact; `nil` when it is not there.
    package subscript(key: String) -> String? { facts[key]?.value }

    package func has(_ key: String) -> Bool { facts[key] != nil }

    /// The facts whose key is this word and another one, by that other word.
    package func all(_ word: String) -> [String: Fact] {
      var found: [String: Fact] = [:]
      for (key, fact) in facts where key.hasPrefix(word + " ") { found[String(key.dropFirst(word.utf8.count + 1))] = fact }
      return found
    }

    package mutating func set(_ key: String, _ value: String = "", at span: SourceSpan? = nil) {
      facts[key] = Fact(value, at: span)
    }
  }

  package var blocks: [Key: Block] = [:]

  package init() {}

  package subscript(kind: Kind, name: String) -> Block? {
    get { blocks[Key(kind, name)] }
    set { blocks[Key(kind, name)] = newValue }
  }

  /// The one block of a kind without names; empty when it is not there.
  package subscript(kind: Kind) -> Block {
    get { blocks[Key(kind)] ?? Block() }
    set { blocks[Key(kind)] = newValue.facts.isEmpty ? nil : newValue }
  }

  package func names(_ kind: Kind) -> [String] {
    blocks.keys.filter { $0.kind == kind }.map(\.name).sorted()
  }
}

extension CatalogLock {
  /// The form of the file. A reader of another number does not understand it.
  package static let formatNumber = 1

  /// The file. Deterministic: the same facts give the same bytes.
  package var text: String {
    var text = """
      # What this catalog promises, as it was last accepted. `route-gen accept` writes this file: commit it with the
      # .flow files. After a merge conflict, keep the lines of both sides and run `route-gen accept` again.
      lock \(Self.formatNumber)

      """
    for key in blocks.keys.sorted() {
      guard let block = blocks[key] else { continue }
      text += "\n\(key.text)\n"
      for fact in block.facts.keys.sorted() { text += "  \(Self.line(fact, block[fact] ?? ""))\n" }
    }
    return text
  }

  /// A fact as its line has it.
  package static func line(_ key: String, _ value: String) -> String { value.isEmpty ? key : "\(key): \(value)" }

  /// A text in quotes, on one line whatever it contains.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The opposite of ``quoted(_:)``; a text without quotes stays what it is.
  package static func unquoted(_ text: String) -> String {
    guard text.utf8.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    var result = ""
    var isEscape = false
    for character in text.dropFirst().dropLast() {
      if !isEscape, character == "\\" {
        isEscape = true
        continue
      }
      switch (isEscape, character) {
      case (true, "n"): result += "\n"
      case (true, "r"): result += "\r"
      case (true, "t"): result += "\t"
      default: result.append(character)
      }
      isEscape = false
    }
    return result
  }
}
