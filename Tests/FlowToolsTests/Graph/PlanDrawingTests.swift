import FlowLanguage
import Testing
import ZerverCatalog

@testable import FlowTools

@Suite("Drawings of plans")
struct PlanDrawingTests {
  private struct Area {
    let left, top, right, bottom: Double

    func overlaps(_ other: Area) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
    func contains(x: Double, y: Double) -> Bool { left < x && x < right && top < y && y < bottom }
  }

  private func texts(_ drawing: Drawing) -> [(text: String, area: Area)] {
    drawing.elements.compactMap { element in
      guard case .text(let text, let point, let style, let isCentred) = element else { return nil }
      let width = DrawingMetrics.width(text, style)
      let left = isCentred ? point.x - width / 2 : point.x
      return (text, Area(left: left, top: point.y - style.fontSize * 0.8, right: left + width, bottom: point.y + 2))
    }
  }

  private func boxes(_ drawing: Drawing) -> [Area] {
    drawing.elements.compactMap { element in
      guard case .rect(let origin, let width, let height, _, let style) = element,
        [.box, .effect, .done, .detached, .bar].contains(style)
      else { return nil }
      return Area(left: origin.x, top: origin.y, right: origin.x + width, bottom: origin.y + height)
    }
  }

  private func expectReadable(_ drawing: Drawing, _ name: String) {
    let texts = texts(drawing)
    let boxes = boxes(drawing)
    for (index, one) in texts.enumerated() {
      #expect(one.area.left >= -0.5 && one.area.right <= drawing.width + 0.5, "\(name): \(one.text) stands on the page")
      #expect(one.area.top >= -0.5 && one.area.bottom <= drawing.height + 0.5, "\(name): \(one.text) stands on the page")
      for other in texts[(index + 1)...] {
        #expect(!one.area.overlaps(other.area), "\(name): \(one.text) and \(other.text) do not overlap")
      }
    }
    for (index, one) in boxes.enumerated() {
      for other in boxes[(index + 1)...] { #expect(!one.overlaps(other), "\(name): boxes do not overlap") }
    }
    for case .line(let points, _, _) in drawing.elements {
      for (from, to) in zip(points, points.dropFirst()) {
        #expect(from.x == to.x || from.y == to.y, "\(name): lines run along the axes")
        let crossed = boxes.contains { $0.contains(x: (from.x + to.x) / 2, y: (from.y + to.y) / 2) }
        #expect(!crossed, "\(name): no line runs through a box")
      }
    }
  }

  @Test("random plans of any nesting are readable")
  func random() {
    var generator = PlanShapeGenerator(.seeded("plan drawings"))
    for number in 0..<150 {
      expectReadable(PlanDrawing(answer: "-> 200 Cart").draw(generator.plan()), "plan \(number)")
    }
  }

  @Test("the plans and the catalog of the shop are readable")
  func shop() throws {
    let flows = try ReferenceCatalog.module().flows
    for flow in flows { expectReadable(PlanDrawing.drawing(of: flow), "\(flow.entry.reference)") }
    expectReadable(CatalogDrawing.drawing(of: flows, on: .init(unixSeconds: 0)), "catalog")
  }
}

/// Random shapes of plans.
private struct PlanShapeGenerator {
  var random: SplitMix

  init(_ random: SplitMix) { self.random = random }

  mutating func plan() -> PlanShape { .sequence([sequence(3), .step(step(.done, depth: 0))]) }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func text() -> String {
    ["a", "load-cart(request.cart-id)", "quote = price-everything(request, user, cart, coupon)"][below(3)]
  }

  private mutating func sequence(_ depth: Int) -> PlanShape {
    var shapes: [PlanShape] = []
    for _ in 0..<below(4) { shapes.append(shape(depth)) }
    return .sequence(shapes)
  }

  private mutating func step(_ kind: PlanShape.Kind, depth: Int) -> PlanShape.Step {
    var lines = [text()]
    for _ in 0..<below(3) { lines.append("timeout 100ms") }
    var fragments: [PlanShape.Fragment] = []
    if depth > 0, below(4) == 0 {
      for _ in 0...below(2) {
        fragments.append(.init(title: "may insert \(text())", body: sequence(depth - 1), endsPlan: below(2) == 0))
      }
    }
    return .init(lines: lines, kind: kind, fragments: fragments)
  }

  private mutating func shape(_ depth: Int) -> PlanShape {
    switch below(depth > 0 ? 6 : 1) {
    case 1:
      var branches: [PlanShape] = []
      for _ in 0...below(3) { branches.append(shape(depth - 1)) }
      return .parallel(join: "all", branches: branches)
    case 2, 3:
      var arms: [PlanShape.Arm] = []
      for _ in 0...below(3) { arms.append(.init(label: ["yes", "shipped-and-delivered"][below(2)], body: sequence(depth - 1))) }
      return .choice(question: text(), arms: arms)
    case 4: return .loop(title: text(), body: sequence(depth - 1))
    default: return .step(step(below(8) == 0 ? .done : .effect, depth: depth))
    }
  }
}
