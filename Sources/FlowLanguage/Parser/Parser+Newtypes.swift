extension Parser {
  /// `newtype CartId: string length 1..64 sensitive`, behind its first word.
  mutating func newtype(_ documentation: [String]) throws(SyntaxFailure) -> NewtypeSyntax {
    let name = try declaredName(.pascal, "the name of a newtype")
    var newtype = NewtypeSyntax(name: name, documentation: documentation)
    let start = position
    do throws(SyntaxFailure) {
      try expect(
        .colon, "`:` and the type that `\(name.text)` wraps", hint: "for example `newtype \(name.text): string length 1..64`.")
      newtype.wrapped = try type()
      while at(.word), !Self.declarationWords.contains(text(current)) {
        if take(word: "sensitive") != nil { newtype.isSensitive = true } else { newtype.constraints.append(try constraint()) }
      }
      if at(.equals) { throw failure(.defaultOfNewtype(span(current), newtype: name)) }
    } catch {
      // The name is known, so that fields can have the type.
      newtype.isBroken = true
      recoverDeclaration(from: start)
    }
    return newtype
  }
}
