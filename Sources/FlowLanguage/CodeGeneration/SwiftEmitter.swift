import ZerverCatalog

/// Writes the Swift of one module from its resolved declarations. Pure and deterministic: the same module gives the
/// same bytes.
package enum SwiftEmitter {
  /// Flows per file. About 50 to a file compile faster than a file for each: 27 s against 43 s for 1,000.
  package static var flowsPerFile: Int { 50 }

  /// The names of the files that a module with this many files of flows gets. The build plugin promises them before
  /// anything has been read.
  package static func fileNames(flowFileCount: Int) -> [String] {
    guard flowFileCount > 0 else { return [GeneratedFile.declarations] }
    let count = (flowFileCount + flowsPerFile - 1) / flowsPerFile
    return [GeneratedFile.declarations] + (1...count).map(GeneratedFile.flows) + [GeneratedFile.catalog]
  }

  /// - Parameter flowFileCount: how many files the module's flows are spread over at least, as in
  ///   ``fileNames(flowFileCount:)``; the number of flows when it is larger.
  package static func emit(_ module: ResolvedModule, flowFileCount: Int = 0) -> [GeneratedFile] {
    let names = TypeNames(module)
    let locatable = locatableFiles(module)
    let flows = module.flows.sorted { ($0.entry.slug, $0.entry.version) < ($1.entry.slug, $1.entry.version) }
    let files = fileNames(flowFileCount: max(flows.count, flowFileCount))
    return files.enumerated().map { index, name in
      let text =
        switch name {
        // A module without files of flows has no other file, and may still have names that are gone.
        case GeneratedFile.declarations:
          declarations(module, names, locatable, withCatalog: files.count == 1 && hasRetiredNames(module))
        case GeneratedFile.catalog: catalog(flows, module, names)
        default: self.flows(flows.dropFirst((index - 1) * flowsPerFile).prefix(flowsPerFile), module, names, locatable)
        }
      return GeneratedFile(name: name, text: text)
    }
  }

  // MARK: Files

  private static func declarations(
    _ module: ResolvedModule, _ names: TypeNames, _ locatable: Set<String>, withCatalog: Bool
  ) -> String {
    var writer = SwiftWriter(locatable: locatable)
    writer.line("// Written by RouteGen from the .flow files of \(module.name). Edit those.")
    let isEmpty = module.records.isEmpty && module.newtypes.isEmpty && module.enums.isEmpty && module.errors.isEmpty && module.steps.isEmpty
      && module.fragments.isEmpty && !withCatalog
    guard !isEmpty else { return writer.text }
    writer.line()
    for name in imports(module) { writer.line("public import \(name)") }
    for declaration in module.enums { EnumEmitter(declaration: declaration, names: names).emit(to: &writer) }
    for newtype in module.newtypes { NewtypeEmitter(newtype: newtype, names: names).emit(to: &writer) }
    for record in module.records { RecordEmitter(record: record, names: names).emit(to: &writer) }
    FailureEmitter(module: module, names: names).emit(to: &writer)
    for step in module.steps {
      StepEmitter(step: step, names: names).emit(to: &writer)
      StepEmitter(step: step, names: names).emitStep(to: &writer)
    }
    for fragment in module.fragments { FragmentEmitter(fragment: fragment, names: names).emit(to: &writer) }
    emitChecks(module, names, to: &writer)
    if withCatalog {
      CatalogEmitter(flows: [], names: names, packed: packed([], module), visible: [module.name]).emit(to: &writer)
    }
    return writer.text
  }

  /// Code that does nothing but let the compiler say, at the place in the `.flow` file, what the module's Swift lacks.
  private static func emitChecks(_ module: ResolvedModule, _ names: TypeNames, to writer: inout SwiftWriter) {
    let externs = externTypes(module)
    guard !module.steps.isEmpty || !externs.isEmpty || !module.fragments.isEmpty else { return }
    writer.line()
    writer.line("/// Never called. The compiler checks here that every step is implemented and every extern type can travel.")
    writer.block("private func implementations()") { writer in
      for step in module.steps { StepEmitter(step: step, names: names).emitCheck(to: &writer) }
      for fragment in module.fragments { FragmentEmitter(fragment: fragment, names: names).emitCheck(to: &writer) }
      for (name, place) in externs {
        writer.line("func codable_\(name)(_ type: any (Equatable & Sendable & JSONEncodable & JSONDecodable).Type) {}")
        writer.line("\(name).self)", after: "codable_\(name)(", at: place)
      }
    }
  }

  /// The module's own extern types, each with the first field that has it.
  private static func externTypes(_ module: ResolvedModule) -> [(name: String, place: SourcePlace)] {
    var known: Set<String> = []
    var externs: [(String, SourcePlace)] = []
    func collect(_ type: ResolvedType, _ span: SourceSpan) {
      switch type {
      case .extern(let name, module.name):
        if known.insert(name).inserted { externs.append((name, span.place(of: name))) }
      case .list(let inner), .map(let inner), .optional(let inner), .stream(let inner): collect(inner, span)
      case .string, .int, .float, .bool, .record, .enumeration, .extern, .newtype: break
      }
    }
    for record in module.records { for field in record.fields { collect(field.type, field.span) } }
    return externs
  }

  private static func flows(
    _ flows: ArraySlice<ResolvedFlow>, _ module: ResolvedModule, _ names: TypeNames, _ locatable: Set<String>
  ) -> String {
    var writer = SwiftWriter(locatable: locatable)
    writer.line("// Written by RouteGen from the .flow files of \(module.name). Edit those.")
    guard !flows.isEmpty else { return writer.text }
    writer.line()
    for name in imports(module) { writer.line("import \(name)") }
    for flow in flows { FlowEmitter(flow, module: module.name, names: names).emit(to: &writer) }
    return writer.text
  }

  private static func catalog(_ flows: [ResolvedFlow], _ module: ResolvedModule, _ names: TypeNames) -> String {
    var writer = SwiftWriter()
    writer.line("// Written by RouteGen from the .flow files of \(module.name). Edit those.")
    guard !flows.isEmpty || hasRetiredNames(module) else { return writer.text }
    writer.line()
    for name in imports(module) { writer.line("public import \(name)") }
    CatalogEmitter(
      flows: flows, names: names, packed: packed(flows, module), visible: Set(module.imports + [module.name])
    ).emit(to: &writer)
    return writer.text
  }

  private static func packed(_ flows: [ResolvedFlow], _ module: ResolvedModule) -> PackedCatalog {
    do throws(AliasTable.Collision) {
      return try PackedCatalog(flows.map(\.entry), tombstones: tombstones(module), reservations: reservations(module))
    } catch {
      preconditionFailure("the checker has let a collision pass: \(error.path)")
    }
  }

  private static func hasRetiredNames(_ module: ResolvedModule) -> Bool {
    !module.tombstones.isEmpty || !module.reserved.isEmpty
  }

  private static func tombstones(_ module: ResolvedModule) -> [Tombstone] {
    module.tombstones.map { Tombstone($0.reference, successor: $0.successor, reason: $0.reason) }
  }

  private static func reservations(_ module: ResolvedModule) -> [SlugReservation] {
    module.reserved.compactMap { reserved in (try? Slug(reserved.slug)).map { SlugReservation($0, reason: reserved.reason) } }
  }

  /// The compiler warns when two files of one module that it is told about have the same name in different folders, as
  /// the versions of a flow do. So one of them can be told: the newest version.
  private static func locatableFiles(_ module: ResolvedModule) -> Set<String> {
    var versions: [String: Int] = [:]
    for span in module.records.map(\.span) + module.steps.map(\.span) + module.fragments.map(\.span) {
      versions[span.path] = 0
    }
    for flow in module.flows { versions[flow.span.path] = flow.entry.version.number }
    var chosen: [Substring: (version: Int, path: String)] = [:]
    for (path, version) in versions {
      let name = path[(path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex)...]
      if let known = chosen[name], known >= (version, path) { continue }
      chosen[name] = (version, path)
    }
    return Set(chosen.values.map(\.path))
  }

  private static func imports(_ module: ResolvedModule) -> [String] {
    Set(module.imports + ["ZerverCore"]).sorted()
  }
}
