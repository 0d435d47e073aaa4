import FlowLanguage
import Foundation
import Testing

@testable import FlowTools

@Suite("The TextMate grammar")
struct GrammarTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Editors/VSCode/syntaxes/flow.tmLanguage.json")

  @Test("it knows every word of the language")
  func words() throws {
    let grammar = try JSONValue(parsing: [UInt8](Data(contentsOf: Self.folder)))
    let text = grammar.compactText
    let words =
      Parser.declarationWords + Parser.propertyWords + Parser.statementWords + Parser.modifierWords + Parser.joinWords
      + Parser.constraintWords + Parser.stepWords + Parser.exampleWords
    for word in words { #expect(text.contains("|\(word)|") || text.contains("(\(word)|") || text.contains("|\(word))"), "\(word)") }
  }
}
