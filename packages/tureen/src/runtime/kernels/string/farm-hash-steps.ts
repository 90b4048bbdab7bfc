import { Registers } from "./word64.js";

// Registers by role. The constants k0 to k2 are FarmHash's ("some primes between 2^63 and 2^64").
export const K0 = 0;
export const K1 = 1;
export const K2 = 2;
export const MUL = 3;
export const A = 4;
export const B = 5;
export const C = 6;
export const D = 7;
export const S = 8;
export const T = 9;
export const X = 10;
export const Y = 11;
export const Z = 12;
export const V1 = 13;
export const V2 = 14;
export const W1 = 15;
export const W2 = 16;
export const E = 17;
export const F = 18;
export const G = 19;
export const H = 20;
export const NINE = 21;
export const P = 22;
export const Q = 23;

/** The registers of all of FarmHash; nothing is kept in them from one hash to the next but the constants. */
export const r: Registers = new Registers(24);
r.set(K0, 0x97cb3127, 0xc3a5c85c);
r.set(K1, 0xbe98f273, 0xb492b66f);
r.set(K2, 0x2f90404f, 0x9ae16a3b);
r.set(NINE, 9, 0);

/** r[target] = HashLen16(r[u], r[v], r[MUL]); uses P and Q. */
export function hash16(target: number, u: number, v: number): void {
  r.xor(P, u, v);
  r.multiply(P, P, MUL);
  r.shiftMix(P, P);
  r.xor(Q, v, P);
  r.multiply(Q, Q, MUL);
  r.shiftMix(Q, Q);
  r.multiply(target, Q, MUL);
}

/** r[MUL] = k2 + 2 * length */
export function setMul(length: number): void {
  r.set(T, length * 2, 0);
  r.add(MUL, K2, T);
}

/** r[A] = the hash of up to 16 bytes (HashLen0to16) */
export function upTo16(bytes: Uint8Array, length: number): void {
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

/** WeakHashLen32WithSeeds: (r[first], r[second]) of 32 bytes and the seeds r[A], r[B]. */
export function weakHash32(first: number, second: number, bytes: Uint8Array, at: number): void {
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
export function round(bytes: Uint8Array, at: number, last: boolean): void {
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
