import { expect, test } from "vitest";
import { floatValue, scalarValue, type TensorValue, tensorValue, toNested } from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";

const images = Dataset.fromTensorSlices([
  { x: floatValue(new Float32Array(70 * 64), [70, 64]) },
  new Int32Array(70),
] as const);

test("slices, batches and what keeps elements as they are", () => {
  expect(images.elementSpec()).toEqual([{ x: { dtype: "float32", shape: [64] } }, { dtype: "int32", shape: [] }]);
  expect(images.shuffle(10).repeat().batch(64).take(3).elementSpec()).toEqual([
    { x: { dtype: "float32", shape: [-1, 64] } },
    { dtype: "int32", shape: [-1] },
  ]);
  expect(images.batch(64, { dropRemainder: true }).elementSpec()).toEqual([
    { x: { dtype: "float32", shape: [64, 64] } },
    { dtype: "int32", shape: [64] },
  ]);
  expect(images.batch(5).unbatch().elementSpec()).toEqual(images.elementSpec());
});

test("map: the leading dimension of a batch stays unknown, the columns stay known", () => {
  const scaled = images.batch(64).map(([{ x }, y]) => [{ x, one: scalarValue("float32", 1) }, y] as const);
  expect(scaled.elementSpec()).toEqual([
    { x: { dtype: "float32", shape: [-1, 64] }, one: { dtype: "float32", shape: [] } },
    { dtype: "int32", shape: [-1] },
  ]);
});

test("peeking loses no element and makes none twice", async () => {
  let made = 0;
  const mapped = Dataset.range(4).map((x) => {
    made++;
    return x;
  });
  expect(mapped.elementSpec()).toEqual({ dtype: "int64", shape: [] });
  expect(mapped.batch(2).elementSpec()).toEqual({ dtype: "int64", shape: [-1] });
  expect([...mapped].map((x) => toNested(x))).toEqual([0n, 1n, 2n, 3n]);
  expect(made).toBe(4);

  let opened = 0;
  const source = Dataset.fromGenerator(async function* () {
    opened++;
    yield { a: 1 };
    yield { a: 2 };
  }).shuffle(2, { seed: 1 });
  expect(await source.elementSpec()).toEqual({ a: { dtype: "float32", shape: [] } });
  const all: unknown[] = [];
  for await (const { a } of source) all.push(toNested(a));
  expect(all.toSorted()).toEqual([1, 2]);
  expect(opened).toBe(1);
});

test("an empty dataset cannot tell its spec, and a failed peek can be tried again", () => {
  expect(() => Dataset.fromGenerator<number>(() => []).elementSpec()).toThrow("no element to tell its elementSpec");
  let fail = true;
  const flaky = Dataset.range(1).map((x) => {
    if (fail) throw new Error("not yet");
    return x;
  });
  expect(() => flaky.elementSpec()).toThrow("not yet");
  fail = false;
  expect(flaky.elementSpec()).toEqual({ dtype: "int64", shape: [] });
});

test("zip, concatenate and paddedBatch combine specs", () => {
  expect(Dataset.zip({ a: Dataset.range(3), b: images }).elementSpec()).toEqual({
    a: { dtype: "int64", shape: [] },
    b: images.elementSpec(),
  });
  const one = Dataset.range(2).batch(1, { dropRemainder: true });
  const two = Dataset.range(2).batch(2, { dropRemainder: true });
  expect(one.concatenate(two).elementSpec()).toEqual({ dtype: "int64", shape: [-1] });
  const floats: Dataset<TensorValue> = Dataset.fromTensorSlices([1, 2]);
  expect(() => Dataset.range(2).concatenate(floats).elementSpec()).toThrow(
    "Incompatible dataset elements:\n  TensorSpec(shape=(), dtype=tf.int64, name=None) vs.   TensorSpec(shape=(), dtype=tf.float32, name=None)",
  );
  const vector: Dataset<TensorValue> = Dataset.fromGenerator(() => [[1, 2]], {
    elementSpec: { dtype: "float32", shape: [-1] },
  });
  expect(vector.paddedBatch(2).elementSpec()).toEqual({ dtype: "float32", shape: [-1, -1] });
  expect(vector.paddedBatch(2, { paddedShapes: [4], dropRemainder: true }).elementSpec()).toEqual({
    dtype: "float32",
    shape: [2, 4],
  });
});

test("a declared spec gives plain values their dtypes and refuses what does not keep to it", () => {
  const spec = { a: { dtype: "int64", shape: [-1] } } as const;
  const of = (...elements: readonly { a: number[] | string[] | TensorValue }[]): Dataset<{ readonly a: TensorValue }> =>
    Dataset.fromGenerator<{ a: number[] | string[] | TensorValue }>(() => elements, { elementSpec: spec });
  expect([...of({ a: [1, 2] }, { a: [3] })].map(({ a }) => a)).toEqual([
    tensorValue("int64", [2], BigInt64Array.of(1n, 2n)),
    tensorValue("int64", [1], BigInt64Array.of(3n)),
  ]);
  expect(() => [...of({ a: ["x"] })]).toThrow(
    "could not be converted to the expected type. The expected type was int64",
  );
  expect(() => [...of({ a: floatValue([1]) })]).toThrow("The expected type was int64");
  expect(() => [...of({ a: scalarValue("int64", 1) })]).toThrow(
    "TypeError: `generator` yielded an element of shape () where an element of shape (None,) was expected.",
  );
  const other = { b: [1] } as unknown as { a: number[] };
  expect(() => [...of(other)]).toThrow("did not match the expected structure");
});
