@_spi(Server) import ZerverCore

/// A JSON document as a tree, for comparisons.
indirect enum JSONDocument: Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([JSONDocument])
  /// In the order of the document.
  case object([(name: String, value: JSONDocument)])

  init(_ json: String) throws(InputError) {
    let bytes = Array(json.utf8)
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(InputError) -> JSONDocument in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes))
      let document = try JSONDocument(from: &reader)
      try reader.finish()
      return document
    }
  }

  /// The reader bounds the depth.
  private init(from reader: inout JSONReader) throws(InputError) {
    switch try reader.nextByte() {
    case UInt8(ascii: "{"):
      var members: [(name: String, value: JSONDocument)] = []
      try reader.beginObject()
      while let key = try reader.nextKey() {
        let name = key.text
        members.append((name, try JSONDocument(from: &reader)))
      }
      self = .object(members)
    case UInt8(ascii: "["):
      self = .list(
        try reader.readList { (reader: inout JSONReader) throws(InputError) -> JSONDocument in try JSONDocument(from: &reader) })
    case UInt8(ascii: "\""): self = .string(try reader.readString())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try reader.readBool())
    case UInt8(ascii: "n"):
      _ = try reader.readNull()
      self = .null
    default:
      let double = try reader.readDouble()
      // A double counts one by one up to 2^53.
      self = double == double.rounded() && double.magnitude < 0x1p53 ? .int(Int(double)) : .double(double)
    }
  }

  static func == (a: JSONDocument, b: JSONDocument) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    case (.null, _), (.bool, _), (.int, _), (.double, _), (.string, _), (.list, _), (.object, _): false
    }
  }

  /// On one line.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let flag): String(flag)
    case .int(let int): String(int)
    case .double(let double): String(double)
    case .string(let text): Self.quoted(text)
    case .list(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
    case .object(let members):
      members.isEmpty ? "{}" : "{ " + members.map { "\(Self.quoted($0.name)): \($0.value.text)" }.joined(separator: ", ") + " }"
    }
  }

  private static func quoted(_ text: String) -> String {
    var buffer = ByteBuffer()
    buffer.appendJSON(text)
    return buffer.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}
