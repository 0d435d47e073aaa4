import ZerverCatalog
@_spi(Server) import ZerverCore

/// Every REST path of a server as a tree of its segments, for requests whose path is no flow's own.
///
/// A literal goes before a field, part by part from the left; where the rest of the path does not fit below the literal,
/// the field is tried. Methods belong to the path: `GET /orders/{order-id}` answers what `POST /orders/open` does not.
///
/// Built once and only read. Everything stands in flat arrays, so a look-up counts no references.
struct RouteTrie: Sendable {
  enum Match: Equatable {
    /// The number that the binding was added with.
    case binding(Int)
    /// The path is known by other methods only.
    case otherMethods(FlowMethods)
    case none
  }

  private struct Node {
    /// Places in `edges`, sorted by length and then by bytes.
    var edges = 0..<0
    var field = -1
    /// By the index of the method in `FlowMethod.allCases`; -1 for none.
    var targets = Targets()
  }

  private struct Targets {
    private var numbers: (Int32, Int32, Int32, Int32, Int32, Int32) = (-1, -1, -1, -1, -1, -1)

    subscript(method: FlowMethod) -> Int32 {
      get {
        switch method {
        case .get: numbers.0
        case .post: numbers.1
        case .put: numbers.2
        case .patch: numbers.3
        case .delete: numbers.4
        case .head: numbers.5
        }
      }
      set {
        switch method {
        case .get: numbers.0 = newValue
        case .post: numbers.1 = newValue
        case .put: numbers.2 = newValue
        case .patch: numbers.3 = newValue
        case .delete: numbers.4 = newValue
        case .head: numbers.5 = newValue
        }
      }
    }
  }

  private struct Edge {
    let text: Range<Int>
    let node: Int
  }

  private var nodes: [Node] = []
  private var edges: [Edge] = []
  private var text: [UInt8] = []

  var isEmpty: Bool { nodes.isEmpty }

  // MARK: Building

  /// - Parameter bindings: of different shapes, as ``AliasTable`` makes sure.
  init(_ bindings: [RouteBinding]) {
    guard !bindings.isEmpty else { return }
    _ = build(Array(bindings.enumerated()), depth: 0)
  }

  private mutating func build(_ bindings: [(offset: Int, element: RouteBinding)], depth: Int) -> Int {
    let node = nodes.count
    nodes.append(Node())
    var literals: [String: [(offset: Int, element: RouteBinding)]] = [:]
    var fields: [(offset: Int, element: RouteBinding)] = []
    for binding in bindings {
      guard depth < binding.element.segments.count else {
        nodes[node].targets[binding.element.method] = Int32(binding.offset)
        continue
      }
      switch binding.element.segments[depth] {
      case .literal(let text): literals[text, default: []].append(binding)
      case .field: fields.append(binding)
      }
    }
    if !fields.isEmpty {
      let child = build(fields, depth: depth + 1)
      nodes[node].field = child
    }
    let children = literals.sorted { ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key) }.map { text, bindings in
      let start = self.text.count
      self.text += text.utf8
      return Edge(text: start..<start + text.utf8.count, node: build(bindings, depth: depth + 1))
    }
    // Behind the edges of the children, which were built in between.
    nodes[node].edges = edges.count..<edges.count + children.count
    edges += children
    return node
  }

  // MARK: Looking up

  /// - Parameters:
  ///   - path: as it came, percent-encoded, without the query.
  ///   - method: of the request. `HEAD` is answered by a binding of its own or by one of `GET`.
  func match(_ path: UnsafeRawBufferPointer, _ method: HTTPMethod) -> Match {
    guard !nodes.isEmpty, path.first == UInt8(ascii: "/") else { return .none }
    // The path `/` has no segments.
    let start = path.count == 1 ? 1 : 0
    if let wanted = FlowMethod(method), let found = find(path, from: start, below: 0, wanted) { return .binding(found) }
    var methods = FlowMethods()
    collect(path, from: start, below: 0, into: &methods)
    return methods.isEmpty ? .none : .otherMethods(methods)
  }

  private func find(_ path: UnsafeRawBufferPointer, from start: Int, below node: Int, _ method: FlowMethod) -> Int? {
    guard start < path.count else { return target(of: node, method) }
    let segment = segment(of: path, from: start)
    if let child = child(of: node, UnsafeRawBufferPointer(rebasing: path[segment])),
      let found = find(path, from: segment.upperBound, below: child, method)
    {
      return found
    }
    let field = nodes[node].field
    return field < 0 || segment.isEmpty ? nil : find(path, from: segment.upperBound, below: field, method)
  }

  private func target(of node: Int, _ method: FlowMethod) -> Int? {
    let targets = nodes[node].targets
    let target = targets[method] < 0 && method == .head ? targets[.get] : targets[method]
    return target < 0 ? nil : Int(target)
  }

  private func collect(
    _ path: UnsafeRawBufferPointer, from start: Int, below node: Int, into methods: inout FlowMethods
  ) {
    guard start < path.count else {
      for method in FlowMethod.allCases where nodes[node].targets[method] >= 0 { methods.insert(method) }
      return
    }
    let segment = segment(of: path, from: start)
    if let child = child(of: node, UnsafeRawBufferPointer(rebasing: path[segment])) {
      collect(path, from: segment.upperBound, below: child, into: &methods)
    }
    if nodes[node].field >= 0, !segment.isEmpty {
      collect(path, from: segment.upperBound, below: nodes[node].field, into: &methods)
    }
  }

  /// The segment behind the slash at `start`.
  private func segment(of path: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
    let end = path[(start + 1)...].firstIndex(of: UInt8(ascii: "/")) ?? path.count
    return start + 1..<end
  }

  private func child(of node: Int, _ segment: UnsafeRawBufferPointer) -> Int? {
    // A literal needs no encoding, so an encoded spelling of it is rare. It is one to a client, though (RFC 3986 §6.2.2.2).
    guard !segment.contains(UInt8(ascii: "%")) else {
      return edges[nodes[node].edges].first { PercentEncoding.decodes(segment, to: text[$0.text]) }?.node
    }
    var low = nodes[node].edges.lowerBound
    var high = nodes[node].edges.upperBound
    while low < high {
      let middle = (low + high) / 2
      let order = compare(segment, edges[middle].text)
      if order == 0 { return edges[middle].node }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return nil
  }

  /// Negative when the segment comes before the literal.
  private func compare(_ segment: UnsafeRawBufferPointer, _ literal: Range<Int>) -> Int {
    if segment.count != literal.count { return segment.count - literal.count }
    for (a, b) in zip(segment, text[literal]) where a != b { return Int(a) - Int(b) }
    return 0
  }
}

/// Methods of the flows that a path has.
struct FlowMethods: OptionSet, Sendable {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }
  init(_ method: FlowMethod) { rawValue = 1 << UInt8(FlowMethod.allCases.firstIndex(of: method) ?? 0) }

  mutating func insert(_ method: FlowMethod) { formUnion(FlowMethods(method)) }

  /// What `Allow` says: with the `HEAD` that comes with `GET`, and the `OPTIONS` that asked or could have.
  var allowed: String {
    var names = FlowMethod.allCases.filter { contains(FlowMethods($0)) }.map(\.rawValue)
    if contains(FlowMethods(.get)), !contains(FlowMethods(.head)) { names.insert("HEAD", at: 1) }
    return (names + ["OPTIONS"]).joined(separator: ", ")
  }
}

extension FlowMethod {
  /// `nil` for a method that no flow can have.
  init?(_ method: HTTPMethod) {
    switch method {
    case .get: self = .get
    case .head: self = .head
    case .post: self = .post
    case .put: self = .put
    case .patch: self = .patch
    case .delete: self = .delete
    case .options, .trace, .connect, .other: return nil
    }
  }
}
