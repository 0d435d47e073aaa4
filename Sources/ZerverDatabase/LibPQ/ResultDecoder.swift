import CPostgres
import Glibc
import ZerverCore

/// Turns a `PGresult` into values. All columns come as text; their type numbers say what they mean.
enum ResultDecoder {
  /// Names and kinds of a statement's columns. They cannot change while it is prepared, so they are read once.
  struct Layout {
    let columns: [String]
    let kinds: [Kind]
  }

  enum Kind {
    case bool, int, double, numeric, bytes, text

    /// The numbers of built-in types are fixed: `src/include/catalog/pg_type.dat`.
    init(oid: Oid) {
      switch oid {
      case 16: self = .bool
      case 20, 21, 23, 26: self = .int
      case 700, 701: self = .double
      case 1700: self = .numeric
      case 17: self = .bytes
      default: self = .text
      }
    }
  }

  static func layout(of result: OpaquePointer) -> Layout {
    let columns = 0..<PQnfields(result)
    return Layout(
      columns: columns.map { String(cString: PQfname(result, $0)) }, kinds: columns.map { Kind(oid: PQftype(result, $0)) })
  }

  static func rows(of result: OpaquePointer, layout: Layout) -> Rows {
    let rows = PQntuples(result)
    let columns = Int32(layout.columns.count)
    let values = [DatabaseValue](unsafeUninitializedCapacity: Int(rows) * Int(columns)) { buffer, count in
      for row in 0..<rows {
        for column in 0..<columns {
          (buffer.baseAddress! + count).initialize(to: value(of: result, row, column, layout.kinds[Int(column)]))
          count += 1
        }
      }
    }
    return Rows(columns: layout.columns, values: values, affected: affected(by: result))
  }

  /// The number in the command tag; a `SELECT` counts its rows there, too.
  static func affected(by result: OpaquePointer) -> Int {
    guard let text = PQcmdTuples(result) else { return 0 }
    return int(UnsafeBufferPointer(start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: strlen(text))) ?? 0
  }

  static func error(of result: OpaquePointer) -> ServerError {
    // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY; as character literals, the macros do not reach Swift.
    let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))) ?? PQresultErrorMessage(result)
    return ServerError(sqlState: state ?? "", message: message.map { String(cString: $0).trimmingWhitespace() } ?? "")
  }

  private static func value(of result: OpaquePointer, _ row: Int32, _ column: Int32, _ kind: Kind) -> DatabaseValue {
    let length = Int(PQgetlength(result, row, column))
    if length == 0, PQgetisnull(result, row, column) == 1 { return .null }
    let start = UnsafeRawPointer(PQgetvalue(result, row, column)!).assumingMemoryBound(to: UInt8.self)
    let bytes = UnsafeBufferPointer(start: start, count: length)
    switch kind {
    case .int: return int(bytes).map { .int($0) } ?? text(bytes)
    case .text: return text(bytes)
    case .bool: return .bool(bytes.first == UInt8(ascii: "t"))
    case .double: return .double(strtod(PQgetvalue(result, row, column), nil))
    // A sum of integers is numeric in PostgreSQL and an integer in SQLite. A fraction stays exact as text.
    case .numeric: return int(bytes).map { .int($0) } ?? text(bytes)
    case .bytes: return .bytes(hexadecimal(bytes))
    }
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> DatabaseValue {
    .text(String(decoding: bytes, as: UTF8.self))
  }

  /// `nil` for anything that is no integer of 64 bits.
  private static func int(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = isNegative ? bytes.dropFirst() : bytes[...]
    guard !digits.isEmpty else { return nil }
    // Downwards, since Int.min has no positive counterpart.
    var value = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (difference, underflows) = product.subtractingReportingOverflow(Int(digit))
      guard !overflows, !underflows else { return nil }
      value = difference
    }
    guard !isNegative else { return value }
    return value == .min ? nil : -value
  }

  /// `\x` and two digits a byte: the session asks for `bytea_output = hex`.
  private static func hexadecimal(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    func nibble(_ digit: UInt8) -> UInt8 {
      digit < UInt8(ascii: "a") ? digit &- UInt8(ascii: "0") : digit &- UInt8(ascii: "a") &+ 10
    }
    return stride(from: 2, to: bytes.count - 1, by: 2).map { nibble(bytes[$0]) << 4 | nibble(bytes[$0 + 1]) }
  }
}
