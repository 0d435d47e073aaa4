import ZerverCore

extension Row {
  /// A case of an enum, stored under its name. Throws when the database holds a name that the enum does not have.
  func choice<Choice: RawRepresentable<String>>(_ column: String) throws(FlowFailure) -> Choice {
    let name = try text(column)
    guard let choice = Choice(rawValue: name) else {
      throw .internalError("column \(column) holds \(name), which is no case of \(Choice.self)")
    }
    return choice
  }
}
