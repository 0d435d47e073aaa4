// Written by `route-gen client --language typescript` from the flows of Shop. Write it again instead of editing it.

/** JSON whose form only the server's code knows. */
export type Blob = unknown;

/**
 * The number of a cart.
 * 1 to 64 characters
 */
export type CartId = string;

/**
 * Every type and every limit.
 *
 * </script><img src=x onerror=alert(1)> & "quotes" *​/ `<code>`
 *
 * - one point
 * - and another
 */
export interface Everything {
  /** Whose cart it is. */
  "cart-id": CartId;
  /**
   * </script><img src=x onerror=alert(1)> & "quotes" *​/ `<code>`
   * 1 to 8 characters
   */
  name: string;
  /** `[A-Z]{2}-\d+` */
  code?: string | null;
  /**
   * -5 to -1
   * Default: `-2`
   */
  count?: number;
  weight: Weight;
  /**
   * 0.25 to 99.5
   * Default: `0.5`
   */
  ratio?: number;
  /** Default: `true` */
  default?: boolean;
  /** Default: `"plus-size"` */
  tier?: Tier;
  later?: Tier | null;
  /**
   * at most 2 elements, no two alike
   * Default: `[]`
   */
  tags?: string[];
  /**
   * at most 2 elements
   * Default: `{}`
   */
  scores?: Record<string, number>;
  matrix: number[][];
  inner?: RequestValue | null;
  "own-cart": ShopCart;
  "stock-cart": StockCart;
  blob?: Blob | null;
  /** 4 to 64 characters */
  secret: string;
  secrets?: string[] | null;
  /** Default: `"say \"hi\""` */
  greeting?: string;
}

export interface Line {
  sku: string;
  pieces: number;
}

export interface OldOrder {
  "cart-id": string;
  /** 1 to 9 characters */
  note?: string | null;
}

export interface OldReceipt {
  "order-id": number;
  total: number;
  status: string;
}

/** What came of an order. */
export interface Receipt {
  "order-id": string;
  tier: Tier;
  note?: string;
  lines: Line[];
  status: string;
}

export interface RequestValue {
}

/** What to look for. */
export interface Search {
  kind: Tier;
  /**
   * Words.
   * 1 to 80 characters
   */
  text?: string | null;
  "cart-id"?: CartId | null;
  "heavier-than"?: Weight | null;
  /**
   * 1 to 100
   * Default: `20`
   */
  limit?: number;
  ratio?: number | null;
  /** Default: `false` */
  exact?: boolean;
  token?: string | null;
}

/** A cart of the shop. */
export interface ShopCart {
  open: boolean;
}

/** A cart in the stock room. */
export interface StockCart {
  shelf: string;
}

/** How much somebody pays. */
export type Tier = "free" | "plus-size" | "none";

/**
 * In kilograms.
 * 0.0 to 1000.0
 */
export type Weight = number;

/**
 * The shelf is empty.
 * </script><img src=x onerror=alert(1)> & "quotes" *​/ `<code>`
 */
export interface OutOfStockProblem extends ProblemMembers {
  code: "out-of-stock";
  sku: string;
  left?: number;
}

export interface ProblemProblem extends ProblemMembers {
  code: "problem";
}

/** Why `v1/copy-things` has not given its answer. */
export type CopyThingsV1Failure = CallFailure;

/** Why `v1/fetch-thing` has not given its answer. */
export type FetchThingV1Failure = CallFailure;

/** Why `v1/find-things` has not given its answer. */
export type FindThingsV1Failure = CallFailure;

/** Why `v1/import-things` has not given its answer. */
export type ImportThingsV1Failure = CallFailure;

/** Why `v1/place-order` has not given its answer. */
export type PlaceOrderV1Failure = OutOfStockProblem | ProblemProblem | CallFailure;

/** Why `v2/place-order` has not given its answer. */
export type PlaceOrderV2Failure = ProblemProblem | OutOfStockProblem | CallFailure;

/** Why `v1/run-search` has not given its answer. */
export type RunSearchV1Failure = CallFailure;

/** Why `v1/stream-things` has not given its answer. */
export type StreamThingsV1Failure = CallFailure;

/** Calls the flows of Shop: one method for each, typed from its input to its errors. */
export class EveryConstructClient {
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

  /** `/flow/v1/copy-things` */
  copyThingsV1(
    input: AsyncIterable<Line> | Iterable<Line>,
    options: CallOptions = {}
  ): Promise<Result<AsyncIterable<Line>, CopyThingsV1Failure>> {
    return this.call("PUT", "/flow/v1/copy-things", sentLines(input), options, [], lines<Line>);
  }

  /**
   * The thing itself.
   *
   * `/flow/v1/fetch-thing`
   */
  fetchThingV1(input: Search, options: CallOptions = {}): Promise<Result<Blob, FetchThingV1Failure>> {
    return this.call("GET", "/flow/v1/fetch-thing" + query({ ...input }), undefined, options, [], (response) => response.blob());
  }

  /** `/flow/v1/find-things` */
  findThingsV1(input: Search, options: CallOptions = {}): Promise<Result<(Line | null)[], FindThingsV1Failure>> {
    return this.call("GET", "/flow/v1/find-things" + query({ ...input }), undefined, options, [], whole((text) => JSON.parse(text) as (Line | null)[]));
  }

  /**
   * Line after line, the other way.
   *
   * `/flow/v1/import-things`
   */
  importThingsV1(
    input: AsyncIterable<Line> | Iterable<Line>,
    options: CallOptions = {}
  ): Promise<Result<Receipt, ImportThingsV1Failure>> {
    return this.call("POST", "/flow/v1/import-things", sentLines(input), options, [], whole((text) => JSON.parse(text) as Receipt));
  }

  /**
   * Orders a cart.
   *
   * `/flow/v1/place-order`
   *
   * @deprecated Deprecated from 2026-10-01. Answered until 2027-04-01. Use placeOrderV2. See https://example.com/guide?a=1&b=2
   */
  placeOrderV1(
    input: OldOrder,
    options: CallOptions & { idempotencyKey?: string } = {}
  ): Promise<Result<OldReceipt, PlaceOrderV1Failure>> {
    return this.call("POST", "/flow/v1/place-order", JSON.stringify(input), options, ["out-of-stock", "problem"], whole((text) => JSON.parse(text) as OldReceipt));
  }

  /**
   * Orders </script><img src=x onerror=alert(1)> & "quotes" *​/ `<code>`
   *
   * With a second paragraph.
   *
   * `/flow/v2/place-order`
   */
  placeOrderV2(
    input: Everything,
    options: CallOptions & { idempotencyKey: string }
  ): Promise<Result<Receipt, PlaceOrderV2Failure>> {
    return this.call("POST", "/flow/v2/place-order", JSON.stringify(input), options, ["problem", "out-of-stock"], whole((text) => JSON.parse(text) as Receipt));
  }

  /** `/flow/v1/run-search` */
  runSearchV1(options: CallOptions = {}): Promise<Result<string, RunSearchV1Failure>> {
    return this.call("POST", "/flow/v1/run-search", undefined, options, [], whole((text) => text));
  }

  /**
   * Line after line.
   *
   * `/flow/v1/stream-things`
   */
  streamThingsV1(
    input: Search,
    options: CallOptions = {}
  ): Promise<Result<AsyncIterable<Line>, StreamThingsV1Failure>> {
    return this.call("GET", "/flow/v1/stream-things" + query({ ...input }), undefined, options, [], lines<Line>);
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
