/// A queue in a ring of memory that grows when it is full. Pushing and popping cost no allocation once it is warm.
struct FIFO<Element> {
  private var storage: [Element?] = Array(repeating: nil, count: 16)
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var first: Element? { count == 0 ? nil : storage[head] }

  subscript(index: Int) -> Element {
    precondition(index < count, "the index is inside the queue")
    return storage[(head + index) & (storage.count - 1)]!
  }

  mutating func append(_ element: Element) {
    if count == storage.count { grow() }
    storage[(head + count) & (storage.count - 1)] = element
    count += 1
  }

  mutating func prepend(_ element: Element) {
    if count == storage.count { grow() }
    head = (head - 1) & (storage.count - 1)
    storage[head] = element
    count += 1
  }

  @discardableResult
  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = storage[head].take()
    head = (head + 1) & (storage.count - 1)
    count -= 1
    return element
  }

  mutating func removeAll() {
    while popFirst() != nil {}
  }

  /// Linear: for cancellations and time-outs.
  mutating func removeAll(where condition: (Element) -> Bool) {
    for _ in 0..<count {
      guard let element = popFirst() else { return }
      if !condition(element) { append(element) }
    }
  }

  func contains(where condition: (Element) -> Bool) -> Bool {
    (0..<count).contains { condition(self[$0]) }
  }

  private mutating func grow() {
    var larger: [Element?] = []
    larger.reserveCapacity(storage.count * 2)
    for index in 0..<count { larger.append(self[index]) }
    larger.append(contentsOf: repeatElement(nil, count: storage.count * 2 - count))
    storage = larger
    head = 0
  }
}
