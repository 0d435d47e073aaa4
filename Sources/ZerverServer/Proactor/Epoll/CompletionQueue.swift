/// Completions that user space makes itself, handed out in batches as the kernel's queue is: what is posted while a batch
/// is walked belongs to the next one.
struct CompletionQueue: ~Copyable {
  private var posted: [Completion] = []
  private var batch: [Completion] = []
  private var next = 0

  /// Posted and not yet in a batch.
  var hasPosted: Bool { !posted.isEmpty }
  /// The batch has not been walked to its end.
  var isBatchOpen: Bool { next < batch.count }

  mutating func post(_ completion: Completion) { posted.append(completion) }

  /// Makes everything that is posted the batch to walk. The two arrays change places, so neither is allocated again.
  mutating func beginBatch() {
    guard !isBatchOpen else { return }
    batch.removeAll(keepingCapacity: true)
    next = 0
    swap(&batch, &posted)
  }

  mutating func pop() -> Completion? {
    guard next < batch.count else { return nil }
    defer { next += 1 }
    return batch[next]
  }
}
