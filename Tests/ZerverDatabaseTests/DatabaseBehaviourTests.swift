import Testing
import ZerverCore
import ZerverServer
import ZerverTesting

@testable import ZerverDatabase

/// What steps may rely on, whichever database is behind `db`.
@Suite("both databases")
struct DatabaseBehaviourTests {
  @Test("values come back as they were stored", arguments: TestedDatabase.allCases)
  func roundTrip(_ kind: TestedDatabase) throws {
    let binary = kind == .postgres ? "BYTEA" : "BLOB"
    let bench = try Bench(
      kind,
      schema: "CREATE TABLE things (id BIGINT PRIMARY KEY, flag BOOLEAN, n BIGINT, x DOUBLE PRECISION, t TEXT, b \(binary))")
    let rows: [[DatabaseValue]] = [
      [.int(1), .bool(true), .int(.max), .double(0.1), .text("plain"), .bytes([0, 1, 0xFF])],
      [.int(2), .bool(false), .int(.min), .double(-1e300), .text(""), .bytes([])],
      [.int(3), .null, .null, .null, .null, .null],
      [.int(4), .bool(true), .int(0), .double(3), .text("Ünï©ødé 🛒 \u{0301}'\"\\\n$1;--"), .bytes(Array(0...255))],
      [.int(5), .bool(false), .int(-7), .double(.leastNonzeroMagnitude), .text(String(repeating: "långt ", count: 5000)), .bytes([92, 120])],
    ]
    for row in rows {
      let stored = try bench.worker.perform(
        .database(.execute(Statement("INSERT INTO things VALUES ($1, $2, $3, $4, $5, $6)", row))), with: bench.capability)
      #expect(try stored.onlyRows.affected == 1)
    }
    let found = try bench.query("SELECT id, flag, n, x, t, b FROM things ORDER BY id").onlyRows
    #expect(found.columns == ["id", "flag", "n", "x", "t", "b"])
    #expect(found.values == rows.flatMap { $0 })
    #expect(found.affected == 5)
  }

  @Test("parameters may come in any order and more than once", arguments: TestedDatabase.allCases)
  func parameterOrder(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let rows = try bench.query(
      "SELECT name FROM items WHERE stock >= $2 AND id > $1 AND id <> $2 ORDER BY id", .int(0), .int(10)).onlyRows
    #expect(try rows.map { row in try row.text("name") } == ["pen", "paper"])
  }

  @Test("sums and counts are integers", arguments: TestedDatabase.allCases)
  func aggregates(_ kind: TestedDatabase) throws {
    let row = try Bench(kind).query("SELECT count(*) AS n, sum(stock) AS total FROM items").onlyRows[0]
    #expect(try row.int("n") == 3)
    #expect(try row.int("total") == 510)
  }

  @Test("a failing query harms no neighbour of its turn", arguments: TestedDatabase.allCases)
  func neighbours(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind) { $0.connectionsPerWorker = 1 }
    // The statements are prepared first, so that the failure comes at execution, between its neighbours.
    let divide: StaticString = "SELECT abs(CAST($1 AS BIGINT)) AS a FROM items WHERE id = $2"
    let good = (1...20).map { _ in bench.submit(.query(Statement("SELECT name FROM items WHERE id = $1", [.int(1)]))) }
    let bad = bench.submit(.query(Statement("SELECT nothing FROM items")))
    let overflow = bench.submit(.query(Statement(divide, [.int(.min), .int(1)])))
    let later = (1...20).map { _ in bench.submit(.query(Statement("SELECT name FROM items WHERE id = $1", [.int(2)]))) }
    for outcome in try bench.worker.outcomes(of: good) { #expect(try outcome.onlyRows[0].text("name") == "pen") }
    for outcome in try bench.worker.outcomes(of: later) { #expect(try outcome.onlyRows[0].text("name") == "ink") }
    let unknown = try bench.worker.outcome(of: bad)
    #expect(unknown.failureReason == .refused)
    #expect(unknown.failureDetail.contains("nothing"), "the log must name the column: \(unknown.failureDetail)")
    #expect(try bench.worker.outcome(of: overflow).failureReason == .refused)
    #expect(bench.worker.answeredTwice.isEmpty)
  }

  @Test("a statement works again after it failed to prepare", arguments: TestedDatabase.allCases)
  func prepareAgain(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let sql: StaticString = "SELECT id FROM late"
    for _ in 0..<3 { #expect(try bench.query(sql).failureReason == .refused) }
    try DatabaseAdmin.run(script: "CREATE TABLE late (id BIGINT)", on: bench.database)
    for _ in 0..<6 { #expect(try bench.query(sql).onlyRows.isEmpty) }
  }

  @Test("a statement follows a changed table", arguments: TestedDatabase.allCases)
  func changedTable(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind) { $0.connectionsPerWorker = 1 }
    let sql: StaticString = "SELECT * FROM items WHERE id = 1"
    #expect(try bench.query(sql).onlyRows.columns == ["id", "name", "stock", "note"])
    try DatabaseAdmin.run(script: "ALTER TABLE items ADD COLUMN colour TEXT", on: bench.database)
    #expect(try bench.query(sql).onlyRows.columns == ["id", "name", "stock", "note", "colour"])
    #expect(try bench.query(sql).onlyRows.columns == ["id", "name", "stock", "note", "colour"])
  }

  @Test("a guarded transaction commits when its conditions hold", arguments: TestedDatabase.allCases)
  func guardedCommit(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let outcome = try bench.transaction(
      Statement("UPDATE items SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING stock", [1, 4], requiredRows: 1),
      Statement("UPDATE items SET note = $1", ["sold"], requiredRows: 3),
      Statement("SELECT name FROM items WHERE id = $1", [1]))
    let sets = try outcome.allRows
    #expect(sets.count == 3)
    #expect(try sets[0][0].int("stock") == 6)
    #expect(sets[1].affected == 3)
    #expect(try sets[2][0].text("name") == "pen")
    #expect(try bench.stock(of: 1) == 6)
  }

  @Test("an unmet condition changes nothing", arguments: TestedDatabase.allCases)
  func guardedRollback(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let outcome = try bench.transaction(
      Statement("UPDATE items SET stock = stock - 1 WHERE id = $1", [1]),
      Statement("UPDATE items SET stock = stock - $2 WHERE id = $1 AND stock >= $2", [2, 1], requiredRows: 1))
    #expect(outcome.failureReason == .conditionNotMet(statement: 1))
    #expect(outcome.isSuccess)
    #expect(try bench.stock(of: 1) == 10)
  }

  @Test("constraints refuse a write, alone and in a transaction", arguments: TestedDatabase.allCases)
  func constraints(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let cases: [(StaticString, [DatabaseValue])] = [
      ("INSERT INTO items (id, name) VALUES ($1, $2)", [1, "other"]),
      ("INSERT INTO items (id, name) VALUES ($1, $2)", [9, "pen"]),
      ("INSERT INTO items (id, name) VALUES ($1, $2)", [9, nil]),
      ("UPDATE items SET stock = $2 WHERE id = $1", [1, -1]),
    ]
    for (sql, parameters) in cases {
      let alone = try bench.worker.perform(.database(.execute(Statement(sql, parameters))), with: bench.capability)
      #expect(alone.failureReason == .constraintViolated)
      let together = try bench.transaction(
        Statement("UPDATE items SET stock = 99 WHERE id = 3"), Statement(sql, parameters))
      #expect(together.failureReason == .constraintViolated)
      let guarded = try bench.transaction(
        Statement("UPDATE items SET stock = 99 WHERE id = 3", requiredRows: 1), Statement(sql, parameters))
      #expect(guarded.failureReason == .constraintViolated)
    }
    #expect(try bench.stock(of: 3) == 500)
  }

  @Test("a constraint that is checked at the commit is reported", arguments: TestedDatabase.allCases)
  func deferredConstraint(_ kind: TestedDatabase) throws {
    let bench = try Bench(
      kind,
      schema: """
        CREATE TABLE parents (id BIGINT PRIMARY KEY);
        CREATE TABLE children (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);
        """)
    let orphan = Statement("INSERT INTO children VALUES ($1, $2)", [1, 1])
    #expect(try bench.worker.perform(.database(.execute(orphan)), with: bench.capability).failureReason == .constraintViolated)
    #expect(try bench.transaction(orphan, orphan).failureReason == .constraintViolated)
    let guarded = Statement("INSERT INTO children VALUES ($1, $2)", [1, 1], requiredRows: 1)
    #expect(try bench.transaction(guarded).failureReason == .constraintViolated)
    // Together, so that SQLite's shared commit meets it, too.
    let mixed = (10..<20).map { id in
      bench.submit(.transaction([
        Statement("INSERT INTO children VALUES ($1, $2)", [.int(id), .int(id)]),
        id == 13 ? Statement("SELECT 1") : Statement("INSERT INTO parents VALUES ($1)", [.int(id)]),
      ]))
    }
    let outcomes = try bench.worker.outcomes(of: mixed)
    #expect(outcomes.enumerated().filter { $0.element.failureReason == .constraintViolated }.map(\.offset) == [3])
    #expect(try bench.query("SELECT count(*) AS n FROM children").onlyRows[0].int("n") == 9)
  }

  @Test("concurrent increments are not lost", arguments: TestedDatabase.allCases)
  func increments(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let operations = (0..<300).map { index in
      switch index % 3 {
      case 0: bench.submit(.execute(Statement("UPDATE items SET stock = stock + 1 WHERE id = 2")))
      case 1: bench.submit(.transaction([Statement("UPDATE items SET stock = stock + 1 WHERE id = 2", requiredRows: 1)]))
      default:
        bench.submit(
          .transaction([
            Statement("UPDATE items SET stock = stock + 1 WHERE id = 2"),
            Statement("UPDATE items SET note = $1 WHERE id = 3", [.text("\(index)")]),
          ]))
      }
    }
    let outcomes = try bench.worker.outcomes(of: operations)
    #expect(outcomes.allSatisfy { $0.failureReason == nil })
    #expect(try bench.stock(of: 2) == 300)
    #expect(bench.worker.answeredTwice.isEmpty)
  }

  @Test("writes of one turn fail one by one", arguments: TestedDatabase.allCases)
  func mixedWrites(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let operations = (0..<40).map { index in
      bench.submit(
        .execute(Statement("INSERT INTO items (id, name) VALUES ($1, $2)", [.int(100 + index / 2), .text("item \(index)")])))
    }
    let failed = try bench.worker.outcomes(of: operations).map(\.failureReason)
    #expect(failed.filter { $0 == nil }.count == 20)
    #expect(failed.filter { $0 == .constraintViolated }.count == 20)
    #expect(try bench.query("SELECT count(*) AS n FROM items").onlyRows[0].int("n") == 23)
  }

  @Test("a write that was submitted as a query is refused", arguments: TestedDatabase.allCases)
  func writeAsQuery(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let outcome = try bench.query("UPDATE items SET stock = 1 RETURNING id")
    #expect(outcome.failureReason == .refused)
    #expect(outcome.failureDetail.contains("execute"))
    let hidden = try bench.query("WITH gone AS (DELETE FROM items RETURNING id) SELECT id FROM gone")
    #expect(hidden.failureReason == .refused)
    #expect(try bench.query("SELECT 'delete' AS word, count(*) AS n FROM items").onlyRows[0].int("n") == 3)
  }

  @Test("wrong numbers of parameters are refused", arguments: TestedDatabase.allCases)
  func parameterCount(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    #expect(try bench.query("SELECT name FROM items WHERE id = $1").failureReason == .refused)
    #expect(try bench.query("SELECT name FROM items WHERE id = $1", .int(1), .int(2)).failureReason == .refused)
    #expect(try bench.query("SELECT name FROM items WHERE id = $1; SELECT 1", .int(1)).failureReason == .refused)
    #expect(try bench.query("SELECT name FROM items WHERE id = $1", .int(1)).onlyRows.count == 1)
  }

  @Test("a huge result arrives whole", arguments: TestedDatabase.allCases)
  func hugeResult(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind)
    let rows = try bench.query(
      """
      WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
      SELECT n, 'a text that does not fit into a small string ' || n AS label FROM numbers
      """).onlyRows
    #expect(rows.count == 100_000)
    #expect(try rows[99_999].int("n") == 100_000)
    #expect(try rows[99_999].text("label").hasSuffix(" 100000"))
  }

  @Test("a cancelled operation is not answered, and its neighbours are", arguments: TestedDatabase.allCases)
  func cancel(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind) { $0.connectionsPerWorker = 1 }
    let operations = (0..<30).map { _ in bench.submit(.query(Statement("SELECT name FROM items WHERE id = 1"))) }
    for operation in operations.prefix(10) { bench.capability.cancel(operation) }
    bench.worker.turn()
    for operation in operations.dropFirst(10).prefix(10) { bench.capability.cancel(operation) }
    let answered = try bench.worker.outcomes(of: Array(operations.suffix(10)))
    #expect(answered.allSatisfy { $0.failureReason == nil })
    _ = try bench.query("SELECT 1 AS one")
    #expect(operations.prefix(10).allSatisfy { bench.worker.outcomes[$0] == nil })
  }

  @Test("an operation whose deadline passes is answered, and the next one works", arguments: TestedDatabase.allCases)
  func deadline(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind) { $0.connectionsPerWorker = 1 }
    _ = try bench.query("SELECT 1 AS one")
    let slow = bench.submit(
      .query(
        Statement(
          """
          WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000)
          SELECT count(*) AS n FROM numbers
          """)), within: .milliseconds(10))
    #expect(try bench.worker.outcome(of: slow).failureReason == .timedOut)
    let late = bench.submit(.query(Statement("SELECT 1 AS one")), within: .zero)
    #expect(try bench.worker.outcome(of: late).failureReason == .timedOut)
    #expect(try bench.query("SELECT 2 AS two").onlyRows[0].int("two") == 2)
    #expect(bench.worker.answeredTwice.isEmpty)
  }

  @Test("a full queue refuses at once", arguments: TestedDatabase.allCases)
  func fullQueue(_ kind: TestedDatabase) throws {
    let bench = try Bench(kind) { $0.queuedMax = 10 }
    let operations = (0..<50).map { _ in bench.submit(.query(Statement("SELECT name FROM items WHERE id = 1"))) }
    let reasons = try bench.worker.outcomes(of: operations).map(\.failureReason)
    #expect(reasons.filter { $0 == nil }.count >= 10)
    #expect(reasons.contains(.unavailable))
    #expect(reasons.allSatisfy { $0 == nil || $0 == .unavailable })
  }

  @Test("an empty transaction has no row sets", arguments: TestedDatabase.allCases)
  func emptyTransaction(_ kind: TestedDatabase) throws {
    #expect(try Bench(kind).transaction() == .rows([]))
  }
}
