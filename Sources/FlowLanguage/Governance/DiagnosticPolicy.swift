/// Decides what becomes of a diagnostic: the one place where the rule configuration and suppression comments are
/// applied, so that `lint`, `check` and the build agree.
struct DiagnosticPolicy {
  let governance: Governance
  /// By file and line.
  private var suppressions: [String: [Int: [Suppression]]] = [:]
  private let ownPaths: Set<String>

  /// - Parameters:
  ///   - files: of the module itself, whose suppression comments are checked.
  ///   - dependencies: files whose suppression comments count, and are checked where they belong.
  init(_ governance: Governance, files: [SourceFile], dependencies: [SourceFile]) {
    self.governance = governance
    ownPaths = Set(files.map(\.path))
    for file in files + dependencies where suppressions[file.path] == nil {
      for suppression in Suppression.find(in: file) {
        suppressions[file.path, default: [:]][suppression.line, default: []].append(suppression)
      }
    }
  }

  /// - Parameter evaluated: whether every rule of this code was asked, so that a suppression of it that suppresses
  ///   nothing is there for nothing. `nil` when errors kept rules from being asked.
  func apply(_ diagnostics: [Diagnostic], evaluated: ((DiagnosticCode) -> Bool)?) -> [Diagnostic] {
    var used: Set<SourceSpan> = []
    var result: [Diagnostic] = []
    for diagnostic in diagnostics {
      guard diagnostic.code.isGoverned else {
        result.append(diagnostic)
        continue
      }
      if let suppression = suppression(of: diagnostic) {
        used.insert(suppression.span)
        continue
      }
      if let configured = configured(diagnostic) { result.append(configured) }
    }
    result += problems(used: used, evaluated: evaluated).compactMap(configured)
    return result.sorted(by: Diagnostic.precedes)
  }

  private func suppression(of diagnostic: Diagnostic) -> Suppression? {
    let span = diagnostic.span
    return suppressions[span.path]?[span.line]?.first { $0.code == diagnostic.code.rawValue && $0.reason != nil }
  }

  /// `nil` when it is switched off.
  private func configured(_ diagnostic: Diagnostic) -> Diagnostic? {
    guard diagnostic.code.isGoverned,
      let level = governance.settings.level(of: diagnostic.code, in: governance.relativePath(diagnostic.span.path))
    else { return diagnostic }
    switch level {
    case .off: return nil
    // What is reported with less than its usual severity has a reason for it, such as an experimental flow.
    case .error: return diagnostic.isMitigated ? diagnostic : diagnostic.with(severity: .error)
    case .warning: return diagnostic.with(severity: .warning)
    }
  }

  private func problems(used: Set<SourceSpan>, evaluated: ((DiagnosticCode) -> Bool)?) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for path in ownPaths {
      for suppression in suppressions[path, default: [:]].values.joined() {
        guard let code = DiagnosticCode(rawValue: suppression.code) else {
          problems.append(.unknownSuppression(suppression))
          continue
        }
        if !code.isGoverned {
          problems.append(.refusedSuppression(suppression, code))
        } else if suppression.reason == nil {
          problems.append(.suppressionWithoutReason(suppression))
        } else if let evaluated, evaluated(code), !used.contains(suppression.span) {
          problems.append(.unusedSuppression(suppression, code))
        }
      }
    }
    return problems
  }
}

/// What a compilation knows about the rules of its catalog.
package struct Governance {
  package var settings: GovernanceSettings
  /// The folder that patterns of paths begin at: that of `route-gen.yaml` and `catalog.lock`. Empty for the current one.
  package var root: String
  /// What was last accepted. With it, the compiler says where the files have drifted from it.
  package var lock: CatalogLock?

  package init(settings: GovernanceSettings = GovernanceSettings(), root: String = "", lock: CatalogLock? = nil) {
    self.settings = settings
    self.root = root
    self.lock = lock
  }

  /// A path as patterns see it. One outside of the folder stays whole.
  package func relativePath(_ path: String) -> String {
    guard !root.isEmpty, root != "." else { return path }
    let folder = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }
}
