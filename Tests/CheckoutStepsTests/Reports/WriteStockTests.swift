import CheckoutSteps
import Testing
import ZerverCore

@Suite struct WriteStockTests {
  private func counts(_ numbers: Int..., isLast: Bool = false) -> StreamPart<StockCount> {
    StreamPart(numbers.map { StockCount(sku: "KIT-\($0)", pieces: $0 * 10) }, isLast: isLast)
  }

  private func sum(_ products: Int, _ pieces: Int) -> StockImport { StockImport(products: products, pieces: pieces) }

  @Test("a part is written as one transaction, and each of its products has to be there")
  func transaction() throws {
    guard case .need(let need) = WriteStock.run(counts: counts(1, 2)), case .database(.transaction(let statements))? = need.effects.first
    else {
      Issue.record("a part is written")
      return
    }
    #expect(statements.map(\.parameters) == [["KIT-1", 10], ["KIT-2", 20]])
    #expect(statements.allSatisfy { $0.requiredRows == 1 })
  }

  @Test("what is written counts, part after part")
  func parts() throws {
    let written = Resumption(.rows([Rows(columns: [], values: [])]))
    #expect(try WriteStock.resume(written, counts: counts(1, 2)) == .take(Progress(sum(2, 30))))
    let later = Resumption(round: 3, outcomes: [.rows([Rows(columns: [], values: [])])], progress: Progress(sum(2, 30)))
    #expect(try WriteStock.resume(later, counts: counts(4, isLast: true)) == .continue(sum(3, 70)))
    let empty = Resumption(round: 3, outcomes: [], progress: Progress(sum(2, 30)))
    #expect(try WriteStock.resume(empty, counts: counts(isLast: true)) == .continue(sum(2, 30)))
    #expect(WriteStock.run(counts: counts(isLast: true)) == .continue(sum(0, 0)))
  }

  @Test("a product that is not there is named")
  func unknown() throws {
    let failed = Resumption(.failed(EffectFailure(.conditionNotMet(statement: 1), detail: "")))
    #expect(try WriteStock.resume(failed, counts: counts(1, 2)) == .fail(.skuUnknown(sku: "KIT-2")))
  }
}
