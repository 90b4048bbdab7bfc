import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { StatusError } from "../core/status-error.js";
import { type TensorValue, tensorValue, toNested, toTensor } from "../core/tensor-value.js";
import { inferDType, parseField } from "./csv-field.js";
import { Dataset } from "./dataset.js";

const recorded = JSON.parse(readFileSync(new URL("fixtures/tensorflow-datasets.json", import.meta.url), "utf8")) as {
  readonly orders: Readonly<Record<string, unknown>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly csvFields: Readonly<
    Record<"float32" | "float64" | "int32" | "int64", Readonly<Record<string, string | null>>>
  >;
  readonly csvInference: readonly { readonly values: readonly string[]; readonly dtype: string }[];
};

const range = (start: number, stop?: number, step?: number): Dataset<TensorValue> => Dataset.range(start, stop, step);
const repeated = (x: TensorValue): Dataset<TensorValue> =>
  Dataset.fromTensors(x).repeat(Number((x.data as BigInt64Array)[0]));
const filled = (x: TensorValue): TensorValue => {
  const count = Number((x.data as BigInt64Array)[0]);
  return tensorValue("int64", [count], new BigInt64Array(count).fill(BigInt(count)));
};
const counted = (size: number): Dataset<TensorValue> => range(1, size).map(filled);

function elements(dataset: Dataset<TensorValue>): unknown {
  const plain = [...dataset].map((value) => toNested(value));
  return JSON.parse(JSON.stringify(plain, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
}

const orders: Readonly<Record<string, () => Dataset<TensorValue>>> = {
  "interleave cycle 2 block 2": () => range(1, 6).interleave(repeated, { cycleLength: 2, blockLength: 2 }),
  "interleave cycle 3 block 1": () => range(1, 6).interleave(repeated, { cycleLength: 3 }),
  "interleave cycle 1 block 3": () => range(1, 6).interleave(repeated, { cycleLength: 1, blockLength: 3 }),
  "interleave with empty": () => range(0, 5).interleave(repeated, { cycleLength: 2 }),
  "shard 3 of 1": () => range(11).shard(3, 1),
  "shard 3 of 2": () => range(11).shard(3, 2),
  "range 5 0 -2": () => range(5, 0, -2),
  "take -1": () => range(3).take(-1),
  "skip -1": () => range(3).skip(-1),
  "repeat 0": () => range(3).repeat(0),
  "repeat of nothing": () => range(0).repeat(),
  "repeat batch": () => range(5).repeat(2).batch(4),
  "batch repeat": () => range(5).batch(4).repeat(2),
  "batch drop": () => range(5).batch(2, { dropRemainder: true }),
  padded: () => counted(5).paddedBatch(2),
  "padded to 5 with -1": () => counted(5).paddedBatch(2, { paddedShapes: [5], paddingValues: -1n }),
};

const errors: Readonly<Record<string, () => unknown>> = {
  "batch 0": () => range(3).batch(0),
  "shuffle 0": () => range(3).shuffle(0),
  "shard count": () => range(3).shard(0, 0),
  "shard index": () => range(3).shard(3, 3),
  "range step": () => range(1, 5, 0),
  "cycle length": () => range(3).interleave(repeated, { cycleLength: 0 }),
  "block length": () => range(3).interleave(repeated, { cycleLength: 1, blockLength: 0 }),
  prefetch: () => range(3).prefetch(-2),
  "slices of a scalar": () => Dataset.fromTensorSlices(3),
  "slices of two lengths": () => Dataset.fromTensorSlices({ a: [1, 2, 3], b: [1, 2] }),
  "batch of two shapes": () => [...Dataset.fromGenerator(() => [toTensor([1, 2]), toTensor([1, 2, 3])]).batch(2)],
  "padded too small": () => [...counted(5).paddedBatch(2, { paddedShapes: [2] })],
  "unbatch of scalars": () => [...range(3).unbatch()],
  "unbatch of two lengths": () => [...Dataset.fromTensors({ a: [1, 2, 3], b: [1, 2] }).unbatch()],
};

describe("what TensorFlow 2.15 recorded", () => {
  test.each(Object.keys(recorded.orders))("order: %s", (name) => {
    expect(elements(orders[name]!())).toEqual(recorded.orders[name]);
  });

  test.each(Object.keys(recorded.errors))("error: %s", (name) => {
    expect(() => errors[name]!()).toThrow(
      expect.objectContaining({ name: "StatusError", message: recorded.errors[name]! }),
    );
    expect(errors[name]).toThrow(StatusError);
  });

  test.each(Object.entries(recorded.csvFields))("CSV fields of %s", (dtype, fields) => {
    for (const [text, expected] of Object.entries(fields)) {
      const value = parseField(dtype as "float32", new TextEncoder().encode(text));
      const stored = dtype === "float32" && value !== undefined ? Math.fround(value as number) : value;
      const wanted = expected === null ? undefined : pythonNumber(expected);
      expect([text, stored === undefined ? undefined : Number(stored)]).toEqual([text, wanted]);
    }
  });

  test.each(recorded.csvInference)("CSV inference of $values", ({ values, dtype }) => {
    const fields = values.filter((value) => value !== "").map((value) => new TextEncoder().encode(value));
    expect(inferDType(fields)).toBe(dtype);
  });
});

function pythonNumber(text: string): number {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}
