/// A fragment that stands outside a flow. Its statements are checked once, by themselves; every use of it gets a copy.
final class CheckedFragment {
  enum State {
    case unchecked
    /// Its own statements are being checked: whoever comes here now has come in a circle.
    case checking
    /// `nil` when something is wrong with it, which was reported.
    case checked(FragmentBody?)
  }

  let syntax: FragmentDeclarationSyntax
  /// The file, whose `use` lines say what its names mean.
  let tree: SyntaxTree
  var state = State.unchecked

  init(_ syntax: FragmentDeclarationSyntax, in tree: SyntaxTree) {
    self.syntax = syntax
    self.tree = tree
  }
}

/// The statements of a fragment, resolved by themselves.
struct FragmentBody {
  /// The parameters first, in their order.
  let bindings: [ResolvedBinding]
  let nodes: [ResolvedNode]
  /// The binding that the fragment gives to its caller.
  let output: Int?
  let uses: [PlanChecker.Use]
  let detachedCount: Int
  let loopsCount: Int
  let usesSwiftFragment: Bool
}

final class ExpandedModules {
  private(set) var names: Set<String> = []

  func insert(_ body: FragmentBody) {
    names.formUnion(body.uses.map(\.step.module))
    for binding in body.bindings { binding.type.module.map { _ = names.insert($0) } }
  }
}

extension ResolvedType {
  /// Where the type is declared; `nil` for the language's own.
  fileprivate var module: String? {
    switch self {
    case .string, .int, .float, .bool: nil
    case .record(_, let module), .enumeration(_, let module), .extern(_, let module), .newtype(_, let module): module
    case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): inner.module
    }
  }
}

extension Checker {
  /// Checks every fragment of a module, used or not.
  func checkFragments(of table: ModuleTable) {
    for tree in table.trees {
      for syntax in tree.fragments {
        guard let step = table.steps[syntax.signature.name.text], step.syntax.name == syntax.signature.name else { continue }
        let body = body(of: step, usedAt: nil, around: [])
        // It may be used in plans in Swift alone.
        if table === main, let body { ResilienceChecker.check(body.nodes, askedBy: nil, reporter) }
      }
    }
  }

  /// - Parameters:
  ///   - use: where it is used, for the report of a circle; `nil` at its own declaration.
  ///   - around: the names of the fragments that are being checked, the outermost first.
  func body(of step: CheckedStep, usedAt use: NameSyntax?, around: [String]) -> FragmentBody? {
    guard let fragment = step.fragment, let statements = fragment.syntax.body else { return nil }
    switch fragment.state {
    case .checked(let body): return body
    case .checking:
      if let use { reporter.report(.fragmentCycle(use, cycle: Array(around.drop { $0 != step.name }) + [step.name])) }
      return nil
    case .unchecked: break
    }
    fragment.state = .checking
    let table = modules[step.module] ?? main
    let body = PlanChecker.fragment(
      step, statements, checker: self, scope: scope(of: fragment.tree, in: table), around: around + [step.name])
    fragment.state = .checked(body)
    return body
  }
}
