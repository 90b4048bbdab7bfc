import { fieldOne, fieldThree, fieldTwo, WirePosition } from "./example-wire.js";

/** What a scan found of one Example. */
export const ScanResult = { OK: 0, MALFORMED: 1, UNSUPPORTED_KIND: 2 } as const;

/**
 * Finds the wanted features in a serialized Example: where the value of each key lies, without looking into it.
 *
 * Keys mostly come in the order of the Example before, so each is first compared with the one that came at its place then. Of
 * several entries with one key the last counts. What is taken for well-formed is what TensorFlow's ParseExample
 * (core/util/example_proto_fast_parsing.cc) takes: concatenated Examples, key and value in either order, unknown fields beside `features`.
 */
export class ExampleScanner {
  /** Where each wanted feature's value starts: its kind's tag. Valid where `found` holds the current stamp. */
  readonly starts: Int32Array;
  /** Where each wanted feature's value ends; the same as its start for a Feature without a kind. */
  readonly ends: Int32Array;
  /** The stamp of the last Example that had each feature. */
  readonly found: Int32Array;
  /** The number of the current scan. */
  stamp = 0;

  readonly #keys: Uint8Array;
  readonly #keyStarts: Int32Array;
  readonly #keyEnds: Int32Array;
  readonly #skipsEmpty: readonly boolean[];
  readonly #heads: Int32Array;
  readonly #nextWithHash: Int32Array;
  readonly #order: Int32Array = new Int32Array(1024);
  readonly #wire = new WirePosition();

  /**
   * `keys` are the wanted features' names, no two the same; `skipsEmpty` says of which a Feature without a kind counts as if it
   * were not there.
   */
  constructor(keys: readonly Uint8Array[], skipsEmpty: readonly boolean[]) {
    const count = keys.length;
    this.starts = new Int32Array(count);
    this.ends = new Int32Array(count);
    this.found = new Int32Array(count);
    this.#skipsEmpty = skipsEmpty;
    this.#keys = new Uint8Array(keys.reduce((sum, key) => sum + key.length, 0));
    this.#keyStarts = new Int32Array(count);
    this.#keyEnds = new Int32Array(count);
    let buckets = 16;
    while (buckets < count * 2) buckets *= 2;
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#nextWithHash = new Int32Array(count);
    let at = 0;
    keys.forEach((key, i) => {
      this.#keys.set(key, at);
      this.#keyStarts[i] = at;
      at += key.length;
      this.#keyEnds[i] = at;
      const bucket = hashOf(key, 0, key.length) & (buckets - 1);
      this.#nextWithHash[i] = this.#heads[bucket]!;
      this.#heads[bucket] = i;
    });
  }

  /** Scans one Example; a `ScanResult`. */
  scan(bytes: Uint8Array): number {
    const { starts, ends, found } = this;
    const wire = this.#wire;
    const order = this.#order;
    const stamp = ++this.stamp;
    const end = bytes.length;
    let result: number = ScanResult.OK;
    let entry = 0;
    let p = 0;
    while (p < end) {
      if (bytes[p] !== fieldOne) {
        if (!wire.skipField(bytes, p, end)) return ScanResult.MALFORMED;
        p = wire.next;
        continue;
      }
      let length = p + 1 < end ? bytes[p + 1]! : -1;
      p += 2;
      if (length >= 0x80) {
        length = wire.varint32(bytes, p - 1, end);
        p = wire.next;
      }
      if (length < 0) return ScanResult.MALFORMED;
      const featuresEnd = Math.min(end, p + length);
      while (p < featuresEnd) {
        if (bytes[p] !== fieldOne) return ScanResult.MALFORMED;
        length = p + 1 < featuresEnd ? bytes[p + 1]! : -1;
        p += 2;
        if (length >= 0x80) {
          length = wire.varint32(bytes, p - 1, featuresEnd);
          p = wire.next;
        }
        if (length < 0) return ScanResult.MALFORMED;
        const entryEnd = Math.min(featuresEnd, p + length);
        let keyStart = 0;
        let keyEnd = 0;
        let valueStart = 0;
        let valueEnd = 0;
        for (let field = 0; field < 2; field++) {
          const tag = p < entryEnd ? bytes[p]! : 0;
          length = p + 1 < entryEnd ? bytes[p + 1]! : -1;
          p += 2;
          if (length >= 0x80) {
            length = wire.varint32(bytes, p - 1, entryEnd);
            p = wire.next;
          }
          if (length < 0 || p + length > entryEnd) return ScanResult.MALFORMED;
          if (tag === fieldOne) {
            keyStart = p;
            p += length;
            keyEnd = p;
          } else if (tag === fieldTwo) {
            valueStart = p;
            p += length;
            valueEnd = p;
          } else return ScanResult.MALFORMED;
        }
        if (p !== entryEnd) return ScanResult.MALFORMED;
        const place = entry++ & 1023;
        let column = order[place]!;
        if (column < 0 || !this.#isKey(column, bytes, keyStart, keyEnd)) {
          column = this.#find(bytes, keyStart, keyEnd);
          order[place] = column;
          if (column < 0) continue;
        }
        if (valueStart === valueEnd) {
          if (this.#skipsEmpty[column]!) continue;
        } else {
          const kind = bytes[valueStart]!;
          if (kind !== fieldOne && kind !== fieldTwo && kind !== fieldThree) result = ScanResult.UNSUPPORTED_KIND;
        }
        starts[column] = valueStart;
        ends[column] = valueEnd;
        found[column] = stamp;
      }
    }
    return result;
  }

  #isKey(column: number, bytes: Uint8Array, start: number, end: number): boolean {
    const keys = this.#keys;
    let k = this.#keyStarts[column]!;
    if (this.#keyEnds[column]! - k !== end - start) return false;
    for (let i = start; i < end; i++, k++) if (keys[k] !== bytes[i]) return false;
    return true;
  }

  #find(bytes: Uint8Array, start: number, end: number): number {
    let column = this.#heads[hashOf(bytes, start, end) & (this.#heads.length - 1)]!;
    while (column >= 0 && !this.#isKey(column, bytes, start, end)) column = this.#nextWithHash[column]!;
    return column;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return hash ^ (hash >>> 16);
}
