/// Names of fields in the words of the language, as far as they are known when a server starts.
enum FieldName {
  /// `\Order.customer.firstName` → `customer.first-name`; `nil` for a path that is not made of stored properties, whose
  /// names are gone at run time.
  static func of(_ path: AnyKeyPath) -> String? {
    let text = "\(path)".filter { $0 != "?" && $0 != "!" }
    guard let dot = text.firstIndex(of: "."), !text.utf8.contains(where: { "<[(".utf8.contains($0) }) else { return nil }
    return text[text.index(after: dot)...].split(separator: ".").map { StepDeclaration.name(ofType: String($0)) }
      .joined(separator: ".")
  }

  /// What a value may be called that has no name: `CartLine` → `cart-line`, `[CartLine]` → `cart-line-list`.
  static func ofValue<Value>(_ type: Value.Type) -> String { ofType("\(type)") }

  private static func ofType(_ type: String) -> String {
    for (generic, ending) in [("Array<", "-list"), ("Optional<", "")] where type.hasPrefix(generic) && type.hasSuffix(">") {
      return ofType(String(type.dropFirst(generic.count).dropLast())) + ending
    }
    return type.utf8.contains { "<[(".utf8.contains($0) } ? "value" : StepDeclaration.name(ofType: type)
  }
}
