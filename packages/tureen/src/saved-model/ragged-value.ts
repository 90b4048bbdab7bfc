import { invalidArgument } from "../core/status-error.js";
import { type NestedValue, type TensorValue, tensorValue, toNested, toTensor, zeros } from "../core/tensor-value.js";
import type { RaggedSpec } from "./composite-info.js";

/** A ragged value as its tensors: flat values, and row splits from the outermost to the innermost, [rows + 1] each. */
export interface RaggedSignatureValue {
  readonly flatValues: NestedValue | TensorValue;
  readonly nestedRowSplits: readonly (NestedValue | TensorValue)[];
}

/** The tensors of a ragged value that is given as nested lists: flat values, then row splits. INVALID_ARGUMENT for lists that are not as deep. */
export function raggedComponents(rows: NestedValue, spec: RaggedSpec): TensorValue[] {
  let level: readonly NestedValue[] = [rows];
  const splits: TensorValue[] = [];
  for (let depth = 0; depth <= spec.raggedRank; depth++) {
    const lists = level.map((item) => {
      if (Array.isArray(item)) return item as readonly NestedValue[];
      if (ArrayBuffer.isView(item)) return Array.from(item as unknown as ArrayLike<number | bigint>);
      throw invalidArgument(`a ragged value of rank ${spec.raggedRank} is ${spec.raggedRank + 1} lists deep`);
    });
    if (depth > 0) {
      const ends = [0];
      for (const list of lists) ends.push(ends.at(-1)! + list.length);
      splits.push(splitsOf(ends, spec.rowSplitsDtype));
    }
    level = lists.flat(1) as readonly NestedValue[];
  }
  const inner = (spec.shape ?? []).slice(spec.raggedRank + 1);
  const flat =
    level.length > 0
      ? toTensor(level as NestedValue, spec.dtype)
      : zeros(spec.dtype, [0, ...inner.map((size) => Math.max(size, 0))]);
  return [flat, ...splits];
}

function splitsOf(ends: readonly number[], dtype: RaggedSpec["rowSplitsDtype"]): TensorValue {
  return dtype === "int32"
    ? tensorValue("int32", [ends.length], Int32Array.from(ends))
    : tensorValue("int64", [ends.length], BigInt64Array.from(ends, BigInt));
}

/** A ragged value as nested lists of plain values. */
export function raggedLists([flat, ...splits]: readonly TensorValue[]): unknown[] {
  let rows = toNested(flat!) as unknown[];
  for (const { data } of splits.reverse()) {
    const ends = Array.from(data as ArrayLike<number | bigint>, Number);
    const inner = rows;
    rows = ends.slice(1).map((end, i) => inner.slice(ends[i], end));
  }
  return rows;
}
