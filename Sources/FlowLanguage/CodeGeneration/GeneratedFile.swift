/// One Swift file that the generator has written, as a value: the tool decides where it goes and whether it changed.
package struct GeneratedFile: Equatable, Sendable {
  package let name: String
  package let text: String
}

extension GeneratedFile {
  /// The names are told apart from the files of the target itself, because one module cannot hold two files of one name.
  static var declarations: String { "RouteGen-Declarations.swift" }
  static var catalog: String { "RouteGen-Catalog.swift" }
  static func flows(_ number: Int) -> String { "RouteGen-Flows-\(number).swift" }
}
