import { ConnectionError, ProtocolError } from "./errors.js";
import { lines } from "./lines.js";
import { Sessions } from "./sessions.js";
import { parse, Transport } from "./transport.js";
import type { CallOptions, ClientOptions } from "./transport.js";
import type { BatchItem, Contract, ContractReference, Refresh, Token, TokenReference } from "./types.js";

/** What calls for tokens take besides. */
export interface TokenOptions extends CallOptions {
  /**
   * Seconds the proxy may take for what it does not hold; past that it answers with a stale copy or status 504, and
   * fetches on. 0 asks for what is held.
   */
  readonly wait?: number;
}

/** Speaks to one Mintcache proxy. Holds no state of its own: the proxy and the browser cache. */
export class MintcacheClient {
  /** Signing in with a wallet. */
  readonly sessions: Sessions;
  private readonly transport: Transport;

  /**
   * @param baseURL The proxy: `https://proxy.example`, a path of this page's own origin such as `/nft`, or nothing for
   *   the origin itself.
   */
  constructor(baseURL: string, options: ClientOptions = {}) {
    this.transport = new Transport(baseURL, options);
    this.sessions = new Sessions(this.transport);
  }

  async token(reference: TokenReference, options: TokenOptions = {}): Promise<Token> {
    return (await this.get(tokenPath(reference), options)) as Token;
  }

  async contract(reference: ContractReference, options: TokenOptions = {}): Promise<Contract> {
    return (await this.get(contractPath(reference), options)) as Contract;
  }

  /**
   * Up to 1,000 tokens, each as soon as the proxy has it, in any order; an item tells its `index`. The request is sent
   * when iteration begins, and closed when it ends early.
   *
   * @throws ConnectionError when the answer breaks off: items that came before stay valid.
   */
  async *batch(
    references: readonly TokenReference[],
    options: TokenOptions = {},
  ): AsyncGenerator<BatchItem, void, void> {
    if (references.length === 0) return;
    const body = { tokens: references };
    const call = { method: "POST", path: "/v1/batch", accept: "application/x-ndjson", body, ...wait(options) } as const;
    const missing = new Set(references.keys());
    for await (const line of lines(this.transport.stream(call, options), this.transport.limit)) {
      const item = batchItem(parseLine(line, missing.size, references.length));
      if (!missing.delete(item.index)) throw new ProtocolError(`the batch has item ${item.index} out of place`);
      yield item;
    }
    if (missing.size > 0) throw brokenOff(missing.size, references.length);
  }

  /** Has a token fetched anew, behind. A second time within the cool-down is a `ProblemError` of status 429. */
  async refresh(reference: TokenReference, options: CallOptions = {}): Promise<Refresh> {
    const call = { method: "POST", path: tokenPath(reference) + "/refresh", accept: "application/json" } as const;
    return (await this.transport.json(call, options)) as Refresh;
  }

  /** Where the token is answered, as one object. */
  tokenURL(reference: TokenReference): string {
    return this.transport.url(tokenPath(reference));
  }

  /** Where the source's document is answered, byte for byte. */
  metadataURL(reference: TokenReference): string {
    return this.transport.url(tokenPath(reference) + "/metadata");
  }

  /** Leads to the token's image, or is it: good for the `src` of an `img`. */
  imageURL(reference: TokenReference): string {
    return this.transport.url(tokenPath(reference) + "/image");
  }

  /** Where the proxy answers `ipfs:`, `ipns:` and `ar:` addresses; `undefined` for all others. */
  contentURL(address: string): string | undefined {
    const match = /^(ipfs|ipns|ar):\/\/(?:(?:ipfs|ipns)\/)?([^/?#]+)(.*)$/is.exec(address);
    if (match === null) return undefined;
    const [, scheme = "", name = "", rest = ""] = match;
    return this.transport.url(`/${scheme.toLowerCase()}/${encodeURIComponent(name)}${encodePath(rest)}`);
  }

  private get(path: string, options: TokenOptions): Promise<unknown> {
    return this.transport.json({ method: "GET", path, accept: "application/json", ...wait(options) }, options);
  }
}

function tokenPath(reference: TokenReference): string {
  if (typeof reference === "string") {
    return "/v1/assets/" + reference.split("/").map(encodeSegment).join("/");
  }
  return `${contractPath(reference)}/${encodeSegment(reference.token_id.toString())}`;
}

function contractPath(reference: ContractReference): string {
  return `/v1/${encodeSegment(reference.chain)}/${encodeSegment(reference.contract)}`;
}

/** A segment of a path, with the colons that CAIP identifiers are made of. A segment of dots would be resolved away. */
function encodeSegment(text: string): string {
  if (text === "" || text === "." || text === "..") throw new TypeError(`'${text}' names no token`);
  return encodeURIComponent(text).replaceAll("%3A", ":");
}

/** A path within content, where what is percent-encoded stays so and the rest becomes it. */
function encodePath(path: string): string {
  return encodeURI(path).replaceAll(/%25(?=[0-9a-f]{2})/gi, "%").replaceAll("?", "%3F").replaceAll("#", "%23");
}

function wait(options: TokenOptions): { wait?: number } {
  return options.wait === undefined ? {} : { wait: options.wait };
}

/** The last line of an answer that broke off is no JSON; that is the connection's fault, not the proxy's. */
function parseLine(line: string, left: number, count: number): unknown {
  try {
    return parse(line);
  } catch (error) {
    throw line.endsWith("}") ? error : brokenOff(left, count);
  }
}

function brokenOff(missing: number, count: number): ConnectionError {
  return new ConnectionError(`the batch broke off: ${missing} of ${count} items are missing`);
}

function batchItem(value: unknown): BatchItem {
  const item = value as Partial<Record<keyof BatchItem, unknown>> | null;
  const isWhole = typeof item === "object" && item !== null && Number.isInteger(item.index) &&
    (typeof item.token === "object") !== (typeof item.problem === "object");
  if (!isWhole) throw new ProtocolError("a line of the batch is not an item");
  return value as BatchItem;
}
