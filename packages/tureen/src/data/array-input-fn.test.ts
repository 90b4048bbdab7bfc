import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toNested } from "../core/tensor-value.js";
import { type ArrayInputOptions, arrayInputFn } from "./array-input-fn.js";

const { numpyInputFn } = JSON.parse(
  readFileSync(new URL("fixtures/tensorflow-datasets.json", import.meta.url), "utf8"),
) as {
  readonly numpyInputFn: readonly { batchSize: number; numEpochs: number | null; batches: number[][] }[];
};

const x = Float64Array.of(0, 1, 2, 3, 4, 5);
const y = Int32Array.of(0, 1, 2, 3, 4, 5);

test.each(numpyInputFn)(
  "batches of $batchSize, $numEpochs epochs, as TensorFlow 2.15",
  ({ batchSize, numEpochs, batches }) => {
    const dataset = arrayInputFn({ x, batchSize, numEpochs, shuffle: false })();
    expect([...dataset.take(5)].map((batch) => toNested(batch))).toEqual(batches);
  },
);

test("named features and labels", () => {
  const dataset = arrayInputFn({ x: { a: x, b: ["p", "q", "r", "s", "t", "u"] }, y, shuffle: false })();
  expect(dataset.elementSpec()).toEqual([
    { a: { dtype: "float64", shape: [-1] }, b: { dtype: "string", shape: [-1] } },
    { dtype: "int32", shape: [-1] },
  ]);
  const [[features, labels]] = [...dataset] as unknown as [[{ a: never }, never]];
  expect(toNested(features.a)).toEqual([...x]);
  expect(toNested(labels)).toEqual([...y]);
});

test("shuffled epochs hold every example, the same ones for the same seed", () => {
  const run = (): number[] =>
    [...arrayInputFn({ x, y, batchSize: 4, numEpochs: 3, shuffle: true, seed: 1 })()].flatMap(([features, labels]) => {
      expect(toNested(features)).toEqual(toNested(labels));
      return toNested(features) as number[];
    });
  const order = run();
  expect(run()).toEqual(order);
  expect(order.toSorted()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]);
});

describe("errors in TensorFlow's words", () => {
  const one = (options: Partial<ArrayInputOptions<never>> & { readonly y?: unknown }): (() => unknown) => {
    const fn = arrayInputFn as unknown as (options: unknown) => () => unknown;
    return () => fn({ shuffle: false, ...options })();
  };
  const mismatch = "Length of tensors in x and y is mismatched. All elements in x and y must have the same length.\n";
  const cases: readonly (readonly [string, () => unknown])[] = [
    [
      "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True for training); got None",
      one({ x: x as never, shuffle: undefined as never }),
    ],
    ["x must be a dict or array; got number", one({ x: 3 as never })],
    ["x cannot be an empty dict", one({ x: {} as never })],
    ["x cannot be an empty array", one({ x: new Float32Array(0) as never })],
    ["y cannot be empty dict, use None instead.", one({ x: x as never, y: {} })],
    ["1 duplicate keys are found in both x and y: {'a'}", one({ x: { a: x } as never, y: { a: y, z: y } })],
    [
      `${mismatch}Shapes in x: {'a': (6,), 'b': (2, 2)}\nShapes in y: None\n`,
      one({
        x: {
          a: x,
          b: [
            [1, 2],
            [3, 4],
          ],
        } as never,
      }),
    ],
    [
      `${mismatch}Shapes in x: {'__direct_np_input__': (6,)}\nShapes in y: (5,)\n`,
      one({ x: x as never, y: y.slice(1) }),
    ],
    [
      `${mismatch}Shapes in x: {'a': (6,)}\nShapes in y: {'p': (5,)}\n`,
      one({ x: { a: x } as never, y: { p: y.slice(1) } }),
    ],
  ];
  test.each(cases)("%s", (message, run) => {
    expect(run).toThrow(expect.objectContaining({ name: "StatusError", code: "INVALID_ARGUMENT", message }));
  });
});
