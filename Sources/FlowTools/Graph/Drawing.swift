/// A picture that is put together from smaller ones. Coordinates are in pixels, from the upper left corner.
struct Drawing {
  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  /// What a shape is, by the name of its class in the style sheet.
  enum Style: String {
    case box, effect, done, detached, frame, question, bar, faint, lane
  }

  enum TextStyle: String {
    case title, subtitle, name, detail, label, heading
  }

  enum Element {
    case rect(Point, width: Double, height: Double, radius: Double, Style)
    /// With an arrow head at its last point or without.
    case line([Point], isDashed: Bool, hasArrow: Bool)
    case polygon([Point], Style)
    case text(String, Point, TextStyle, isCentred: Bool)
  }

  var width = 0.0
  var height = 0.0
  /// Control comes in at the top and goes out at the bottom of this vertical line.
  var axis = 0.0
  /// Where it comes in.
  var entry = 0.0
  /// Where it goes out; `nil` when the request has been answered inside.
  var exit: Double?
  var elements: [Element] = []

  /// Puts another picture into this one and grows as it needs.
  mutating func add(_ other: Drawing, x: Double, y: Double) {
    elements += other.elements.map { $0.moved(x: x, y: y) }
    width = max(width, x + other.width)
    height = max(height, y + other.height)
  }

  mutating func text(_ text: String, x: Double, y: Double, _ style: TextStyle, isCentred: Bool = false) {
    elements.append(.text(text, Point(x: x, y: y), style, isCentred: isCentred))
  }

  mutating func line(_ points: [(Double, Double)], isDashed: Bool = false, hasArrow: Bool = false) {
    elements.append(.line(points.map { Point(x: $0.0, y: $0.1) }, isDashed: isDashed, hasArrow: hasArrow))
  }

  /// Moves everything to the right.
  mutating func shift(x: Double) {
    guard x > 0 else { return }
    elements = elements.map { $0.moved(x: x, y: 0) }
    width += x
    axis += x
  }
}

extension Drawing.Element {
  func moved(x: Double, y: Double) -> Self {
    func moved(_ point: Drawing.Point) -> Drawing.Point { .init(x: point.x + x, y: point.y + y) }
    return switch self {
    case .rect(let origin, let width, let height, let radius, let style):
      .rect(moved(origin), width: width, height: height, radius: radius, style)
    case .line(let points, let isDashed, let hasArrow): .line(points.map(moved), isDashed: isDashed, hasArrow: hasArrow)
    case .polygon(let points, let style): .polygon(points.map(moved), style)
    case .text(let text, let point, let style, let isCentred): .text(text, moved(point), style, isCentred: isCentred)
    }
  }
}

/// The sizes of letters and gaps.
enum DrawingMetrics {
  static let lineHeight = 17.0
  static let padding = 12.0
  static let gap = 26.0

  /// Wide enough for every common fixed-width font: their letters are 0.55 to 0.602 of the font size wide.
  static func width(_ text: String, _ style: Drawing.TextStyle = .name) -> Double { Double(text.count) * style.fontSize * 0.605 }
}

extension Drawing.TextStyle {
  var fontSize: Double {
    switch self {
    case .title: 18
    case .heading: 13
    case .name: 13
    case .subtitle, .detail, .label: 11.5
    }
  }
}
