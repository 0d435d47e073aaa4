import FlowLanguage
import ZerverCatalog

/// Draws a catalog: a lane for each owner, a row for each slug, a column for each version. Lines run in the gaps between
/// rows and columns, so none crosses a box.
struct CatalogDrawing {
  private struct Place {
    let x: Double
    let y: Double
    let box: Drawing
    let column: Int
  }

  private static let columnGap = 56.0
  private static let rowGap = 26.0
  private static let lanePadding = 16.0

  static func drawing(of flows: [ResolvedFlow], on today: CalendarDate) -> Drawing {
    let versions = Array(Set(flows.map(\.entry.version.number))).sorted()
    let lanes = CatalogLane.lanes(of: flows)
    let boxes = Dictionary(uniqueKeysWithValues: flows.map { ($0.entry.reference, box($0.entry, on: today)) })
    let columns = versions.map { version in
      boxes.filter { $0.key.version.number == version }.map(\.value.width).max() ?? 0
    }
    let lefts = columns.indices.map { index in
      lanePadding + columns[..<index].reduce(0) { $0 + $1 + columnGap }
    }
    let width = (lefts.last ?? 0) + (columns.last ?? 0) + lanePadding
    var page = heading(flows.count, lanes: lanes.count)
    var places: [FlowReference: Place] = [:]
    for lane in lanes {
      let top = page.height + 22
      var y = top + 34
      for row in lane.rows {
        for entry in row {
          guard let box = boxes[entry.reference], let column = versions.firstIndex(of: entry.version.number) else { continue }
          places[entry.reference] = Place(x: lefts[column], y: y, box: box, column: column)
        }
        y += (row.compactMap { boxes[$0.reference]?.height }.max() ?? 0) + rowGap
      }
      page.elements.append(
        .rect(.init(x: 0, y: top), width: max(width, DrawingMetrics.width(lane.owner, .heading) + 2 * lanePadding),
          height: y - rowGap + lanePadding - top, radius: 8, .lane))
      page.text(lane.owner, x: lanePadding, y: top + 21, .heading)
      page.width = max(page.width, width, DrawingMetrics.width(lane.owner, .heading) + 2 * lanePadding)
      page.height = y - rowGap + lanePadding
    }
    for place in places.sorted(by: { ($0.value.y, $0.value.x) < ($1.value.y, $1.value.x) }).map(\.value) {
      page.add(place.box, x: place.x, y: place.y)
    }
    for entry in flows.map(\.entry) {
      guard let successor = entry.deprecation?.successor, let from = places[entry.reference], let to = places[successor] else {
        continue
      }
      connect(from, to, &page, columnWidth: columns[from.column])
    }
    return page
  }

  private static func heading(_ flows: Int, lanes: Int) -> Drawing {
    var drawing = Drawing()
    let text = "\(flows) \(flows == 1 ? "flow" : "flows") of \(lanes) \(lanes == 1 ? "owner" : "owners")"
    drawing.text("Catalog", x: 0, y: 16, .title)
    drawing.text(text, x: 0, y: 36, .subtitle)
    drawing.width = DrawingMetrics.width(text, .subtitle)
    drawing.height = 40
    return drawing
  }

  private static func box(_ entry: CatalogEntry, on today: CalendarDate) -> Drawing {
    let aliases = entry.aliases.map { "also \($0.slug)\($0.mode == .serve ? " (served)" : " (308)")" }
    let style: Drawing.Style = entry.status(on: today) == .active ? .box : .detached
    return Drawing.box(CatalogLane.lines(entry) + aliases, style, radius: 5)
  }

  /// In the same row straight to the right, otherwise through the gap behind the column and the gap above the target.
  private static func connect(_ from: Place, _ to: Place, _ page: inout Drawing, columnWidth: Double) {
    let start = (from.x + from.box.width, from.y + 17)
    if from.y == to.y, to.column == from.column + 1 {
      page.line([start, (to.x, to.y + 17)], hasArrow: true)
      return
    }
    let gutter = from.x + columnWidth + columnGap / 2
    let above = to.y - 12
    let middle = to.x + to.box.width / 2
    page.line([start, (gutter, start.1), (gutter, above), (middle, above), (middle, to.y)], hasArrow: true)
  }
}
