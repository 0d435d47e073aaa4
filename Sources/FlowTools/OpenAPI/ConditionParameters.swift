/// The header fields by which a client says on which condition a flow may change something (RFC 9110 §13.1).
enum ConditionParameters {
  static let names = [(field: "If-Match", component: "IfMatch"), (field: "If-None-Match", component: "IfNoneMatch")]

  static var components: [JSONValue.Member] {
    let sentences = [
      "Nothing is changed unless what is there has one of these entity tags; `*` stands for any. Otherwise the answer is 412.",
      "Nothing is changed if what is there has one of these entity tags; `*` stands for any, so that something new takes nobody's place.",
    ]
    return zip(zip(names, sentences), ["\"7\"", "*"]).map { parts, example in
      let (name, sentence) = parts
      var parameter: JSONValue = ["name": .string(name.field), "in": "header"]
      parameter.add("description", .string(sentence))
      parameter.add("schema", ["type": "string"])
      parameter.add("example", .string(example))
      return .init(name.component, parameter)
    }
  }
}
