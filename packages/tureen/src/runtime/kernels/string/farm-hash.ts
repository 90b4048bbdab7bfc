import {
  A,
  B,
  C,
  D,
  E,
  F,
  G,
  H,
  hash16,
  K0,
  K1,
  K2,
  MUL,
  r,
  round,
  S,
  setMul,
  T,
  upTo16,
  V1,
  V2,
  W1,
  W2,
  X,
  Y,
  Z,
} from "./farm-hash-steps.js";

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
