import { ConnectionError, ProblemError, ProtocolError, TimeoutError } from "./errors.js";
import { text } from "./lines.js";
import type { Problem } from "./types.js";

/** How a client reaches its proxy. */
export interface ClientOptions {
  /**
   * The longest time in milliseconds that nothing may come: until an answer is whole, and for a batch between two
   * pieces of it. 15,000 by default, longer than the proxy's own deadline.
   */
  readonly timeout?: number;
  /** The most octets of one answer, or of one line of a batch: 16 MiB by default. */
  readonly limit?: number;
  /** In place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
  /** Whether cookies go with requests for tokens: `same-origin` by default. Sign-in always sends them. */
  readonly credentials?: RequestCredentials;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call when it is aborted; its reason is what the call then throws. */
  readonly signal?: AbortSignal;
  /** In place of the client's. */
  readonly timeout?: number;
}

/** A request, relative to the proxy. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly accept: string;
  readonly body?: unknown;
  /** Seconds the proxy may take (`Prefer: wait`, RFC 7240). */
  readonly wait?: number;
  readonly credentials?: RequestCredentials;
}

/** Sends requests, and turns whatever goes wrong into the errors of `errors.ts`. */
export class Transport {
  readonly limit: number;
  private readonly base: string;
  private readonly timeout: number;
  private readonly send: typeof fetch;
  private readonly credentials: RequestCredentials;

  constructor(baseURL: string, options: ClientOptions) {
    this.base = baseURL.replace(/\/+$/, "");
    this.timeout = options.timeout ?? 15_000;
    this.limit = options.limit ?? 16 * 1024 * 1024;
    // Called without a receiver, as browsers demand of it.
    const send = options.fetch ?? globalThis.fetch;
    this.send = (input, init) => send(input, init);
    this.credentials = options.credentials ?? "same-origin";
  }

  url(path: string): string {
    return this.base + path;
  }

  /** The JSON that answers a call; `undefined` where the answer has no content. */
  async json(call: Call, options: CallOptions): Promise<unknown> {
    const exchange = new Exchange(options, this.timeout);
    try {
      const response = await this.begin(call, exchange);
      const body = await text(exchange.chunks(response), this.limit);
      return response.status === 204 ? undefined : parse(body);
    } finally {
      exchange.end();
    }
  }

  /** The octets that answer a call, as they come. Whoever stops reading closes the request. */
  async *stream(call: Call, options: CallOptions): AsyncGenerator<Uint8Array, void, void> {
    const exchange = new Exchange(options, this.timeout);
    try {
      const response = await this.begin(call, exchange);
      for await (const chunk of exchange.chunks(response)) {
        // While the caller is busy with what came, nothing is late.
        exchange.stopClock();
        yield chunk;
        exchange.startClock();
      }
    } finally {
      exchange.end();
    }
  }

  private async begin(call: Call, exchange: Exchange): Promise<Response> {
    const headers: Record<string, string> = { Accept: call.accept };
    if (call.body !== undefined) headers["Content-Type"] = "application/json";
    if (call.wait !== undefined) headers["Prefer"] = `wait=${Math.max(0, Math.floor(call.wait))}`;
    const request: RequestInit = {
      method: call.method,
      headers,
      credentials: call.credentials ?? this.credentials,
      signal: exchange.signal,
    };
    if (call.body !== undefined) request.body = JSON.stringify(call.body, bigIntAsText);
    const response = await exchange.guard(this.send(this.url(call.path), request));
    if (response.ok) return response;
    throw await failure(response, exchange);
  }
}

/** One request on its way: its clock, and the ways it can end early. */
class Exchange {
  private readonly controller = new AbortController();
  private readonly caller: AbortSignal | undefined;
  private readonly timeout: number;
  private clock: ReturnType<typeof setTimeout> | undefined;
  private readonly forward = (): void => this.controller.abort(this.caller?.reason);

  constructor(options: CallOptions, timeout: number) {
    this.caller = options.signal;
    this.timeout = options.timeout ?? timeout;
    this.caller?.throwIfAborted();
    this.caller?.addEventListener("abort", this.forward, { once: true });
    this.startClock();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stopClock(): void {
    clearTimeout(this.clock);
  }

  startClock(): void {
    this.clock = setTimeout(() => this.controller.abort(new TimeoutError(this.timeout)), this.timeout);
  }

  /** Ends the request, if it has not ended. */
  end(): void {
    this.stopClock();
    this.caller?.removeEventListener("abort", this.forward);
    this.controller.abort();
  }

  /** What a step of the request brings. Its failure is told by its reason: the caller, the clock, or the connection. */
  async guard<Result>(step: Promise<Result>): Promise<Result> {
    try {
      return await step;
    } catch (cause) {
      if (this.signal.aborted) throw this.signal.reason;
      throw new ConnectionError("the connection to the proxy failed", { cause });
    }
  }

  async *chunks(response: Response): AsyncGenerator<Uint8Array, void, void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    for (;;) {
      const { done, value } = await this.guard(reader.read());
      if (done) return;
      yield value;
    }
  }
}

async function failure(response: Response, exchange: Exchange): Promise<Error> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("application/problem+json")) {
    return new ProtocolError(`status ${response.status} without a problem document, but ${type || "of no type"}`);
  }
  const problem = parse(await text(exchange.chunks(response), 1024 * 1024));
  if (!isProblem(problem)) return new ProtocolError("the problem document has not the form of RFC 9457");
  return new ProblemError(
    problem,
    seconds(response.headers.get("Retry-After")),
    response.headers.get("X-Request-Id") ?? undefined,
  );
}

function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  const problem = value as Record<string, unknown>;
  return ["type", "title"].every((name) => typeof problem[name] === "string") && typeof problem["status"] === "number";
}

/** `Retry-After` in either form (RFC 9110, section 10.2.3). */
function seconds(field: string | null): number | undefined {
  if (field === null) return undefined;
  if (/^\d+$/.test(field)) return Number(field);
  const date = Date.parse(field);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError("the answer is not JSON", { cause });
  }
}

function bigIntAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
