import Foundation
import Testing
import ZerverCatalog

@testable import ZerverCore

/// Every message about a flow in Swift, as it is read. `ZERVER_UPDATE_CASES=1` rewrites the file; the difference is the review.
@Suite("Messages about flows in Swift")
struct FlowProblemMessageTests {
  static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("FlowProblems.txt")

  static var problems: [FlowProblem] {
    let place = FlowPlace("App/Flows.swift", 12)
    let other = FlowPlace("App/Flows.swift", 9)
    let end = FlowContract.EndOfLife(
      deprecated: "2026-10-01", sunset: "2026-09-01", isGoneAfterSunset: false, successor: nil, guide: "see the wiki", place: place)
    let next = FlowReference(text: "v2/checkout-cart")!
    return [
      .foreignHandle(place, from: other, isOutside: false), .foreignHandle(place, from: other, isOutside: true),
      .mayBeEmpty(place, from: other), .otherBranch(place, from: other),
      .droppedOutput("load-cart", type: "Cart", at: place), .unreachable(place, after: other), .doneInBranch(place),
      .missingFragment("placed-before", step: "check-cart", isInserted: false, at: place),
      .missingFragment("audit", step: "note-item", isInserted: true, at: place),
      .undeclaredFragment("audit", step: "note-item", at: place), .answerInFragment(place), .valueInParallel(place),
      .doneInLoop(place), .loopBound(0, 1...1000, at: place), .droppedList(type: "Array<Price>", at: place), .detachInLoop(place),
      .repeatedCase("paid", at: place, first: other), .casesMissing(["paid", "shipped"], at: place), .choiceOfMissing(place),
      .needlessOtherwise(place), .armBehindOtherwise(place, otherwise: other), .needlessFallback("price-cart", at: place),
      .twoFallbacks("load-user", at: place), .fallbackOfNothing("send-receipt", at: place), .fallbackOfSeveral(place),
      .errorOfOtherStep("cart-empty", StepDeclaration("load-cart", fails: ["cart-not-found"]), at: place),
      .errorOfOtherStep("cart-empty", StepDeclaration("price-cart"), at: place),
      .quorum(5, branches: 2, at: place), .needlessTimeout("price-cart", at: place), .modifierOfValue("timeout", at: place),
      .modifierOfAnswer("render-receipt", at: place), .retryRange(0, at: place), .backoffReversed(place),
      .needlessRetry("price-cart", at: place), .unsafeRetry("store-order", at: place),
      .needlessOptional("price-cart", at: place), .needlessUndo("load-cart", at: place), .undoOfSeveral(place),
      .needlessDetach("price-cart", at: place), .detachConflict("send-receipt", at: place), .timeoutRange(place), .tooManyStrands(16, max: 15, at: place), .tooManyValues(64, at: place),
      .planTooLarge(256, at: place), .answerType("Int", expected: "Receipt", at: place), .emptyPlan(place),
      .unreadStream(place), .secondReader(place, first: other), .partsOfStep("add-rows", declaresThem: true, at: place),
      .partsOfStep("add-rows", declaresThem: false, at: place), .streamPlace("add-rows", at: place),
      .streamModifier("add-rows", at: place), .streamBothWays("add-rows", at: place),
      .streamStep("find-hits", isDone: true, at: place), .streamStep("find-hits", isDone: false, at: place),
      .slugShape("Checkout", .oneWord, at: place), .missingOwner(place), .wordShape("Team A", of: "owner", at: place),
      .deadlineRange(at: place), .outputStatus(404, at: place),
      .statusWithoutBody(204, at: place), .errorStatus(200, at: place),
      .unmappedError("cart-not-found", step: "load-cart", at: place, flow: other),
      .needlessMapping("cart-empty", failing: ["cart-not-found"], at: place),
      .duplicateMapping("cart-not-found", at: place, first: other), .noSuchDay("2026-13-01", at: place),
      .deprecation(.sunsetBeforeDeprecation, end), .deprecation(.guideIsNoLink, end), .successorShape("v2", at: place),
      .idempotencyOfSafeMethod("GET", at: place), .idempotencyOfStream(at: place),
      .idempotencyOfInputStream(at: place), .streamWithoutBody("GET", at: place), .bindOfStream("sku", at: place), .fileMethod("POST", at: place),
      .preconditionOfSafeMethod("GET", at: place),
      .idempotencyTTL(at: place),
      .ownSuccessor(at: place), .unknownSuccessor(next, at: place), .deprecatedSuccessor(next, at: place, end: other),
      .bindPath("/orders//open", .emptySegment(offset: 8), at: place), .bindMethod(.get, at: place),
      .bindWithoutInput("order-id", at: place), .bindUnknownField("orderId", input: "OrderQuery", at: place),
      .bindOptionalField("coupon", at: place), .bindFieldType("lines", at: place),
      .headerName("Date", isOwned: true, at: place), .headerName("x count", isOwned: false, at: place),
      .duplicateHeader("Location", at: place, first: other), .headerText(at: place), .headerField("X-Total", at: place),
      .collision(
        "/flow/v1/pay-cart", .init(text: "flow `v1/pay-cart`", kind: .flow, place: place),
        first: .init(
          text: "an alias of flow `v1/checkout-cart`", kind: .alias, place: FlowPlace("Routes/v1/checkout-cart.flow", 4))),
    ] + collisions(place, other) + retirements(place, other) + reviews(place, other)
  }

  private static func collisions(_ place: FlowPlace, _ other: FlowPlace) -> [FlowProblem] {
    let flow = FlowProblem.Claim(text: "flow `v1/pay-cart`", kind: .flow, place: place)
    return [
      .collision("/flow/v1/pay-cart", flow, first: .init(text: "flow `v1/pay-cart`", kind: .flow, place: other)),
      .collision("GET /carts/{}", .init(text: "a path of flow `v1/pay-cart`", kind: .binding, place: place),
        first: .init(text: "a path of flow `v1/show-cart`", kind: .binding, place: other)),
      .collision("/flow/v1/pay-cart", flow, first: .init(text: "the path of a flow that is gone", kind: .gone, place: other)),
      .collision(
        "/flow/v1/pay-cart", flow,
        first: .init(text: "kept free in every version", kind: .reserved(reason: "Was something else in the old shop."), place: nil)),
    ]
  }

  private static func retirements(_ place: FlowPlace, _ other: FlowPlace) -> [FlowProblem] {
    let tombstone = Tombstone(FlowReference(text: "v1/pay-cart")!, successor: FlowReference(text: "v2/checkout-cart")!, reason: "")
    return [
      .retiredWithoutDate(at: place), .tombstoneReference("pay-cart", at: place),
      .repeatedRetirement("tombstone", of: "v1/pay-cart", at: place, first: other),
      .repeatedRetirement("reserved slug", of: "pay-cart", at: place, first: nil),
      .tombstonedAlias(tombstone.reference.slug, of: FlowReference(text: "v3/settle-cart")!, tombstone, at: place),
    ]
  }

  private static func reviews(_ place: FlowPlace, _ other: FlowPlace) -> [FlowProblem] {
    let charge = FlowProblem.OutlineStep(
      "charge-card", at: place, needs: ["db", "http"], declaresErrors: false, isSafe: false, isRepeatable: false)
    let store = FlowProblem.OutlineStep("store-order", at: other, needs: ["db"], declaresErrors: false, isSafe: false, isRepeatable: true)
    var use = PlanOutline<FlowPlace>.Use(charge)
    use.timeoutNanoseconds = 400_000_000
    use.retry = .init(attempts: 2, backoffNanoseconds: 10_000_000, backoffMaxNanoseconds: 80_000_000)
    let (second, today) = (1_000_000_000, CalendarDate(text: "2027-04-02")!)
    let slug = "checkout-cart"
    let long = "show-all-carts-of-customers-who-came-back-last-month"
    return [
      .missingTimeout(charge), .missingUndo(charge, failing: store), .unsafeGet(charge, method: .get, flow: other),
      .criticalPath(CriticalPath([.use(use)]), deadline: second, of: "its deadline", at: place),
      .longLoop(
        CriticalPath([.loop(roundsMax: 20, body: [.use(use)])]), deadline: 5 * second, of: "the deadline of profile `brisk`", at: place),
      .slugQuality(long, .long(long.count), at: place), .slugQuality("show-cart-v2", .version(word: "v2"), at: place),
      .slugQuality("tenant-show-cart", .tenant, at: place), .slugQuality("api-show-cart", .transport(word: "api"), at: place),
      .slugQuality("cart-checkout", .verbLast(verb: "checkout", better: slug), at: place),
      .pastSunset(CalendarDate(text: "2027-04-01")!, today: today, isGone: false, at: place),
      .pastSunset(CalendarDate(text: "2027-04-01")!, today: today, isGone: true, at: place),
      .shortSunset(days: 61, graceDays: 90, at: place), .refusedAllowance("unmapped-error", at: place),
      .allowanceWithoutReason("missing-undo", at: place), .unusedAllowance("missing-undo", at: place),
      .repeatedModifier("timeout", "load-cart", at: place),
    ]
  }

  @Test("every message in the sources is among them")
  func complete() throws {
    let sources = Self.file.deletingLastPathComponent().appendingPathComponent("../../../Sources/ZerverCore/Builder").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
    let text = try files.filter { $0.lastPathComponent.hasPrefix("FlowProblem+") }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    let written = Set(text.matches(of: /"([a-z0-9-]+)", at: [a-z.]+,(?: "([^"\\]+)")?/).map { "\($0.output.1) \($0.output.2 ?? "")" })
    #expect(written.count > 60)
    let shown = Self.problems
    for message in written {
      let parts = message.split(separator: " ", maxSplits: 1).map(String.init)
      let isShown = shown.contains { $0.code == parts[0] && (parts.count == 1 || $0.title == parts[1]) }
      #expect(isShown, "no example of the message \(message)")
    }
  }

  @Test("each message is as it was read last")
  func golden() throws {
    let text = Self.problems.map(\.description).joined(separator: "\n")
    if ProcessInfo.processInfo.environment["ZERVER_UPDATE_CASES"] == "1" {
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: Self.file, encoding: .utf8) == text)
  }
}
