import { Registers } from "./word64.js";

// Registers by role. The constants k0 to k2 are FarmHash's ("some primes between 2^63 and 2^64").
const K0 = 0;
const K1 = 1;
const K2 = 2;
const MUL = 3;
const A = 4;
const B = 5;
const C = 6;
const D = 7;
const S = 8;
const T = 9;
const X = 10;
const Y = 11;
const Z = 12;
const V1 = 13;
const V2 = 14;
const W1 = 15;
const W2 = 16;
const E = 17;
const F = 18;
const G = 19;
const H = 20;
const NINE = 21;
const P = 22;
const Q = 23;

const r = new Registers(24);
r.set(K0, 0x97cb3127, 0xc3a5c85c);
r.set(K1, 0xbe98f273, 0xb492b66f);
r.set(K2, 0x2f90404f, 0x9ae16a3b);
r.set(NINE, 9, 0);

/** A 64-bit hash in two unsigned-as-signed halves. */
export interface Hash64 {
  low: number;
  high: number;
}

/**
 * FarmHash's Fingerprint64 (farmhashna::Hash64), TensorFlow's `Fingerprint64`, written into `out`.
 *
 * The same on every machine and for ever: feature columns hash categories with it.
 */
export function fingerprint64(bytes: Uint8Array, out: Hash64): void {
  const length = bytes.length;
  if (length <= 16) upTo16(bytes, length);
  else if (length <= 32) upTo32(bytes, length);
  else if (length <= 64) upTo64(bytes, length);
  else longer(bytes, length);
  out.low = r.words[A * 2]!;
  out.high = r.words[A * 2 + 1]!;
}

/** `fingerprint64` as an unsigned BigInt. */
export function fingerprint64BigInt(bytes: Uint8Array): bigint {
  fingerprint64(bytes, scratch);
  return (BigInt(scratch.high >>> 0) << 32n) | BigInt(scratch.low >>> 0);
}

const scratch: Hash64 = { low: 0, high: 0 };

/** r[target] = HashLen16(r[u], r[v], r[MUL]); uses P and Q. */
function hash16(target: number, u: number, v: number): void {
  r.xor(P, u, v);
  r.multiply(P, P, MUL);
  r.shiftMix(P, P);
  r.xor(Q, v, P);
  r.multiply(Q, Q, MUL);
  r.shiftMix(Q, Q);
  r.multiply(target, Q, MUL);
}

/** r[MUL] = k2 + 2 * length */
function setMul(length: number): void {
  r.set(T, length * 2, 0);
  r.add(MUL, K2, T);
}

function upTo16(bytes: Uint8Array, length: number): void {
  if (length >= 8) {
    setMul(length);
    r.fetch(A, bytes, 0);
    r.add(A, A, K2);
    r.fetch(B, bytes, length - 8);
    r.rotateRight(C, B, 37);
    r.multiply(C, C, MUL);
    r.add(C, C, A);
    r.rotateRight(D, A, 25);
    r.add(D, D, B);
    r.multiply(D, D, MUL);
    hash16(A, C, D);
  } else if (length >= 4) {
    setMul(length);
    const first = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24);
    const n = length - 4;
    const last = bytes[n]! | (bytes[n + 1]! << 8) | (bytes[n + 2]! << 16) | (bytes[n + 3]! << 24);
    r.set(S, first << 3, first >>> 29);
    r.set(T, length, 0);
    r.add(S, S, T);
    r.set(T, last, 0);
    hash16(A, S, T);
  } else if (length > 0) {
    r.set(S, bytes[0]! + (bytes[length >> 1]! << 8), 0);
    r.multiply(S, S, K2);
    r.set(T, length + (bytes[length - 1]! << 2), 0);
    r.multiply(T, T, K0);
    r.xor(S, S, T);
    r.shiftMix(S, S);
    r.multiply(A, S, K2);
  } else {
    r.copy(A, K2);
  }
}

/** What lengths above 16 start with: Y = first and Z = second argument of their first HashLen16, A = first bytes times `factor`. */
function firstHalves(bytes: Uint8Array, length: number, factor: number): void {
  setMul(length);
  r.fetch(A, bytes, 0);
  r.multiply(A, A, factor);
  r.fetch(B, bytes, 8);
  r.fetch(C, bytes, length - 8);
  r.multiply(C, C, MUL);
  r.fetch(D, bytes, length - 16);
  r.multiply(D, D, K2);
  r.add(Y, A, B);
  r.rotateRight(Y, Y, 43);
  r.rotateRight(S, C, 30);
  r.add(Y, Y, S);
  r.add(Y, Y, D);
  r.add(Z, B, K2);
  r.rotateRight(Z, Z, 18);
  r.add(Z, Z, A);
  r.add(Z, Z, C);
}

function upTo32(bytes: Uint8Array, length: number): void {
  firstHalves(bytes, length, K1);
  hash16(A, Y, Z);
}

function upTo64(bytes: Uint8Array, length: number): void {
  firstHalves(bytes, length, K2);
  hash16(Z, Y, Z);
  r.fetch(E, bytes, 16);
  r.multiply(E, E, MUL);
  r.fetch(F, bytes, 24);
  r.fetch(G, bytes, length - 32);
  r.add(G, G, Y);
  r.multiply(G, G, MUL);
  r.fetch(H, bytes, length - 24);
  r.add(H, H, Z);
  r.multiply(H, H, MUL);
  r.add(S, E, F);
  r.rotateRight(S, S, 43);
  r.rotateRight(T, G, 30);
  r.add(S, S, T);
  r.add(S, S, H);
  r.add(T, F, A);
  r.rotateRight(T, T, 18);
  r.add(T, T, E);
  r.add(T, T, G);
  hash16(A, S, T);
}

/** WeakHashLen32WithSeeds: (r[first], r[second]) of 32 bytes and the seeds r[A], r[B]. */
function weakHash32(first: number, second: number, bytes: Uint8Array, at: number): void {
  r.fetch(S, bytes, at + 24);
  r.fetch(T, bytes, at);
  r.add(A, A, T);
  r.add(B, B, A);
  r.add(B, B, S);
  r.rotateRight(B, B, 21);
  r.copy(C, A);
  r.fetch(T, bytes, at + 8);
  r.add(A, A, T);
  r.fetch(T, bytes, at + 16);
  r.add(A, A, T);
  r.rotateRight(T, A, 44);
  r.add(B, B, T);
  r.add(first, A, S);
  r.add(second, B, C);
}

/** One round over 64 bytes with multiplier r[MUL]; the last one weighs w.second and v.first nine times. */
function round(bytes: Uint8Array, at: number, last: boolean): void {
  r.add(X, X, Y);
  r.add(X, X, V1);
  r.fetch(S, bytes, at + 8);
  r.add(X, X, S);
  r.rotateRight(X, X, 37);
  r.multiply(X, X, MUL);
  r.add(Y, Y, V2);
  r.fetch(S, bytes, at + 48);
  r.add(Y, Y, S);
  r.rotateRight(Y, Y, 42);
  r.multiply(Y, Y, MUL);
  r.copy(S, W2);
  r.copy(T, V1);
  if (last) {
    r.multiply(S, S, NINE);
    r.multiply(T, T, NINE);
  }
  r.xor(X, X, S);
  r.add(Y, Y, T);
  r.fetch(S, bytes, at + 40);
  r.add(Y, Y, S);
  r.add(Z, Z, W1);
  r.rotateRight(Z, Z, 33);
  r.multiply(Z, Z, MUL);
  r.multiply(A, V2, MUL);
  r.add(B, X, W1);
  weakHash32(V1, V2, bytes, at);
  r.add(A, Z, W2);
  r.fetch(B, bytes, at + 16);
  r.add(B, B, Y);
  weakHash32(W1, W2, bytes, at + 32);
  r.copy(S, Z);
  r.copy(Z, X);
  r.copy(X, S);
}

function longer(bytes: Uint8Array, length: number): void {
  // seed 81; y = seed * k1 + 113; z = ShiftMix(y * k2 + 113) * k2; x = seed * k2 + first bytes
  r.set(S, 81, 0);
  r.set(T, 113, 0);
  r.multiply(Y, S, K1);
  r.add(Y, Y, T);
  r.multiply(Z, Y, K2);
  r.add(Z, Z, T);
  r.shiftMix(Z, Z);
  r.multiply(Z, Z, K2);
  r.multiply(X, S, K2);
  r.fetch(T, bytes, 0);
  r.add(X, X, T);
  for (const register of [V1, V2, W1, W2]) r.set(register, 0, 0);
  const rest = (length - 1) & 63;
  const end = length - 1 - rest;
  r.copy(MUL, K1);
  for (let at = 0; at < end; at += 64) round(bytes, at, false);
  r.set(S, (r.words[Z * 2]! & 0xff) << 1, 0);
  r.add(MUL, K1, S);
  r.set(S, rest, 0);
  r.add(W1, W1, S);
  r.add(V1, V1, W1);
  r.add(W1, W1, V1);
  round(bytes, end + rest - 63, true);
  hash16(E, V1, W1);
  r.shiftMix(S, Y);
  r.multiply(S, S, K0);
  r.add(E, E, S);
  r.add(E, E, Z);
  hash16(F, V2, W2);
  r.add(F, F, X);
  hash16(A, E, F);
}
