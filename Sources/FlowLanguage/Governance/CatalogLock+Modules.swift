import ZerverCatalog

extension CatalogLock {
  /// What the flows of a module promise, with every type and error that a caller meets.
  ///
  /// Steps, plans and documentation are not in it: they change without anybody outside noticing.
  /// - Parameter dependencies: the modules whose types and errors the flows use.
  package init(_ module: ResolvedModule, dependencies: [ResolvedModule]) {
    self.init()
    var writer = LockWriter(module: module, dependencies: dependencies)
    for flow in module.flows { writer.write(flow) }
    for reservation in module.reserved {
      writer.lock[.reserved].set(reservation.slug, Self.quoted(reservation.reason), at: reservation.span)
    }
    for tombstone in module.tombstones {
      let name = tombstone.reference.description
      writer.lock[.tombstones].set(name, Self.quoted(tombstone.reason), at: tombstone.span)
      if let successor = tombstone.successor {
        writer.lock[.tombstones].set("\(name) successor", successor.description, at: tombstone.span)
      }
    }
    self = writer.lock
  }
}

/// Writes flows, and what is reachable from them, into a lock.
private struct LockWriter {
  let module: ResolvedModule
  var lock = CatalogLock()
  private var records: [String: ResolvedRecord] = [:]
  private var enums: [String: ResolvedEnum] = [:]
  private var newtypes: [String: ResolvedNewtype] = [:]
  private var errors: [String: ResolvedError] = [:]
  private var profiles: [String: ResolvedProfile] = [:]
  /// The module of an error by its name: the flow's own first, then those that it uses.
  private var errorModules: [String: String] = [:]

  init(module: ResolvedModule, dependencies: [ResolvedModule]) {
    self.module = module
    let direct = dependencies.filter { module.imports.contains($0.name) }
    let others = dependencies.filter { !module.imports.contains($0.name) }
    for module in [module] + direct + others {
      for record in module.records { records[name(record.name, of: module.name)] = record }
      for declaration in module.enums { enums[name(declaration.name, of: module.name)] = declaration }
      for newtype in module.newtypes { newtypes[name(newtype.name, of: module.name)] = newtype }
      for error in module.errors {
        errors[name(error.name, of: module.name)] = error
        if errorModules[error.name] == nil { errorModules[error.name] = module.name }
      }
      for profile in module.profiles where profiles[profile.name] == nil { profiles[profile.name] = profile }
    }
  }

  // MARK: Flows

  mutating func write(_ flow: ResolvedFlow) {
    var block = CatalogLock.Block(at: flow.span)
    func set(_ key: String, _ value: String = "") { block.set(key, value, at: flow.span) }
    let entry = flow.entry
    set("method", entry.method.rawValue)
    set("owner", entry.owner)
    set("profile", entry.profile.name)
    set("status", String(flow.outputStatus))
    if entry.isExperimental { set("experimental") }
    if let deadline = entry.deadlineNanoseconds { set("deadline", LockDuration.text(deadline)) }
    for alias in entry.aliases { set("alias \(alias.slug)", alias.mode == .serve ? "serve" : "redirect") }
    for binding in entry.bindings { set("bind \(binding.method.rawValue) \(binding.template)") }
    for requirement in entry.requirements { set("requires \(requirement.kind.rawValue) \(requirement.name)") }
    if entry.tenantScope != .none { set("tenant", entry.tenantScope.rawValue) }
    if let idempotency = entry.idempotency {
      set("idempotency", idempotency.mode.rawValue)
      set("idempotency-ttl", LockDuration.text(idempotency.ttlNanoseconds))
    }
    for header in flow.headers { set("header \(header.name)", CatalogLock.quoted(header.template)) }
    for error in flow.errors { set("error \(error.name)", "\(error.status) \(errorKey(error.name))") }
    for (key, value) in Self.deprecation(entry.deprecation) { set(key, value) }
    switch flow.input {
    case .none: break
    case .body(let type): set("input", "body \(text(type))")
    case .query(let type): set("input", "query \(text(type))")
    case .stream(let type): set("input", "stream \(text(type))")
    }
    switch flow.output {
    case .none: set("output", "none")
    case .text: set("output", "text")
    case .file: set("output", "file")
    case .json(let type): set("output", "json \(text(type))")
    case .stream(let type): set("output", "stream \(text(type))")
    }
    lock[.flow, entry.reference.description] = block
    writeReachable(from: flow)
  }

  private static func deprecation(_ deprecation: Deprecation?) -> [(String, String)] {
    guard let deprecation else { return [] }
    var facts = [("deprecated", deprecation.deprecated.description)]
    if let sunset = deprecation.sunset { facts.append(("sunset", sunset.description)) }
    if let successor = deprecation.successor { facts.append(("successor", successor.description)) }
    if let guide = deprecation.guide { facts.append(("guide", CatalogLock.quoted(guide))) }
    if deprecation.isGoneAfterSunset { facts.append(("gone-after-sunset", "")) }
    if deprecation.isRetired { facts.append(("retired", "")) }
    return facts
  }

  private mutating func writeReachable(from flow: ResolvedFlow) {
    switch flow.input {
    case .none: break
    case .body(let type), .query(let type), .stream(let type): write(type)
    }
    switch flow.output {
    case .none, .text, .file: break
    case .json(let type), .stream(let type): write(type)
    }
    for error in flow.errors { writeError(named: error.name) }
    if let profile = profiles[flow.entry.profile.name] { write(profile) }
  }

  private mutating func write(_ profile: ResolvedProfile) {
    var block = CatalogLock.Block(at: profile.span)
    block.set("class", profile.profile.priorityClass.rawValue, at: profile.span)
    if let deadline = profile.profile.deadlineNanoseconds {
      block.set("deadline", LockDuration.text(deadline), at: profile.span)
    }
    if let most = profile.profile.inFlightMax { block.set("in-flight", String(most), at: profile.span) }
    lock[.profile, profile.name] = block
  }

  // MARK: Types

  /// Names of types with their module, apart from those of the catalog's own: its name is known to the build, and
  /// `route-gen` knows its folder.
  private func name(_ name: String, of module: String) -> String {
    module == self.module.name ? name : "\(module).\(name)"
  }

  private func text(_ type: ResolvedType) -> String {
    switch type {
    case .string: "string"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .record(let name, let module), .enumeration(let name, let module), .extern(let name, let module),
      .newtype(let name, let module):
      self.name(name, of: module)
    case .list(let element): "[\(text(element))]"
    case .map(let value): "[string: \(text(value))]"
    case .optional(let wrapped): "\(text(wrapped))?"
    case .stream(let element): "stream \(text(element))"
    }
  }

  private mutating func write(_ type: ResolvedType) {
    let name = text(type)
    switch type {
    case .string, .int, .float, .bool: break
    case .list(let element): write(element)
    case .map(let value): write(value)
    case .optional(let wrapped), .stream(let wrapped): write(wrapped)
    case .extern: lock[.extern, name] = lock[.extern, name] ?? CatalogLock.Block()
    case .enumeration:
      guard lock[.enumeration, name] == nil, let declaration = enums[name] else { return }
      var block = CatalogLock.Block(at: declaration.span)
      for word in declaration.cases { block.set("case \(word)", at: declaration.span) }
      lock[.enumeration, name] = block
    case .newtype:
      guard lock[.newtype, name] == nil, let newtype = newtypes[name] else { return }
      var block = CatalogLock.Block(at: newtype.span)
      block.set("wraps", text(newtype.wrapped), at: newtype.span)
      block.set(newtype.constraints, of: "", at: newtype.span)
      if newtype.isSensitive { block.set("sensitive", at: newtype.span) }
      lock[.newtype, name] = block
    case .record:
      guard lock[.record, name] == nil, let record = records[name] else { return }
      // Set before its fields are followed, because a record may contain a list of itself.
      lock[.record, name] = block(of: record.fields, at: record.span)
      for field in record.fields { write(field.type) }
    }
  }

  private func errorKey(_ name: String) -> String { self.name(name, of: errorModules[name] ?? module.name) }

  private mutating func writeError(named name: String) {
    let key = errorKey(name)
    guard lock[.error, key] == nil, let error = errors[key] else { return }
    lock[.error, key] = block(of: error.fields, at: error.span)
    for field in error.fields { write(field.type) }
  }

  private func block(of fields: [ResolvedField], at span: SourceSpan) -> CatalogLock.Block {
    var block = CatalogLock.Block(at: span)
    for field in fields {
      let key = "field \(field.name)"
      block.set(key, text(field.type), at: field.span)
      block.set(field.constraints, of: key, at: field.span)
      if let value = field.defaultValue { block.set("\(key) default", value.lockText, at: field.span) }
      if field.isSensitive { block.set("\(key) sensitive", at: field.span) }
    }
    return block
  }
}

extension CatalogLock.Block {
  /// - Parameter key: of the field; empty for a newtype, whose constraints are its own.
  fileprivate mutating func set(_ constraints: ResolvedConstraints, of key: String, at span: SourceSpan) {
    let prefix = key.isEmpty ? "" : key + " "
    func text<Bound>(_ range: ClosedRange<Bound>) -> String { "\(range.lowerBound)..\(range.upperBound)" }
    if let length = constraints.length { set("\(prefix)length", text(length), at: span) }
    if let range = constraints.range { set("\(prefix)range", text(range), at: span) }
    if let range = constraints.floatRange { set("\(prefix)range", text(range), at: span) }
    if let items = constraints.items { set("\(prefix)items", text(items), at: span) }
    if let pattern = constraints.pattern { set("\(prefix)pattern", CatalogLock.quoted(pattern), at: span) }
    if constraints.isUnique { set("\(prefix)unique", at: span) }
  }
}

extension ResolvedLiteral {
  fileprivate var lockText: String {
    switch self {
    case .emptyList: "[]"
    case .emptyMap: "{}"
    case .string(let text): CatalogLock.quoted(text)
    case .int(let number): String(number)
    case .float(let number): String(number)
    case .bool(let value): String(value)
    case .enumCase(let name): name
    }
  }
}

extension ResolvedHeader {
  /// As the `.flow` file writes it.
  package var template: String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .field(let path, _): "{\(path.map(\.name).joined(separator: "."))}"
      }
    }.joined()
  }
}
