import ZerverServer
import Glibc

extension Setting {
  /// A value as its source gives it. Flags and environment have texts only; a file also has types.
  enum Given: Equatable {
    case text(String)
    case quoted(String)
    case whole(Int)
    /// Anything else that JSON has, in words.
    case other(String)
  }

  struct Rejection: Error, Equatable {
    let code: ConfigurationError.Problem.Code
    let explanation: String
  }

  func parse(_ given: Given) throws(Rejection) -> Value {
    guard let value = kind.value(of: given) else { throw rejection(.wrongType, given) }
    guard kind.isInRange(value) else { throw rejection(.outOfRange, given) }
    return value
  }

  private func rejection(_ code: ConfigurationError.Problem.Code, _ given: Given) -> Rejection {
    let found = isSecret ? "The value (not shown, it is a secret)" : "\(given.shown)"
    let relation = code == .outOfRange ? "is out of range" : "does not fit"
    return Rejection(code: code, explanation: "\(found) \(relation). I need \(kind.valid).")
  }
}

extension Setting.Given {
  /// At most this many characters of a value are shown.
  private static var shownMax: Int { 80 }

  fileprivate var shown: String {
    switch self {
    case .text(let text), .quoted(let text):
      let shown = text.count > Self.shownMax ? text.prefix(Self.shownMax) + "…" : text[...]
      return "`\(EscapedText.escaped(String(shown)))`"
    case .whole(let number): return "`\(number)`"
    case .other(let words): return words
    }
  }
}

extension Setting.Kind {
  /// What is valid, as the end of "I need …".
  var valid: String {
    switch self {
    case .address: "an IPv4 or IPv6 address, such as `127.0.0.1`, `0.0.0.0` or `::1`"
    case .text(let example): "a text that is not empty, such as `\(example)`"
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .wholeOrAutomatic(let range): "`auto`, or a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .size(let range):
      "a size from \(Quantities.text(bytes: range.lowerBound)) to \(Quantities.text(bytes: range.upperBound)): "
        + "bytes, or a number with KiB, MiB or GiB"
    case .duration(let range):
      "a duration from \(Quantities.text(range.lowerBound)) to \(Quantities.text(range.upperBound)): "
        + "a whole number with ms, s, min or h"
    case .seconds(let range):
      "a duration from \(Quantities.text(range.lowerBound)) to \(Quantities.text(range.upperBound)) in whole seconds: "
        + "a whole number with s, min or h"
    case .list(_, let valid, _): valid
    case .choice(let words): "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
    }
  }

  /// The short name of the type, for tables.
  var name: String {
    switch self {
    case .address: "address"
    case .text: "text"
    case .whole(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .wholeOrAutomatic(let range): "`auto`, \(range.lowerBound) to \(range.upperBound)"
    case .size(let range): "\(Quantities.text(bytes: range.lowerBound)) to \(Quantities.text(bytes: range.upperBound))"
    case .duration(let range), .seconds(let range):
      "\(Quantities.text(range.lowerBound)) to \(Quantities.text(range.upperBound))"
    case .list(let name, _, _): name
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    }
  }

  fileprivate func value(of given: Setting.Given) -> Setting.Value? {
    switch (self, given) {
    case (.address, .text(let text)), (.address, .quoted(let text)): isAddress(text) ? .text(text) : nil
    case (.text, .text(let text)), (.text, .quoted(let text)): text.isEmpty ? nil : .text(text)
    case (.list(_, _, let accepts), .text(let text)), (.list(_, _, let accepts), .quoted(let text)):
      accepts(text) ? .text(text) : nil
    case (.choice(let words), .text(let text)), (.choice(let words), .quoted(let text)):
      words.contains(text) ? .text(text) : nil
    case (.whole, .whole(let number)), (.wholeOrAutomatic, .whole(let number)), (.size, .whole(let number)):
      .whole(number)
    case (.wholeOrAutomatic, .text("auto")), (.wholeOrAutomatic, .quoted("auto")): .automatic
    case (.whole, .text(let text)), (.wholeOrAutomatic, .text(let text)): Int(text).map { .whole($0) }
    case (.size, .text(let text)), (.size, .quoted(let text)): Quantities.size(text).map { .whole($0) }
    case (.duration, .text(let text)), (.duration, .quoted(let text)): Quantities.duration(text).map { .duration($0) }
    case (.seconds, .text(let text)), (.seconds, .quoted(let text)):
      Quantities.duration(text).flatMap { $0.components.attoseconds == 0 ? .duration($0) : nil }
    case (_, .quoted), (_, .whole), (_, .other): nil
    }
  }

  fileprivate func isInRange(_ value: Setting.Value) -> Bool {
    switch (self, value) {
    case (.whole(let range), .whole(let number)), (.wholeOrAutomatic(let range), .whole(let number)),
      (.size(let range), .whole(let number)):
      range.contains(number)
    case (.duration(let range), .duration(let duration)), (.seconds(let range), .duration(let duration)):
      range.contains(duration)
    case (_, .text), (_, .automatic), (_, .whole), (_, .duration): true
    }
  }

  private func isAddress(_ text: String) -> Bool {
    var bytes = in6_addr()
    return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
  }
}
