import FlowLanguage
import ZerverCatalog

/// A shell command that calls a flow.
struct CurlCommand {
  let catalog: CatalogModel
  let server: String

  func text(_ flow: ResolvedFlow, input: JSONValue?) -> String {
    let entry = flow.entry
    var target = server + entry.path
    var arguments: [String] = []
    if entry.method != .get { arguments.append("-X \(entry.method.rawValue)") }
    if entry.tenantScope == .required || !entry.requirements.isEmpty {
      arguments.append("-H \"Authorization: Bearer $TOKEN\"")
    }
    if entry.idempotency?.mode == .required { arguments.append("-H \"Idempotency-Key: \\\"$(uuidgen)\\\"\"") }
    switch flow.input {
    case .none: break
    case .query: target += Self.query(input)
    case .stream:
      arguments.append("-H 'Content-Type: application/x-ndjson'")
      arguments.append("--data-binary \(Self.quoted(Self.lines(input)))")
    case .body:
      arguments.append("-H 'Content-Type: application/json'")
      arguments.append("-d \(Self.quoted((input ?? [:]).compactText))")
    }
    let words = ["curl \(Self.quoted(target))"] + arguments
    return words.joined(separator: words.count > 1 ? " \\\n  " : " ")
  }

  private static func lines(_ input: JSONValue?) -> String {
    guard case .array(let elements)? = input else { return "" }
    return elements.map(\.compactText).joined(separator: "\n")
  }

  private static func query(_ input: JSONValue?) -> String {
    guard case .object(let members)? = input else { return "" }
    let pairs = members.compactMap { member -> String? in
      switch member.value {
      case .string(let text): "\(member.name)=\(percentEncoded(text))"
      case .int, .float, .bool: "\(member.name)=\(member.value.compactText)"
      case .null, .array, .object: nil
      }
    }
    return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
  }

  private static func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }

  /// In single quotes nothing means anything to a shell but the quote itself.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
