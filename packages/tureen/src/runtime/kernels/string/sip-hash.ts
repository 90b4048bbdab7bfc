import type { Hash64 } from "./farm-hash.js";
import { Registers } from "./word64.js";

const V0 = 0;
const V1 = 1;
const V2 = 2;
const V3 = 3;
const K0 = 4;
const K1 = 5;
const M = 6;
const T = 7;

const r = new Registers(8);

function rounds(count: number): void {
  for (let i = 0; i < count; i++) {
    r.add(V0, V0, V1);
    r.rotateRight(V1, V1, 64 - 13);
    r.xor(V1, V1, V0);
    r.rotateRight(V0, V0, 32);
    r.add(V2, V2, V3);
    r.rotateRight(V3, V3, 64 - 16);
    r.xor(V3, V3, V2);
    r.add(V0, V0, V3);
    r.rotateRight(V3, V3, 64 - 21);
    r.xor(V3, V3, V0);
    r.add(V2, V2, V1);
    r.rotateRight(V1, V1, 64 - 17);
    r.xor(V1, V1, V2);
    r.rotateRight(V2, V2, 32);
  }
}

/** A 128-bit key in four halves, low ones first. */
export type SipKey = readonly [number, number, number, number];

/** SipHash-2-4 (Aumasson and Bernstein), TensorFlow's `StrongKeyedHash`, written into `out`. */
export function sipHash(key: SipKey, bytes: Uint8Array, out: Hash64): void {
  r.set(K0, key[0], key[1]);
  r.set(K1, key[2], key[3]);
  // "somepseudorandomlygeneratedbytes"
  r.set(V0, 0x70736575, 0x736f6d65);
  r.set(V1, 0x6e646f6d, 0x646f7261);
  r.set(V2, 0x6e657261, 0x6c796765);
  r.set(V3, 0x79746573, 0x74656462);
  r.xor(V0, V0, K0);
  r.xor(V1, V1, K1);
  r.xor(V2, V2, K0);
  r.xor(V3, V3, K1);
  const { length } = bytes;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    r.fetch(M, bytes, at);
    absorb();
  }
  let low = 0;
  let high = (length & 0xff) << 24;
  for (let i = 0; at + i < length; i++) {
    if (i < 4) low |= bytes[at + i]! << (8 * i);
    else high |= bytes[at + i]! << (8 * (i - 4));
  }
  r.set(M, low, high);
  absorb();
  r.set(T, 0xff, 0);
  r.xor(V2, V2, T);
  rounds(4);
  r.xor(T, V0, V1);
  r.xor(T, T, V2);
  r.xor(T, T, V3);
  out.low = r.words[T * 2]!;
  out.high = r.words[T * 2 + 1]!;
}

function absorb(): void {
  r.xor(V3, V3, M);
  rounds(2);
  r.xor(V0, V0, M);
}
