export { MintcacheClient } from "./client.js";
export type { TokenOptions } from "./client.js";
export { ConnectionError, MintcacheError, ProblemError, ProtocolError, TimeoutError } from "./errors.js";
export { checksumAddress } from "./address.js";
export { Sessions, signInMessage } from "./sessions.js";
export type { Nonce, OwnSession, Session, SignIn, SignInMessage } from "./sessions.js";
export type { CallOptions, ClientOptions } from "./transport.js";
export type {
  Attribute,
  BatchItem,
  BatchProblem,
  BatchToken,
  Contract,
  ContractReference,
  JSONValue,
  Problem,
  Refresh,
  Token,
  TokenParts,
  TokenReference,
} from "./types.js";
