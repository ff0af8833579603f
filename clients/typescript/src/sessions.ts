import { checksumAddress } from "./address.js";
import type { Call, CallOptions, Transport } from "./transport.js";

/** What a sign-in message must contain, once, and soon. */
export interface Nonce {
  readonly nonce: string;
  readonly expires_at: string;
}

/** Who is signed in. */
export interface Session {
  /** Names the session without giving it away. */
  readonly id: string;
  readonly wallet_address: string;
  readonly chain: string;
  readonly user: { readonly id: string; readonly username: string | null; readonly created_at: string };
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  readonly idle_expires_at: string;
}

/** One of the wallet's sessions, as the list tells them. */
export interface OwnSession extends Omit<Session, "wallet_address" | "user"> {
  /** Whether it is the one that asked. */
  readonly current: boolean;
  /** What the browser called itself when it signed in. */
  readonly user_agent: string;
}

/** What a sign-in message says (EIP-4361). */
export interface SignInMessage {
  /** Host and port of the page, which the wallet compares with what it sees. */
  readonly domain: string;
  /** In any case; the message has it in EIP-55's. */
  readonly address: string;
  /** One line of printable ASCII that the wallet shows. */
  readonly statement?: string;
  /** The page. */
  readonly uri: string;
  readonly chainID: number;
  readonly nonce: string;
  readonly issuedAt: Date;
}

/** How to sign in. */
export interface SignIn extends CallOptions {
  readonly address: string;
  /** 1, Ethereum, by default. */
  readonly chainID?: number;
  readonly statement?: string;
  /** The page's own host and port by default; required where there is no page. */
  readonly domain?: string;
  /** The page's own origin and `/` by default. */
  readonly uri?: string;
  /** Has the wallet sign the text (`personal_sign`), and gives the signature as hexadecimal after `0x`. */
  readonly sign: (message: string) => Promise<string>;
}

/** Signing in with a wallet, and what can be done once signed in. The session itself is a cookie no script can read. */
export class Sessions {
  constructor(private readonly transport: Transport) {}

  /** Asks for a nonce, has the wallet sign a message with it, and trades both for a session. */
  async signIn(how: SignIn): Promise<Session> {
    const { nonce } = await this.nonce(how);
    const page = globalThis.location as Location | undefined;
    const message = signInMessage({
      domain: how.domain ?? page?.host ?? "",
      address: how.address,
      uri: how.uri ?? (page === undefined ? "" : `${page.origin}/`),
      chainID: how.chainID ?? 1,
      nonce,
      issuedAt: new Date(),
      ...(how.statement === undefined ? {} : { statement: how.statement }),
    });
    return this.verify(message, await how.sign(message), how);
  }

  async nonce(options: CallOptions = {}): Promise<Nonce> {
    return (await this.call("POST", "/auth/nonce", options, {})) as Nonce;
  }

  async verify(message: string, signature: string, options: CallOptions = {}): Promise<Session> {
    return (await this.call("POST", "/auth/verify", options, { message, signature })) as Session;
  }

  /** Who is signed in. Nobody is a `ProblemError` with the slug `session-required`. */
  async current(options: CallOptions = {}): Promise<Session> {
    return (await this.call("GET", "/auth/session", options)) as Session;
  }

  /** A name that somebody has is a `ProblemError` with the slug `username-taken`. */
  async setUsername(username: string, options: CallOptions = {}): Promise<Session> {
    return (await this.call("PATCH", "/auth/session", options, { username })) as Session;
  }

  /** All sessions of this wallet, the latest used first. */
  async list(options: CallOptions = {}): Promise<readonly OwnSession[]> {
    const answer = await this.call("GET", "/auth/sessions", options);
    return (answer as { readonly sessions: readonly OwnSession[] }).sessions;
  }

  async signOut(options: CallOptions = {}): Promise<void> {
    await this.call("DELETE", "/auth/session", options);
  }

  /** Ends all sessions of this wallet. */
  async signOutEverywhere(options: CallOptions = {}): Promise<void> {
    await this.call("DELETE", "/auth/sessions", options);
  }

  private call(method: Call["method"], path: string, options: CallOptions, body?: unknown): Promise<unknown> {
    return this.transport.json({ method, path, accept: "application/json", credentials: "include", body }, options);
  }
}

/**
 * The text that a wallet signs (EIP-4361).
 *
 * @throws TypeError for what no such message can say.
 */
export function signInMessage(message: SignInMessage): string {
  const { domain, statement, uri, chainID, nonce, issuedAt } = message;
  if (domain === "" || uri === "") throw new TypeError("a sign-in message needs a domain and a URI");
  if (statement !== undefined && !/^[\x20-\x7e]+$/.test(statement)) {
    throw new TypeError("the statement of a sign-in message is one line of printable ASCII");
  }
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    checksumAddress(message.address),
    "",
    ...(statement === undefined ? [] : [statement]),
    "",
    `URI: ${uri}`,
    "Version: 1",
    `Chain ID: ${chainID}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt.toISOString()}`,
  ].join("\n");
}
