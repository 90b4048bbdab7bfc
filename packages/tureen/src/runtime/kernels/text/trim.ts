import type { DType, NumericArray } from "../../../core/dtype.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { integerValue, numbersOf } from "../sparse/integers.js";

/**
 * How much of each segment of a row stays: items are dealt out in turns until the budget is spent, so that short segments stay whole and what
 * is over goes to the first of the long ones.
 */
function dealOut(sizes: readonly number[], budget: number): number[] {
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  const used = new Array<number>(sizes.length).fill(0);
  let left = budget;
  let filled = 0;
  for (const i of order) {
    if (sizes[i]! * (sizes.length - filled) > left) break;
    used[i] = sizes[i]!;
    left -= sizes[i]!;
    filled += 1;
  }
  if (filled < sizes.length) {
    const share = Math.trunc(left / (sizes.length - filled));
    for (const i of order.slice(filled)) {
      used[i] = share;
      left -= share;
    }
  }
  for (let i = 0; i < sizes.length && left > 0; i++) {
    if (used[i]! >= sizes[i]!) continue;
    used[i]! += 1;
    left -= 1;
  }
  return used;
}

interface Segments {
  readonly values: readonly TensorValue[];
  readonly splits: readonly Float64Array[];
  /** Of each row, how much of each segment stays. */
  readonly kept: readonly (readonly number[])[];
}

function deal(inputs: readonly TensorValue[], count: number): Segments {
  const budget = (inputs[0]!.data as Int32Array)[0]!;
  const values = inputs.slice(1, 1 + count);
  const splits = inputs.slice(1 + count, 1 + 2 * count).map(numbersOf);
  const rows = splits[0]!.length - 1;
  splits.forEach((bounds, s) => {
    if (bounds.length - 1 < rows) throw invalidArgument("Segments must have the same number of rows");
    if (bounds[bounds.length - 1]! > (values[s]!.data as ArrayLike<unknown>).length)
      throw invalidArgument("Row splits reach beyond the values");
  });
  const kept = Array.from({ length: Math.max(0, rows) }, (_, row) =>
    dealOut(
      splits.map((bounds) => bounds[row + 1]! - bounds[row]!),
      budget,
    ),
  );
  return { values, splits, kept };
}

function pick(value: TensorValue, places: readonly number[]): TensorValue {
  if (!ArrayBuffer.isView(value.data)) {
    const data = value.data as readonly Uint8Array[];
    return tensorValue(
      "string",
      [places.length],
      places.map((place) => data[place]!),
    );
  }
  const data = value.data as unknown as NumericArray;
  const result = data.slice(0, places.length) as NumericArray;
  for (let i = 0; i < places.length; i++) result[i] = data[places[i]!]!;
  return tensorValue<DType>(value.dtype, [places.length], result as never);
}

const trim: KernelFactory = ({ attrs }) => {
  const count = attrs.int("N");
  const dtype = attrs.type("Tsplits") as "int32" | "int64";
  return (inputs) => {
    const { values, splits, kept } = deal(inputs, count);
    const trimmed: TensorValue[] = [];
    const bounds: TensorValue[] = [];
    values.forEach((value, s) => {
      const places: number[] = [];
      const own = [0];
      kept.forEach((used, row) => {
        const from = splits[s]![row]!;
        for (let i = 0; i < used[s]!; i++) places.push(from + i);
        own.push(places.length);
      });
      trimmed.push(pick(value, places));
      bounds.push(integerValue(dtype, [own.length], own));
    });
    return [...trimmed, ...bounds];
  };
};

const masks: KernelFactory = ({ attrs }) => {
  const count = attrs.int("N");
  return (inputs) => {
    const { values, splits, kept } = deal(inputs, count);
    return values.map((_, s) => {
      const mask: number[] = [];
      kept.forEach((used, row) => {
        const size = splits[s]![row + 1]! - splits[s]![row]!;
        for (let i = 0; i < size; i++) mask.push(i < used[s]! ? 1 : 0);
      });
      return tensorValue("bool", [mask.length], Uint8Array.from(mask));
    });
  };
};

/** RoundRobinTrimmer's ops. */
export const trimKernels: KernelTable = {
  "TFText>RoundRobinTrim": trim,
  "TFText>RoundRobinGenerateMasks": masks,
};
