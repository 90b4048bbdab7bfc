/**
 * Buffers that are used again, for large passing data: V8 counts array buffers to its heap, and would mark all of it for a few megabytes of new ones.
 *
 * What a buffer held before is still in it. The sizes are bytes.
 */
export class ReusedMemory {
  readonly #mostBytes: number;
  readonly #kept: ArrayBuffer[] = [];
  #keptBytes = 0;

  /** Keeps up to so many bytes for later. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** A buffer of at least that size that nobody else holds. */
  take(size: number): ArrayBuffer {
    const kept = this.#kept;
    for (let i = kept.length - 1; i >= 0; i--) {
      const { byteLength } = kept[i]!;
      // One that is far too large stays for data of its size.
      if (byteLength < size || byteLength > size * 4) continue;
      this.#keptBytes -= byteLength;
      return kept.splice(i, 1)[0]!;
    }
    return Buffer.allocUnsafeSlow(size).buffer as ArrayBuffer;
  }

  /** Takes a buffer back: nobody may look at it from now on. The oldest ones go where it is too much. */
  give(buffer: ArrayBuffer): void {
    const { byteLength } = buffer;
    if (byteLength > this.#mostBytes) return;
    this.#kept.push(buffer);
    this.#keptBytes += byteLength;
    while (this.#keptBytes > this.#mostBytes) this.#keptBytes -= this.#kept.shift()!.byteLength;
  }
}
