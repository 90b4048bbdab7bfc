import { describe, expect, test } from "vitest";
import { StatusError } from "../../core/status-error.js";
import {
  floatValue,
  intValue,
  scalarValue,
  stringValue,
  type TensorValue,
  tensorValue,
  toNested,
} from "../../core/tensor-value.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { Session, type SessionOptions } from "../session.js";

type Feeds = readonly TensorValue[];

/** A graph with its feeds and fetches, run simplified and as it is. */
function both(
  make: () => { readonly feeds: readonly Tensor[]; readonly fetches: readonly Tensor[] },
  options: SessionOptions = {},
) {
  const graph = new Graph();
  const { feeds, fetches } = withGraph(graph, make);
  const sessions = [new Session(graph, { ...options, simplify: false }), new Session(graph, options)] as const;
  const outcome = (session: Session, values: Feeds): unknown => {
    try {
      return session
        .callable({ feeds, fetches })(values)
        .map((value) => [value.dtype, value.shape, toNested(value)]);
    } catch (error) {
      if (error instanceof StatusError) return `${error.code}: ${error.message.split("\n")[0]}`;
      throw error;
    }
  };
  return {
    types: sessions[1].explain({ feeds, fetches }).steps.map(({ type }) => type),
    /** Both give the same, which is returned. */
    same(...values: Feeds): unknown {
      const expected = outcome(sessions[0], values);
      expect(outcome(sessions[1], values)).toEqual(expected);
      return expected;
    },
  };
}

const placeholder = (dtype: string, shape: readonly number[]): Tensor => build("Placeholder", [], { dtype, shape });
const int64 = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): TensorValue =>
  tensorValue("int64", shape, BigInt64Array.from(numbers, BigInt));
const firstOf = (vector: Tensor): Tensor =>
  build("StridedSlice", [vector, intValue([0]), intValue([1]), intValue([1])], {
    begin_mask: 0,
    end_mask: 0,
    ellipsis_mask: 0,
    new_axis_mask: 0,
    shrink_axis_mask: 1,
  });

describe("shape arithmetic", () => {
  test("a Reshape to the shape that a value has goes away", () => {
    const { types, same } = both(() => {
      const x = placeholder("float32", [-1, 3]);
      const doubled = build("Add", [x, x]);
      const target = build("Pack", [[firstOf(build("Shape", [doubled])), scalarValue("int32", 3)]]);
      return { feeds: [x], fetches: [build("Reshape", [doubled, target])] };
    });
    expect(types).toEqual(["Add"]);
    same(floatValue([1, 2, 3, 4, 5, 6], [2, 3]));
    same(floatValue([], [0, 3]));
    // Feeds may have other shapes than they were declared with.
    expect(same(floatValue([1, 2, 3, 4, 5, 6], [1, 6]))).toMatch(/INVALID_ARGUMENT/);
    expect(same(floatValue([1, 2, 3], [1, 3, 1]))).toEqual([["float32", [1, 3], [[2, 4, 6]]]]);
    expect(same(floatValue([1], []))).toMatch(/INVALID_ARGUMENT/);
  });

  test("a Reshape that keeps the batch needs no arithmetic", () => {
    const { types, same } = both(() => {
      const x = placeholder("float32", [-1, 2, 3]);
      const target = build("Pack", [[firstOf(build("Shape", [x])), scalarValue("int32", 6)]]);
      return { feeds: [x], fetches: [build("Reshape", [x, target])] };
    });
    expect(types).toEqual(["Reshape"]);
    same(floatValue([1, 2, 3, 4, 5, 6], [1, 2, 3]));
    same(floatValue([], [0, 2, 3]));
    same(floatValue([1, 2, 3, 4, 5, 6], [1, 6, 1]));
    expect(same(floatValue([1, 2, 3, 4], [1, 4]))).toMatch(/INVALID_ARGUMENT/);
  });

  test("a vector of sizes is one step, and right for every batch in turn", () => {
    const { types, same } = both(() => {
      const x = placeholder("float32", [-1, 2]);
      const rows = firstOf(build("Cast", [build("Shape", [x])], { DstT: "int64" }));
      const target = build("Pack", [[build("Cast", [rows], { DstT: "int32" }), scalarValue("int32", 1)]]);
      return { feeds: [x], fetches: [build("Tile", [floatValue([1, 2], [1, 2]), target]), target] };
    });
    expect(types).toEqual(["_PlanShapeVector", "Tile"]);
    for (const rows of [1, 3, 3, 0, 1]) same(floatValue(new Float32Array(rows * 2), [rows, 2]));
    same(floatValue([1, 2], [2]));
  });

  test("a size to infer stays one where a batch may be empty", () => {
    const { same } = both(() => {
      const x = placeholder("float32", [-1, 3]);
      const target = build("Pack", [[firstOf(build("Shape", [x])), scalarValue("int32", -1)]]);
      return { feeds: [x], fetches: [build("Reshape", [x, target])] };
    });
    same(floatValue([1, 2, 3], [1, 3]));
    same(floatValue([], [0, 3]));
  });
});

describe("duplicates", () => {
  test("equal nodes are one, others are not", () => {
    const { types, same } = both(() => {
      const x = placeholder("float32", [-1]);
      const neg = [build("Neg", [x]), build("Neg", [x])] as const;
      const casts = ["int32", "int64"].map((DstT) => build("Cast", [neg[0]], { DstT }));
      const sums = [build("Add", [neg[0], 1]), build("Add", [neg[1], 1]), build("Add", [neg[1], 2])];
      return { feeds: [x], fetches: [...casts, ...sums] };
    });
    expect([...types].sort()).toEqual(["Add", "Add", "Cast", "Cast", "Neg"]);
    same(floatValue([1, -2]));
  });

  test("random numbers are drawn as often as the graph says", () => {
    const { types } = both(() => {
      const draw = (): Tensor => build("RandomUniform", [intValue([2])], { dtype: "float32", seed: 1, seed2: 1 });
      return { feeds: [], fetches: [draw(), draw()] };
    });
    expect(types).toEqual(["RandomUniform", "RandomUniform"]);
  });

  test("reads of a variable before and after an assignment stay apart", () => {
    const { same } = both(() => {
      const x = placeholder("float32", []);
      const handle = build("VarHandleOp", [], { dtype: "float32", shape: [], shared_name: "v" });
      const read = (): Tensor => build("ReadVariableOp", [handle], { dtype: "float32" });
      const first = buildOp("AssignVariableOp", [handle, x]);
      const before = controlDependencies([first], () => build("Neg", [read()]));
      const second = controlDependencies([before.op], () =>
        buildOp("AssignVariableOp", [handle, build("Add", [x, x])]),
      );
      const after = controlDependencies([second], () => build("Neg", [read()]));
      return { feeds: [x], fetches: [before, after] };
    });
    expect(same(scalarValue("float32", 3))).toEqual([
      ["float32", [], -3],
      ["float32", [], -6],
    ]);
  });
});

describe("a sparse matrix made dense", () => {
  for (const squeeze of [false, true]) {
    for (const [dtype, filler, values] of [
      ["float32", 7, floatValue([1, 2])],
      ["int64", scalarValue("int64", -1n), int64([3, 2 ** 40])],
      ["int32", scalarValue("int32", -1), intValue([3, 4])],
      ["string", scalarValue("string", "?"), stringValue(["a", "b"])],
    ] as const) {
      test(`${dtype}${squeeze ? ", squeezed" : ""}`, () => {
        const { types, same } = both(() => {
          const [indices, shape, sparse] = [
            placeholder("int64", [-1, 2]),
            placeholder("int64", [2]),
            placeholder(dtype, [-1]),
          ];
          const wide = build("Pack", [[firstOf(shape), scalarValue("int64", squeeze ? 1n : 2n)]]);
          const dense = build("SparseToDense", [indices, wide, sparse, filler]);
          return {
            feeds: [indices, shape, sparse],
            fetches: [squeeze ? build("Squeeze", [dense], { squeeze_dims: [1] }) : dense],
          };
        });
        expect(types).toEqual(["_PlanToDense"]);
        const rows = (...numbers: number[]): TensorValue => int64(numbers, [numbers.length / 2, 2]);
        same(rows(0, 0, 2, 0), int64([3, 9]), values);
        same(rows(0, 0, 1, 0), int64([2, 9]), values);
        expect(same(rows(2, 0, 0, 0), int64([3, 9]), values)).toMatch(/out of order/);
        expect(same(rows(1, 0, 1, 0), int64([3, 9]), values)).toMatch(/repeated/);
        expect(same(rows(0, 0, 3, 0), int64([3, 9]), values)).toMatch(/out of bounds/);
        expect(same(rows(0, 0, 1, 5), int64([3, 9]), values)).toMatch(/out of bounds/);
        expect(same(rows(0, 0, 1, 0), int64([-3, 9]), values)).toMatch(/INVALID_ARGUMENT/);
        expect(same(rows(0, 0), int64([3, 9]), values)).toMatch(/INVALID_ARGUMENT/);
        same(
          int64([], [0, 2]),
          int64([0, 9]),
          tensorValue(dtype, [0], (values.data as Float32Array).slice(0, 0) as never),
        );
      });
    }
  }
});
