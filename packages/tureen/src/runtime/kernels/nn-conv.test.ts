import { expect, test } from "vitest";
import { elementCount } from "../../core/shape.js";
import { floatValue, type TensorValue, toFlatArray } from "../../core/tensor-value.js";
import { constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { transpose } from "../../graph/ops/array.js";
import { mul } from "../../graph/ops/math.js";
import { avgPool, conv2d, depthwiseConv2dNative, maxPool } from "../../graph/ops/nn.js";
import { sum } from "../../graph/ops/reduce.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";

function sample(shape: readonly number[], seed: number): TensorValue<"float32"> {
  return floatValue(
    Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(seed + 1.3 * i)),
    [...shape],
  );
}

function run(build: () => readonly Tensor[]): number[][] {
  const graph = new Graph();
  const fetches = withGraph(graph, build);
  return new Session(graph).run(fetches, new Map()).map((value) => toFlatArray(value) as number[]);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 4);
  });
}

const toFirst = (tensor: Tensor): Tensor => transpose(tensor, constant([0, 3, 1, 2], "int32"));
const toLast = (tensor: Tensor): Tensor => transpose(tensor, constant([0, 2, 3, 1], "int32"));

// TensorFlow takes NCHW and dilated gradients on a CPU with oneDNN only, which goldens are recorded without.
test("channel-first data gives what channel-last data gives, gradients included", () => {
  const x = sample([2, 5, 6, 4], 1);
  const w = sample([3, 2, 4, 6], 2);
  const d = sample([3, 2, 4, 2], 3);
  const strides = { last: [1, 2, 1, 1], first: [1, 1, 2, 1] } as const;
  const square = { last: [1, 2, 2, 1], first: [1, 1, 2, 2] } as const;
  const results = run(() => {
    const input = constant(x);
    const [filter, deep] = [constant(w), constant(d)];
    const pairs: [Tensor, Tensor][] = [
      [
        conv2d(input, filter, { strides: strides.last, padding: "SAME", dilations: [1, 1, 2, 1] }),
        toLast(
          conv2d(toFirst(input), filter, {
            strides: strides.first,
            padding: "SAME",
            dilations: [1, 1, 1, 2],
            dataFormat: "NCHW",
          }),
        ),
      ],
      [
        depthwiseConv2dNative(input, deep, { strides: square.last, padding: "VALID" }),
        toLast(
          depthwiseConv2dNative(toFirst(input), deep, { strides: square.first, padding: "VALID", dataFormat: "NCHW" }),
        ),
      ],
      [
        maxPool(input, { ksize: square.last, strides: square.last, padding: "SAME" }),
        toLast(
          maxPool(toFirst(input), { ksize: square.first, strides: square.first, padding: "SAME", dataFormat: "NCHW" }),
        ),
      ],
      [
        avgPool(input, { ksize: square.last, strides: square.last, padding: "SAME" }),
        toLast(
          avgPool(toFirst(input), { ksize: square.first, strides: square.first, padding: "SAME", dataFormat: "NCHW" }),
        ),
      ],
    ];
    return pairs.flatMap(([last, first]) => [
      last,
      first,
      gradients([mul(last, last)], [input])[0] as Tensor,
      gradients([mul(first, first)], [input])[0] as Tensor,
    ]);
  });
  for (let i = 0; i < results.length; i += 2) expectClose(results[i + 1]!, results[i]!);
});

test("grouped and dilated convolutions have the gradients that small steps measure", () => {
  const [x, w] = [sample([1, 5, 5, 4], 1), sample([3, 3, 2, 6], 2)];
  const weights = sample([1, 5, 5, 6], 3);
  const options = { strides: [1, 1, 1, 1], padding: "SAME", dilations: [1, 2, 1, 1] } as const;
  const loss = (input: TensorValue, filter: TensorValue): number =>
    run(() => [
      sum(mul(conv2d(constant(input), constant(filter), options), constant(weights)), constant([0, 1, 2, 3], "int32")),
    ])[0]![0]!;
  const [gradX, gradW] = run(() => {
    const [input, filter] = [constant(x), constant(w)];
    const y = mul(conv2d(input, filter, options), constant(weights));
    return gradients([y], [input, filter]) as Tensor[];
  });
  // The loss is linear in either, so any step measures the slope; a large one drowns rounding.
  const step = 8;
  const moved = (value: TensorValue<"float32">, at: number): TensorValue => {
    const data = value.data.slice();
    data[at] = data[at]! + step;
    return floatValue(data, value.shape);
  };
  const base = loss(x, w);
  for (const at of [0, 7, 33, 58, 99]) expect((loss(moved(x, at), w) - base) / step).toBeCloseTo(gradX![at]!, 3);
  for (const at of [0, 5, 50, 77, 107]) expect((loss(x, moved(w, at)) - base) / step).toBeCloseTo(gradW![at]!, 3);
});
