import FlowLanguage

/// A value of a type to show in documentation: an example's or a fixture's where there is one, else one that keeps the
/// ranges and lengths, with names of fields for texts.
struct SampleValue {
  let catalog: CatalogModel

  /// What an example of the flow sends, or a value with every field that has to be there.
  func input(of flow: ResolvedFlow) -> JSONValue? {
    switch flow.input {
    case .none: nil
    case .body(let type), .query(let type): exampleInput(of: flow) ?? value(type, named: "value")
    case .stream(let type): exampleInput(of: flow) ?? .array([value(type, named: "value")])
    }
  }

  private func exampleInput(of flow: ResolvedFlow) -> JSONValue? {
    flow.examples.first { $0.expectation.error == nil && $0.input != nil }?.input.map(JSONValue.init)
  }

  func output(of flow: ResolvedFlow) -> JSONValue? {
    switch flow.output {
    case .none, .text, .file: return nil
    case .json(let type), .stream(let type):
      let bodies = flow.examples.filter { $0.expectation.error == nil }.compactMap(\.expectation.body)
      if let body = bodies.first(where: { catalog.isComplete($0, type) }) { return JSONValue(body) }
      return value(type, named: "value")
    }
  }

  private func value(_ type: ResolvedType, named name: String, _ constraints: ResolvedConstraints = .init()) -> JSONValue {
    switch type {
    case .string: .string(text(name, constraints.length))
    case .int: .int(constraints.range.map { $0.contains(1) ? 1 : $0.lowerBound } ?? 1)
    case .float: .float(constraints.floatRange.map { $0.contains(1) ? 1 : $0.lowerBound } ?? 1)
    case .bool: true
    case .list(let element), .stream(let element): .array(count(constraints).map { _ in value(element, named: name) })
    case .map(let element): .object(count(constraints).map { .init("key-\($0)", value(element, named: name)) })
    case .optional(let wrapped): value(wrapped, named: name, constraints)
    case .record, .enumeration, .extern, .newtype: declared(type, named: name)
    }
  }

  private func declared(_ type: ResolvedType, named name: String) -> JSONValue {
    guard let declaration = catalog.declaration(of: type) else { return .null }
    if let fixture = catalog.fixtures.first(where: { TypeKey($0.type) == declaration.key }) { return JSONValue(fixture.value) }
    switch declaration.declaration {
    case .enumeration(let enumeration): return .string(enumeration.cases.first ?? "")
    case .newtype(let newtype): return value(newtype.wrapped, named: name, newtype.constraints)
    case .extern: return .null
    case .record(let record):
      let fields = record.fields.filter { !$0.type.isOptional && (!declaration.isInput || $0.defaultValue == nil) }
      return .object(fields.map { .init($0.name, value($0.type, named: $0.name, $0.constraints)) })
    }
  }

  /// One element, or as many as there have to be.
  private func count(_ constraints: ResolvedConstraints) -> Range<Int> {
    guard let items = constraints.items else { return 0..<1 }
    return 0..<max(items.lowerBound, min(1, items.upperBound))
  }

  private func text(_ name: String, _ length: ClosedRange<Int>?) -> String {
    guard let length else { return name }
    if name.count < length.lowerBound { return name + String(repeating: "x", count: min(length.lowerBound, 100) - name.count) }
    return String(name.prefix(length.upperBound))
  }
}
