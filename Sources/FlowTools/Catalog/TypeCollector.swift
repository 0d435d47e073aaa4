import FlowLanguage

/// Finds the types that callers of flows can meet, and in which direction they travel.
struct TypeCollector {
  private var declarations: [TypeKey: CatalogType.Declaration] = [:]
  private var inputs: Set<TypeKey> = []
  private var outputs: Set<TypeKey> = []

  static func types(
    of flows: [ResolvedFlow], errors: [ResolvedError], declaredIn modules: [ResolvedModule]
  ) -> [CatalogType] {
    var collector = TypeCollector(modules)
    for flow in flows {
      switch flow.input {
      case .none: break
      case .body(let type), .query(let type), .stream(let type): collector.collect(type, into: \.inputs)
      }
      switch flow.output {
      case .none, .text, .file: break
      case .json(let type), .stream(let type): collector.collect(type, into: \.outputs)
      }
    }
    for error in errors { for field in error.fields { collector.collect(field.type, into: \.outputs) } }
    return collector.types
  }

  private init(_ modules: [ResolvedModule]) {
    for module in modules {
      func add(_ type: ResolvedType, _ declaration: CatalogType.Declaration) {
        if let key = TypeKey(type) { declarations[key] = declaration }
      }
      for record in module.records { add(.record(record.name, module: module.name), .record(record)) }
      for enumeration in module.enums { add(.enumeration(enumeration.name, module: module.name), .enumeration(enumeration)) }
      for newtype in module.newtypes { add(.newtype(newtype.name, module: module.name), .newtype(newtype)) }
    }
  }

  private mutating func collect(_ type: ResolvedType, into found: WritableKeyPath<TypeCollector, Set<TypeKey>>) {
    switch type {
    case .string, .int, .float, .bool: break
    case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): collect(inner, into: found)
    case .record, .enumeration, .extern, .newtype:
      guard let key = TypeKey(type), self[keyPath: found].insert(key).inserted else { return }
      guard case .record(let record)? = declarations[key] else { return }
      for field in record.fields { collect(field.type, into: found) }
    }
  }

  private var types: [CatalogType] {
    let keys = inputs.union(outputs)
    let counts = Dictionary(keys.map { ($0.name, 1) }, uniquingKeysWith: +)
    return keys.map { key in
      CatalogType(
        key: key, name: counts[key.name] == 1 ? key.name : key.module + key.name,
        declaration: declarations[key] ?? .extern, isInput: inputs.contains(key), isOutput: outputs.contains(key))
    }
    .sorted { ($0.name, $0.key.module) < ($1.name, $1.key.module) }
  }
}
