public import Logging
import ZerverCore
public import ZerverDatabase
public import ZerverServer

extension Capabilities {
  /// Time and crypto from the operating system, and this database.
  public static func standard(
    database: Database, logger: Logger = Logger(label: "zerver")
  ) -> Capabilities {
    standard.with(.database, database.capability(logger: logger))
  }
}
