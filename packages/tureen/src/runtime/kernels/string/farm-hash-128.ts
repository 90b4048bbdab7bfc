import {
  A,
  B,
  C,
  D,
  hash16,
  K0,
  K1,
  MUL,
  NINE,
  r,
  round,
  S,
  T,
  upTo16,
  V1,
  V2,
  W1,
  W2,
  weakHash32,
  X,
  Y,
  Z,
} from "./farm-hash-steps.js";

/** The multiplier of CityHash's Hash128to64, which mixes two words where no length does. */
const mixer = { low: 0xeb382d69 | 0, high: 0x9ddfea08 | 0 } as const;

/** Bytes that a turn of the long hash takes, in two rounds. */
const turn = 128;

/**
 * FarmHash's Fingerprint128 (farmhashcc::CityHash128), TensorFlow's `Fingerprint128`, its two words written to `out` from `at` on, the low one first.
 *
 * The same on every machine and for ever.
 */
export function fingerprint128(bytes: Uint8Array, out: BigUint64Array, at: number): void {
  // The first 16 bytes are the seed of the others.
  const isSeeded = bytes.length >= 16;
  if (isSeeded) {
    r.fetch(X, bytes, 0);
    r.fetch(Y, bytes, 8);
    r.add(Y, Y, K0);
  } else {
    r.copy(X, K0);
    r.copy(Y, K1);
  }
  const rest = isSeeded ? bytes.subarray(16) : bytes;
  if (rest.length < turn) murmur(rest, rest.length);
  else long(rest, rest.length);
  out[at] = r.value(X);
  out[at + 1] = r.value(Y);
}

/** r[target] = HashLen16(r[u], r[v]) */
function mix(target: number, u: number, v: number): void {
  r.set(MUL, mixer.low, mixer.high);
  hash16(target, u, v);
}

/** CityMurmur: r[X] and r[Y] are the seed, and then the hash. */
function murmur(bytes: Uint8Array, length: number): void {
  if (length <= 16) {
    upTo16(bytes, length);
    r.multiply(C, Y, K1);
    r.add(C, C, A);
    r.multiply(X, X, K1);
    r.shiftMix(X, X);
    r.multiply(X, X, K1);
    if (length >= 8) r.fetch(S, bytes, 0);
    else r.copy(S, C);
    r.add(D, X, S);
    r.shiftMix(D, D);
  } else {
    r.fetch(S, bytes, length - 8);
    r.add(S, S, K1);
    mix(C, S, X);
    r.set(S, length, 0);
    r.add(S, S, Y);
    r.fetch(T, bytes, length - 16);
    r.add(T, T, C);
    mix(D, S, T);
    r.add(X, X, D);
    for (let at = 0; at < length - 16; at += 16) {
      absorb(X, bytes, at);
      r.xor(Y, Y, X);
      absorb(C, bytes, at + 8);
      r.xor(D, D, C);
    }
  }
  mix(X, X, C);
  mix(Y, D, Y);
  r.xor(A, X, Y);
  mix(Y, Y, X);
  r.copy(X, A);
}

/** Takes eight bytes into a word of CityMurmur's state. */
function absorb(word: number, bytes: Uint8Array, at: number): void {
  r.fetch(S, bytes, at);
  r.multiply(S, S, K1);
  r.shiftMix(S, S);
  r.multiply(S, S, K1);
  r.xor(word, word, S);
  r.multiply(word, word, K1);
}

/** r[target] = r[a] rotated right, times r[factor], plus r[b] */
function rotateMultiplyAdd(target: number, a: number, bits: number, factor: number, b: number): void {
  r.rotateRight(target, a, bits);
  r.multiply(target, target, factor);
  r.add(target, target, b);
}

/** CityHash128WithSeed of 128 bytes and more: r[X] and r[Y] are the seed, and then the hash. */
function long(bytes: Uint8Array, length: number): void {
  r.set(S, length, 0);
  r.multiply(Z, S, K1);
  r.xor(S, Y, K1);
  r.fetch(T, bytes, 0);
  rotateMultiplyAdd(V1, S, 49, K1, T);
  r.fetch(T, bytes, 8);
  rotateMultiplyAdd(V2, V1, 42, K1, T);
  r.add(S, Y, Z);
  rotateMultiplyAdd(W1, S, 35, K1, X);
  r.fetch(S, bytes, 88);
  r.add(S, S, X);
  r.rotateRight(W2, S, 53);
  r.multiply(W2, W2, K1);
  const end = length - (length % turn);
  r.copy(MUL, K1);
  for (let at = 0; at < end; at += turn / 2) round(bytes, at, false);
  r.add(S, V1, Z);
  rotateMultiplyAdd(T, S, 49, K0, X);
  r.copy(X, T);
  r.rotateRight(S, W2, 37);
  r.multiply(Y, Y, K0);
  r.add(Y, Y, S);
  r.rotateRight(S, W1, 27);
  r.multiply(Z, Z, K0);
  r.add(Z, Z, S);
  r.multiply(W1, W1, NINE);
  r.multiply(V1, V1, K0);
  // The rest in pieces of 32 bytes, from the end backwards; the first of them may begin in what is done.
  for (let at = length - 32; at + 32 > end; at -= 32) piece(bytes, at);
  mix(X, X, V1);
  r.add(S, Y, Z);
  mix(Y, S, W1);
  r.add(S, X, V2);
  mix(A, S, W2);
  r.add(S, X, W2);
  r.add(T, Y, V2);
  r.add(X, A, Y);
  mix(Y, S, T);
}

function piece(bytes: Uint8Array, at: number): void {
  r.add(S, X, Y);
  rotateMultiplyAdd(Y, S, 42, K0, V2);
  r.fetch(S, bytes, at + 16);
  r.add(W1, W1, S);
  r.multiply(X, X, K0);
  r.add(X, X, W1);
  r.fetch(S, bytes, at);
  r.add(Z, Z, W2);
  r.add(Z, Z, S);
  r.add(W2, W2, V1);
  r.add(A, V1, Z);
  r.copy(B, V2);
  weakHash32(V1, V2, bytes, at);
  r.multiply(V1, V1, K0);
}
