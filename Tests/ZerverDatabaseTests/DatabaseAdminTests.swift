import Testing
import ZerverCore

@testable import ZerverDatabase

@Suite("set-up work")
struct DatabaseAdminTests {
  @Test("many rows go in at once", arguments: TestedDatabase.allCases)
  func bulk(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind, schema: "CREATE TABLE \"Odd \"\"name\" (id BIGINT PRIMARY KEY, t TEXT, x DOUBLE PRECISION)")
    let rows = (0..<2_345).map { [DatabaseValue.int($0), $0 % 7 == 0 ? .null : .text("row \($0)"), .double(Double($0) / 4)] }
    try DatabaseAdmin.insert(into: "Odd \"name", columns: ["id", "t", "x"], rows: rows, on: bench.database)
    let found = try DatabaseAdmin.query("SELECT * FROM \"Odd \"\"name\" WHERE id >= $1 ORDER BY id", [.int(0)], on: bench.database)
    #expect(found.values == rows.flatMap { $0 })
  }

  @Test("a bulk insert is all or nothing", arguments: TestedDatabase.allCases)
  func bulkFailure(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let rows: [[DatabaseValue]] = (0..<1_200).map { [.int($0 == 1_100 ? 1 : $0 + 1_000), .text("n\($0)")] }
    #expect(throws: DatabaseAdminError.self) {
      try DatabaseAdmin.insert(into: "items", columns: ["id", "name"], rows: rows, on: bench.database)
    }
    #expect(try DatabaseAdmin.query("SELECT count(*) AS n FROM items", on: bench.database)[0].int("n") == 3)
    #expect(throws: DatabaseAdminError.self) {
      try DatabaseAdmin.insert(into: "items", columns: ["id", "name"], rows: [[1]], on: bench.database)
    }
  }

  @Test("a script is all or nothing, and says what failed", arguments: TestedDatabase.allCases)
  func script(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let error = #expect(throws: DatabaseAdminError.self) {
      try DatabaseAdmin.run(script: "DELETE FROM items; SELECT * FROM nowhere;", on: bench.database)
    }
    #expect(error?.description.contains("nowhere") == true)
    #expect(try DatabaseAdmin.query("SELECT count(*) AS n FROM items", on: bench.database)[0].int("n") == 3)
  }
}
