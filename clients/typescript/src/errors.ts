import type { Problem } from "./types.js";

/** Everything this client throws of its own. Where the caller's signal is aborted, its reason is thrown instead. */
export class MintcacheError extends Error {
  /** Whether asking again, later, may help. */
  readonly isRetryable: boolean;

  constructor(message: string, isRetryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.isRetryable = isRetryable;
  }
}

/** The proxy answered with a problem document (RFC 9457). */
export class ProblemError extends MintcacheError {
  readonly problem: Problem;
  readonly status: number;
  /** The end of the problem's type: `token-not-found`, `rate-limited`, … */
  readonly slug: string;
  /** Seconds until asking again makes sense, as `Retry-After` says. */
  readonly retryAfter: number | undefined;
  /** What the proxy's log calls this request. */
  readonly requestID: string | undefined;

  constructor(problem: Problem, retryAfter?: number, requestID?: string) {
    super(problem.detail ?? problem.title, problem.retryable ?? isRetryable(problem.status));
    this.problem = problem;
    this.status = problem.status;
    this.slug = problem.type.slice(problem.type.lastIndexOf(":") + 1);
    this.retryAfter = retryAfter;
    this.requestID = requestID;
  }
}

/** The proxy could not be reached, or the connection broke before the answer was whole. */
export class ConnectionError extends MintcacheError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, true, options);
  }
}

/** Nothing came for as long as the client was told to wait. */
export class TimeoutError extends MintcacheError {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`, true);
  }
}

/** What answered does not speak as Mintcache does; most often the base URL is wrong. */
export class ProtocolError extends MintcacheError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, false, options);
  }
}

function isRetryable(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
