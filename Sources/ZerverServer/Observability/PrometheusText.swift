@_spi(Server) import ZerverCore

/// Lines of the Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats).
enum PrometheusText {
  enum Kind {
    case counter, gauge, histogram

    fileprivate var name: StaticString {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  /// The two lines before the samples of a family.
  ///
  /// - Parameter help: without backslashes and line breaks, which would need escapes.
  static func family(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ buffer: inout ByteBuffer) {
    buffer.append("# HELP ")
    buffer.append(name)
    buffer.append(" ")
    buffer.append(help)
    buffer.append("\n# TYPE ")
    buffer.append(name)
    buffer.append(" ")
    buffer.append(kind.name)
    buffer.append("\n")
  }

  /// - Parameter labels: as between the braces, values escaped.
  static func sample(_ name: StaticString, _ labels: String, _ value: UInt64, _ buffer: inout ByteBuffer) {
    buffer.append(name)
    buffer.append("{")
    buffer.append(labels)
    buffer.append("} ")
    buffer.append(UInt(value))
    buffer.append("\n")
  }

  /// A family of one sample without labels.
  static func single(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ value: UInt64, _ buffer: inout ByteBuffer) {
    family(name, kind, help, &buffer)
    buffer.append(name)
    buffer.append(" ")
    buffer.append(UInt(value))
    buffer.append("\n")
  }

  /// Nanoseconds as seconds, exactly, without trailing zeros: `0.005`, `1`, `2.5`.
  static func seconds(_ nanoseconds: UInt64, _ buffer: inout ByteBuffer) {
    buffer.append(UInt(nanoseconds / 1_000_000_000))
    var fraction = nanoseconds % 1_000_000_000
    if fraction == 0 { return }
    buffer.append(".")
    var place: UInt64 = 100_000_000
    while fraction > 0 {
      buffer.append(byte: UInt8(ascii: "0") + UInt8(fraction / place))
      fraction %= place
      place /= 10
    }
  }

  /// The three characters that end a label value or its line are escaped.
  static func escapedLabel(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
