import { codesOf, noteCodes } from "../../core/string-codes.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { read, type Source, words } from "./plan-source.js";

/** The indices (int64 [n, 2]) and values of a matrix's elements that differ from `ignored`; other ranks are left to `unfused`. */
export function toSparseKernel(from: Source, ignored: TensorValue, unfused: Kernel): Kernel {
  let kept = new Int32Array(64);
  const find =
    ignored.dtype === "string"
      ? unequalTexts(ignored)
      : ignored.dtype === "int64"
        ? unequalLong(ignored)
        : unequalInts(ignored);
  return (inputs, context) => {
    const value = read(from, inputs);
    if (value.shape.length !== 2 || value.dtype !== ignored.dtype) return unfused(inputs, context);
    const columns = value.shape[1]!;
    const total = value.shape[0]! * columns;
    if (kept.length < total) kept = new Int32Array(total * 2);
    const count = find(value, total, kept);
    const places = new Int32Array(count * 4);
    for (let i = 0; i < count; i++) {
      const at = kept[i]!;
      const row = columns === 1 ? at : Math.floor(at / columns);
      places[i * 4] = row;
      places[i * 4 + 2] = at - row * columns;
    }
    const indices = tensorValue("int64", [count, 2], new BigInt64Array(places.buffer));
    if (count === total) return [indices, tensorValue(value.dtype, [count], value.data)];
    return [indices, tensorValue(value.dtype, [count], pick(value, kept, count) as never)];
  };
}

type Find = (value: TensorValue, total: number, kept: Int32Array) => number;

function unequalTexts(ignored: TensorValue): Find {
  const text = (ignored.data as readonly Uint8Array[])[0]!;
  return (value, total, kept) => {
    const texts = value.data as readonly Uint8Array[];
    let count = 0;
    for (let i = 0; i < total; i++) if (!isSame(texts[i]!, text)) kept[count++] = i;
    return count;
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function unequalLong(ignored: TensorValue): Find {
  const [low, high] = words(ignored);
  return (value, total, kept) => {
    const source = words(value);
    let count = 0;
    for (let i = 0; i < total; i++) if (source[i * 2] !== low || source[i * 2 + 1] !== high) kept[count++] = i;
    return count;
  };
}

function unequalInts(ignored: TensorValue): Find {
  const number = (ignored.data as Int32Array)[0];
  return (value, total, kept) => {
    const source = value.data as Int32Array;
    let count = 0;
    for (let i = 0; i < total; i++) if (source[i] !== number) kept[count++] = i;
    return count;
  };
}

function pick(value: TensorValue, kept: Int32Array, count: number): unknown {
  if (value.dtype === "string") {
    const texts = value.data as readonly Uint8Array[];
    const picked = new Array<Uint8Array>(count);
    for (let i = 0; i < count; i++) picked[i] = texts[kept[i]!]!;
    const known = codesOf(texts);
    if (known !== undefined) {
      const codes = new Int32Array(count);
      for (let i = 0; i < count; i++) codes[i] = known.codes[kept[i]!]!;
      noteCodes(picked, { dictionary: known.dictionary, codes });
    }
    return picked;
  }
  const source = words(value);
  if (value.dtype === "int32") {
    const picked = new Int32Array(count);
    for (let i = 0; i < count; i++) picked[i] = source[kept[i]!]!;
    return picked;
  }
  const picked = new Int32Array(count * 2);
  for (let i = 0; i < count; i++) {
    picked[i * 2] = source[kept[i]! * 2]!;
    picked[i * 2 + 1] = source[kept[i]! * 2 + 1]!;
  }
  return new BigInt64Array(picked.buffer);
}
