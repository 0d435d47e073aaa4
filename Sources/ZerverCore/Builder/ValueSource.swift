/// How a plan reads a value while a request runs.
@frozen @usableFromInline
enum ValueSource<Value>: Sendable {
  /// In the frame: a slot, or a stored field of the value in it.
  case slot(index: Int, offset: Int)
  case computed(@Sendable (borrowing RequestContext) -> Value)

  @inlinable
  func value(in context: borrowing RequestContext) -> Value {
    switch self {
    case .slot(let index, let offset): context.frame.value(ofSlot: index, at: offset)
    case .computed(let read): read(context)
    }
  }
}

extension ValueSource {
  /// A field. Most are stored in place, so that reading one costs no more than reading the slot.
  func field<Field>(_ path: KeyPath<Value, Field> & Sendable) -> ValueSource<Field> {
    if case .slot(let index, let offset) = self, let inside = MemoryLayout<Value>.offset(of: path) {
      return .slot(index: index, offset: offset + inside)
    }
    return .computed { context in self.value(in: context)[keyPath: path] }
  }

  /// A field of a value that may be missing.
  func optionalField<Wrapped, Field>(_ path: KeyPath<Wrapped, Field> & Sendable) -> ValueSource<Field?>
  where Value == Wrapped? {
    .computed { context in self.value(in: context)?[keyPath: path] }
  }

  /// The same value as something that may be missing: it is there when all slots of one of these sets are written.
  func unlessEmpty(_ sets: [UInt64]) -> ValueSource<Value?> {
    .computed { context in context.frame.areWritten(oneOf: sets) ? self.value(in: context) : nil }
  }

  /// This value where the condition holds, the other one where it does not. Both arms of a `when` give one value, and the
  /// condition gives the same answer as it gave the plan: what it reads is written once.
  func orElse(_ other: ValueSource<Value>, when condition: @escaping PlanCondition.Test) -> ValueSource<Value> {
    .computed { context in condition(context) ? self.value(in: context) : other.value(in: context) }
  }

  /// The value where the condition holds. A branch that a group has not waited for may not have come to the condition, or
  /// not to the end of what stands behind it.
  func onlyWhen(_ condition: PlanCondition, there sets: [UInt64]) -> ValueSource<Value?> {
    let (test, tested) = (condition.test, condition.origin.presence)
    return .computed { context in
      guard context.frame.areWritten(oneOf: tested), test(context), context.frame.areWritten(oneOf: sets) else { return nil }
      return self.value(in: context)
    }
  }
}

/// Everything that one use of a step reads. A type of its own for each number of values, so that the compiler writes the
/// reads into the one closure that runs the step.
@usableFromInline
protocol PlanReads: Sendable {
  associatedtype Values
  func values(in context: borrowing RequestContext) -> Values
}

@frozen @usableFromInline
struct NoReads: PlanReads {
  @inlinable init() {}
  @inlinable func values(in context: borrowing RequestContext) {}
}

@frozen @usableFromInline
struct OneRead<A>: PlanReads {
  @usableFromInline let a: ValueSource<A>
  @inlinable init(_ a: ValueSource<A>) { self.a = a }
  @inlinable func values(in context: borrowing RequestContext) -> A { a.value(in: context) }
}

@frozen @usableFromInline
struct TwoReads<A, B>: PlanReads {
  @usableFromInline let a: ValueSource<A>
  @usableFromInline let b: ValueSource<B>
  @inlinable init(_ a: ValueSource<A>, _ b: ValueSource<B>) {
    self.a = a
    self.b = b
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B) { (a.value(in: context), b.value(in: context)) }
}

@frozen @usableFromInline
struct ThreeReads<A, B, C>: PlanReads {
  @usableFromInline let a: ValueSource<A>
  @usableFromInline let b: ValueSource<B>
  @usableFromInline let c: ValueSource<C>
  @inlinable init(_ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>) {
    self.a = a
    self.b = b
    self.c = c
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C) {
    (a.value(in: context), b.value(in: context), c.value(in: context))
  }
}

@frozen @usableFromInline
struct FourReads<A, B, C, D>: PlanReads {
  @usableFromInline let first: TwoReads<A, B>
  @usableFromInline let second: TwoReads<C, D>
  @inlinable init(_ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>, _ d: ValueSource<D>) {
    first = TwoReads(a, b)
    second = TwoReads(c, d)
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C, D) {
    let (a, b) = first.values(in: context)
    let (c, d) = second.values(in: context)
    return (a, b, c, d)
  }
}

@frozen @usableFromInline
struct FiveReads<A, B, C, D, E>: PlanReads {
  @usableFromInline let first: TwoReads<A, B>
  @usableFromInline let second: ThreeReads<C, D, E>
  @inlinable
  init(_ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>, _ d: ValueSource<D>, _ e: ValueSource<E>) {
    first = TwoReads(a, b)
    second = ThreeReads(c, d, e)
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C, D, E) {
    let (a, b) = first.values(in: context)
    let (c, d, e) = second.values(in: context)
    return (a, b, c, d, e)
  }
}

@frozen @usableFromInline
struct SixReads<A, B, C, D, E, F>: PlanReads {
  @usableFromInline let first: ThreeReads<A, B, C>
  @usableFromInline let second: ThreeReads<D, E, F>
  @inlinable
  init(
    _ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>, _ d: ValueSource<D>, _ e: ValueSource<E>,
    _ f: ValueSource<F>
  ) {
    first = ThreeReads(a, b, c)
    second = ThreeReads(d, e, f)
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C, D, E, F) {
    let (a, b, c) = first.values(in: context)
    let (d, e, f) = second.values(in: context)
    return (a, b, c, d, e, f)
  }
}

@frozen @usableFromInline
struct SevenReads<A, B, C, D, E, F, G>: PlanReads {
  @usableFromInline let first: FourReads<A, B, C, D>
  @usableFromInline let second: ThreeReads<E, F, G>
  @inlinable
  init(
    _ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>, _ d: ValueSource<D>,
    _ e: ValueSource<E>, _ f: ValueSource<F>, _ g: ValueSource<G>
  ) {
    first = FourReads(a, b, c, d)
    second = ThreeReads(e, f, g)
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C, D, E, F, G) {
    let (a, b, c, d) = first.values(in: context)
    let (e, f, g) = second.values(in: context)
    return (a, b, c, d, e, f, g)
  }
}

@frozen @usableFromInline
struct EightReads<A, B, C, D, E, F, G, H>: PlanReads {
  @usableFromInline let first: FourReads<A, B, C, D>
  @usableFromInline let second: FourReads<E, F, G, H>
  @inlinable
  init(
    _ a: ValueSource<A>, _ b: ValueSource<B>, _ c: ValueSource<C>, _ d: ValueSource<D>,
    _ e: ValueSource<E>, _ f: ValueSource<F>, _ g: ValueSource<G>, _ h: ValueSource<H>
  ) {
    first = FourReads(a, b, c, d)
    second = FourReads(e, f, g, h)
  }
  @inlinable func values(in context: borrowing RequestContext) -> (A, B, C, D, E, F, G, H) {
    let (a, b, c, d) = first.values(in: context)
    let (e, f, g, h) = second.values(in: context)
    return (a, b, c, d, e, f, g, h)
  }
}
