import FlowLanguage
import ZerverCatalog

/// Draws a plan. A plan is made of sequences, groups and choices inside each other, so every part gets a rectangle of its
/// own, the parts of a group stand side by side, and nothing can overlap.
struct PlanDrawing {
  /// What a `done` answers.
  let answer: String

  static func drawing(of flow: ResolvedFlow) -> Drawing {
    let caption = FlowCaption(flow)
    let painter = PlanDrawing(answer: "-> \(caption.end)")
    let plan = painter.sequence([.pill(caption.start), painter.draw(PlanShape(flow))])
    var page = heading(of: flow)
    page.add(plan, x: 0, y: page.height + DrawingMetrics.gap)
    let errors = errorTable(of: flow)
    if !errors.elements.isEmpty { page.add(errors, x: 0, y: page.height + DrawingMetrics.gap) }
    return page
  }

  private static func heading(of flow: ResolvedFlow) -> Drawing {
    let entry = flow.entry
    var facts = ["owner \(entry.owner)", "profile \(entry.profile.name)"]
    if let deadline = entry.deadlineNanoseconds { facts.append("deadline \(DurationText.text(deadline))") }
    if let deprecation = entry.deprecation { facts.append("deprecated \(deprecation.deprecated)") }
    let line = facts.joined(separator: "  ·  ")
    var drawing = Drawing()
    drawing.text("\(entry.reference)", x: 0, y: 16, .title)
    drawing.text(line, x: 0, y: 36, .subtitle)
    drawing.width = max(DrawingMetrics.width("\(entry.reference)", .title), DrawingMetrics.width(line, .subtitle))
    drawing.height = 40
    return drawing
  }

  private static func errorTable(of flow: ResolvedFlow) -> Drawing {
    var drawing = Drawing()
    guard !flow.errors.isEmpty else { return drawing }
    let width = flow.errors.map(\.name.count).max() ?? 0
    drawing.text("errors", x: 0, y: 12, .heading)
    for (index, error) in flow.errors.enumerated() {
      let text = error.name + String(repeating: "\u{A0}", count: width - error.name.count + 2) + String(error.status)
      let y = 32 + Double(index) * DrawingMetrics.lineHeight
      drawing.text(text, x: 0, y: y, .detail)
      drawing.width = max(drawing.width, DrawingMetrics.width(text, .detail))
      drawing.height = y + 4
    }
    return drawing
  }

  // MARK: Shapes

  func draw(_ shape: PlanShape) -> Drawing {
    switch shape {
    case .step(let step): draw(step)
    case .sequence(let shapes): sequence(shapes.map(draw))
    case .parallel(let join, let branches): parallel(join, branches.map(draw))
    case .choice(let question, let arms): choice(question, arms.map { ($0.label, draw($0.body)) })
    case .loop(let title, let body): loop(title, draw(body))
    }
  }

  /// One below the other, their axes on one line.
  private func sequence(_ parts: [Drawing]) -> Drawing {
    var drawing = Drawing()
    drawing.axis = parts.map(\.axis).max() ?? 0
    drawing.exit = 0
    drawing.entry = parts.first?.entry ?? 0
    for part in parts {
      let y = drawing.elements.isEmpty ? 0 : drawing.height + DrawingMetrics.gap
      if let exit = drawing.exit, y > 0 { drawing.line([(drawing.axis, exit), (drawing.axis, y + part.entry)], hasArrow: true) }
      drawing.add(part, x: drawing.axis - part.axis, y: y)
      drawing.exit = part.exit.map { y + $0 }
    }
    return drawing
  }

  private func draw(_ step: PlanShape.Step) -> Drawing {
    let styles: [PlanShape.Kind: Drawing.Style] = [.step: .box, .effect: .effect, .done: .done, .detached: .detached]
    let lines = step.kind == .done ? step.lines + [answer] : step.lines
    var drawing = Drawing.box(lines, styles[step.kind] ?? .box, radius: 5)
    if step.kind == .done { drawing.exit = nil }
    let edge = drawing.width
    var y = 0.0
    for fragment in step.fragments {
      let frame = frame(fragment.title, draw(fragment.body), .frame)
      let left = edge + 36
      drawing.line([(edge, 15), (edge + 18, 15), (edge + 18, y + 15), (left, y + 15)], isDashed: true, hasArrow: true)
      drawing.add(frame, x: left, y: y)
      y += frame.height + 14
    }
    return drawing
  }

  private func parallel(_ join: String, _ branches: [Drawing]) -> Drawing {
    var drawing = Drawing()
    let top = 24.0
    var x = 0.0
    var axes: [Double] = []
    for branch in branches {
      drawing.add(branch, x: x, y: top + DrawingMetrics.gap)
      axes.append(x + branch.axis)
      x += branch.width + 28
    }
    let title = "parallel \(join)"
    let left = (axes.first ?? 0) - 24
    let right = max((axes.last ?? 0) + 24, left + 2 * DrawingMetrics.width(title, .label) + 24)
    let bottom = drawing.height + DrawingMetrics.gap
    for (axis, branch) in zip(axes, branches) {
      drawing.line([(axis, top), (axis, top + DrawingMetrics.gap + branch.entry)], hasArrow: true)
      if let exit = branch.exit { drawing.line([(axis, top + DrawingMetrics.gap + exit), (axis, bottom)], hasArrow: true) }
    }
    drawing.elements.append(.rect(.init(x: left, y: top - 4), width: right - left, height: 4, radius: 2, .bar))
    drawing.elements.append(.rect(.init(x: left, y: bottom), width: right - left, height: 4, radius: 2, .bar))
    drawing.axis = (left + right) / 2
    // The line from above ends at the bar, in the middle; the title stands to its left.
    drawing.entry = top - 4
    drawing.text(title, x: left, y: top - 10, .label)
    drawing.exit = branches.contains { $0.exit != nil } || branches.isEmpty ? bottom + 4 : nil
    drawing.height = bottom + 4
    drawing.width = max(drawing.width, right)
    drawing.shift(x: -left)
    return drawing
  }

  private func choice(_ question: String, _ arms: [(label: String, body: Drawing)]) -> Drawing {
    let height = 34.0
    let top = height + 44
    var drawing = Drawing()
    var x = 0.0
    var axes: [Double] = []
    for arm in arms {
      drawing.add(arm.body, x: x, y: top)
      axes.append(x + arm.body.axis)
      x += max(arm.body.width, arm.body.axis + DrawingMetrics.width(arm.label, .label) + 12) + 28
    }
    drawing.width = max(drawing.width, x - 28)
    drawing.axis = ((axes.first ?? 0) + (axes.last ?? 0)) / 2
    let bottom = max(drawing.height, top) + 14
    let turn = height + 14
    for (axis, arm) in zip(axes, arms) {
      drawing.line([(drawing.axis, height), (drawing.axis, turn), (axis, turn), (axis, top + arm.body.entry)], hasArrow: arm.body.height > 0)
      drawing.text(arm.label, x: axis + 6, y: turn + 16, .label)
      if let exit = arm.body.exit { drawing.line([(axis, top + exit), (axis, bottom), (drawing.axis, bottom)]) }
    }
    drawing.height = bottom
    drawing.exit = arms.contains { $0.body.exit != nil } ? bottom : nil
    let half = DrawingMetrics.width(question) / 2 + 26
    drawing.shift(x: half - drawing.axis)
    drawing.width = max(drawing.width, drawing.axis + half)
    drawing.addQuestion(question, half: half, height: height)
    return drawing
  }

  private func loop(_ title: String, _ body: Drawing) -> Drawing {
    var drawing = frame("\u{21BB} \(title)", body, .faint)
    drawing.exit = body.exit == nil ? nil : drawing.height
    return drawing
  }

  /// A titled frame around a part.
  private func frame(_ title: String, _ body: Drawing, _ style: Drawing.Style) -> Drawing {
    var drawing = Drawing()
    let inner = 36.0
    let padding = 14.0
    drawing.add(body, x: padding, y: inner)
    drawing.width = max(body.width + 2 * padding, DrawingMetrics.width(title, .label) + 2 * padding)
    drawing.height = inner + body.height + padding
    drawing.axis = padding + body.axis
    drawing.elements.append(.rect(.init(x: 0, y: 0), width: drawing.width, height: drawing.height, radius: 6, style))
    drawing.text(title, x: padding, y: 20, .label)
    if body.entry > 0 { drawing.line([(drawing.axis, inner), (drawing.axis, inner + body.entry)], hasArrow: true) }
    if style == .faint, let exit = body.exit { drawing.line([(drawing.axis, inner + exit), (drawing.axis, drawing.height)]) }
    return drawing
  }
}

extension Drawing {
  /// The first line is what it is, the others say more about it.
  static func box(_ lines: [String], _ style: Style, radius: Double) -> Drawing {
    var drawing = Drawing()
    let widths = lines.enumerated().map { DrawingMetrics.width($1, $0 == 0 ? .name : .detail) }
    drawing.width = (widths.max() ?? 0) + 2 * DrawingMetrics.padding
    drawing.height = Double(lines.count) * DrawingMetrics.lineHeight + DrawingMetrics.padding
    drawing.axis = drawing.width / 2
    drawing.exit = drawing.height
    drawing.elements = [.rect(.init(x: 0, y: 0), width: drawing.width, height: drawing.height, radius: radius, style)]
    for (index, line) in lines.enumerated() {
      let y = 19 + Double(index) * DrawingMetrics.lineHeight
      drawing.text(line, x: drawing.axis, y: y, index == 0 ? .name : .detail, isCentred: true)
    }
    return drawing
  }

  static func pill(_ lines: [String]) -> Drawing { box(lines, .box, radius: 16) }

  fileprivate mutating func addQuestion(_ text: String, half: Double, height: Double) {
    let points = [(-half, height / 2), (-half + 14, 0), (half - 14, 0), (half, height / 2), (half - 14, height), (-half + 14, height)]
    elements.append(.polygon(points.map { Point(x: axis + $0.0, y: $0.1) }, .question))
    self.text(text, x: axis, y: height / 2 + 4.5, .name, isCentred: true)
  }
}
