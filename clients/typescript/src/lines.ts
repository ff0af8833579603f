import { ProtocolError } from "./errors.js";

const lineFeed = 0x0a;

/**
 * Cuts chunks of octets into lines of UTF-8, without their ends. What follows the last line end is a line as well.
 *
 * @param limit The most octets a line may have.
 * @throws ProtocolError for a longer line, or one that is not UTF-8.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string, void, void> {
  const line = new Gathered(limit);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      line.append(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.append(chunk.subarray(start));
  }
  if (line.length > 0) yield line.take();
}

/**
 * The whole of what comes, as UTF-8.
 *
 * @throws ProtocolError when that is more than `limit` octets, or not UTF-8.
 */
export async function text(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const whole = new Gathered(limit);
  for await (const chunk of chunks) whole.append(chunk);
  return whole.take();
}

/** Octets that belong together, joined once. */
class Gathered {
  length = 0;
  private pieces: Uint8Array[] = [];

  constructor(private readonly limit: number) {}

  append(piece: Uint8Array): void {
    if (this.length + piece.length > this.limit) {
      throw new ProtocolError(`the answer has a part of more than ${this.limit} octets`);
    }
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.length += piece.length;
  }

  take(): string {
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (const piece of this.pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    this.pieces = [];
    this.length = 0;
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(whole);
    } catch (cause) {
      throw new ProtocolError("the answer is not UTF-8", { cause });
    }
  }
}
