import { dataLoss } from "../../../../core/status-error.js";

/** Bits that one look into the table resolves; longer codes, which are rare, are walked. */
const lookBits = 9;

/** A Huffman table of a JPEG file (ITU T.81, annex C). */
export interface HuffmanTable {
  /** By the next `lookBits` bits: code length in the upper byte, symbol in the lower one; 0 for longer codes. */
  readonly look: Uint16Array;
  /** By code length: the largest code, -1 for none. */
  readonly largest: Int32Array;
  /** By code length: what to add to a code for its place among the symbols. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/** The table of `counts[i]` codes of i + 1 bits and their symbols. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const look = new Uint16Array(1 << lookBits);
  const largest = new Int32Array(18).fill(-1);
  const offset = new Int32Array(18);
  let [code, k] = [0, 0];
  for (let length = 1; length <= 16; length++, code <<= 1) {
    offset[length] = k - code;
    for (let i = 0; i < counts[length - 1]!; i++, code++, k++) {
      if (length > lookBits) continue;
      const shift = lookBits - length;
      look.fill((length << 8) | symbols[k]!, code << shift, (code + 1) << shift);
    }
    if (counts[length - 1]! > 0) largest[length] = code - 1;
  }
  return { look, largest, offset, symbols };
}

/** The bits of a scan's entropy-coded data: stuffed bytes are skipped, and past a marker zeros follow, as in libjpeg. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  /** How many of the bits at hand are zeros that stand for missing data. */
  #added = 0;
  /** Whether bits were used that are not there. */
  overrun = false;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the data stopped: at a marker, or at the end. */
  get position(): number {
    return this.#at;
  }

  #fill(need: number): void {
    while (this.#count < need) {
      let byte = 0;
      const next = this.#bytes[this.#at];
      if (next === undefined || (next === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        this.#added += 8;
      } else {
        byte = next;
        this.#at += next === 0xff ? 2 : 1;
      }
      this.#bits = ((this.#bits & 0xffffff) << 8) | byte;
      this.#count += 8;
    }
  }

  #use(count: number): void {
    this.#count -= count;
    if (this.#count >= this.#added) return;
    this.overrun = true;
    this.#added = this.#count;
  }

  /** The next `count` bits, at most 16, as a number. */
  read(count: number): number {
    if (count === 0) return 0;
    this.#fill(count);
    this.#use(count);
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** The next symbol of a table. */
  symbol(table: HuffmanTable): number {
    this.#fill(16);
    const found = table.look[(this.#bits >>> (this.#count - lookBits)) & ((1 << lookBits) - 1)]!;
    let length = found >> 8;
    let value = found & 0xff;
    if (length === 0) {
      length = lookBits + 1;
      for (; length <= 16; length++) {
        const code = (this.#bits >>> (this.#count - length)) & ((1 << length) - 1);
        if (code > table.largest[length]!) continue;
        value = table.symbols[code + table.offset[length]!]!;
        break;
      }
      if (length > 16) throw dataLoss("Corrupt JPEG data: bad Huffman code");
    }
    this.#use(length);
    return value;
  }

  /** The next `count` bits as a signed number in JPEG's manner: a leading 0 bit means negative. */
  signed(count: number): number {
    const value = this.read(count);
    return count > 0 && value < 1 << (count - 1) ? value - (1 << count) + 1 : value;
  }

  /** Goes past a restart marker and starts on a new byte. */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#added = 0;
    const { length } = this.#bytes;
    while (this.#at + 1 < length && !(this.#bytes[this.#at] === 0xff && this.#bytes[this.#at + 1] !== 0)) this.#at += 1;
    const marker = this.#bytes[this.#at + 1]!;
    if (marker >= 0xd0 && marker <= 0xd7) this.#at += 2;
    this.overrun = false;
  }
}
