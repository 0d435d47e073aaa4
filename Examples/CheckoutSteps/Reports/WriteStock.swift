public import ZerverCore

public enum WriteStock: WriteStockStep {
  public static func run(counts: StreamPart<StockCount>) -> Decision<StockImport> {
    write(counts, after: StockImport(products: 0, pieces: 0))
  }

  public static func resume(
    _ resumption: Resumption, counts: StreamPart<StockCount>
  ) throws(FlowFailure) -> Decision<StockImport> {
    let before = try resumption.progress(or: StockImport(products: 0, pieces: 0))
    // The next part.
    if resumption.outcomes.isEmpty { return write(counts, after: before) }
    if case .conditionNotMet(let statement)? = resumption.failure()?.reason {
      return .fail(.skuUnknown(sku: counts.elements[statement].sku))
    }
    _ = try resumption.rows()
    let pieces = counts.elements.map(\.pieces).reduce(0, +)
    return goOn(counts, StockImport(products: before.products + counts.elements.count, pieces: before.pieces + pieces))
  }

  private static func write(_ counts: StreamPart<StockCount>, after before: StockImport) -> Decision<StockImport> {
    if counts.elements.isEmpty { return goOn(counts, before) }
    return .need(
      .transaction(
        counts.elements.map { count in
          Statement("UPDATE products SET stock = $2 WHERE sku = $1", [.text(count.sku), .int(count.pieces)], requiredRows: 1)
        }))
  }

  private static func goOn(_ counts: StreamPart<StockCount>, _ written: StockImport) -> Decision<StockImport> {
    counts.isLast ? .continue(written) : .take(Progress(written))
  }
}
