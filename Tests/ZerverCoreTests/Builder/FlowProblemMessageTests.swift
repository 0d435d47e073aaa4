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
      .idempotencyOfInputStream(at: place), .streamWithoutBody("GET", at: place), .bindOfStream("sku", at: place), .idempotencyTTL(at: place),
      .ownSuccessor(at: place), .unknownSuccessor(next, at: place), .deprecatedSuccessor(next, at: place),
      .bindPath("/orders//open", .emptySegment(offset: 8), at: place), .bindMethod(.get, at: place),
      .bindWithoutInput("order-id", at: place), .bindUnknownField("orderId", input: "OrderQuery", at: place),
      .bindOptionalField("coupon", at: place), .bindFieldType("lines", at: place),
      .headerName("Date", isOwned: true, at: place), .headerName("x count", isOwned: false, at: place),
      .duplicateHeader("Location", at: place, first: other), .headerText(at: place), .headerField("X-Total", at: place),
      .collision(
        "/flow/v1/pay-cart", .init(text: "flow `v1/pay-cart`", kind: .flow, place: place),
        first: .init(
          text: "an alias of flow `v1/checkout-cart`", kind: .alias, place: FlowPlace("Routes/v1/checkout-cart.flow", 4))),
    ]
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
