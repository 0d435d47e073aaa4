import Testing
import ZerverCore

/// The hand-written twin of generated code: see `GeneratedShape.swift`.
struct GeneratedShapeTests {
  static let order = Order(
    cartId: "c-1", card: "tok-\"1\"", tier: .proAnnual,
    lines: [OrderLine(productId: "A-1", quantity: 2), OrderLine(productId: "Ä-2", quantity: 100, note: "zwei\nZeilen")],
    discount: 0.25, gift: true, coupon: "TEN-10", labels: ["b": "2", "a": "1"], prices: ["A-1": 12.5], tags: ["x", "😀"],
    owner: OrderLine(productId: "o", quantity: 1))

  static let minimal = Order(cartId: "c", card: "t", lines: [OrderLine(productId: "p", quantity: 1)], labels: [:], tags: [])

  @Test("a record is written with its keys in the order of declaration and without what is nil")
  func encodes() {
    #expect(
      encode(Self.order)
        == #"{"cart-id":"c-1","card":"tok-\"1\"","tier":"pro-annual","lines":[{"product-id":"A-1","quantity":2},"#
        + #"{"product-id":"Ä-2","quantity":100,"note":"zwei\nZeilen"}],"discount":0.25,"gift":true,"coupon":"TEN-10","#
        + #""labels":{"a":"1","b":"2"},"prices":{"A-1":12.5},"tags":["x","😀"],"owner":{"product-id":"o","quantity":1}}"#)
    #expect(
      encode(Self.minimal)
        == #"{"cart-id":"c","card":"t","tier":"free","lines":[{"product-id":"p","quantity":1}],"gift":false,"labels":{},"tags":[]}"#)
  }

  @Test("an object whose first member may be missing is written right", arguments: [
    (Search(text: "a"), #"{"text":"a","exact":false}"#),
    (Search(page: 3, text: "a", tier: .plus, exact: true, below: 9), #"{"page":3,"text":"a","tier":"plus","exact":true,"below":9.0}"#),
  ])
  func encodesOptionalFirst(search: Search, expected: String) {
    #expect(encode(search) == expected)
  }

  @Test("an object with nothing in it is a pair of braces")
  func encodesNothing() {
    var buffer = ByteBuffer()
    buffer.append("x")
    let start = buffer.beginJSONObject()
    buffer.endJSONObject(start)
    #expect(buffer.text == "x{}")
  }

  @Test("what is written reads back as the same value")
  func roundTrips() {
    #expect(decode(Order.self, encode(Self.order)).value == Self.order)
    #expect(decode(Order.self, encode(Self.minimal)).value == Self.minimal)
  }

  @Test("order of members, white space, escaped keys and null for optionals do not matter")
  func readsLoosely() {
    let text = """
      \t{ "tags" : [ ] , "labels":{ },\r\n "owner": null, "coupon":null,"discount":null,"prices":null,
      "lines":[ { "quantity" : 1 , "note":null, "product\\u002did":"p" } ],"ca\\u0072d":"t","cart-id":"c" }

      """
    #expect(decode(Order.self, text).value == Self.minimal)
  }

  static func body(_ changes: String, lines: String = #"[{"product-id":"p","quantity":1}]"#) -> String {
    #"{"cart-id":"c","card":"t","labels":{},"tags":[],"lines":\#(lines)\#(changes)}"#
  }

  static let mistakes: [(String, String, String, String)] = [
    (body(#","discount":0.91"#), "constraint-violated", "discount", "must be 0.0 to 0.9"),
    (body(#","coupon":12"#), "wrong-type", "coupon", "must be a string, and is a number"),
    (body(#","tier":"gold""#), "constraint-violated", "tier", "must be one of: free, plus, pro-annual"),
    (body(#","tier":null"#), "wrong-type", "tier", "must be a string, and is null"),
    (body(#","gift":"yes""#), "wrong-type", "gift", "must be true or false, and is a string"),
    (body(#","surprise":1"#), "unknown-field", "surprise", "this member is not known here"),
    (body(#","a b":1"#), "unknown-field", #"["a b"]"#, "this member is not known here"),
    (body(#","prices":{"A":1,"B-2":"x"}"#), "wrong-type", "prices.B-2", "must be a number, and is a string"),
    (body(#","prices":[]"#), "wrong-type", "prices", "must be an object, and is a list"),
    (body("", lines: "{}"), "wrong-type", "lines", "must be a list, and is an object"),
    (body("", lines: "[]"), "constraint-violated", "lines", "must have 1 to 50 items"),
    (body("", lines: "[" + Array(repeating: #"{"product-id":"p","quantity":1}"#, count: 51).joined(separator: ",") + "]"),
      "constraint-violated", "lines", "must have 1 to 50 items"),
    (body("", lines: #"[{"product-id":"p","quantity":1},{"product-id":"","quantity":1}]"#),
      "constraint-violated", "lines[1].product-id", "must be 1 to 64 characters long"),
    (body("", lines: #"[{"product-id":"p","quantity":101}]"#), "constraint-violated", "lines[0].quantity", "must be 1 to 100"),
    (body("", lines: #"[{"product-id":"p","quantity":1.0}]"#),
      "wrong-type", "lines[0].quantity", "must be a whole number, and is a number"),
    (body("", lines: #"[{"product-id":"p","quantity":99999999999999999999}]"#),
      "constraint-violated", "lines[0].quantity", "must be a whole number of at most 64 bits"),
    (body("", lines: #"[{"product-id":"p","quantity":1},{"quantity":1}]"#),
      "missing-field", "lines[1].product-id", "this field is required"),
    (body("", lines: #"[{"product-id":"p","quantity":1},{"product-id":"p","quantity":1},{"product-id":"p","extra":[1]}]"#),
      "unknown-field", "lines[2].extra", "this member is not known here"),
    (body("", lines: #"[{"product-id":"p","quantity":1}, 7]"#), "wrong-type", "lines[1]", "must be an object, and is a number"),
    ("{}", "missing-field", "cart-id", "this field is required"),
    ("[]", "wrong-type", "", "must be an object, and is a list"),
    (#"{"tags":["a",""]}"#, "constraint-violated", "tags[1]", "must be 1 to 20 characters long"),
    (#"{"labels":{"a":"1","a":"2"}}"#, "malformed-json", "labels.a", "line 1, column 20: a member stands twice in one object"),
    (#"{"card":"t","card":"t"}"#, "malformed-json", "card", "line 1, column 13: a member stands twice in one object"),
    ("{\"card\":\n\"t\"", "malformed-json", "", "line 2, column 4: the document ends too early"),
    (#"{"labels":{"1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":""}}"#,
      "constraint-violated", "labels", "must have 0 to 8 items"),
  ]

  @Test("every mistake names its kind and its field", arguments: mistakes)
  func refuses(text: String, code: String, field: String, detail: String) {
    let error = decode(Order.self, text).error
    #expect(error?.code.name == code)
    #expect(error?.field == field)
    #expect(error?.detail == detail)
  }

  @Test("an error in a sensitive field names nothing inside it", arguments: [
    (#","owner":{"product-id":"p","quantity":0}"#, "constraint-violated"),
    (#","owner":{"product-id":"p","secret-42":0}"#, "unknown-field"),
    (#","owner":{"product-id":"p"}"#, "missing-field"),
    (#","owner":"secret-42""#, "wrong-type"),
  ])
  func hidesSensitive(changes: String, code: String) {
    let error = decode(Order.self, Self.body(changes)).error
    #expect(error?.code.name == code)
    #expect(error?.field == "owner")
    #expect(error?.detail.contains("secret") == false && error?.detail.contains("quantity") == false)
  }

  @Test("after a sensitive field, errors name their fields again")
  func leavesSensitive() {
    let error = decode(Order.self, Self.body(#","owner":null,"other":1"#)).error
    #expect(error?.field == "other")
  }

  @Test("a query reads into a record", arguments: [
    ("text=a", Search(text: "a")),
    ("page=7&text=a+b%26%C3%A4&tier=pro-annual&exact=true&below=-1.5e1",
      Search(page: 7, text: "a b&ä", tier: .proAnnual, exact: true, below: -15)),
    ("&&t%65xt=%3D=&", Search(text: "==")),
  ])
  func readsQuery(text: String, expected: Search) {
    #expect(decodeQuery(Search.self, text).value == expected)
  }

  static let queryMistakes: [(String, String, String)] = [
    ("", "missing-field", "text"),
    ("text", "constraint-violated", "text"),
    ("text=", "constraint-violated", "text"),
    ("text=a%00", "constraint-violated", "text"),
    ("text=a&text=a", "malformed-query", "text"),
    ("text=a&page=0", "constraint-violated", "page"),
    ("text=a&page=1001", "constraint-violated", "page"),
    ("text=a&page=", "wrong-type", "page"),
    ("text=a&page=1x", "wrong-type", "page"),
    ("text=a&page=+1", "wrong-type", "page"),
    ("text=a&page=1.0", "wrong-type", "page"),
    ("text=a&page=01", "wrong-type", "page"),
    ("text=a&page=99999999999999999999", "constraint-violated", "page"),
    ("text=a&exact=1", "wrong-type", "exact"),
    ("text=a&tier=Free", "constraint-violated", "tier"),
    ("text=a&below=1e999", "constraint-violated", "below"),
    ("text=a&other=1", "unknown-field", "other"),
    ("text=a&=1", "unknown-field", #"[""]"#),
    ("text=%", "malformed-query", ""),
    ("text=%4", "malformed-query", ""),
    ("text=%4g", "malformed-query", ""),
    ("text=%ff", "malformed-query", ""),
    ("text=%C3", "malformed-query", ""),
    ("text=%ED%A0%80", "malformed-query", ""),
    ("%=a", "malformed-query", ""),
  ]

  @Test("every mistake in a query names its kind and its parameter", arguments: queryMistakes)
  func refusesQuery(text: String, code: String, field: String) {
    let error = decodeQuery(Search.self, text).error
    #expect(error?.code.name == code)
    #expect(error?.field == field)
  }
}
