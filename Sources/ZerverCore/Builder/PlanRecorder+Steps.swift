// How a step gets into a plan. Everything that runs for a request is in closures that are made here in the module of the
// plan, where the types are known: that is why these functions can be inlined.

extension PlanRecorder {
  @inlinable
  static func record<S: Step, R: PlanReads>(
    _ step: S.Type, _ reads: R, _ origins: [HandleOrigin], at place: FlowPlace
  ) -> Handle<S.Output> where R.Values == S.Reads {
    let declaration = S.declaration
    let canResume = declaration.canResume
    let (inserts, replaces) = (declaration.mayInsert, declaration.mayReplace)
    let decide: Handle<S.Output>.Decide = { context throws(FlowFailure) in
      if canResume && context.isResuming { return try S.resume(context.currentResumption, reads.values(in: context)) }
      return try S.run(reads.values(in: context))
    }
    guard let recorder = here() else { return outside(place) }
    guard let slot = recorder.slot(for: S.Output.self, origins, at: place) else {
      return recorder.add(declaration, at: place, decide) { context in
        do throws(FlowFailure) {
          if canResume && context.isResuming {
            return try context.finishUnwritten(
              S.resume(context.currentResumption, reads.values(in: context)), inserts: inserts, replaces: replaces)
          }
          return try context.finishUnwritten(S.run(reads.values(in: context)), inserts: inserts, replaces: replaces)
        } catch {
          return context.fail(error)
        }
      }
    }
    recorder.release { context in context.frame.destroy(slot) }
    return recorder.add(declaration, writing: slot, at: place, decide) { context in
      do throws(FlowFailure) {
        if canResume && context.isResuming {
          return try context.finish(
            S.resume(context.currentResumption, reads.values(in: context)), into: slot, inserts: inserts,
            replaces: replaces)
        }
        return try context.finish(S.run(reads.values(in: context)), into: slot, inserts: inserts, replaces: replaces)
      } catch {
        return context.fail(error)
      }
    }
  }

  /// A step outside of every plan. Whoever reads its handle is told.
  @usableFromInline
  static func outside<Value>(_ place: FlowPlace) -> Handle<Value> {
    Handle(.computed { _ in preconditionFailure("a plan that reads a foreign handle is not served") }, HandleOrigin(place: place))
  }

  /// Checks what the step reads, and makes room for what it writes. `nil` for a step that writes nothing.
  @usableFromInline
  func slot<Output>(for type: Output.Type, _ origins: [HandleOrigin], at place: FlowPlace) -> Slot<Output>? {
    for origin in origins { read(origin, at: place) }
    return type == NoOutput.self ? nil : allocate(type, at: place)
  }

  @usableFromInline
  func release(_ code: @escaping @Sendable (inout RequestContext) -> Void) { releases.append(code) }

  @usableFromInline
  func add<Output>(
    _ declaration: StepDeclaration, writing slot: Slot<Output>, at place: FlowPlace,
    _ decide: @escaping Handle<Output>.Decide, _ code: @escaping Code
  ) -> Handle<Output> {
    add(Use(declaration: declaration, place: place, outputType: "\(Output.self)", slot: slot.index, code: code))
    return handle(slot, use: uses.count - 1, at: place, decide: decide)
  }

  @usableFromInline
  func add<Output>(
    _ declaration: StepDeclaration, at place: FlowPlace, _ decide: @escaping Handle<Output>.Decide, _ code: @escaping Code
  ) -> Handle<Output> {
    add(Use(declaration: declaration, place: place, outputType: "nothing", code: code))
    let nothing = HandleOrigin(plan: identity, use: uses.count - 1, place: place)
    // `Output` is `NoOutput`, which has one value.
    return Handle(.computed { _ in NoOutput() as! Output }, nothing, decide: decide)
  }
}

extension RequestContext {
  /// What a step that writes nothing has decided, for code that knows its output as a type parameter only.
  @inlinable
  mutating func finishUnwritten<Output>(
    _ decision: consuming Decision<Output>, inserts: [String], replaces: [String]
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue: return .continued
    case .insert(let fragment, _): return .inserted(try Self.index(of: fragment, in: inserts))
    case let other: return try unfinished(other, replaces: replaces)
    }
  }
}
