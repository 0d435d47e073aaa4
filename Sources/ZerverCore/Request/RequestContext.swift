/// Everything that the steps of one request share: the frame, the request's bytes, the outcomes of effects and the
/// response in the making. Generated code is its only user outside the framework; steps never see it.
///
/// It belongs to one request slot of one worker and is reused from request to request.
public struct RequestContext: ~Copyable {
  public var frame = Frame()

  /// The request's body, decoded from any transfer coding. Valid while `decode` of the flow runs.
  public var body = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Of a body in parts: nothing comes behind what is in `body`.
  @usableFromInline package var isLastPart = false
  /// Of a body in parts: lines that have been read, and whether the latest part had an element.
  @usableFromInline package var linesRead = 0
  @usableFromInline package var partHasElements = false
  /// The query behind the `?`, still percent-encoded. Valid while `decode` of the flow runs.
  public var query = UnsafeRawBufferPointer(start: nil, count: 0)

  /// The client names JSON as the type of the body, or no type at all.
  public package(set) var hasJSONBody = true

  /// Who has sent the request; `nil` when the flow does not ask, or nobody has said.
  public private(set) var caller: Caller?
  /// On which condition the request may be carried out; empty when the flow does not ask, or the request asks for nothing.
  public private(set) var precondition = Precondition()

  /// What the driver answers with after `StepOutcome.done`.
  public package(set) var status: UInt16 = 200
  public package(set) var contentType: StaticString = ContentType.json
  /// The encoded body of the response.
  public var output = ByteBuffer()
  /// Header lines of the successful response beyond those that every response has.
  public package(set) var headerLines = HeaderLines()
  /// A whole response of a step's own, in place of the three above.
  public package(set) var response: Response?
  /// Why the step failed, after `StepOutcome.failed`.
  public package(set) var failure: FlowFailure?
  /// What the step needs, after `StepOutcome.needs`.
  public package(set) var need: Need?
  /// The progress of the step, after `StepOutcome.yielded`, `StepOutcome.emitted` and `StepOutcome.taken`.
  public package(set) var progress: Progress?

  /// What compensations of uses in loops will read: the slots of a round do not outlive it.
  private var kept: [any Sendable] = []

  /// How the elements of an answer in parts are written.
  public package(set) var streamForm = StreamForm.lines

  /// What the step that runs next is resumed with; `nil` when it starts.
  public package(set) var resumption: Resumption?

  /// One of the optional parts above has been set for this request. Most requests set none, and five optionals that
  /// may hold anything cost more to clear than a plain step to run.
  private var hasParts = false
  /// The head of an answer in parts has been set by its first part.
  @usableFromInline var hasStreamHead = false
  /// The same for the header lines, which a resumed step may write although it has no other part.
  private var hasHeaderLines = false

  @_spi(Server) public init() {}

  @inlinable public var isResuming: Bool { resumption != nil }
  @inlinable public var currentResumption: Resumption { resumption! }

  // MARK: Used by the driver

  /// Forgets the request. Every slot of the frame must have been destroyed.
  @_spi(Server) public mutating func reset() {
    Swift.precondition(frame.isEmpty, "generated code has released every slot")
    body = UnsafeRawBufferPointer(start: nil, count: 0)
    query = UnsafeRawBufferPointer(start: nil, count: 0)
    output.removeAll(keepingAtMost: 64 << 10)
    if hasHeaderLines {
      headerLines.removeAll()
      hasHeaderLines = false
    }
    if hasStreamHead {
      hasStreamHead = false
      streamForm = .lines
    }
    guard hasParts else { return }
    hasParts = false
    caller = nil
    precondition = Precondition()
    kept.removeAll(keepingCapacity: true)
    response = nil
    failure = nil
    need = nil
    progress = nil
    resumption = nil
  }

  /// How the elements of this answer are written: what the client accepts.
  @_spi(Server) public mutating func set(streamForm: StreamForm) { self.streamForm = streamForm }

  @_spi(Server) public mutating func set(caller: Caller?) {
    self.caller = caller
    hasParts = true
  }

  @_spi(Server) public mutating func set(precondition: Precondition) {
    self.precondition = precondition
    hasParts = true
  }

  /// An answer from elsewhere, in place of one of the flow's own.
  @_spi(Server) public mutating func answer(with response: Response) {
    self.response = response
    hasParts = true
  }

  /// Header lines of the framework's own, whole, for the successful response.
  @_spi(Server) public mutating func append(headerLines lines: UnsafeRawBufferPointer) {
    headerLines.append(lines: lines)
    hasHeaderLines = true
  }

  // MARK: Used by generated code

  // These throw what a step failed with, so that generated code handles a failure in one place, however it was said.

  /// Stores what a step decided. `inserts` and `replaces` name the fragments that this use of the step may choose, in
  /// the order of the plan's entries.
  @inlinable
  public mutating func finish<Output>(
    _ decision: consuming Decision<Output>, into slot: Slot<Output>, inserts: [String] = [], replaces: [String] = []
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue(let output):
      frame.write(output, to: slot)
      return .continued
    case .insert(let fragment, let output):
      let index = try Self.index(of: fragment, in: inserts)
      frame.write(output, to: slot)
      return .inserted(index)
    case let other: return try unfinished(other, replaces: replaces)
    }
  }

  /// The same for a step that writes nothing.
  @inlinable
  public mutating func finish(
    _ decision: Decision<NoOutput>, inserts: [String] = [], replaces: [String] = []
  ) throws(FlowFailure) -> StepOutcome {
    switch decision {
    case .continue: return .continued
    case .insert(let fragment, _): return .inserted(try Self.index(of: fragment, in: inserts))
    case .replace, .need, .done, .fail, .yield, .emit, .take: return try unfinished(decision, replaces: replaces)
    }
  }

  /// Encodes the output of a flow's `done` step as JSON.
  @inlinable
  public mutating func complete<Output: JSONEncodable>(
    _ decision: consuming Decision<Output>, status: UInt16, replaces: [String] = []
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue(let value):
      value.encodeJSON(to: &output)
      setHead(status: status, contentType: ContentType.json)
      return .done
    case let other: return try unfinished(other, replaces: replaces)
    }
  }

  /// The `done` step of a flow with `output text`.
  @inlinable
  public mutating func completeText(
    _ decision: consuming Decision<String>, status: UInt16, replaces: [String] = []
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue(let text):
      output.append(text)
      setHead(status: status, contentType: ContentType.text)
      return .done
    case let other: return try unfinished(other, replaces: replaces)
    }
  }

  /// The `done` step of a flow with `output file`: the server sends the file of this path instead.
  @inlinable
  public mutating func completeFile(
    _ decision: consuming Decision<String>, replaces: [String] = [], headers: (inout HeaderLines) -> Void = { _ in }
  ) throws(FlowFailure) -> StepOutcome {
    try completeText(decision, status: 200, replaces: replaces, headers: headers)
  }

  /// The `done` step of a flow with `output none`: the response has no body.
  @inlinable
  public mutating func completeEmpty(
    _ decision: Decision<NoOutput>, status: UInt16, replaces: [String] = []
  ) throws(FlowFailure) -> StepOutcome {
    guard case .continue = decision else { return try unfinished(decision, replaces: replaces) }
    setHead(status: status, contentType: ContentType.text)
    return .done
  }

  /// The same for a flow with `header` lines. They are written from the output, before its body.
  @inlinable
  public mutating func complete<Output: JSONEncodable>(
    _ decision: consuming Decision<Output>, status: UInt16, replaces: [String] = [],
    headers: (Output, inout HeaderLines) -> Void
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue(let value):
      writeHeaders { headers(value, &$0) }
      value.encodeJSON(to: &output)
      setHead(status: status, contentType: ContentType.json)
      return .done
    case let other: return try unfinished(other, replaces: replaces)
    }
  }

  @inlinable
  public mutating func completeText(
    _ decision: consuming Decision<String>, status: UInt16, replaces: [String] = [],
    headers: (inout HeaderLines) -> Void
  ) throws(FlowFailure) -> StepOutcome {
    let outcome = try completeText(decision, status: status, replaces: replaces)
    if case .done = outcome, response == nil { writeHeaders(headers) }
    return outcome
  }

  @inlinable
  public mutating func completeEmpty(
    _ decision: Decision<NoOutput>, status: UInt16, replaces: [String] = [], headers: (inout HeaderLines) -> Void
  ) throws(FlowFailure) -> StepOutcome {
    let outcome = try completeEmpty(decision, status: status, replaces: replaces)
    if case .done = outcome, response == nil { writeHeaders(headers) }
    return outcome
  }

  /// The `done` step of a flow with `output stream`: each element is a JSON document of its own.
  ///
  /// - Parameter givesParts: the step's line says `-> stream T`. Another step gives the whole list at once.
  @inlinable
  public mutating func completeStream<Element: JSONEncodable>(
    _ decision: consuming Decision<[Element]>, status: UInt16, givesParts: Bool, replaces: [String] = [],
    headers: ((inout HeaderLines) -> Void)? = nil
  ) throws(FlowFailure) -> StepOutcome {
    switch consume decision {
    case .continue(let elements):
      append(elements, status: status, headers: headers)
      return .done
    case .emit(let elements, let progress):
      guard givesParts else { throw Self.undeclaredPart }
      append(elements, status: status, headers: headers)
      return emitted(progress)
    case .done where hasStreamHead:
      throw .internalError("the step answers with a whole response after a part of its output")
    case let other: return try unfinished(other, replaces: replaces)
    }
  }

  @inlinable
  mutating func append<Element: JSONEncodable>(
    _ elements: [Element], status: UInt16, headers: ((inout HeaderLines) -> Void)?
  ) {
    for element in elements {
      output.append(streamForm.beforeElement)
      element.encodeJSON(to: &output)
      output.append(streamForm.afterElement)
    }
    guard !hasStreamHead else { return }
    hasStreamHead = true
    if let headers { writeHeaders(headers) }
    setHead(status: status, contentType: streamForm.contentType)
  }

  @usableFromInline
  mutating func writeHeaders(_ headers: (inout HeaderLines) -> Void) {
    headers(&headerLines)
    hasHeaderLines = true
  }

  /// What a step decided, when that is anything but its output.
  @inlinable
  public mutating func unfinished<Output>(
    _ decision: Decision<Output>, replaces: [String]
  ) throws(FlowFailure) -> StepOutcome {
    switch decision {
    case .continue: preconditionFailure("the output was taken before")
    // The plan is at its end, so there is nothing that a fragment could stand before.
    case .insert(let fragment, _): throw Self.undeclared(fragment)
    case .replace(let fragment): return .replaced(try Self.index(of: fragment, in: replaces))
    case .need(let need): return park(need)
    case .done(let response): return end(response)
    case .fail(let failure): throw failure
    case .yield(let progress): return yield(progress)
    case .emit: throw Self.undeclaredPart
    case .take(let progress): return taken(progress)
    }
  }

  /// Decodes a JSON body into the input's slot.
  @inlinable
  public mutating func decodeJSON<Input: JSONDecodable>(into slot: Slot<Input>) -> StepOutcome {
    guard hasJSONBody else { return fail(.unsupportedMediaType) }
    do throws(InputError) {
      var reader = JSONReader(body)
      let input = try Input(from: &reader)
      try reader.finish()
      frame.write(input, to: slot)
      return .continued
    } catch {
      return fail(FlowFailure(error))
    }
  }

  /// Decodes the lines of a part into the input's slot, in place of the part before. Lines of white space are no elements.
  @inlinable
  public mutating func decodePart<Element: JSONDecodable>(into slot: Slot<StreamPart<Element>>) -> StepOutcome {
    frame.destroy(slot)
    var elements: [Element] = []
    var rest = body
    while let line = nextLine(&rest) {
      do throws(InputError) {
        var reader = JSONReader(line)
        elements.append(try Element(from: &reader))
        try reader.finish()
      } catch {
        return fail(FlowFailure(error, inLine: linesRead))
      }
    }
    partHasElements = !elements.isEmpty
    frame.write(StreamPart(elements, isLast: isLastPart), to: slot)
    return .continued
  }

  /// The next line that is more than white space, without its end; `nil` behind the last one.
  @usableFromInline
  mutating func nextLine(_ rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    while !rest.isEmpty {
      let end = rest.lineEnd ?? rest.count
      let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
      rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
      linesRead += 1
      if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { return line }
    }
    return nil
  }

  /// Decodes the query into the input's slot.
  @inlinable
  public mutating func decodeQuery<Input: QueryDecodable>(into slot: Slot<Input>) -> StepOutcome {
    do throws(InputError) {
      var reader = try QueryReader(query)
      let input = try Input(from: &reader)
      try reader.finish()
      frame.write(input, to: slot)
      return .continued
    } catch {
      return fail(FlowFailure(error))
    }
  }

  /// Writes who has sent the request. `false` when nobody knows, in a flow that is not to run then.
  @inlinable
  public mutating func writeCaller(into slot: Slot<Caller>) -> Bool {
    guard let caller else { return false }
    frame.write(caller, to: slot)
    return true
  }

  /// The same for a flow that runs for anybody.
  @inlinable
  public mutating func writeCaller(into slot: Slot<Caller?>) -> Bool {
    frame.write(caller, to: slot)
    return true
  }

  /// Writes on which condition the request may be carried out.
  @inlinable
  public mutating func writePrecondition(into slot: Slot<Precondition>) { frame.write(precondition, to: slot) }

  /// The value of a slot that a branch, a `when` or a join may have left empty.
  @inlinable
  public func optional<Value>(_ slot: Slot<Value>) -> Value? { frame.isWritten(slot) ? frame[slot] : nil }

  // MARK: Loops

  /// Lets a loop begin when the list is no longer than the plan allows.
  public func checkElements(_ count: Int, max: Int, of list: String) throws(FlowFailure) {
    guard count > max else { return }
    throw FlowFailure(
      code: "too-many-elements", status: 422,
      detail: "The list \(list) has \(count) elements, and a request may have \(max).",
      members: [.init("list", .string(list)), .init("count", .int(count)), .init("limit", .int(max))])
  }

  /// Puts the arguments of a compensation aside. What was kept last is taken first.
  public mutating func keep(_ values: some Sendable) {
    kept.append(values)
    hasParts = true
  }

  public func kept<Values>(as type: Values.Type) -> Values {
    guard let values = kept.last as? Values else { preconditionFailure("a compensation reads what was kept for it") }
    return values
  }

  public mutating func dropKept() { kept.removeLast() }

  public mutating func fail(_ failure: FlowFailure) -> StepOutcome {
    self.failure = failure
    hasParts = true
    return .failed
  }

  @usableFromInline
  package mutating func setHead(status: UInt16, contentType: StaticString) {
    self.status = status
    self.contentType = contentType
  }

  @usableFromInline
  mutating func park(_ need: Need) -> StepOutcome {
    self.need = need
    hasParts = true
    return .needs
  }

  @usableFromInline
  mutating func end(_ response: Response) -> StepOutcome {
    self.response = response
    hasParts = true
    return .done
  }

  @usableFromInline
  mutating func yield(_ progress: Progress) -> StepOutcome {
    self.progress = progress
    hasParts = true
    return .yielded
  }

  @usableFromInline
  mutating func emitted(_ progress: Progress) -> StepOutcome {
    self.progress = progress
    hasParts = true
    return .emitted
  }

  @usableFromInline
  mutating func taken(_ progress: Progress) -> StepOutcome {
    self.progress = progress
    hasParts = true
    return .taken
  }

  @usableFromInline
  static var undeclaredPart: FlowFailure {
    .internalError("the step gives a part of its output, and its line does not say `-> stream`")
  }

  @inlinable
  static func index(of fragment: Fragment, in declared: [String]) throws(FlowFailure) -> UInt8 {
    guard let index = declared.firstIndex(of: fragment.name) else { throw undeclared(fragment) }
    return UInt8(index)
  }

  @usableFromInline
  static func undeclared(_ fragment: Fragment) -> FlowFailure {
    .internalError("the step chose fragment \(fragment.name), which its line does not declare")
  }
}

/// How the elements of `output stream T` stand in the body.
@frozen
public enum StreamForm: Equatable, Sendable {
  /// One line of JSON for each element: `application/x-ndjson`.
  case lines
  /// One server-sent event for each element (WHATWG HTML §9.2): `text/event-stream`.
  case events

  // No encoded element holds a line break: JSON escapes them in strings, and nothing else of the encoder's makes one.
  @usableFromInline var beforeElement: StaticString { self == .lines ? "" : "data: " }
  @usableFromInline var afterElement: StaticString { self == .lines ? "\n" : "\n\n" }
  @usableFromInline var contentType: StaticString { self == .lines ? ContentType.lines : ContentType.events }
}

/// Media types that the framework answers with.
public enum ContentType {
  @inlinable public static var json: StaticString { "application/json" }
  @inlinable public static var text: StaticString { "text/plain; charset=utf-8" }
  @inlinable public static var lines: StaticString { "application/x-ndjson" }
  @inlinable public static var events: StaticString { "text/event-stream" }
  @inlinable public static var problem: StaticString { "application/problem+json" }
}
