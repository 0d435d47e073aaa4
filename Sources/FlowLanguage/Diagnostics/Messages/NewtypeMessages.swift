// Newtypes, and what is asked of the elements of a list.

extension Diagnostic {
  static func newtypeOf(_ type: TypeSyntax, newtype: NameSyntax) -> Diagnostic {
    Diagnostic(
      .newtypeType, at: type.span, "newtype of something that is no plain value",
      """
      A newtype gives a plain value a name and a type of its own, with the same JSON, so it wraps a `string`, an `int` or a \
      `float`. `\(newtype.text)` wraps `\(type.span.text)`.
      """,
      hint: "several values together are a `record`, a choice between names is an `enum`.")
  }

  static func defaultOfNewtype(_ equals: SourceSpan, newtype: NameSyntax) -> Diagnostic {
    Diagnostic(
      .defaultValue, at: equals, "default value of a newtype",
      "A default value is what a missing member of a request stands for, so it belongs to a field, and a newtype has none.",
      hint: "write it where the type is used: `tier: \(newtype.text) = …`.")
  }

  static func uniqueElements(_ constraint: ConstraintSyntax, of owner: NameSyntax, element: ResolvedType) -> Diagnostic {
    Diagnostic(
      .constraintType, at: constraint.span, "`unique` on elements that are not plain",
      """
      `unique` compares elements as a whole, which says something about plain values: strings, numbers, `bool`, enums and \
      newtypes. The elements of `\(owner.text)` are of type `\(element.text)`.
      """,
      hint: "let a step compare the part that must not repeat, or use a map: its keys never do.")
  }
}
