/** Any JSON value. */
export type JSONValue = null | boolean | number | string | JSONValue[] | { [name: string]: JSONValue };

/**
 * Names a token: a CAIP-19 text (`eip155:1/erc721:0x…/1`), or its parts as the proxy writes them, so that a `Token`
 * names itself.
 */
export type TokenReference = string | TokenParts;

/** The parts of a token's name. */
export interface TokenParts {
  /** A name from the proxy's configuration (`ethereum`), or a CAIP-2 identifier (`eip155:1`). */
  readonly chain: string;
  /** 20 bytes in hexadecimal. In mixed case its EIP-55 checksum must be right. */
  readonly contract: string;
  /** Decimal, or hexadecimal after `0x`. A number past 2^53 would have lost digits, so numbers are not taken. */
  readonly token_id: string | bigint;
}

/** Names a contract. */
export interface ContractReference {
  readonly chain: string;
  readonly contract: string;
}

/** Where an answer came from: the chain itself, or the name of a configured provider. */
export type Source = string;

export interface Attribute {
  readonly trait_type: string | null;
  readonly value: JSONValue;
  readonly display_type: string | null;
}

/** A token: one shape, whatever the source, with the source's own document inside. */
export interface Token {
  readonly chain: string;
  readonly contract: string;
  readonly token_id: string;
  readonly standard: string | null;
  readonly token_uri: string | null;
  readonly name: string | null;
  readonly description: string | null;
  /** A URL that can be fetched. To go through the proxy use `imageURL`. */
  readonly image: string | null;
  readonly animation_url: string | null;
  readonly external_url: string | null;
  readonly background_color: string | null;
  readonly attributes: readonly Attribute[];
  /** The source's document. Its exact bytes are at `metadataURL`: parsing it here may round large numbers. */
  readonly metadata: JSONValue;
  readonly source: Source;
  /** RFC 3339, in UTC. */
  readonly fetched_at: string;
  /** Whether this copy is past its time and stands in while a newer one is fetched, or because its source fails. */
  readonly stale: boolean;
}

/** A contract, with its ERC-7572 document inside where it has one. */
export interface Contract {
  readonly chain: string;
  readonly contract: string;
  readonly standard: string | null;
  readonly name: string | null;
  readonly symbol: string | null;
  /** Decimal. */
  readonly total_supply: string | null;
  readonly contract_uri: string | null;
  readonly description: string | null;
  readonly image: string | null;
  readonly banner_image: string | null;
  readonly featured_image: string | null;
  readonly external_link: string | null;
  readonly collaborators: readonly string[];
  readonly metadata: JSONValue;
  readonly source: Source;
  readonly fetched_at: string;
  readonly stale: boolean;
}

/** An RFC 9457 problem document. */
export interface Problem {
  /** `urn:mintcache:problem:` and a slug. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly retryable?: boolean;
  readonly [member: string]: JSONValue | undefined;
}

/** One item of a batch: a token, or the problem there was with it. */
export type BatchItem = BatchToken | BatchProblem;

interface BatchPlace {
  /** Its place among the tokens asked for. */
  readonly index: number;
  readonly status: number;
  /** Absent where the reference could not be read. */
  readonly chain?: string;
  readonly contract?: string;
  readonly token_id?: string;
  /** What the cache did, in the words of `Cache-Status` (RFC 9211). */
  readonly cache?: string;
  /** In seconds. */
  readonly age?: number;
}

export interface BatchToken extends BatchPlace {
  readonly token: Token;
  readonly problem?: undefined;
}

export interface BatchProblem extends BatchPlace {
  readonly token?: undefined;
  readonly problem: Problem;
}

/** What became of a refresh. */
export interface Refresh {
  readonly chain: string;
  readonly contract: string;
  readonly token_id: string;
  readonly state: string;
  /** Where the token is answered: relative to the proxy. */
  readonly location: string;
  /** Until a refresh of this token is taken again. */
  readonly cooldown_seconds: number;
}
