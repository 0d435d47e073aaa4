import CheckoutSteps
import ZerverCore

// The code of `FlowBuilder.md`. A test compares the two, so what stands there compiles.

// example
let inspectCart = Flow("inspect-cart", .v1, method: .get, owner: "support", input: CartQuery.self) { input in
  let cart = step(LoadCart.self, input.cartId).timeout(.seconds(1))
  let user = step(LoadUser.self, cart.userId).timeout(.seconds(1))
  step(DescribeCart.self, user, cart)
}
.summary("A cart and its owner, for support.")
.alias("show-cart-owner")
.deadline(.seconds(2))
.on(.cartNotFound, 404)
.on(.userNotFound, 404)

/// A step that no `.flow` file declares.
enum DescribeCart: Step {
  static func run(_ reads: (User, Cart)) throws(FlowFailure) -> Decision<Message> {
    let (user, cart) = reads
    return .continue(Message(message: "\(user.name) has \(cart.lines.count) lines in \(cart.cartId)."))
  }
}
// end

// example
let labelled = Flow("read-cart", .v1, method: .get, owner: "support", input: CartQuery.self) { input in
  let cart = LoadCart.step(cartId: input.cartId).timeout(.seconds(1))
  RenderCart.step(cart: cart)
}
.on(.cartNotFound, 404)
// end

// example
let together = Flow("quote-cart", .v1, method: .post, owner: "support", input: CheckoutRequest.self) { input in
  let (user, cart, identity) = parallel {
    step(LoadUser.self, input.userId).timeout(.seconds(1))
    step(LoadCart.self, input.cartId).timeout(.seconds(1))
    step(IssueIdentity.self)
  }
  let coupon = when(exists(input.coupon)) { step(LoadCoupon.self, input).timeout(.seconds(1)) }
  step(PriceCart.self, input, user, cart, coupon, identity)
    .inserting(.creditCheck) { quote in step(CheckCredit.self, user, quote).timeout(.seconds(1)) }
}
.on(.userNotFound, 404)
.on(.cartNotFound, 404)
.on(.couponNotValid, 422)
.on(.creditLimitExceeded, 402)
// end

// example
let early = Flow("show-order-of-cart", .v1, method: .get, owner: "support", input: CartQuery.self) { input in
  let cart = step(LoadCart.self, input.cartId).timeout(.seconds(1))
  when(!exists(cart.orderId)) { done(step(RenderOpenCart.self, cart)) }
  let order = step(LoadOrderOfCart.self, cart).timeout(.seconds(1))
  step(RenderOrder.self, order)
}
.on(.cartNotFound, 404)
.on(.orderNotFound, 404)
// end

enum RenderOpenCart: Step {
  static func run(_ cart: Cart) throws(FlowFailure) -> Decision<OrderView> { .fail(.orderNotFound(orderId: cart.cartId)) }
}

// example
let countUnits = Flow(
  "count-units", .v1, method: .get, owner: "support", input: CartQuery.self,
  output: .json().header("Cache-Control", "max-age=5").header("X-Message", .field(\.message))
) { input in
  let cart = step(LoadCart.self, input.cartId).timeout(.seconds(1)).retry(1)
    .on(.cartNotFound) { done(step(SayNothing.self, input.cartId)) }
  let units = forEach(cart.lines, max: 100) { line in step(CountUnits.self, line) }
  let user = step(LoadUser.self, cart.userId).timeout(.seconds(1))
  choose(user.tier) {
    arm(.free) { done(step(SayUnits.self, units)) }
    arm(.plus, .pro) { done(step(SayUnitsNicely.self, units, user)) }
  }
}
.on(.userNotFound, 404)
.bind(.get, "/carts/{cart-id}/units")
// end

enum CountUnits: Step {
  static func run(_ line: CartLine) throws(FlowFailure) -> Decision<Int> { .continue(line.quantity) }
}

enum SayUnits: Step {
  static func run(_ units: [Int]) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(units.reduce(0, +)) units"))
  }
}

enum SayUnitsNicely: Step {
  static func run(_ reads: ([Int], User)) throws(FlowFailure) -> Decision<Message> {
    .continue(Message(message: "\(reads.0.reduce(0, +)) units for \(reads.1.name)"))
  }
}

enum SayNothing: Step {
  static func run(_ cartId: String) throws(FlowFailure) -> Decision<Message> { .continue(Message(message: "no cart \(cartId)")) }
}

// example
let support = FlowCatalog(
  inspectCart, labelled, together, early, countUnits,
  tombstones: [FlowTombstone("v1/show-cart-rows", successor: "v1/inspect-cart", because: "One flow shows a cart and its owner.")],
  reserved: [ReservedSlug("support-login", because: "The old console answered there.")])
// end
