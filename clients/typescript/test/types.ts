// Never run: the compiler's agreement is the test. It reads the declarations that the package ships.
import { MintcacheClient, ProblemError } from "../dist/index.js";
import type { BatchItem, Token, TokenReference } from "../dist/index.js";

const client = new MintcacheClient("/nft", { timeout: 1000, fetch: (input, init) => fetch(input, init) });

export async function names(references: readonly TokenReference[], signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  for await (const item of client.batch(references, { signal, wait: 2 })) {
    if (item.token !== undefined) found.push(item.token.name ?? item.token.token_id);
    else found.push(item.problem.title);
  }
  return found;
}

export async function again(token: Token): Promise<number | undefined> {
  try {
    return (await client.refresh(token)).cooldown_seconds;
  } catch (error) {
    if (error instanceof ProblemError && error.slug === "refresh-cooldown") return error.retryAfter;
    throw error;
  }
}

export function outcome(item: BatchItem): Token {
  // @ts-expect-error: an item may be a problem.
  return item.token;
}

// @ts-expect-error: a number may have lost digits.
export const inexact: TokenReference = { chain: "ethereum", contract: "0x", token_id: 1 };

export function rename(token: Token): void {
  // @ts-expect-error: answers are read, not written.
  token.name = "another";
}
