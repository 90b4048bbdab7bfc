import { dtypeLabel, dtypeWidth } from "../../../core/dtype.js";
import { elementCount, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers, withShape, zeros } from "../../../core/tensor-value.js";
import type { KernelTable } from "../../kernel.js";
import { concatenate } from "../array-join.js";
import { integerValue, numbersOf } from "../sparse/integers.js";

/** What a variant tensor of a ragged value holds: TensorFlow's `RaggedTensorVariant`. */
interface RaggedVariant {
  readonly kind: "RaggedTensorVariant";
  readonly splits: readonly (readonly number[])[];
  readonly values: TensorValue;
}

function rowsOf(value: TensorValue, from: number, to: number): TensorValue {
  const inner = elementCount(value.shape.slice(1)) * dtypeWidth(value.dtype);
  const data = value.data as unknown as Uint8Array;
  return tensorValue(value.dtype, [to - from, ...value.shape.slice(1)], data.slice(from * inner, to * inner) as never);
}

/** Row `row` of a ragged value, one rank less ragged. */
function ragged(splits: readonly (readonly number[])[], values: TensorValue, row: number): RaggedVariant {
  const inner: number[][] = [];
  let [from, to] = [splits[0]![row]!, splits[0]![row + 1]!];
  for (const level of splits.slice(1)) {
    const start = level[from]!;
    inner.push(level.slice(from, to + 1).map((split) => split - start));
    [from, to] = [level[from]!, level[to]!];
  }
  return { kind: "RaggedTensorVariant", splits: inner, values: rowsOf(values, from, to) };
}

function variantsOf(value: TensorValue, dtype: TensorValue["dtype"], rank: number): RaggedVariant[] {
  return (value.data as readonly (Partial<RaggedVariant> | undefined)[]).map((variant, i) => {
    if (variant?.kind !== "RaggedTensorVariant") {
      throw invalidArgument(
        `Input Variant element at index ${i} doesn't hold a RaggedTensorVariant: ${variant === undefined ? "<none>" : String(variant.kind)}`,
      );
    }
    const found = variant as RaggedVariant;
    if (found.splits.length !== rank) {
      throw invalidArgument(
        `Encoded input RaggedTensorVariant has ragged_rank=${found.splits.length}.  Expected ragged_rank=${rank}.`,
      );
    }
    if (found.values.dtype !== dtype) {
      throw invalidArgument(
        `Expected values Tensor dtype: ${dtypeLabel(dtype)}, found: ${dtypeLabel(found.values.dtype)}`,
      );
    }
    return found;
  });
}

/** Components stacked: splits of the variant tensor's own dimensions, then those of the components joined. */
function stack(shape: readonly number[], parts: readonly RaggedVariant[], rank: number): readonly number[][] {
  const splits: number[][] = [];
  let rows = 1;
  for (let d = 0; d < shape.length - 1; d++) {
    rows *= shape[d]!;
    splits.push(Array.from({ length: rows + 1 }, (_, i) => i * shape[d + 1]!));
  }
  const lengths = parts.map(({ splits: own, values }) => (own.length > 0 ? own[0]!.length - 1 : values.shape[0]!));
  const outer = [0];
  for (const length of lengths) outer.push(outer.at(-1)! + length);
  splits.push(outer);
  for (let level = 0; level < rank; level++) {
    const joined = [0];
    for (const part of parts) {
      const offset = joined.at(-1)!;
      for (const split of part.splits[level]!.slice(1)) joined.push(offset + split);
    }
    splits.push(joined);
  }
  return splits;
}

/** RaggedTensorToVariant, its gradient, and RaggedTensorFromVariant. */
export const raggedVariantKernels: KernelTable = {
  RaggedTensorToVariant: ({ attrs }) => {
    const rank = attrs.int("RAGGED_RANK");
    const batched = attrs.bool("batched_input");
    return (inputs) => {
      const splits = inputs.slice(0, rank).map((value) => Array.from(numbersOf(value)));
      const values = inputs[rank]!;
      if (!batched) {
        const whole: RaggedVariant = { kind: "RaggedTensorVariant", splits, values };
        return [tensorValue("variant", [], [whole])];
      }
      if (rank === 0) {
        const count = values.shape[0] ?? 0;
        const rows = Array.from({ length: count }, (_, i): RaggedVariant => {
          const row = rowsOf(values, i, i + 1);
          return {
            kind: "RaggedTensorVariant",
            splits: [],
            values: tensorValue(row.dtype, row.shape.slice(1), row.data),
          };
        });
        return [tensorValue("variant", [count], rows)];
      }
      const count = splits[0]!.length - 1;
      if (count < 0) throw invalidArgument("Invalid ragged tensor: splits must have at least one element");
      return [
        tensorValue(
          "variant",
          [count],
          Array.from({ length: count }, (_, i) => ragged(splits, values, i)),
        ),
      ];
    };
  },

  RaggedTensorToVariantGradient: ({ attrs }) => {
    const dtype = attrs.type("Tvalues");
    return (inputs) => {
      const [encoded, splits, sizes] = inputs as [TensorValue, TensorValue, TensorValue];
      const shape = toIntegers(sizes);
      const places = toIntegers(splits);
      const parts = (encoded.data as readonly (Partial<RaggedVariant> | undefined)[]).map((variant, i) => {
        // A part that no gradient reached counts as zeros.
        if (variant?.kind !== "RaggedTensorVariant") {
          return zeros(dtype, [places[i + 1]! - places[i]!, ...shape.slice(1)]);
        }
        const { values } = variant as RaggedVariant;
        if (values.dtype !== dtype) {
          throw invalidArgument(
            `Expected values Tensor dtype: ${dtypeLabel(dtype)}, found: ${dtypeLabel(values.dtype)}`,
          );
        }
        return values;
      });
      if (parts.length === 1) return [parts[0]!];
      const total = parts.reduce((sum, part) => sum + elementCount(part.shape), 0);
      if (total !== elementCount(shape)) {
        throw invalidArgument(`Gradients of ${total} elements do not make dense values of shape ${shapeText(shape)}`);
      }
      if (total === 0) return [zeros(dtype, shape)];
      const flat = parts.map((part) => withShape(part, [elementCount(part.shape)]));
      return [withShape(concatenate(flat, 0), shape)];
    };
  },

  RaggedTensorFromVariant: ({ attrs }) => {
    const declared = attrs.int("input_ragged_rank");
    const outputRank = attrs.int("output_ragged_rank");
    const dtype = attrs.type("Tvalues");
    const splitsType = attrs.type("Tsplits") as "int32" | "int64";
    return ([encoded]) => {
      const { shape } = encoded!;
      const rank = declared === -1 ? Math.max(0, outputRank - shape.length) : declared;
      if (declared === -1 && outputRank - shape.length < 0) {
        throw invalidArgument(
          `Inferred input_ragged_rank (output_ragged_rank - encoded_variant.dims()) must be >= -1, found output_ragged_rank: ${outputRank}, encoded_variant.dims(): ${shape.length}, inferred input_ragged_rank: ${outputRank - shape.length}`,
        );
      }
      if (outputRank !== shape.length + rank && !(shape.length === 0 && outputRank === rank)) {
        throw invalidArgument(
          `output_ragged_rank must be equal to input_ragged_rank + encoded_ragged.dims(); output_ragged_rank: ${outputRank}, input_ragged_rank: ${rank}, encoded_variant.dims(): ${shape.length}, shape ${shapeText(shape)}`,
        );
      }
      const parts = variantsOf(encoded!, dtype, rank);
      const splits = shape.length === 0 ? parts[0]!.splits : stack(shape, parts, rank);
      const values =
        shape.length === 0
          ? parts[0]!.values
          : parts.length === 0
            ? zeros(dtype, [0])
            : concatenate(
                parts.map((part) => part.values),
                0,
              );
      return [...splits.map((level) => integerValue(splitsType, [level.length], level)), values];
    };
  },
};
