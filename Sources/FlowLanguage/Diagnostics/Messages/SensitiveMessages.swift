// Sensitive values on their way out.

extension Diagnostic {
  static func sensitiveOutput(_ output: SourceSpan, flow: NameSyntax, path: [String], field: NameSyntax) -> Diagnostic {
    let place = path.isEmpty ? "\(flow.text)` answers with a type" : "\(flow.text)` answers with `\(path.joined(separator: "."))`,"
    return Diagnostic(
      .sensitiveOutput, at: output, "answer with something sensitive",
      """
      Flow `\(place) which is declared as `sensitive`. The client, and every cache and log on the \
      way that keeps answers, will have it.
      """,
      related: [Related(label: "It is declared as sensitive here", span: field.span)],
      hint: "answer with a record that leaves it out. Where handing it out is the purpose, as with a token, this warning can stay.")
  }

  static func sensitiveQuery(_ input: SourceSpan, flow: NameSyntax, field: NameSyntax) -> Diagnostic {
    Diagnostic(
      .sensitiveQuery, at: input, "sensitive value in a URL",
      """
      Flow `\(flow.text)` reads its input from the query, and `\(field.text)` in it is sensitive. Browsers, proxies and load \
      balancers keep the URLs of requests in their histories and logs.
      """,
      related: [Related(label: "It is declared as sensitive here", span: field.span)],
      hint: "read the input from a body: `method POST`, or `from body` where the method allows one.")
  }
}
