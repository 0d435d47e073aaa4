import Synchronization
import ZerverDatabase
import ZerverTesting

/// One PostgreSQL server for the tests that do not kill it. It goes with the test process.
enum SharedCluster {
  // Created once, under the lock of a lazy global; afterwards only its URL is read.
  nonisolated(unsafe) private static let started = Result { () throws(PostgresClusterError) in try PostgresCluster() }
  private static let schemas = Atomic(0)

  /// The URL of a fresh, empty schema.
  static func freshURL() throws -> String {
    let name = "shop_\(schemas.add(1, ordering: .relaxed).newValue)"
    let url = try started.get().url
    try DatabaseAdmin.run(script: "CREATE SCHEMA \(name)", on: .postgres(url: url))
    return url + "?options=-csearch_path%3D\(name)"
  }
}
