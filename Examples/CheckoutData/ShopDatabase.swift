public import ZerverDatabase

/// Puts the shop into a database.
public enum ShopDatabase {
  public enum Outcome: Sendable {
    case seeded
    case alreadySeeded
  }

  /// Creates the tables and fills them, when that has not been done before. All rows come in one transaction, so a
  /// database has the whole shop or none of it.
  ///
  /// Blocks the calling thread, for about a second on a local database.
  @discardableResult
  public static func prepare(_ database: Database) throws -> Outcome {
    try DatabaseAdmin.run(script: ShopSchema.script, on: database)
    guard try DatabaseAdmin.query("SELECT version FROM shop_seeds", on: database).isEmpty else { return .alreadySeeded }
    try DatabaseAdmin.run(script: ShopSeed.makeScript(), on: database)
    return .seeded
  }
}
