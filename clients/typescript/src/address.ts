import { keccak256 } from "./keccak.js";

/**
 * An Ethereum address in EIP-55's mixed case, which EIP-4361 demands and some wallets do not give.
 *
 * @throws TypeError for anything but 20 bytes in hexadecimal after `0x`.
 */
export function checksumAddress(address: string): string {
  if (!/^0x[0-9a-f]{40}$/i.test(address)) throw new TypeError(`'${address}' is not an Ethereum address`);
  const digits = address.slice(2).toLowerCase();
  const hash = keccak256(new TextEncoder().encode(digits));
  const cased = Array.from(digits, (digit, index) => {
    const byte = hash[index >> 1] ?? 0;
    const nibble = index % 2 === 0 ? byte >> 4 : byte & 15;
    return nibble >= 8 ? digit.toUpperCase() : digit;
  });
  return "0x" + cased.join("");
}
