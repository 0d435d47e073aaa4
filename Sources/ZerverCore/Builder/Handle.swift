/// A value of a plan that has not run yet: the input, the output of a step, or a field of one.
///
/// Fields are read by name: `request.userId` is a handle of the field. Swift's own scoping says what has been written: a
/// handle exists only behind the step that writes it.
@dynamicMemberLookup
public struct Handle<Value>: Sendable {
  @usableFromInline let source: ValueSource<Value>
  @usableFromInline let origin: HandleOrigin
  /// Runs the step that writes the value; `nil` for everything but a step's own output.
  @usableFromInline let decide: Decide?

  @usableFromInline
  typealias Decide = @Sendable (borrowing RequestContext) throws(FlowFailure) -> Decision<Value>

  @usableFromInline
  init(_ source: ValueSource<Value>, _ origin: HandleOrigin, decide: Decide? = nil) {
    self.source = source
    self.origin = origin
    self.decide = decide
  }

  /// A field of the value.
  public subscript<Field>(dynamicMember path: KeyPath<Value, Field> & Sendable) -> Handle<Field> { self[path] }

  /// A field that has the name of a modifier: `handle[\.timeout]`.
  public subscript<Field>(_ path: KeyPath<Value, Field> & Sendable) -> Handle<Field> {
    Handle<Field>(source.field(path), origin.part(path))
  }

  /// A field of a value that may be missing.
  public subscript<Wrapped, Field>(dynamicMember path: KeyPath<Wrapped, Field> & Sendable) -> Handle<Field?>
  where Value == Wrapped? {
    Handle<Field?>(source.optionalField(path), origin.part(path))
  }

  /// A field that may be missing, of a value that may be missing.
  public subscript<Wrapped, Field>(dynamicMember path: KeyPath<Wrapped, Field?> & Sendable) -> Handle<Field?>
  where Value == Wrapped? {
    Handle<Field??>(source.optionalField(path), origin.part(path)).flat()
  }
}

/// Where a handle comes from, so that a plan can tell whether its value is there when it is read.
@usableFromInline
struct HandleOrigin: Sendable {
  /// `nil` for a step outside of every plan.
  var plan: PlanIdentity?
  /// Slots that are looked at, one bit each.
  var slots: UInt64 = 0
  /// Of these, the slots that must have been written.
  var needed: UInt64 = 0
  /// For a value that one of several steps writes: sets of slots, one of which is written when the value is there.
  var alternatives: [UInt64] = []
  /// The use that writes the value; `nil` for everything but a step's own output.
  var use: Int?
  @usableFromInline var place: FlowPlace
  /// What the value in the slot is called, and the fields that lead from there to this one: for messages.
  var root = ""
  var fields: [AnyKeyPath & Sendable] = []

  /// `cart.lines`
  var name: String { ([root] + fields.map { FieldName.of($0) ?? "value" }).joined(separator: ".") }

  func part(_ path: AnyKeyPath & Sendable) -> HandleOrigin {
    var origin = part
    origin.fields.append(path)
    return origin
  }

  /// The same slots, read as a part of something else.
  var part: HandleOrigin {
    var origin = self
    origin.use = nil
    return origin
  }

  /// The same slots, none of which has to be written.
  var tolerant: HandleOrigin {
    var origin = part
    origin.needed = 0
    origin.alternatives = []
    return origin
  }

  func merged(with other: HandleOrigin) -> HandleOrigin {
    var origin = tolerant
    origin.slots |= other.slots
    return origin
  }

  /// Sets of slots, one of which is written when the value is there.
  var presence: [UInt64] { alternatives.isEmpty ? [needed] : alternatives }

  /// This value or the other one, as far as what decides between them is there.
  func either(_ other: HandleOrigin, by condition: HandleOrigin? = nil) -> HandleOrigin {
    var origin = merged(with: other)
    if let condition { origin = origin.merged(with: condition) }
    let tests = condition?.presence ?? [0]
    origin.alternatives = Set((presence + other.presence).flatMap { set in tests.map { set | $0 } }).sorted()
    return origin
  }
}

extension Handle {
  /// For a join that goes on without all of its branches: reads `nil` where one has not come to its end.
  func tolerant() -> Handle<Value?> { Handle<Value?>(source.unlessEmpty(origin.presence), origin.tolerant) }

  func flat<Wrapped>() -> Handle<Wrapped?> where Value == Wrapped?? {
    let source = source
    return Handle<Wrapped?>(.computed { context in source.value(in: context) ?? nil }, origin)
  }
}
