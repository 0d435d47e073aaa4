import Testing

@testable import ZerverCore

/// Any document: the strictness of the grammar, without a type.
struct JSONReaderTests {
  static func check(_ bytes: [UInt8]) -> InputError? {
    bytes.withUnsafeBytes { bytes in
      do throws(InputError) {
        var reader = JSONReader(bytes)
        try reader.skipValue()
        try reader.finish()
        return nil
      } catch {
        return error
      }
    }
  }

  static func nested(_ open: String, _ close: String, _ depth: Int) -> String {
    String(repeating: open, count: depth) + String(repeating: close, count: depth)
  }

  // In the spirit of JSONTestSuite (Nicolas Seriot): what every parser must accept.
  static let accepted: [String] = [
    "[]", "{}", " [] ", "\t\n\r []", "[[]   ]", #"[""]"#, "[true]", "[false]", "[null]", "null", "true", "false", "42", "-0.1",
    #""""#, #""asd""#, "[ 4]", "[1\n]", "[2] ", #"["a"]"#, "[1,null,null,null,2]", #"[null, 1, "1", {}]"#,
    "[123e65]", "[0e+1]", "[0e1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]", "[1e+2]", "[123]",
    "[123.456789]", "[-0]", "[-123]", "[-1]", "[-0.0]", "[0]", "[20e1]", "[-0e+1]",
    "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]", "[123123123123123123123123123123]",
    #"{"asd":"sdf", "dfg":"fgh"}"#, #"{"asd":"sdf"}"#, #"{"":0}"#, #"{"foo\u0000bar": 42}"#, #"{ "min": -1.0e+28, "max": 1.0e+28 }"#,
    #"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "id": "x"}"#, #"{"a":[]}"#,
    #"{"title":"\u041f\u043e\u043b"}"#, "{\n\"a\": \"b\"\n}",
    #"["\u0060\u012a\u12AB"]"#, #"["\uD801\udc37"]"#, #"["\ud83d\ude39\ud83d\udc8d"]"#, #"["\"\\\/\b\f\n\r\t"]"#, #"["\\u0000"]"#,
    #"["\""]"#, "[\"a/*b*/c/*d//e\"]", #"["\\a"]"#, #"["\\n"]"#, #"["\u0012"]"#, #"["\uFFFF"]"#, #"["\uDBFF\uDFFF"]"#,
    "[\"\u{10FFFF}\"]", "[\"\u{FFFF}\"]", #"["\u0000"]"#, #"["\u002c"]"#, "[\"π\"]", "[\"\u{1BFFF}\"]", "[\"asd \"]", #"" ""#,
    #"["\uD834\uDd1e"]"#, "[\"\u{2028}\"]", "[\"\u{2029}\"]", #"["\u0821"]"#, #"["\u0123"]"#, #"["\u0061\u30af\u30EA\u30b9"]"#,
    "[\"new\u{A0}line\"]", "[\"⍂㈴⍂\"]", #"["\uDBFF\uDFFE"]"#, #"["\u200B"]"#, "[\"\u{7F}\"]", #"["\u005C"]"#, #"["\u0022"]"#,
    "[\"€𝄞\"]", "[\"a\u{7F}a\"]", nested("[", "]", 64), nested(#"{"a":["#, "]}", 32),
  ]

  @Test("a valid document is accepted", arguments: accepted)
  func accepts(text: String) {
    #expect(Self.check(Array(text.utf8)) == nil)
  }

  // What every parser must refuse.
  static let refused: [String] = [
    "", " ", "[1 true]", #"["": 1]"#, #"[""],"#, "[,1]", "[1,,2]", #"["x",,]"#, #"["x"]]"#, #"["",]"#, #"["x""#, "[x", "[3[4]]", "[1:2]",
    "[,]", "[-]", "[   , \"\"]", "[\"a\",\n4\n,1,", "[1,]", "[1,,]", "[\"\u{B}a\"\\f]", "[*]", #"[""#, "[1,", "[1,\n1\n,1", "[{}", "[]]", "]", "[",
    "[fals]", "[nul]", "[tru]", "[True]", "nan", "[NaN]", "[Infinity]", "[-Infinity]", "[Inf]",
    "[++1234]", "[+1]", "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]", "[0E+]",
    "[0E]", "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]", "[9.e+]", "[1+2]", "[0x1]",
    "[0x42]", "[0e+-1]", "[- 1]", "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]", "[012]",
    "[1a]", "[\u{FF11}]", "01", "-", "1.", "1e", "--1", "0.", "-a",
    #"["x", truth]"#, "{[: \"x\"}\n", #"{"x", null}"#, #"{"x"::"b"}"#, "{🇨🇭}", #"{"a":"a" 123}"#, "{key: 'value'}", #"{"a" b}"#, #"{:"b"}"#,
    #"{"a" "b"}"#, #"{"a":"#, #"{"a""#, "{1:1}", "{9999E9999:1}", "{null:null,null:null}", #"{"id":0,,,,,}"#, "{'a':0}", #"{"id":0,}"#,
    #"{"a":"b"}/**/"#, #"{"a":"b"}//"#, #"{"a":"b",,"c":"d"}"#, "{a: \"b\"}", #"{"a":"a"#, #"{ "foo" : "bar", "a" }"#, #"{"a":"b"}#"#, "{,}",
    " {\"a\" : true} \"x\"", #"["\uD800\"]"#, #"["\uD800\u"]"#, #"["\uD800\u1"]"#, #"["\uD800\u1x"]"#, "[é]", #"["\x00"]"#, #"["\\\"]"#,
    "[\"\\\t\"]", #"["\🌀"]"#, #"["\"]"#, #"["\u00A"]"#, #"["\uD834\uDd"]"#, #"["\uD800\uD800\x"]"#, #"["\a"]"#, #"["\uqqqq"]"#, "[\\u0020\"asd\"]",
    "[\\n]", "\"", "['single quote']", "abc", #"["\"#, "[\"a\u{0}a\"]", "[\"new\nline\"]", "[\"\t\"]", #""\UA66D""#, "\"x", "\"\\", "\"\\u12",
    "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "aå", "[True]", "1]", "{\"x\": true,", "[][]", "{}}", "{\"\":", "{\"a\":/*comment*/\"b\"}",
    "{\"a\": true} \"x\"", "['", "[\"a", "{", "{]", "{,", "{[", "{\"a", "{'a'", "[\"\\{[\"\\{[\"\\{[\"\\{", "é", "*", "{\"a\":\"b\"}#{}", "[\\u000A\"\"]",
    "[1", "[ false, nul", "[ true, fals", "[ false, tru", "{\"asd\":\"asd\"", "\u{2060}", "[\u{C}]", "\u{FEFF}{}", "[\u{A0}]", "[\u{2028}]",
    #"["\uDADA"]"#, #"["\uD888\u1234"]"#, #"["\uD800\n"]"#, #"["\uDd1ea"]"#, #"["\uDFAA"]"#, #"["\uD800abc"]"#, #"["\ud800"]"#,
    #"["\uDd1e\uD834"]"#, #"{"\uDFAA":0}"#, nested("[", "]", 65), nested(#"{"a":"#, "}", 3), String(repeating: "[", count: 100_000),
    String(repeating: #"[{"":"#, count: 50_000),
  ]

  @Test("an invalid document is refused as malformed", arguments: refused)
  func refuses(text: String) {
    #expect(Self.check(Array(text.utf8))?.code == .malformedJSON)
  }

  static let badUTF8: [[UInt8]] = [
    [0xFF], [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE2, 0x28, 0xA1], [0xE2, 0x82], [0xED, 0xA0, 0x80],
    [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
    [0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF], [0x61, 0xE9],
  ]

  @Test("bytes that are no UTF-8 are refused, in a value and in a key", arguments: badUTF8)
  func refusesUTF8(bytes: [UInt8]) {
    #expect(Self.check(Array("[\"".utf8) + bytes + Array("\"]".utf8))?.code == .malformedJSON)
    #expect(Self.check(Array("[\"0123456789".utf8) + bytes + Array("0123456789\"]".utf8))?.code == .malformedJSON)
    #expect(Self.check(Array("{\"".utf8) + bytes + Array("\":1}".utf8))?.code == .malformedJSON)
    #expect(Self.check(Array("[\"".utf8) + bytes)?.code == .malformedJSON)
    #expect(Self.check(bytes)?.code == .malformedJSON)
  }

  @Test("the encodings of UTF-16 are refused", arguments: [
    [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0x00, 0x22, 0x00, 0xE9, 0x00, 0x22], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
  ] as [[UInt8]])
  func refusesUTF16(bytes: [UInt8]) {
    #expect(Self.check(bytes)?.code == .malformedJSON)
  }

  @Test("strings are decoded", arguments: [
    (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e4\u20AC\ud834\udd1e""#, "ä€𝄞"),
    (#""ä€𝄞""#, "ä€𝄞"), (#""0123456789\n0123456789""#, "0123456789\n0123456789"), (#""\\u0000""#, "\\u0000"), (#""\\""#, "\\"),
    (#""0123456\"""#, "0123456\""), (#""01234567\"""#, "01234567\""), (#""\ud800\udc00\udbff\udfff""#, "\u{10000}\u{10FFFF}"),
  ])
  func strings(text: String, expected: String) {
    #expect(decode(String.self, text).value == expected)
  }

  @Test("U+0000 is refused in a string and in the name of a map's member, and found at its field", arguments: [
    (#"{"a":"\u0000"}"#, "a"), (#"{"b":"b","c":"0123456789\n\u0000c"}"#, "c"), (#"{"a\u0000":"a"}"#, nil),
  ] as [(String, String?)])
  func refusesZero(text: String, field: String?) {
    let error = decode([String: String].self, text).error
    #expect(error?.code == .constraintViolated && error?.detail == "must not contain the character U+0000")
    if let field { #expect(error?.field == field) }
  }

  @Test("whole numbers are read exactly, up to the limits", arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("1234567890", 1_234_567_890), ("9223372036854775807", Int.max),
    ("-9223372036854775808", Int.min), ("1000000000000000000", 1_000_000_000_000_000_000),
  ])
  func ints(text: String, expected: Int) {
    #expect(decode(Int.self, text).value == expected)
  }

  @Test("a number that is no Int is refused", arguments: [
    ("9223372036854775808", "constraint-violated"), ("-9223372036854775809", "constraint-violated"),
    ("18446744073709551615", "constraint-violated"), ("18446744073709551616", "constraint-violated"),
    ("99999999999999999999999", "constraint-violated"), ("1.0", "wrong-type"), ("1e2", "wrong-type"), ("1.5", "wrong-type"),
    ("\"1\"", "wrong-type"), ("true", "wrong-type"), ("null", "wrong-type"), ("[1]", "wrong-type"), ("01", "malformed-json"),
    ("-", "malformed-json"), ("1.", "malformed-json"), ("+1", "malformed-json"), ("", "malformed-json"), ("[1", "malformed-json"),
  ])
  func badInts(text: String, code: String) {
    #expect(decode(Int.self, text).error?.code.name == code)
  }

  @Test("doubles are the nearest ones", arguments: [
    "0", "-0.0", "1", "1.5", "-1.25e2", "0.1", "0.3", "123456.789", "1e22", "1e23", "1E-22", "9007199254740993", "1.7976931348623157e308",
    "5e-324", "2.2250738585072014e-308", "1e-400", "0.000000000000000000000000000000000001", "179769313486231580793728971405301e276",
    "3.141592653589793238462643383279502884", "100000000000000000000000000000000000000", "7205759403792793200001e-5",
  ])
  func doubles(text: String) {
    let expected = Double(text)!
    let value = decode(Double.self, text).value
    #expect(value?.bitPattern == expected.bitPattern)
  }

  @Test("a number beyond the largest double is refused", arguments: ["1e309", "-1e309", "1e999999999999999999999", "1.8e308"])
  func hugeDoubles(text: String) {
    #expect(decode(Double.self, text).error?.code == .constraintViolated)
  }

  @Test("random doubles and ints survive writing and reading")
  func roundTrips() {
    var random = TestRandom(for: "JSON numbers")
    for _ in 0..<5000 {
      let double = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
      if double.isFinite { #expect(decode(Double.self, encode(double)).value?.bitPattern == double.bitPattern) }
      let price = Double(Int.random(in: -1_000_000...1_000_000, using: &random)) / 100
      #expect(decode(Double.self, encode(price)).value == price)
      let int = Int.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random)
      #expect(decode(Int.self, encode(int)).value == int)
    }
  }

  @Test("random strings survive writing and reading")
  func stringRoundTrips() {
    var random = TestRandom(for: "JSON strings")
    let scalars: [Unicode.Scalar] = ["a", "z", "\"", "\\", "\n", "\u{1}", "\u{1F}", "/", "ä", "€", "😀", "\u{7F}", "\u{80}", "\u{FFFF}", "\u{10FFFF}"]
    for _ in 0..<5000 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        text.append(Int.random(in: 0..<3, using: &random) == 0 ? scalars.randomElement(using: &random)! : "x")
      }
      let string = String(text)
      #expect(decode(String.self, encode(string)).value.map { Array($0.utf8) } == Array(string.utf8))
      #expect(Self.check(Array(encode([string: string]).utf8)) == nil)
    }
  }

  @Test("what cannot be a JSON number is null, and -0.0 keeps its sign", arguments: [
    (Double.nan, "null"), (.infinity, "null"), (-.infinity, "null"), (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-3, "-3.0"), (12.34, "12.34"),
    (1e15, "1000000000000000.0"), (9_007_199_254_740_992, "9007199254740992.0"), (1e300, "1e+300"), (5e-324, "5e-324"), (0.1, "0.1"),
  ])
  func writesDoubles(number: Double, text: String) {
    #expect(encode(number) == text)
  }

  @Test("generic values are written and read")
  func generic() {
    #expect(encode([1, 2, 3]) == "[1,2,3]")
    #expect(encode([String: Int]()) == "{}")
    #expect(encode([Int?.some(1), nil]) == "[1,null]")
    #expect(encode(["b": [true], "a": []]) == #"{"a":[],"b":[true]}"#)
    #expect(decode([Int?].self, "[1,null]").value == [1, nil])
    #expect(decode([String: [Bool]].self, #"{"a":[true,false],"b":[]}"#).value == ["a": [true, false], "b": []])
    #expect(decode([Int].self, "[1,]").error?.code == .malformedJSON)
    #expect(decode([Int].self, "[1 2]").error?.code == .malformedJSON)
    #expect(decode([String: Int].self, #"{"a":1,}"#).error?.code == .malformedJSON)
    #expect(decode([String: Int].self, #"{"a":1 "b":2}"#).error?.code == .malformedJSON)
    #expect(decode([String: Int].self, #"{"a" 1}"#).error?.code == .malformedJSON)
    #expect(decode([String: Int].self, #"{"a":1,"\u0061":2}"#).error?.detail.contains("twice") == true)
    #expect(decode([[Int]].self, "[[1],[2,\"x\"]]").error?.field == "[1][1]")
    #expect(decode(Int.self, "1 2").error?.detail == "line 1, column 3: the document goes on behind its value")
  }

  @Test("a client's keys in a path are quoted when odd and cut when long")
  func oddKeys() {
    #expect(decode([String: [String: Int]].self, #"{"a.b":{"c\"\nd":"x"}}"#).error?.field == "[\"a.b\"][\"c\"\nd\"]")
    let long = String(repeating: "k", count: 500)
    #expect(decode([String: Int].self, "{\"\(long)\":null}").error?.field == "[\"\(String(repeating: "k", count: 64))…\"]")
    #expect(decode([String: Int].self, "{\"}],{\\\\\":1,\"x\":null}").error?.field == "x")
  }

  @Test("lengths count Unicode scalars, of plain, wide and escaped text", arguments: [
    ("abc", true), ("ab", false), ("abcd", false), ("äö€", true), ("😀😀😀", true), ("😀😀😀😀", false), (#"\u00e4\n\ud83d\ude00"#, true),
    (#"a\u0301b"#, true),
  ])
  func lengths(text: String, fits: Bool) {
    let bytes = Array("\"\(text)\"".utf8)
    let error = bytes.withUnsafeBytes { bytes -> InputError? in
      var reader = JSONReader(bytes)
      do throws(InputError) { _ = try reader.readString(length: 3...3) } catch { return error }
      return nil
    }
    #expect((error == nil) == fits)
    #expect(fits || error?.code == .constraintViolated)
  }

  @Test("random changes of a document never trap, and the reader accepts only what it reads the same way twice")
  func mutations() {
    var random = TestRandom(for: "mutated JSON")
    let originals = [encode(GeneratedShapeTests.order), encode(GeneratedShapeTests.minimal)].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var bytes = originals.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, using: &random) }
      guard let order = decode(Order.self, bytes).value else { continue }
      // `!=` on the values would mistake NaN, which no document can hold, so equality is right here.
      #expect(decode(Order.self, encode(order)).value == order, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test("every proper part of a document is malformed")
  func truncations() {
    let bytes = Array(encode(GeneratedShapeTests.order).utf8)
    for end in 0..<bytes.count { #expect(decode(Order.self, Array(bytes[..<end])).error?.code == .malformedJSON, "\(end)") }
  }

  @Test("a field set tells each of its fields apart")
  func fieldSets() {
    var fields = FieldSet()
    let isNew = (0..<FieldSet.fieldsMax).map { fields.insert($0) }
    let isNewAgain = (0..<FieldSet.fieldsMax).map { fields.insert($0) }
    #expect(isNew.allSatisfy { $0 } && !isNewAgain.contains(true))
  }

  @Test("a key matches its own name only, whatever its length")
  func keys() {
    let names: [StaticString] = [
      "a", "b", "ab", "ac", "abc", "abd", "abcd", "abce", "xbcd", "abcdef", "abcdeg", "abXdef", "abcdefgh", "abcdefgX", "abcdefghi", "abcdefghX",
      "Xbcdefghi", "abcdefghijklmnop", "abcdefghijklmnoX", "abcdefghXjklmnop", "abcdefghijklmnopq", "abcdefghijklmnopX",
      "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopXrstuvwxyz",
    ]
    for name in names {
      for other in names {
        let bytes = Array(name.description.utf8)
        bytes.withUnsafeBytes { bytes in
          let key = FieldKey(start: bytes.baseAddress!, count: bytes.count)
          #expect(key.matches(other) == (name.description == other.description), "\(name) and \(other)")
        }
      }
    }
  }
}
