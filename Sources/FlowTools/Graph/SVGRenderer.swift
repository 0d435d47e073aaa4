/// A drawing as one SVG file that needs nothing else: no script, no font, no style sheet.
enum SVGRenderer {
  static func render(_ drawing: Drawing, title: String) -> String {
    let margin = 20.0
    let width = number(drawing.width + 2 * margin)
    let height = number(drawing.height + 2 * margin)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
      "<title>\(escaped(title))</title>", "<style>", style, "</style>",
      "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
        + "<path class=\"head\" d=\"M0,0.5 L8,4 L0,7.5 z\"/></marker></defs>",
      "<rect class=\"page\" width=\"100%\" height=\"100%\"/>", "<g transform=\"translate(\(number(margin)) \(number(margin)))\">",
    ]
    lines += drawing.elements.filter(\.isBackground).map(element)
    lines += drawing.elements.filter { !$0.isBackground }.map(element)
    return (lines + ["</g>", "</svg>"]).joined(separator: "\n") + "\n"
  }

  /// Light by default, dark where the reader prefers that.
  private static let style = """
    text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace; fill: #1f2937 }
    .title { font-size: 18px; font-weight: 600 } .heading { font-size: 13px; font-weight: 600 } .name { font-size: 13px }
    .subtitle, .detail, .label { font-size: 11.5px; fill: #57606f }
    .page { fill: #ffffff } .head { fill: #57606f }
    .line { fill: none; stroke: #57606f; stroke-width: 1.3 } .dashed { stroke-dasharray: 5 4 }
    .box, .effect, .done, .detached, .question { fill: #f6f8fa; stroke: #6b7786; stroke-width: 1.2 }
    .effect { fill: #e6f0fd; stroke: #2f6fbf } .done { stroke: #1a7f4b; stroke-width: 2.6; fill: #eaf7ef }
    .detached { stroke-dasharray: 5 4 } .question { fill: #fdf3dc; stroke: #a8761a }
    .frame { fill: none; stroke: #8b95a3; stroke-width: 1; stroke-dasharray: 5 4 } .bar { fill: #57606f }
    .faint { fill: none; stroke: #a5adb8; stroke-width: 1; stroke-dasharray: 3 3 }
    .lane { fill: #f6f8fa; stroke: #d5dae1; stroke-width: 1 }
    .lane ~ .box { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6e9ee } .subtitle, .detail, .label { fill: #a3adba }
      .page { fill: #14181d } .head, .bar { fill: #a3adba } .line { stroke: #a3adba }
      .box, .lane ~ .box { fill: #22282f; stroke: #7f8a98 } .effect { fill: #15304f; stroke: #5f9fe6 } .done { fill: #123524; stroke: #4cbb80 }
      .detached { fill: #22282f; stroke: #7f8a98 } .question { fill: #3c2f10; stroke: #d3a344 }
      .frame { stroke: #6f7a88 } .faint { stroke: #5b6572 } .lane { fill: #1a1f25; stroke: #333b45 }
    }
    """

  private static func element(_ element: Drawing.Element) -> String {
    switch element {
    case .rect(let origin, let width, let height, let radius, let style):
      "<rect class=\"\(style.rawValue)\" x=\"\(number(origin.x))\" y=\"\(number(origin.y))\" width=\"\(number(width))\" "
        + "height=\"\(number(height))\" rx=\"\(number(radius))\"/>"
    case .line(let points, let isDashed, let hasArrow):
      "<polyline class=\"line\(isDashed ? " dashed" : "")\" points=\"\(list(points))\"\(hasArrow ? " marker-end=\"url(#head)\"" : "")/>"
    case .polygon(let points, let style): "<polygon class=\"\(style.rawValue)\" points=\"\(list(points))\"/>"
    case .text(let text, let point, let style, let isCentred):
      "<text class=\"\(style.rawValue)\" x=\"\(number(point.x))\" y=\"\(number(point.y))\"\(isCentred ? " text-anchor=\"middle\"" : "")>"
        + "\(escaped(text))</text>"
    }
  }

  private static func list(_ points: [Drawing.Point]) -> String {
    points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
  }

  /// One decimal is a tenth of a pixel.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func escaped(_ text: String) -> String {
    text.replacingAll("&", "&amp;").replacingAll("<", "&lt;").replacingAll(">", "&gt;").replacingAll("\"", "&quot;")
  }
}

extension Drawing.Element {
  /// Is painted before the lines, so that nothing disappears behind it.
  var isBackground: Bool {
    if case .rect(_, _, _, _, .lane) = self { true } else { false }
  }
}
