import Testing

@testable import ZerverDatabase

@Suite("database URLs")
struct DatabaseTests {
  @Test(
    "tell the kinds apart",
    arguments: [
      ("sqlite:shop.sqlite", "SQLite, shop.sqlite"),
      ("sqlite:data/shop.sqlite", "SQLite, data/shop.sqlite"),
      ("sqlite:/var/shop.sqlite", "SQLite, /var/shop.sqlite"),
      ("sqlite:///var/shop.sqlite", "SQLite, /var/shop.sqlite"),
      ("postgresql://anna:secret@db.example:5433/shop", "PostgreSQL, db.example:5433/shop"),
      ("postgres://anna@db.example/shop?hostaddr=10.0.0.1", "PostgreSQL, 10.0.0.1:5432/shop"),
      ("postgresql:///shop?host=/run/postgresql", "PostgreSQL, /run/postgresql:5432/shop"),
    ])
  func kinds(_ url: String, _ summary: String) throws {
    #expect(try Database(url: url).summary == summary)
  }

  @Test(
    "that are not understood say what would be",
    arguments: [
      ("shop.sqlite", "no scheme"),
      ("mysql://localhost/shop", "\"mysql\""),
      ("sqlite:", "names no file"),
      ("sqlite::memory:", "another one for each"),
      ("sqlite://shop.sqlite", "Write sqlite:shop.sqlite"),
      ("postgres:shop", "two slashes"),
      ("postgresql://anna:secret@db.example:port:5/shop?colour=red", "libpq does not understand"),
    ])
  func mistakes(_ url: String, _ part: String) throws {
    let error = #expect(throws: DatabaseURLError.self) { try Database(url: url) }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("secret") != true)
  }
}
