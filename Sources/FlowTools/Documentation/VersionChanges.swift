import FlowLanguage
import ZerverCatalog

/// What a caller has to know who moves from one version of a flow to the next: the differences of the two contracts.
struct VersionChanges {
  struct Change: Equatable {
    /// A caller that changes nothing else would fail, or miss something that it had.
    var isBreaking: Bool
    /// With code between backticks.
    var text: String
  }

  let catalog: CatalogModel
  let old: ResolvedFlow
  let new: ResolvedFlow

  func changes() -> [Change] {
    var changes: [Change] = []
    if old.entry.method != new.entry.method {
      changes.append(Change(isBreaking: true, text: "The method is `\(new.entry.method.rawValue)` and no longer `\(old.entry.method.rawValue)`."))
    }
    if old.outputStatus != new.outputStatus {
      changes.append(Change(isBreaking: true, text: "The status is \(new.outputStatus) and no longer \(old.outputStatus)."))
    }
    changes += fields("input", inputType(old), inputType(new), isInput: true)
    changes += fields("output", outputType(old), outputType(new), isInput: false)
    return changes + errors()
  }

  private func inputType(_ flow: ResolvedFlow) -> ResolvedType? {
    switch flow.input {
    case .none: nil
    case .body(let type), .query(let type): type
    case .stream(let type): .stream(type)
    }
  }

  private func outputType(_ flow: ResolvedFlow) -> ResolvedType? {
    switch flow.output {
    case .none, .text, .file: nil
    case .json(let type), .stream(let type): type
    }
  }

  private func fields(_ place: String, _ old: ResolvedType?, _ new: ResolvedType?, isInput: Bool) -> [Change] {
    if old == new { return [] }
    guard let old = old.flatMap(catalog.record), let new = new.flatMap(catalog.record) else {
      return [Change(isBreaking: true, text: "The \(place) is of another kind.")]
    }
    var changes: [Change] = []
    for field in new.fields where !old.fields.contains(where: { $0.name == field.name }) {
      let isRequired = !field.type.isOptional && field.defaultValue == nil
      let note = isInput ? (isRequired ? ", which has to be there" : ", which may be left out") : ""
      changes.append(Change(isBreaking: isInput && isRequired, text: "New in the \(place): `\(field.name)`\(note)."))
    }
    for field in old.fields {
      guard let now = new.fields.first(where: { $0.name == field.name }) else {
        changes.append(Change(isBreaking: true, text: "No longer in the \(place): `\(field.name)`."))
        continue
      }
      if now.type != field.type {
        let types = "`\(catalog.displayName(now.type))` and no longer `\(catalog.displayName(field.type))`"
        changes.append(Change(isBreaking: true, text: "In the \(place), `\(field.name)` is \(types)."))
      } else if now.constraints != field.constraints {
        changes.append(Change(isBreaking: isInput, text: "In the \(place), `\(field.name)` has other limits."))
      }
    }
    return changes
  }

  private func errors() -> [Change] {
    var changes: [Change] = []
    for (name, status) in new.errors {
      guard let before = old.errors.first(where: { $0.name == name }) else {
        changes.append(Change(isBreaking: true, text: "New error: `\(name)` with status \(status)."))
        continue
      }
      if before.status != status {
        changes.append(Change(isBreaking: true, text: "`\(name)` answers \(status) and no longer \(before.status)."))
      }
    }
    for (name, _) in old.errors where !new.errors.contains(where: { $0.name == name }) {
      changes.append(Change(isBreaking: false, text: "No longer an error: `\(name)`."))
    }
    return changes
  }
}
