/// A fixture while a module is checked.
final class CheckedFixture {
  enum State {
    case unknown
    /// Its value is being looked at: whoever asks for it now is a part of it.
    case open
    case known(ResolvedValue?)
  }

  let syntax: FixtureSyntax
  let module: String
  let scope: FileScope
  var type: ResolvedType?
  var state = State.unknown

  init(_ syntax: FixtureSyntax, module: String, scope: FileScope) {
    self.syntax = syntax
    self.module = module
    self.scope = scope
  }
}

extension Checker {
  func resolveFixtures(of table: ModuleTable) {
    for tree in table.trees where !tree.fixtures.isEmpty {
      let scope = scope(of: tree, in: table)
      for syntax in tree.fixtures {
        if let first = table.fixtures[syntax.name.text] {
          reporter.report(.duplicateDeclaration(syntax.name, kind: "fixture", first: first.syntax.name.span))
          continue
        }
        let fixture = CheckedFixture(syntax, module: table.name, scope: scope)
        fixture.type = syntax.type.flatMap { type($0, in: scope) }
        table.fixtures[syntax.name.text] = fixture
      }
    }
  }

  /// The value of a fixture, checked the first time that somebody asks; `nil` when something is wrong with it.
  func value(of fixture: CheckedFixture) -> ResolvedValue? {
    switch fixture.state {
    case .known(let value): return value
    case .open:
      reporter.report(.fixtureCycle(fixture.syntax.name))
      return nil
    case .unknown: break
    }
    guard let type = fixture.type, let syntax = fixture.syntax.value else { return nil }
    fixture.state = .open
    let value = ValueChecker(checker: self, scope: fixture.scope).resolve(syntax, as: type)
    fixture.state = .known(value)
    return value
  }

  func fixture(_ name: NameSyntax, in scope: FileScope) -> CheckedFixture? {
    let found = scope.all { $0.fixtures[name.text] }
    if found.count > 1 { reporter.report(.ambiguousName(name, kind: "fixture", places: found.map(\.syntax.name.span))) }
    if found.isEmpty, !scope.isIncomplete {
      let candidates = scope.candidates { $0.fixtures.values.map { Candidate($0.syntax.name.text, $0.syntax.name.span) } }
      reporter.report(.unknownFixture(name, matches: NearMatches.find(name.text, among: candidates)))
    }
    return found.count == 1 ? found[0] : nil
  }

  /// Those of the main module, in the order of their lines.
  func resolvedFixtures() -> [ResolvedFixture] {
    main.trees.flatMap(\.fixtures).compactMap { syntax in
      guard let fixture = main.fixtures[syntax.name.text], fixture.syntax.name == syntax.name, let type = fixture.type,
        let value = value(of: fixture)
      else { return nil }
      return ResolvedFixture(name: syntax.name.text, module: main.name, type: type, value: value, span: syntax.name.span)
    }
  }
}
