import { expect, test } from "vitest";
import { floatValue, toFlatArray } from "../core/tensor-value.js";
import { Session } from "../runtime/session.js";
import { build, constant } from "./build-op.js";
import { gradients } from "./gradients.js";
import { Graph, type Tensor } from "./graph.js";
import { graphFromBytes, graphToBytes } from "./graph-def.js";
import { type ScanResult, scan } from "./scan.js";
import { withGraph } from "./scope.js";

/** h' = tanh(x·w + h·u) over three steps of two rows, as a loop and written out. */
function recurrence(looped: boolean): { readonly loss: Tensor; readonly xs: Tensor[]; readonly graph: Graph } {
  const graph = new Graph();
  return withGraph(graph, () => {
    const x = constant(floatValue([0.1, 0.2, -0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 0.9, -1, 0.2, 0.3], [3, 2, 2]));
    const h = constant(floatValue([0.1, -0.2, 0.3, 0.4], [2, 2]));
    const w = constant(floatValue([0.5, -0.4, 0.3, 0.2], [2, 2]));
    const u = constant(floatValue([0.1, 0.7, -0.6, 0.3], [2, 2]));
    const next = (row: Tensor, state: Tensor, [a, b]: readonly Tensor[]): Tensor =>
      build("Tanh", [build("AddV2", [build("MatMul", [row, a!]), build("MatMul", [state, b!])])]);
    let last = h;
    let all: Tensor;
    if (looped) {
      const result: ScanResult = scan({
        sequences: [x],
        states: [h],
        constants: [w, u],
        collected: [0],
        history: true,
        step: ({ rows, states, constants }) => [next(rows[0]!, states[0]!, constants)],
      });
      [last, all] = [result.states[0]!, result.collected[0]!];
    } else {
      const rows = [0, 1, 2].map((i) => build("GatherV2", [x, constant(i, "int32"), constant(0, "int32")]));
      const states = rows.map((row) => (last = next(row, last, [w, u])));
      all = build("Pack", [states]);
    }
    const weights = constant(floatValue([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [3, 2, 2]));
    const axes = (n: number): Tensor =>
      constant(
        Array.from({ length: n }, (_, i) => i),
        "int32",
      );
    const loss = build("AddV2", [
      build("Sum", [build("Mul", [all, weights]), axes(3)]),
      build("Sum", [build("Square", [last]), axes(2)]),
    ]);
    return { loss, xs: [x, h, w, u], graph };
  });
}

test("a scan's values and gradients are those of its steps written out", () => {
  const [looped, written] = [true, false].map((kind) => {
    const { loss, xs, graph } = recurrence(kind);
    const found = withGraph(graph, () => gradients([loss], xs) as Tensor[]);
    const dense = withGraph(graph, () =>
      found.map((gradient, i) => ("values" in gradient ? scattered(gradient as never, xs[i]!) : gradient)),
    );
    return new Session(graph).run([loss, ...dense], new Map()).map((value) => toFlatArray(value) as number[]);
  });
  expect(looped!.length).toBe(5);
  looped!.forEach((values, i) => {
    expect(values.length).toBe(written![i]!.length);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(written![i]![k]!, 5);
    });
  });
});

function scattered({ values, indices }: { readonly values: Tensor; readonly indices: Tensor }, x: Tensor): Tensor {
  return build("UnsortedSegmentSum", [values, indices, constant(x.shape![0]!, "int32")]);
}

test("the loop and its functions survive being written and read", () => {
  const { loss, graph } = recurrence(true);
  const again = graphFromBytes(graphToBytes(graph));
  const [first] = new Session(graph).run([loss], new Map());
  const [second] = new Session(again).run([again.tensor(loss.name)], new Map());
  expect(second).toEqual(first);
  // A loop that was read has no builder that knows what its variables mean: its gradient goes by the functions alone.
  const feed = (of: Graph): readonly [Graph, Tensor] => [of, of.tensor("Const_1:0")];
  const [ours, theirs] = [feed(graph), feed(again)].map(([of, x]) => {
    const gradient = withGraph(of, () => gradients([of.tensor(loss.name)], [x])[0] as Tensor);
    return toFlatArray(new Session(of).run([gradient], new Map())[0]!) as number[];
  });
  expect(theirs!.length).toBe(4);
  theirs!.forEach((value, i) => {
    expect(value).toBeCloseTo(ours![i]!, 5);
  });
});
