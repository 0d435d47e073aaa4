/// What the kernel says about an operation.
package struct Completion: Equatable, Sendable {
  package let token: ProactorToken
  /// A count, a descriptor or an event mask, as the operation says; `-errno` when negative.
  package let result: Int32
  /// The operation goes on: more completions will come.
  package let hasMore: Bool
  /// Where the bytes of a receive are. Its holder gives it back with `release(_:)`, exactly once.
  package let buffer: BufferID?

  init(token: ProactorToken, result: Int32, hasMore: Bool = false, buffer: BufferID? = nil) {
    self.token = token
    self.result = result
    self.hasMore = hasMore
    self.buffer = buffer
  }
}

/// Names a receive buffer of one proactor.
package struct BufferID: Equatable, Sendable {
  package let index: UInt16
}
