import ZerverCatalog
@_spi(Server) import ZerverCore

/// One flow, bound to what a server adds to it: a place in the metrics, its policy, and its bytes.
struct BoundFlow: ~Copyable {
  let index: Int
  let entry: CatalogEntry
  let plan: MachinePlan
  private let code: Unmanaged<FlowCode>
  let errors: [(code: String, status: UInt16)]
  let frameBytes: Int
  let method: FlowMethod
  let priority: PriorityClass
  /// From the first byte of a request to its answer.
  let deadlineNanoseconds: UInt64
  /// Whose cap on requests in flight counts; -1 for none.
  let cap: Int
  /// `/flow/v2/checkout-cart`
  let path: UnsafeRawBufferPointer
  /// Complete header lines, with their line ends; empty for a flow that is not deprecated.
  let deprecationLines: UnsafeRawBufferPointer
  /// Complete header lines for an answer under an alias that serves.
  let canonicalLines: UnsafeRawBufferPointer
  /// From this Unix second on, 410 is answered.
  let goneFromSeconds: Int64
  /// The problem that is answered then.
  let goneProblem: [UInt8]
  /// What the flow does with `Idempotency-Key`; `nil` for a method that changes nothing as well.
  let idempotency: Idempotency?
  /// Callers have to say who they are, or may.
  let asksForCaller: Bool
  /// It answers in parts.
  let isStream: Bool
  /// It takes the body in parts.
  let takesParts: Bool
  /// How its answers are compressed; `nil` for never.
  let compression: CompressionPolicy?
  var isCompressible: Bool { compression != nil }
  /// It answers with files.
  let isFile: Bool
  /// Its plan decides whether the condition of a request holds.
  let readsPrecondition: Bool
  /// What is sent of an answer may differ from what the flow has answered.
  let isSelectable: Bool
  /// The request's head has to be looked at before the flow may run.
  let hasConditions: Bool

  init(_ definition: FlowDefinition, at index: Int, of catalog: Catalog, profile: ServerConfiguration.Profile, cap: Int) {
    let entry = catalog.entry(at: index)
    self.index = index
    self.entry = entry
    plan = MachinePlan(definition.plan)
    code = Unmanaged.passRetained(FlowCode(definition))
    takesParts = definition.decodePart != nil
    errors = definition.errors
    frameBytes = definition.frameBytes
    method = entry.method
    priority = profile.priority
    deadlineNanoseconds =
      (entry.deadlineNanoseconds ?? entry.profile.deadlineNanoseconds).map(UInt64.init)
      ?? UInt64(profile.deadline.nanosecondsWhole)
    self.cap = cap
    path = catalog.path(at: index)
    deprecationLines = catalog.deprecationLines(at: index)
    canonicalLines = catalog.canonicalLines(at: index)
    goneFromSeconds = entry.deprecation?.goneFromUnixSeconds.map(Int64.init) ?? .max
    goneProblem = entry.deprecation.map { GoneProblem.of(entry, $0) } ?? []
    asksForCaller = entry.tenantScope != .none || !entry.requirements.isEmpty
    isStream = definition.isStream
    isFile = definition.isFile
    readsPrecondition = definition.readsPrecondition
    compression = isFile ? nil : CompressionPolicy(of: profile, isPrivate: asksForCaller)
    isSelectable = isFile || compression != nil
    // Of a stream no whole answer is there that could be kept, or no whole body that could be compared.
    idempotency = entry.method.isSafe || isStream || takesParts ? nil : entry.idempotency
    hasConditions = asksForCaller || goneFromSeconds != .max || isStream || takesParts || idempotency != nil
  }

  deinit { code.release() }

  // MARK: What the generator has written

  @inline(__always)
  borrowing func decode(into context: inout RequestContext) -> StepOutcome {
    code._withUnsafeGuaranteedRef { $0.decode(&context) }
  }

  /// `nil` when the flow takes no parts.
  borrowing func decodePart(into context: inout RequestContext) -> StepOutcome? {
    code._withUnsafeGuaranteedRef { $0.decodePart?(&context) }
  }

  @inline(__always)
  borrowing func run(_ use: Int, _ context: inout RequestContext) -> StepOutcome {
    code._withUnsafeGuaranteedRef { $0.run(use, &context) }
  }

  borrowing func test(_ condition: Int, _ context: borrowing RequestContext) -> Bool {
    code._withUnsafeGuaranteedRef { $0.test(condition, context) }
  }

  @inline(__always)
  borrowing func release(_ context: inout RequestContext) {
    code._withUnsafeGuaranteedRef { $0.release(&context) }
  }

  // MARK: Lookups

  /// Which of the flow's aliases a path in normal form is; -1 for none.
  func alias(at path: UnsafeRawBufferPointer) -> Int {
    for (index, alias) in entry.aliases.enumerated() {
      let slug = alias.slug.text.utf8
      if path.count > slug.count, path[path.count - slug.count - 1] == UInt8(ascii: "/"), path.suffix(slug.count).elementsEqual(slug) {
        return index
      }
    }
    return -1
  }

  func status(ofError code: String) -> UInt16? {
    for error in errors where error.code == code { return error.status }
    return nil
  }
}

/// The functions of a flow. Constants of an object that stays, so that to call one counts no references.
private final class FlowCode: Sendable {
  let decode: FlowDefinition.Decode
  let decodePart: FlowDefinition.Decode?
  let run: FlowDefinition.Run
  let test: FlowDefinition.Test
  let release: FlowDefinition.Release

  init(_ definition: FlowDefinition) {
    decode = definition.decode
    decodePart = definition.decodePart
    run = definition.run
    test = definition.test
    release = definition.release
  }
}

/// How the answers of a flow are compressed. By reference: with the settings as an optional part of the flow itself, a release
/// build by Swift 6.3.1 ended in `BoundFlow.init`, releasing their array; `Scripts/test-release.sh` would show it.
final class CompressionPolicy: Sendable {
  let settings: ServerConfiguration.Compression

  /// `nil` when nothing is compressed.
  @inline(never)
  init?(of profile: ServerConfiguration.Profile, isPrivate: Bool) {
    guard !profile.compression.codings.isEmpty, !isPrivate || profile.compression.scope == .all else { return nil }
    settings = profile.compression
  }
}

/// A REST path of a flow.
struct BoundRoute: Sendable {
  let flow: Int
  let method: FlowMethod
  let input: PathInput
  /// The answer is one of the canonical path with this query, too.
  var hasContentLocation: Bool { method.isSafe && input.readsQuery }
}

/// A flow that is gone for good.
struct BoundTombstone: Sendable {
  let problem: [UInt8]
  /// Complete header lines.
  let lines: [UInt8]

  init(_ tombstone: Tombstone) {
    problem = GoneProblem.of(tombstone)
    lines = tombstone.successor.map { Array("Link: <\($0.path)>; rel=\"successor-version\"\r\n".utf8) } ?? []
  }
}

/// The bodies of 410, which are the same for everybody.
enum GoneProblem {
  static func of(_ entry: CatalogEntry, _ deprecation: Deprecation) -> [UInt8] {
    let end = deprecation.isRetired ? nil : deprecation.sunset
    let detail = end.map { "This flow has ended on \($0)." } ?? "This flow has ended."
    return render(detail, path: entry.path, successor: deprecation.successor)
  }

  static func of(_ tombstone: Tombstone) -> [UInt8] {
    render("This flow has ended. \(tombstone.reason)", path: tombstone.path, successor: tombstone.successor)
  }

  private static func render(_ detail: String, path: String, successor: FlowReference?) -> [UInt8] {
    let text = successor.map { "\(detail) Its successor is \($0.path)." } ?? detail
    let failure = FlowFailure(
      code: "gone", status: 410, detail: text, members: successor.map { [.init("successor", .string($0.path))] } ?? [])
    var buffer = ByteBuffer()
    Array(path.utf8).withUnsafeBytes { ProblemRenderer.render(failure, status: 410, instance: $0, to: &buffer) }
    return buffer.withBytes { Array($0) }
  }
}
