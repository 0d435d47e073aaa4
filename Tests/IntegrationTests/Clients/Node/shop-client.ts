// Written by `route-gen client --language typescript` from the flows of ReferenceRoutes. Write it again instead of editing it.

export interface CancelRequest {
  /** 36 characters */
  "order-id": string;
  /**
   * The customer who has ordered.
   * 1 to 2147483647
   */
  "user-id": number;
}

export interface Cancellation {
  "order-id": string;
  status: OrderStatus;
  /** Pieces that this request has put back. None when the order had been cancelled before. */
  "returned-pieces": number;
}

export interface CartAddition {
  /** 1 to 64 characters */
  "cart-id": string;
  /** 1 to 2147483647 */
  "product-id": number;
  /**
   * 1 to 99
   * Default: `1`
   */
  quantity?: number;
}

/** What somebody wants to buy, all at once. */
export interface CartList {
  /** 1 to 64 characters */
  "cart-id": string;
  /** 1 to 10 elements */
  products: WantedProduct[];
}

export interface CartQuery {
  /** 1 to 64 characters */
  "cart-id": string;
}

/** A cart as its owner sees it. */
export interface CartView {
  "cart-id": string;
  "user-id": number;
  "is-open": boolean;
  "order-id"?: string;
  /** Pieces on all lines together. */
  pieces: number;
  /** Sum of the lines before discounts and tax, in cents. */
  "goods-cents": number;
  lines: CartViewLine[];
}

export interface CartViewLine {
  "product-id": number;
  sku: string;
  name: string;
  quantity: number;
  "unit-price-cents": number;
  "line-cents": number;
  /** Whether the shelf holds enough at this moment. */
  available: boolean;
}

/** The shelves of the shop. */
export type Category = "audio" | "books" | "garden" | "kitchen" | "lighting" | "office" | "sports" | "toys";

export interface CategorySales {
  category: Category;
  pieces: number;
  "total-cents": number;
}

export interface CheckoutRequest {
  /**
   * The customer who pays. The cart must be theirs.
   * 1 to 2147483647
   */
  "user-id": number;
  /** 1 to 64 characters */
  "cart-id": string;
  /** 1 to 32 characters, `[A-Za-z0-9-]+` */
  coupon?: string | null;
  /** Default: `"standard"` */
  delivery?: Delivery;
  /**
   * Printed on a card in the parcel.
   * 1 to 200 characters
   */
  "gift-note"?: string | null;
}

export type Delivery = "standard" | "express";

/** One sentence, as JSON. */
export interface Message {
  message: string;
}

/** An amount with its currency. */
export interface Money {
  cents: number;
  currency: string;
}

export interface OrderLine {
  "product-id": number;
  sku: string;
  name: string;
  quantity: number;
  "unit-price-cents": number;
  /** Every discount on this line, in cents. */
  "discount-cents": number;
  /** What the line comes to without tax, in cents. */
  "total-cents": number;
}

export interface OrderQuery {
  /** 36 characters */
  "order-id": string;
}

export type OrderStatus = "placed" | "shipped" | "cancelled";

/** Where an order stands. */
export interface OrderView {
  "order-id": string;
  status: OrderStatus;
  /** `2026-03-04T05:06:07Z` */
  "placed-at": string;
  delivery: Delivery;
  coupon?: string;
  /** Pieces on all lines together. */
  pieces: number;
  "subtotal-cents": number;
  "discount-cents": number;
  "tax-cents": number;
  "delivery-cents": number;
  "total-cents": number;
  lines: OrderLine[];
}

/** One product, as it stands on its shelf. */
export interface Product {
  "product-id": number;
  /** The number that is printed on the parcel: `KIT-00042`. */
  sku: string;
  name: string;
  category: Category;
  /** Price of one piece without tax, in cents. */
  "unit-price-cents": number;
  /** Tax in hundredths of a percent: 1900 is 19 %. */
  "tax-basis-points": number;
  /** Pieces on the shelf. */
  stock: number;
}

/** One page of a search, in the order of the names. */
export interface ProductPage {
  /** Products that match, on all pages together. */
  total: number;
  page: number;
  limit: number;
  /** The page behind this one. Left out on the last. */
  next?: number;
  products: Product[];
}

export interface ProductQuery {
  /** 1 to 2147483647 */
  "product-id": number;
}

export interface ProductSales {
  "product-id": number;
  name: string;
  pieces: number;
  "total-cents": number;
}

export interface ProductSearch {
  /**
   * Words of the name, in this order. Without it, every product matches.
   * 1 to 80 characters
   */
  text?: string | null;
  category?: Category | null;
  /**
   * Leaves out what is sold out.
   * Default: `false`
   */
  "in-stock"?: boolean;
  /**
   * 1 to 100
   * Default: `20`
   */
  limit?: number;
  /**
   * 1 to 10000
   * Default: `1`
   */
  page?: number;
}

/** The receipt of version 2: everything that the order says, with currencies. */
export interface Receipt {
  "order-id": string;
  status: OrderStatus;
  /** `2026-03-04T05:06:07Z` */
  "placed-at": string;
  customer: ReceiptCustomer;
  lines: ReceiptLine[];
  coupon?: string;
  delivery: Delivery;
  subtotal: Money;
  discount: Money;
  tax: Money;
  "delivery-charge": Money;
  total: Money;
}

export interface ReceiptCustomer {
  name: string;
  tier: Tier;
}

export interface ReceiptItemV1 {
  sku: string;
  quantity: number;
  "total-cents": number;
}

export interface ReceiptLine {
  sku: string;
  name: string;
  quantity: number;
  "unit-price": Money;
  discount: Money;
  /** Without tax. */
  total: Money;
}

/** The receipt of version 1: amounts in cents, in the currency of the shop. */
export interface ReceiptV1 {
  "order-id": string;
  status: OrderStatus;
  items: ReceiptItemV1[];
  "total-cents": number;
}

export interface SalesQuery {
  /**
   * First day of the period (UTC). Without it, the period begins with the first order.
   * 10 characters, `[0-9]{4}-[0-9]{2}-[0-9]{2}`
   */
  "from-day"?: string | null;
  /**
   * Last day of the period (UTC). Without it, the period ends with the last order.
   * 10 characters, `[0-9]{4}-[0-9]{2}-[0-9]{2}`
   */
  "to-day"?: string | null;
}

export interface SalesReport {
  "from-day"?: string;
  "to-day"?: string;
  totals: SalesTotals;
}

export interface SalesTotals {
  orders: number;
  pieces: number;
  "total-cents": number;
  /** Every category, in the order of the shelves. */
  categories: CategorySales[];
  /** The ten products that have brought in the most. */
  "best-sellers": ProductSales[];
}

export interface StockCount {
  /** 1 to 40 characters */
  sku: string;
  /**
   * On the shelf.
   * 0 to 1000000
   */
  pieces: number;
}

export interface StockImport {
  /** Products that were counted, each line for one. */
  products: number;
  pieces: number;
}

export interface StockLevel {
  "product-id": number;
  sku: string;
  name: string;
  stock: number;
}

export interface StockQuery {
  /**
   * Only products of which there are at most so many pieces.
   * 0 to 1000000
   * Default: `1000000`
   */
  "most-pieces"?: number;
}

/** What a customer's subscription is. */
export type Tier = "free" | "plus" | "pro";

export interface WantedProduct {
  /** 1 to 2147483647 */
  "product-id": number;
  /**
   * 1 to 99
   * Default: `1`
   */
  quantity?: number;
}

/** The cart has been ordered and cannot be changed any more. */
export interface CartAlreadyOrderedProblem extends ProblemMembers {
  code: "cart-already-ordered";
  "cart-id": string;
}

/** The cart was changed or ordered while it was being checked out. Read it and try again. */
export interface CartChangedProblem extends ProblemMembers {
  code: "cart-changed";
  "cart-id": string;
}

/** The cart has no lines. */
export interface CartEmptyProblem extends ProblemMembers {
  code: "cart-empty";
  "cart-id": string;
}

/** The cart holds as many different products as a cart may hold. */
export interface CartFullProblem extends ProblemMembers {
  code: "cart-full";
  "cart-id": string;
  most: number;
}

/** One line of the cart would hold more pieces than a line may hold. */
export interface CartLineFullProblem extends ProblemMembers {
  code: "cart-line-full";
  sku: string;
  most: number;
}

/** There is no cart of this number. */
export interface CartNotFoundProblem extends ProblemMembers {
  code: "cart-not-found";
  "cart-id": string;
}

/** The coupon does not exist, has ended, or asks for a larger cart. */
export interface CouponNotValidProblem extends ProblemMembers {
  code: "coupon-not-valid";
  coupon: string;
}

/** The customer's open orders and this one together exceed the customer's credit limit. */
export interface CreditLimitExceededProblem extends ProblemMembers {
  code: "credit-limit-exceeded";
  "limit-cents": number;
  "open-cents": number;
  "total-cents": number;
}

/** The calendar has no such day. */
export interface DayUnknownProblem extends ProblemMembers {
  code: "day-unknown";
  day: string;
}

/** The order is on its way, or was changed at the same moment. */
export interface OrderNotCancellableProblem extends ProblemMembers {
  code: "order-not-cancellable";
  "order-id": string;
}

/** There is no order of this number. */
export interface OrderNotFoundProblem extends ProblemMembers {
  code: "order-not-found";
  "order-id": string;
}

/** The shelf does not hold as many pieces as the cart asks for. */
export interface OutOfStockProblem extends ProblemMembers {
  code: "out-of-stock";
  sku: string;
  requested: number;
}

/** The last day comes before the first. */
export interface PeriodReversedProblem extends ProblemMembers {
  code: "period-reversed";
  "from-day": string;
  "to-day": string;
}

/** There is no product of this number. */
export interface ProductNotFoundProblem extends ProblemMembers {
  code: "product-not-found";
  "product-id": number;
}

/** The period holds more order lines than one report may read. Choose a shorter one. */
export interface ReportTooLargeProblem extends ProblemMembers {
  code: "report-too-large";
  "most-lines": number;
}

/** The shop has no product of this number. */
export interface SkuUnknownProblem extends ProblemMembers {
  code: "sku-unknown";
  sku: string;
}

/** There is no customer of this number. */
export interface UserNotFoundProblem extends ProblemMembers {
  code: "user-not-found";
  "user-id": number;
}

/** Why `v1/add-products` has not given its answer. */
export type AddProductsV1Failure = CartNotFoundProblem | ProductNotFoundProblem | CartAlreadyOrderedProblem | CartFullProblem | CartLineFullProblem | CallFailure;

/** Why `v1/add-to-cart` has not given its answer. */
export type AddToCartV1Failure = CartNotFoundProblem | ProductNotFoundProblem | CartAlreadyOrderedProblem | CartFullProblem | CartLineFullProblem | CallFailure;

/** Why `v1/cancel-order` has not given its answer. */
export type CancelOrderV1Failure = OrderNotFoundProblem | OrderNotCancellableProblem | CallFailure;

/** Why `v1/checkout-cart` has not given its answer. */
export type CheckoutCartV1Failure = UserNotFoundProblem | CartNotFoundProblem | OrderNotFoundProblem | CartEmptyProblem | CartChangedProblem | OutOfStockProblem | CouponNotValidProblem | CreditLimitExceededProblem | CallFailure;

/** Why `v2/checkout-cart` has not given its answer. */
export type CheckoutCartV2Failure = UserNotFoundProblem | CartNotFoundProblem | OrderNotFoundProblem | CartEmptyProblem | CartChangedProblem | OutOfStockProblem | CouponNotValidProblem | CreditLimitExceededProblem | CallFailure;

/** Why `v1/import-stock` has not given its answer. */
export type ImportStockV1Failure = SkuUnknownProblem | CallFailure;

/** Why `v1/report-sales` has not given its answer. */
export type ReportSalesV1Failure = DayUnknownProblem | PeriodReversedProblem | ReportTooLargeProblem | CallFailure;

/** Why `v1/report-stock` has not given its answer. */
export type ReportStockV1Failure = CallFailure;

/** Why `v1/say-hello` has not given its answer. */
export type SayHelloV1Failure = CallFailure;

/** Why `v1/search-products` has not given its answer. */
export type SearchProductsV1Failure = CallFailure;

/** Why `v1/show-cart` has not given its answer. */
export type ShowCartV1Failure = CartNotFoundProblem | CallFailure;

/** Why `v1/show-message` has not given its answer. */
export type ShowMessageV1Failure = CallFailure;

/** Why `v1/show-order` has not given its answer. */
export type ShowOrderV1Failure = OrderNotFoundProblem | CallFailure;

/** Why `v1/show-product` has not given its answer. */
export type ShowProductV1Failure = ProductNotFoundProblem | CallFailure;

/** Calls the flows of ReferenceRoutes: one method for each, typed from its input to its errors. */
export class ShopClient {
  private readonly baseURL: string;
  private readonly headers: Record<string, string>;
  private readonly fetch: typeof globalThis.fetch;

  /**
   * @param baseURL Scheme, host and port of the server, and what a proxy wants before the flows' paths. Empty for the page's own origin.
   * @param settings.headers Fields that every request carries, such as `Authorization`.
   * @param settings.fetch What sends the requests.
   */
  constructor(baseURL: string, settings: { headers?: Record<string, string>; fetch?: typeof globalThis.fetch } = {}) {
    this.baseURL = baseURL.replace(/\/+$/, "");
    this.headers = settings.headers ?? {};
    this.fetch = settings.fetch ?? globalThis.fetch.bind(globalThis);
  }

  private async call<Value, Failure>(
    method: string,
    target: string,
    body: string | ReadableStream<Uint8Array> | undefined,
    options: CallOptions & { idempotencyKey?: string },
    declared: readonly string[],
    read: (response: globalThis.Response) => Promise<Value>,
  ): Promise<Result<Value, Failure | CallFailure>> {
    const headers: Record<string, string> = { ...this.headers, ...options.headers };
    if (body !== undefined) headers["Content-Type"] = typeof body === "string" ? "application/json" : "application/x-ndjson";
    if (options.idempotencyKey !== undefined) {
      // A structured-field string (RFC 8941 §3.3.3).
      headers["Idempotency-Key"] = `"${options.idempotencyKey.replace(/["\\]/g, "\\$&")}"`;
    }
    const init: RequestInit & { duplex?: "half" } = { method, headers };
    if (body !== undefined) init.body = body;
    // Without it, `fetch` refuses a body that is made while it is sent.
    if (body instanceof ReadableStream) init.duplex = "half";
    if (options.signal !== undefined) init.signal = options.signal;
    let response: globalThis.Response;
    let text = "";
    try {
      response = await this.fetch(this.baseURL + target, init);
      if (response.ok) return { ok: true, value: await read(response), response };
      text = await response.text();
    } catch (cause) {
      if (cause instanceof UnreadableAnswer) return { ok: false, error: cause.failure };
      return { ok: false, error: { code: "client.no-answer", cause } };
    }
    try {
      const type = response.headers.get("content-type") ?? "";
      if (!type.startsWith("application/problem+json")) throw new TypeError(`a problem was expected, not ${type}`);
      return { ok: false, error: problem(JSON.parse(text), response, declared) as Failure | CallFailure };
    } catch (cause) {
      return { ok: false, error: { code: "client.unreadable-answer", status: response.status, text, cause } };
    }
  }

  /**
   * Puts several products into an open cart: all of them, or none.
   *
   * `/flow/v1/add-products`
   */
  addProductsV1(input: CartList, options: CallOptions = {}): Promise<Result<CartView, AddProductsV1Failure>> {
    return this.call("POST", "/flow/v1/add-products", JSON.stringify(input), options, ["cart-not-found", "product-not-found", "cart-already-ordered", "cart-full", "cart-line-full"], whole((text) => JSON.parse(text) as CartView));
  }

  /**
   * Puts pieces of a product into an open cart.
   *
   * `/flow/v1/add-to-cart`
   */
  addToCartV1(input: CartAddition, options: CallOptions = {}): Promise<Result<CartView, AddToCartV1Failure>> {
    return this.call("POST", "/flow/v1/add-to-cart", JSON.stringify(input), options, ["cart-not-found", "product-not-found", "cart-already-ordered", "cart-full", "cart-line-full"], whole((text) => JSON.parse(text) as CartView));
  }

  /**
   * Cancels an order that has not been shipped, and puts its pieces back on the shelf.
   *
   * `/flow/v1/cancel-order`
   */
  cancelOrderV1(input: CancelRequest, options: CallOptions = {}): Promise<Result<Cancellation, CancelOrderV1Failure>> {
    return this.call("POST", "/flow/v1/cancel-order", JSON.stringify(input), options, ["order-not-found", "order-not-cancellable"], whole((text) => JSON.parse(text) as Cancellation));
  }

  /**
   * Orders what is in a cart. The receipt has amounts in cents.
   *
   * `/flow/v1/checkout-cart`
   *
   * @deprecated Deprecated from 2026-10-01. Answered until 2027-04-01. Use checkoutCartV2. See https://example.com/guides/checkout-v2
   */
  checkoutCartV1(input: CheckoutRequest, options: CallOptions = {}): Promise<Result<ReceiptV1, CheckoutCartV1Failure>> {
    return this.call("POST", "/flow/v1/checkout-cart", JSON.stringify(input), options, ["user-not-found", "cart-not-found", "order-not-found", "cart-empty", "cart-changed", "out-of-stock", "coupon-not-valid", "credit-limit-exceeded"], whole((text) => JSON.parse(text) as ReceiptV1));
  }

  /**
   * Orders what is in a cart.
   *
   * `/flow/v2/checkout-cart`
   */
  checkoutCartV2(
    input: CheckoutRequest,
    options: CallOptions & { idempotencyKey?: string } = {}
  ): Promise<Result<Receipt, CheckoutCartV2Failure>> {
    return this.call("POST", "/flow/v2/checkout-cart", JSON.stringify(input), options, ["user-not-found", "cart-not-found", "order-not-found", "cart-empty", "cart-changed", "out-of-stock", "coupon-not-valid", "credit-limit-exceeded"], whole((text) => JSON.parse(text) as Receipt));
  }

  /**
   * Takes in a count of the shelves, product by product: one line of JSON each.
   *
   * The lines are written in parts, each as a whole or not at all. When one fails, those before it stay written: to go on, the count
   * is sent again.
   *
   * `/flow/v1/import-stock`
   */
  importStockV1(
    input: AsyncIterable<StockCount> | Iterable<StockCount>,
    options: CallOptions = {}
  ): Promise<Result<StockImport, ImportStockV1Failure>> {
    return this.call("POST", "/flow/v1/import-stock", sentLines(input), options, ["sku-unknown"], whole((text) => JSON.parse(text) as StockImport));
  }

  /**
   * What was sold in a period: by shelf, and the best sellers.
   *
   * `/flow/v1/report-sales`
   */
  reportSalesV1(input: SalesQuery, options: CallOptions = {}): Promise<Result<SalesReport, ReportSalesV1Failure>> {
    return this.call("GET", "/flow/v1/report-sales" + query({ ...input }), undefined, options, ["day-unknown", "period-reversed", "report-too-large"], whole((text) => JSON.parse(text) as SalesReport));
  }

  /**
   * What is in stock, product by product: one line of JSON each, or one event each for a client that asks for events.
   *
   * `/flow/v1/report-stock`
   */
  reportStockV1(
    input: StockQuery,
    options: CallOptions = {}
  ): Promise<Result<AsyncIterable<StockLevel>, ReportStockV1Failure>> {
    return this.call("GET", "/flow/v1/report-stock" + query({ ...input }), undefined, options, [], lines<StockLevel>);
  }

  /**
   * Greets in plain text.
   *
   * `/flow/v1/say-hello`
   */
  sayHelloV1(options: CallOptions = {}): Promise<Result<string, SayHelloV1Failure>> {
    return this.call("GET", "/flow/v1/say-hello", undefined, options, [], whole((text) => text));
  }

  /**
   * Products by words of their name, shelf and stock, a page at a time.
   *
   * `/flow/v1/search-products`
   */
  searchProductsV1(
    input: ProductSearch,
    options: CallOptions = {}
  ): Promise<Result<ProductPage, SearchProductsV1Failure>> {
    return this.call("GET", "/flow/v1/search-products" + query({ ...input }), undefined, options, [], whole((text) => JSON.parse(text) as ProductPage));
  }

  /**
   * What is in a cart, and whether the shelves hold it.
   *
   * `/flow/v1/show-cart`
   */
  showCartV1(input: CartQuery, options: CallOptions = {}): Promise<Result<CartView, ShowCartV1Failure>> {
    return this.call("GET", "/flow/v1/show-cart" + query({ ...input }), undefined, options, ["cart-not-found"], whole((text) => JSON.parse(text) as CartView));
  }

  /**
   * Greets in JSON.
   *
   * `/flow/v1/show-message`
   */
  showMessageV1(options: CallOptions = {}): Promise<Result<Message, ShowMessageV1Failure>> {
    return this.call("GET", "/flow/v1/show-message", undefined, options, [], whole((text) => JSON.parse(text) as Message));
  }

  /**
   * Where an order stands, and what it came to.
   *
   * `/flow/v1/show-order`
   */
  showOrderV1(input: OrderQuery, options: CallOptions = {}): Promise<Result<OrderView, ShowOrderV1Failure>> {
    return this.call("GET", "/flow/v1/show-order" + query({ ...input }), undefined, options, ["order-not-found"], whole((text) => JSON.parse(text) as OrderView));
  }

  /**
   * One product by its number.
   *
   * `/flow/v1/show-product`
   */
  showProductV1(input: ProductQuery, options: CallOptions = {}): Promise<Result<Product, ShowProductV1Failure>> {
    return this.call("GET", "/flow/v1/show-product" + query({ ...input }), undefined, options, ["product-not-found"], whole((text) => JSON.parse(text) as Product));
  }
}

/** What a call gives: look at `ok` first. */
export type Result<Value, Failure> =
  | { ok: true; value: Value; response: globalThis.Response }
  | { ok: false; error: Failure };

/** What one call may want besides its input. */
export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** What every problem says (RFC 9457). */
export interface ProblemMembers {
  /** `urn:zerver:problem:out-of-stock` */
  type: string;
  title: string;
  status: number;
  /** A sentence for people. */
  detail?: string;
  /** The path of the request. */
  instance?: string;
  /** When to try again, where the server says so. */
  retryAfterSeconds?: number;
}

/** Failures that no flow declares. */
export type CallFailure =
  /** The input was refused, the server is busy, a deadline has passed: `problem` says which. */
  | { code: "client.other-problem"; problem: ProblemMembers & Record<string, unknown>; status: number }
  /** `fetch` has thrown `cause`. */
  | { code: "client.no-answer"; cause: unknown }
  /** The answer is not what the flow promises. */
  | { code: "client.unreadable-answer"; status: number; text: string; cause: unknown };

function problem(members: ProblemMembers & Record<string, unknown>, response: globalThis.Response, declared: readonly string[]): unknown {
  const code = String(members.type).split(":").pop() ?? "";
  const retryAfter = Number(response.headers.get("retry-after") ?? NaN);
  const all = Number.isInteger(retryAfter) ? { ...members, retryAfterSeconds: retryAfter } : members;
  if (declared.includes(code)) return { ...all, code };
  return { code: "client.other-problem", problem: all, status: response.status };
}

class UnreadableAnswer extends Error {
  constructor(readonly failure: CallFailure) {
    super(failure.code);
  }
}

/** Reads an answer that comes as one. */
function whole<Value>(read: (text: string) => Value): (response: globalThis.Response) => Promise<Value> {
  return async (response) => {
    const text = await response.text();
    try {
      return read(text);
    } catch (cause) {
      throw new UnreadableAnswer({ code: "client.unreadable-answer", status: response.status, text, cause });
    }
  };
}

/** Reads an answer that comes in parts: one JSON document for each line. Leaving the loop over them ends the request. */
async function lines<Value>(response: globalThis.Response): Promise<AsyncIterable<Value>> {
  async function* read(): AsyncGenerator<Value> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    let rest = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        rest += value;
        for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          yield JSON.parse(rest.slice(0, end)) as Value;
          rest = rest.slice(end + 1);
        }
      }
      if (rest !== "") throw new TypeError("the answer ends in the middle of a line");
    } finally {
      await reader.cancel();
    }
  }
  return read();
}

/** A body of one JSON document for each line, made as fast as it is sent. */
function sentLines<Value>(input: AsyncIterable<Value> | Iterable<Value>): ReadableStream<Uint8Array> {
  async function* read(): AsyncGenerator<Value> {
    for await (const element of input) yield element;
  }
  const elements = read();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await elements.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(JSON.stringify(value) + "\n"));
    },
    async cancel() {
      await elements.return(undefined);
    },
  });
}

function query(input: Record<string, unknown>): string {
  const pairs = Object.entries(input).filter(([, value]) => value !== undefined && value !== null);
  const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join("&");
  return text === "" ? "" : `?${text}`;
}
