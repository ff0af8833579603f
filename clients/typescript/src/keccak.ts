/** Octets that a block takes: 1600 bits of state without twice the 256 of the digest. */
const rate = 136;
const mask = (1n << 64n) - 1n;

/**
 * Keccak-256 as Ethereum uses it: with Keccak's own padding, which is not that of SHA3-256. Written for short texts;
 * lanes are big integers because that is the plainest way to have 64 bits.
 */
export function keccak256(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(message.length / rate) + 1) * rate);
  padded.set(message);
  padded[message.length] = 0x01;
  padded[padded.length - 1] |= 0x80;
  const words = new DataView(padded.buffer);
  let state: bigint[] = new Array<bigint>(25).fill(0n);
  for (let block = 0; block < padded.length; block += rate) {
    state = permute(state.map((lane, i) => (i * 8 < rate ? lane ^ words.getBigUint64(block + i * 8, true) : lane)));
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.slice(0, 4).forEach((lane, i) => digest.setBigUint64(i * 8, lane, true));
  return new Uint8Array(digest.buffer);
}

/** Keccak-f[1600] (FIPS 202, section 3): lane (x, y) lies at x + 5y. */
function permute(start: readonly bigint[]): bigint[] {
  let lanes = [...start];
  for (const constant of roundConstants) {
    const parity = range(5).map((x) => range(5).reduce((sum, y) => sum ^ at(lanes, x, y), 0n));
    // θ, then ρ and π: each lane turned, and moved from (x, y) to (y, 2x + 3y).
    const moved = [...lanes];
    for (const x of range(5)) {
      const change = at(parity, x + 4, 0) ^ rotate(at(parity, x + 1, 0), 1);
      for (const y of range(5)) {
        moved[y + 5 * ((2 * x + 3 * y) % 5)] = rotate(at(lanes, x, y) ^ change, offsets[x + 5 * y] ?? 0);
      }
    }
    // χ and ι.
    lanes = moved.map((lane, i) => {
      const [x, y] = [i % 5, Math.floor(i / 5)];
      return lane ^ (~at(moved, x + 1, y) & mask & at(moved, x + 2, y));
    });
    lanes[0] = at(lanes, 0, 0) ^ constant;
  }
  return lanes;
}

function at(lanes: readonly bigint[], x: number, y: number): bigint {
  return lanes[(x % 5) + 5 * y] ?? 0n;
}

function rotate(lane: bigint, bits: number): bigint {
  return ((lane << BigInt(bits)) | (lane >> BigInt(64 - bits))) & mask;
}

function range(count: number): number[] {
  return [...new Array(count).keys()];
}

/** By how much ρ turns each lane: triangular numbers along the path that π takes. */
const offsets: readonly number[] = (() => {
  const turns = new Array<number>(25).fill(0);
  let [x, y] = [1, 0];
  for (let step = 1; step <= 24; step += 1) {
    turns[x + 5 * y] = ((step * (step + 1)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
  }
  return turns;
})();

/** What ι adds in each round: bits of a shift register at places 2^j − 1. */
const roundConstants: readonly bigint[] = (() => {
  let register = 1;
  return range(24).map(() => {
    let constant = 0n;
    for (let j = 0; j <= 6; j += 1) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1);
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
    return constant;
  });
})();
