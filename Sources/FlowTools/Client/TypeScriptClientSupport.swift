/// The part of a TypeScript client that no flow changes.
enum TypeScriptClientSupport {
  /// Members that every problem has. A field of a declared error cannot take their place.
  static let problemMembers: Set<String> = ["code", "type", "title", "status", "detail", "instance", "retryAfterSeconds"]

  static let reservedNames: Set<String> = [
    "AbortSignal", "Array", "AsyncGenerator", "AsyncIterable", "Boolean", "CallFailure", "CallOptions", "Date", "Error", "Function", "Headers", "JSON", "Map", "Number",
    "Object", "Omit", "Iterable", "Partial", "Pick", "Problem", "ProblemMembers", "Promise", "Readonly", "ReadableStream", "Record", "RegExp", "Request", "Response",
    "Result", "Set", "String", "Symbol", "TextDecoderStream", "TextEncoder", "TypeError", "URL", "URLSearchParams", "UnreadableAnswer",
  ]

  static let members = """
    private readonly baseURL: string;
    private readonly headers: Record<string, string>;
    private readonly fetch: typeof globalThis.fetch;

    /**
     * @param baseURL Scheme, host and port of the server, and what a proxy wants before the flows' paths. Empty for the page's own origin.
     * @param settings.headers Fields that every request carries, such as `Authorization`.
     * @param settings.fetch What sends the requests.
     */
    constructor(baseURL: string, settings: { headers?: Record<string, string>; fetch?: typeof globalThis.fetch } = {}) {
      this.baseURL = baseURL.replace(/\\/+$/, "");
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
        headers["Idempotency-Key"] = `"${options.idempotencyKey.replace(/["\\\\]/g, "\\\\$&")}"`;
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
    """

  static let text = """

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
            for (let end = rest.indexOf("\\n"); end >= 0; end = rest.indexOf("\\n")) {
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
          else controller.enqueue(encoder.encode(JSON.stringify(value) + "\\n"));
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
    """
}
