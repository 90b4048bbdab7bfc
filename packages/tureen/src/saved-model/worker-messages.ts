import { statSync } from "node:fs";
import { join } from "node:path";
import type { DType, NumericArray } from "../core/dtype.js";
import type { ReusedMemory } from "../core/reused-memory.js";
import type { Shape } from "../core/shape.js";
import type { StatusCodeName } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import type { RestoredTensors } from "../runtime/run-context.js";
import { savedModelFiles } from "./read.js";

/** A tensor on its way between threads: numbers in their array, byte strings one after another with their ends. */
export interface PackedTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: NumericArray;
  readonly ends?: Float64Array;
}

/** What the engine worker is told. */
export type ToWorker =
  | {
      readonly kind: "load";
      readonly model: number;
      readonly directory: string;
      readonly stamp: string;
      readonly tags: readonly string[] | undefined;
      readonly loopLimit: number | undefined;
      readonly warmUp: boolean | undefined;
      readonly tensorLimit: number;
      /** Its variables, in memory that both threads see. */
      readonly weights: RestoredTensors;
    }
  | {
      readonly kind: "run";
      readonly call: number;
      readonly model: number;
      readonly names: readonly string[];
      readonly feeds: readonly PackedTensor[];
      readonly fetches: readonly string[];
      /** Milliseconds that are left; threads do not share a clock's zero. */
      readonly timeout: number | undefined;
    }
  | { readonly kind: "close"; readonly model: number };

/** What the engine worker says. */
export type FromWorker =
  | { readonly kind: "loaded"; readonly model: number; readonly problem?: string }
  | {
      readonly kind: "result";
      readonly call: number;
      readonly values: readonly PackedTensor[];
      readonly milliseconds: number;
      /** The memory of the feeds, which can be used again. */
      readonly spent: readonly ArrayBuffer[];
    }
  | {
      readonly kind: "error";
      readonly call: number;
      readonly code: StatusCodeName;
      readonly message: string;
      readonly spent: readonly ArrayBuffer[];
    };

/** Smaller data is better off in memory of its own. */
const reusedFrom = 32 * 1024;

/** The memory of packed tensors that is worth its way back. */
export function reusableBuffers(packed: readonly PackedTensor[]): ArrayBuffer[] {
  return packed.map(({ data }) => data.buffer as ArrayBuffer).filter(({ byteLength }) => byteLength >= reusedFrom);
}

/** Copies tensors into buffers that can be handed over, large ones of `memory`: whoever gave the tensors keeps theirs. */
export function packTensors(
  values: readonly TensorValue[],
  memory?: ReusedMemory,
): {
  readonly packed: PackedTensor[];
  readonly buffers: ArrayBuffer[];
} {
  const buffers: ArrayBuffer[] = [];
  const packed = values.map((value): PackedTensor => {
    if (value.dtype === "string") return packStrings(value as TensorValue<"string">, buffers);
    const data = copied(value.data as NumericArray, memory);
    buffers.push(data.buffer as ArrayBuffer);
    return { dtype: value.dtype, shape: value.shape, data };
  });
  return { packed, buffers };
}

function copied(data: NumericArray, memory: ReusedMemory | undefined): NumericArray {
  if (memory === undefined || data.byteLength < reusedFrom) return data.slice();
  const Type = data.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => NumericArray;
  const copy = new Type(memory.take(data.byteLength), 0, data.length);
  copy.set(data as never);
  return copy;
}

function packStrings({ dtype, shape, data }: TensorValue<"string">, buffers: ArrayBuffer[]): PackedTensor {
  const ends = new Float64Array(data.length);
  let size = 0;
  for (let i = 0; i < data.length; i++) {
    size += data[i]!.length;
    ends[i] = size;
  }
  const bytes = new Uint8Array(size);
  for (let i = 0; i < data.length; i++) bytes.set(data[i]!, i === 0 ? 0 : ends[i - 1]);
  buffers.push(bytes.buffer, ends.buffer);
  return { dtype, shape, data: bytes, ends };
}

/** The tensors that were packed, on the buffers that arrived. */
export function unpackTensors(packed: readonly PackedTensor[]): TensorValue[] {
  return packed.map(({ dtype, shape, data, ends }) => {
    if (ends === undefined) return tensorValue(dtype, shape, data as never);
    const strings = Array.from(ends, (end, i) => (data as Uint8Array).subarray(i === 0 ? 0 : ends[i - 1], end));
    return tensorValue(dtype, shape, strings as never);
  });
}

/** Tells whether a model's files are still those that were loaded: sizes and times of its graph and of its index. */
export function modelStamp(directory: string): string {
  return [savedModelFiles.binary, savedModelFiles.text, `${savedModelFiles.variables}.index`]
    .map((file) => {
      const stat = statSync(join(directory, file), { throwIfNoEntry: false });
      return stat === undefined ? "-" : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
    })
    .join(" ");
}
