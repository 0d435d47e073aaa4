import Synchronization
@_spi(Server) import ZerverCore

/// The counters of a server: one set for each worker, summed when somebody asks.
///
/// A worker's set has a single writer, the worker's thread, and any number of readers. So each cell is an atomic that is
/// loaded and stored, relaxed, and never read-modified-written: on the hot path a count costs as much as a plain `+= 1`.
/// Readers see each cell whole; cells that belong together may be one request apart.
final class Metrics: Sendable {
  /// What the metrics of a flow are labelled with.
  struct Flow: Equatable, Sendable {
    let slug: String
    let version: Int
    let method: String
    /// The route: `/flow/v2/checkout-cart`.
    let path: String
  }

  /// In the order of their indices. One more index, ``unrouted``, stands for requests that reach no flow.
  let flows: [Flow]
  let workers: [WorkerMetrics]

  /// The index for requests that reach no flow: unknown path, wrong method, malformed.
  var unrouted: Int { flows.count }

  init(flows: [Flow], workers: Int) {
    self.flows = flows
    self.workers = (0..<workers).map { _ in WorkerMetrics(flows: flows.count + 1) }
  }
}
