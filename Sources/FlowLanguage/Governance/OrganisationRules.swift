import ZerverCatalog

/// What an organisation asks of its flows beyond the language.
struct OrganisationRules {
  let governance: Governance
  private var settings: GovernanceSettings { governance.settings }

  func check(_ module: ResolvedModule) -> [Diagnostic] { module.flows.flatMap(check) }

  private func check(_ flow: ResolvedFlow) -> [Diagnostic] {
    var found = slugRules(flow)
    let entry = flow.entry
    if entry.slug.text.utf8.count > settings.slugLengthMax {
      found.append(.longSlug(flow, most: settings.slugLengthMax))
    }
    if !settings.owners.isEmpty, !settings.owners.contains(entry.owner) {
      found.append(.foreignOwner(flow, owners: settings.owners))
    }
    for attribute in GovernanceSettings.Attribute.allCases
    where settings.requiredAttributes.contains(attribute) && lacks(attribute, flow) {
      found.append(.missingAttribute(flow, attribute))
    }
    return found
  }

  private func slugRules(_ flow: ResolvedFlow) -> [Diagnostic] {
    let path = governance.relativePath(flow.span.path)
    return settings.slugRules.filter { $0.path?.matches(path) ?? true }.filter { !$0.pattern.matches(flow.entry.slug.text) }
      .map { .slugPattern(flow, $0) }
  }

  private func lacks(_ attribute: GovernanceSettings.Attribute, _ flow: ResolvedFlow) -> Bool {
    let deprecation = flow.entry.deprecation
    return switch attribute {
    case .summary: flow.entry.summary.isEmpty
    case .tags: flow.entry.tags.isEmpty
    case .deadline: flow.entry.deadlineNanoseconds == nil && flow.entry.profile.deadlineNanoseconds == nil
    case .example: flow.examples.isEmpty
    case .guide: deprecation != nil && deprecation?.guide == nil
    case .successor: deprecation != nil && deprecation?.successor == nil
    case .sunset: deprecation != nil && deprecation?.sunset == nil
    }
  }
}
