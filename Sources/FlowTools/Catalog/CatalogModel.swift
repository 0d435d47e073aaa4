package import FlowLanguage
package import ZerverCatalog

/// What documents and clients are made of: the flows of one or several modules, and every type and error that a caller
/// of them can meet, whichever module declares it.
package struct CatalogModel {
  /// The first module's name, which titles and clients are named after.
  package let name: String
  /// In the order of their names and versions.
  package let flows: [ResolvedFlow]
  /// Types that a request or a response can hold, in the order of their names.
  package let types: [CatalogType]
  /// Errors that a flow maps to a status, in the order of their names.
  package let errors: [ResolvedError]
  package let fixtures: [ResolvedFixture]
  package let tombstones: [ResolvedTombstone]

  private let indexByType: [TypeKey: Int]

  /// - Parameters:
  ///   - modules: those whose flows are wanted.
  ///   - dependencies: those that only declare what the flows use.
  package init(_ modules: [ResolvedModule], dependencies: [ResolvedModule] = []) {
    let all = modules + dependencies
    name = modules.first?.name ?? "Catalog"
    flows = modules.flatMap(\.flows).sorted { ($0.entry.slug, $0.entry.version) < ($1.entry.slug, $1.entry.version) }
    let mapped = Set(flows.flatMap { $0.errors.map(\.name) })
    var errors: [String: ResolvedError] = [:]
    for error in all.flatMap(\.errors) where mapped.contains(error.name) && errors[error.name] == nil {
      errors[error.name] = error
    }
    self.errors = errors.values.sorted { $0.name < $1.name }
    let found = TypeCollector.types(of: flows, errors: self.errors, declaredIn: all)
    types = found
    indexByType = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($0.element.key, $0.offset) })
    fixtures = all.flatMap(\.fixtures).sorted { ($0.module, $0.name) < ($1.module, $1.name) }
    tombstones = modules.flatMap(\.tombstones).sorted { $0.reference.path < $1.reference.path }
  }

  /// What a type's name stands for; `nil` for what is built in.
  package func declaration(of type: ResolvedType) -> CatalogType? {
    TypeKey(type).flatMap { indexByType[$0] }.map { types[$0] }
  }

  package func record(_ type: ResolvedType) -> ResolvedRecord? {
    guard case .record(let record)? = declaration(of: type)?.declaration else { return nil }
    return record
  }

  package func error(_ name: String) -> ResolvedError? { errors.first { $0.name == name } }

  package func flow(_ reference: FlowReference) -> ResolvedFlow? { flows.first { $0.entry.reference == reference } }

  /// The other versions of a flow, oldest first.
  package func versions(of flow: ResolvedFlow) -> [ResolvedFlow] { flows.filter { $0.entry.slug == flow.entry.slug } }
}

/// Where a type is declared, and what it is called.
package struct TypeKey: Hashable {
  package let name: String
  package let module: String

  /// `nil` for types that have no declaration.
  package init?(_ type: ResolvedType) {
    switch type {
    case .record(let name, let module), .enumeration(let name, let module), .extern(let name, let module),
      .newtype(let name, let module):
      self.name = name
      self.module = module
    case .string, .int, .float, .bool, .list, .map, .optional, .stream: return nil
    }
  }
}

/// A declared type that callers can meet.
package struct CatalogType {
  package enum Declaration {
    case record(ResolvedRecord)
    case enumeration(ResolvedEnum)
    case newtype(ResolvedNewtype)
    /// Its JSON is known to its Swift code only.
    case extern
  }

  package let key: TypeKey
  /// Its own name, with its module before it where two modules declare that name.
  package let name: String
  package let declaration: Declaration
  /// A request can hold it: what it does not declare is refused.
  package let isInput: Bool
  /// A response can hold it.
  package let isOutput: Bool

  package var documentation: [String] {
    switch declaration {
    case .record(let record): record.documentation
    case .enumeration(let enumeration): enumeration.documentation
    case .newtype(let newtype): newtype.documentation
    case .extern: []
    }
  }
}
