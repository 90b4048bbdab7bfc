import { describe, expect, it } from "vitest";
import { toNested } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import * as image from "../image/index.js";
import * as functions from "./functions.js";
import * as sparse from "./sparse.js";

/** What tensors hold, as nested lists. */
function valuesOf(make: () => readonly Tensor[]): unknown[] {
  const graph = new Graph();
  graph.seed = 5;
  const fetches = withGraph(graph, make);
  return new Session(graph).run([...fetches]).map((value) => toNested(value!));
}

describe("functions of several tensors", () => {
  it("meshgrid spans the vectors, columns first unless told", () => {
    const vectors = (): Tensor[] => [constant([1, 2, 3]), constant([4, 5])];
    expect(valuesOf(() => functions.meshgrid(vectors()))).toEqual([
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [
        [4, 4, 4],
        [5, 5, 5],
      ],
    ]);
    expect(valuesOf(() => functions.meshgrid(vectors(), { indexing: "ij" }))).toEqual([
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      [
        [4, 5],
        [4, 5],
        [4, 5],
      ],
    ]);
  });

  it("stack, accumulateN, scalarMul and polyval", () => {
    const [a, b] = [
      [1, 2],
      [3, 4],
    ] as const;
    const made = valuesOf(() => [
      functions.stack([constant([...a]), constant([...b])], { axis: 1 }),
      functions.accumulateN([constant([...a]), constant([...b]), constant([...b])]),
      functions.scalarMul(3, constant([...a])),
      functions.polyval([2, 0, -1], constant([...b])),
    ]);
    expect(made).toEqual([
      [
        [1, 3],
        [2, 4],
      ],
      [7, 10],
      [3, 6],
      [17, 31],
    ]);
  });

  it("tuple gives nothing before all of it is done", () => {
    const graph = new Graph();
    withGraph(graph, () => {
      const variable = new Variable({ name: "v", initializer: constant(1) });
      const added = variable.assignAdd(constant(1));
      const [gated] = functions.tuple([constant(5)], { controlInputs: [added] });
      const session = new Session(graph);
      session.run([], new Map(), [variable.initializer]);
      expect(Number(session.run([gated!])[0]!.data[0])).toBe(5);
      session.run([], new Map(), [functions.group([added])]);
      expect(Number(session.run([variable.snapshot])[0]!.data[0])).toBe(3);
    });
  });

  it("refuses what TensorFlow refuses", () => {
    withGraph(new Graph(), () => {
      const unknown = build("Placeholder", [], { dtype: "float32", shape: [-1] });
      expect(() => functions.unstack(unknown)).toThrow("Cannot infer argument `num` from shape");
      expect(() => functions.booleanMask(unknown, constant(true, "bool"))).toThrow("mask cannot be scalar.");
      expect(() => functions.truediv(unknown, constant(1, "int32"))).toThrow("must have the same dtype");
      expect(() => functions.norm(unknown, { ord: -1 })).toThrow("'ord' must be a supported vector norm, got -1");
    });
  });
});

describe("sparse tensors", () => {
  it("come from dense ones, join and go back", () => {
    const dense = [
      [0, 2],
      [3, 0],
    ];
    const made = valuesOf(() => {
      const one = sparse.fromDense(constant(dense));
      expect(one).toBeInstanceOf(SparseTensor);
      return [sparse.toDense(one), sparse.toDense(sparse.concat(1, [one, one]))];
    });
    expect(made).toEqual([
      dense,
      [
        [0, 2, 0, 2],
        [3, 0, 3, 0],
      ],
    ]);
  });
});

describe("random JPEG quality", () => {
  it("is one of the range, and the same for a seed", () => {
    const pixels = Array.from({ length: 64 }, (_, i) => Array.from({ length: 3 }, (_, c) => (i * 37 + c * 91) % 256));
    const photo = (): Tensor => build("Reshape", [constant(pixels, "uint8"), constant([8, 8, 3], "int32")]);
    const [drawn, ...fixed] = valuesOf(() => [
      image.randomJpegQuality(photo(), 40, 43, { seed: 2 }),
      ...[40, 41, 42].map((quality) => image.adjustJpegQuality(photo(), quality)),
    ]);
    expect(fixed).toContainEqual(drawn);
    withGraph(new Graph(), () => {
      expect(() => image.randomJpegQuality(photo(), 50, 50)).toThrow(
        "`min_jpeg_quality` must be less than `max_jpeg_quality`.",
      );
      expect(() => image.randomJpegQuality(photo(), -1, 50)).toThrow("jpeg encoding range must be between 0 and 100.");
    });
  });
});
