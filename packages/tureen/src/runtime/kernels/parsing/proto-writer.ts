import type { MessageField } from "./message-descriptor.js";
import { type FieldValue, toVarint, widthOf, writeFixed } from "./proto-values.js";

/** Grows the bytes of one message. */
export class ProtoWriter {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** The message. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Writes `count` values from `from` on as one field: packed into one part where the field asks for it. */
  field(field: MessageField, values: readonly FieldValue[], from: number, count: number): void {
    const width = widthOf(field.type);
    if (field.packed && count > 0) {
      const inner = new ProtoWriter();
      for (let i = from; i < from + count; i++) inner.#value(field.type, values[i]!);
      this.#varint(BigInt(field.number * 8 + 2));
      this.#prefixed(inner.finish());
      return;
    }
    const wire = width === undefined ? 2 : width === 0 ? 0 : width === 4 ? 5 : 1;
    for (let i = from; i < from + count; i++) {
      this.#varint(BigInt(field.number * 8 + wire));
      this.#value(field.type, values[i]!);
    }
  }

  #value(type: number, value: FieldValue): void {
    const width = widthOf(type);
    if (width === undefined) this.#prefixed(value as Uint8Array);
    else if (width === 0) this.#varint(toVarint(type, value));
    else {
      const bytes = new Uint8Array(width);
      writeFixed(type, new DataView(bytes.buffer), 0, value);
      this.#add(bytes);
    }
  }

  #prefixed(bytes: Uint8Array): void {
    this.#varint(BigInt(bytes.length));
    this.#add(bytes);
  }

  #varint(bits: bigint): void {
    const bytes: number[] = [];
    let rest = bits;
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.#add(Uint8Array.from(bytes));
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }
}
