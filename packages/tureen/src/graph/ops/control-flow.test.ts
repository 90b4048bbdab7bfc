import { describe, expect, test } from "vitest";
import { floatValue, intValue, type TensorValue, toNested, toTensor } from "../../core/tensor-value.js";
import { Session } from "../../runtime/session.js";
import { build, buildOp, constant } from "../build-op.js";
import { gradients } from "../gradients.js";
import { Graph, type Operation, type Tensor } from "../graph.js";
import { graphFromBytes, graphToBytes } from "../graph-def.js";
import { RaggedTensor } from "../ragged-tensor.js";
import { controlDependencies, nameScope, withGraph } from "../scope.js";
import { SparseTensor } from "../sparse-tensor.js";
import { globalVariables, Variable } from "../variable.js";
import * as tf from "./index.js";

const int = (value: number): Tensor => constant(value, "int32");
const add = (a: Tensor, b: Tensor): Tensor => build("AddV2", [a, b]);
const mul = (a: Tensor, b: Tensor): Tensor => build("Mul", [a, b]);

/** Builds in a new graph, starts its variables and runs what was built. */
function compute(
  make: () => { readonly fetch: readonly Tensor[]; readonly targets?: readonly Operation[] },
  feeds: Readonly<Record<string, TensorValue>> = {},
): unknown[] {
  const graph = new Graph();
  const { fetch, targets = [] } = withGraph(graph, make);
  const session = new Session(graph);
  const initializers = globalVariables(graph).map(({ initializer }) => initializer);
  if (initializers.length > 0) session.run([], new Map(), initializers);
  const values = new Map(Object.entries(feeds).map(([name, value]) => [graph.tensor(name), value]));
  return session.run(fetch, values, targets).map((value) => toNested(value));
}

const failing =
  (make: () => unknown): (() => unknown) =>
  () =>
    withGraph(new Graph(), make);
const one = (): Tensor => constant(1);
const yes = (): Tensor => constant(true);

describe("what is refused, in TensorFlow's words", () => {
  test.each<readonly [string, () => unknown, string]>([
    ["a predicate that is no tensor", () => tf.cond(true as never, one, one), "pred must not be a Python bool"],
    ["a branch that is no function", () => tf.cond(yes(), 1 as never, one), "'true_fn' must be callable."],
    ["another one", () => tf.cond(yes(), one, 2 as never), "'false_fn' must be callable."],
    [
      "branches of two dtypes",
      () => tf.cond(yes(), () => int(1), one),
      'true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return values.\n\ntrue_fn output: Tensor("Const:0", shape=(), dtype=int32)\nfalse_fn output: Tensor("Const:0", shape=(), dtype=float32)\n\nError details:\nTensor("Const:0", shape=(), dtype=int32) and Tensor("Const:0", shape=(), dtype=float32) have different types',
    ],
    [
      "branches of two structures",
      () =>
        tf.cond<unknown>(
          yes(),
          () => ({ a: one() }),
          () => ({ b: one() }),
        ),
      "The two dictionaries don't have the same set of keys. First structure has keys type=list str=['a'], while second structure has keys type=list str=['b']\nEntire first structure:\n{'a': .}\nEntire second structure:\n{'b': .}",
    ],
    [
      "nothing and something",
      () => tf.cond<unknown>(yes(), () => null, one),
      "Lengths of branch outputs of cond must match.\nlen(graphs[0].outputs): 0\nlen(graphs[1].outputs): 1",
    ],
    ["a loop without a condition", () => tf.whileLoop(1 as never, () => [], [int(1)]), "'cond' must be callable."],
    ["a loop without a body", () => tf.whileLoop(yes, 1 as never, [int(1)]), "'body' must be callable."],
    [
      "no iteration at a time",
      () => tf.whileLoop(yes, (i) => i, [int(1)], { parallelIterations: 0 }),
      "'parallel_iterations' must be a positive integer.",
    ],
    [
      "a variable that grows",
      () => tf.whileLoop(yes, (i) => build("ConcatV2", [[i, i], 0]), [constant([1], "int32")]),
      "Input tensor `Const:0` enters the loop with shape (1,), but has shape (2,) after one iteration. To allow the shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.",
    ],
    [
      "a variable of another dtype",
      () => tf.whileLoop(yes, (i) => build("Cast", [i], { DstT: "float32" }), [int(1)]),
      "Loop var Const:0 enters the loop with type <dtype: 'int32'> but has type <dtype: 'float32'> after 1 iteration. Const:0 type should remain constant.",
    ],
    [
      "too few variables",
      () => tf.whileLoop(yes, (i) => [i], [int(1), int(2)]),
      "More specifically: The two structures don't have the same number of elements. First structure: type=list str=[<tf.Tensor",
    ],
    [
      "a condition of nothing",
      () =>
        tf.whileLoop(
          () => null as never,
          (i) => i,
          [int(1)],
        ),
      "cond_graph has 0 outputs; Expected: 1",
    ],
    [
      "a fraction of an iteration",
      () => tf.whileLoop(yes, (i) => i, [int(1)], { maximumIterations: 1.5 }),
      "Expected int32, but got 1.5 of type 'float'.",
    ],
    ["no cases", () => tf.case([]), "not enough values to unpack (expected 2, got 0)"],
    ["a case that is no pair", () => tf.case([[yes()] as never]), "Each entry in 'pred_fn_pairs' must be a 2-tuple."],
    ["a case of a number", () => tf.case([[int(1), one]]), "pred must be Tensor of type bool: Const:0"],
    ["a case of a value", () => tf.case([[true as never, one]]), "pred must be a Tensor, got: true"],
    ["a case without a function", () => tf.case([[yes(), one() as never]]), "fn for pred Const:0 must be callable."],
    ["no branches", () => tf.switchCase(int(0), []), "Must provide at least one item in 'branch_fns'"],
    [
      "a branch index of a fraction",
      () => tf.switchCase(one(), [one]),
      "'branch_index' must be an integer Tensor, got <dtype: 'float32'>",
    ],
    [
      "a branch that is missing",
      () => tf.switchCase(int(0), { 0: one, 2: one }),
      "branch indices (keys) must form contiguous range of [0 to 2) but found {0,2}",
    ],
    [
      "branches that differ",
      () => tf.switchCase<unknown>(int(0), [one, () => int(1)]),
      "branches[0] and branches[1] arguments to tf.switch_case must have the same number, type, and overall structure of return values.",
    ],
    [
      "a map of nothing",
      () => tf.mapFn((x) => x, []),
      "elems must be a Tensor or (possibly nested) sequence of Tensors. Got (), which does not contain any Tensors.",
    ],
    [
      "a map of a scalar",
      () => tf.mapFn((x) => x, one()),
      "Elements in elems must be 1+ dimensional Tensors, not scalars",
    ],
    [
      "a map of unlike tensors",
      () => tf.mapFn((x) => x, [constant([1]), constant([1, 2])]),
      "Dimensions 1 and 2 are not compatible",
    ],
    [
      "a map to another structure",
      () => tf.mapFn((x) => [x, x], constant([1])),
      "The two structures don't have the same nested structure.",
    ],
    [
      "a tensor of another graph",
      () => build("Neg", [withGraph(new Graph(), one)]),
      "is not from the passed-in graph.",
    ],
  ])("%s", (_, make, text) => {
    expect(failing(make)).toThrow(text);
  });
});

describe("branches", () => {
  test("only the one that is taken has effects, whether or not its result depends on them", () => {
    const make = (taken: boolean) => () => {
      const v = new Variable({ name: "v", initializer: floatValue([1], []) });
      const chosen = tf.cond(
        constant(taken),
        () => {
          v.assign(7);
          return one();
        },
        () => {
          v.assign(8);
          return constant(2);
        },
      );
      return { fetch: [controlDependencies([chosen], () => v.read())] };
    };
    expect(compute(make(true))).toEqual([7]);
    expect(compute(make(false))).toEqual([8]);
  });

  test("an operation as a result is waited for", () => {
    const [value] = compute(() => {
      const v = new Variable({ name: "v", initializer: floatValue([1], []) });
      const done = tf.cond(
        yes(),
        () => v.assignAdd(2),
        () => buildOp("NoOp", []),
      );
      return { fetch: [controlDependencies([done], () => v.read())] };
    });
    expect(value).toBe(3);
  });

  test("variables made within live outside, under names of their own", () => {
    const graph = new Graph();
    withGraph(graph, () => {
      const layer = (): Tensor =>
        nameScope("dense", (scope) =>
          new Variable({ name: `${scope}kernel`, initializer: floatValue([2], []) }).read(),
        );
      const y = add(layer(), tf.cond(yes(), layer, layer));
      layer();
      expect(globalVariables().map(({ name }) => name)).toEqual([
        "dense/kernel",
        "dense_1/kernel",
        "dense_2/kernel",
        "dense_3/kernel",
      ]);
      expect(globalVariables().every((variable) => variable.graph === graph)).toBe(true);
      const session = new Session(graph);
      session.run(
        [],
        new Map(),
        globalVariables().map(({ initializer }) => initializer),
      );
      expect(session.run([y]).map(toNested)).toEqual([4]);
    });
  });

  test("sparse tensors, records and null keep their places", () => {
    const found = compute(() => {
      const sparse = (value: number): SparseTensor =>
        new SparseTensor(constant([[0]], "int64"), constant([value]), constant([3], "int64"));
      const out = tf.cond(
        constant(false),
        () => ({ s: sparse(1), none: null, t: 5 }),
        () => ({ s: sparse(2), none: null, t: 6 }),
      );
      expect(out.none).toBe(null);
      expect(out.s).toBeInstanceOf(SparseTensor);
      return { fetch: [out.s.values, out.s.denseShape, out.t] };
    });
    expect(found).toEqual([[2], [3n], 6]);
  });

  test("ragged tensors pass branches and loops", () => {
    const found = compute(() => {
      const ragged = (values: readonly number[], splits: readonly number[]): RaggedTensor =>
        new RaggedTensor(constant([...values]), constant([...splits], "int64"));
      const chosen = tf.cond(
        constant(true),
        () => ragged([1, 2, 3], [0, 1, 3]),
        () => ragged([4], [0, 0, 1]),
      );
      const [, rows] = tf.whileLoop(
        (i) => build("Less", [i, int(2)]),
        (i, r) => [add(i, int(1)), new RaggedTensor(mul(r.values, constant(2)), r.rowSplits)],
        [int(0), chosen],
      );
      return { fetch: [rows.values, rows.rowSplits] };
    });
    expect(found).toEqual([
      [4, 8, 12],
      [0n, 1n, 3n],
    ]);
  });

  test("what waits outside makes the choice wait", () => {
    const [value] = compute(() => {
      const v = new Variable({ name: "v", initializer: floatValue([1], []) });
      const assigned = v.assign(5);
      return { fetch: [tf.cond(yes(), () => controlDependencies([assigned], () => v.read()), one)] };
    });
    expect(value).toBe(5);
  });

  test("a case without a default fails where none is true, and an exclusive one where two are", () => {
    const make = (a: boolean, b: boolean, exclusive: boolean) => () => ({
      fetch: [
        tf.case(
          [
            [constant(a), one],
            [constant(b), () => constant(2)],
          ],
          { exclusive },
        ),
      ],
    });
    expect(compute(make(false, true, true))).toEqual([2]);
    expect(() => compute(make(false, false, false))).toThrow("None of conditions evaluated as True");
    expect(() => compute(make(true, true, true))).toThrow(
      "Input error: exclusive=True: more than 1 conditions (Const:0, Const_1:0) evaluated as True",
    );
  });

  test("names and types are TensorFlow's", () => {
    withGraph(new Graph(), (graph) => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [2] }, "x");
      const v = new Variable({ name: "v", initializer: floatValue([1], []) });
      expect(
        tf.cond(
          yes(),
          () => x,
          () => mul(x, x),
        ).name,
      ).toBe("cond/Identity:0");
      expect(tf.switchCase(int(0), [() => x]).name).toBe("switch_case/indexed_case/Identity:0");
      expect(
        tf.cond(
          yes(),
          () => mul(x, v.read()),
          () => x,
          { name: "choice" },
        ).name,
      ).toBe("choice/Identity:0");
      tf.whileLoop(
        (i) => build("Less", [i, int(3)]),
        (i) => add(i, int(1)),
        [int(0)],
      );
      expect(tf.mapFn((r) => r, x).name).toBe("map/TensorArrayV2Stack/TensorListStack:0");
      const types = ["cond", "switch_case/indexed_case", "choice", "while", "map/while"].map(
        (op) => graph.operation(op).type,
      );
      expect(types).toEqual(["StatelessIf", "StatelessCase", "If", "StatelessWhile", "StatelessWhile"]);
      expect(graph.operation("cond").attrs.bool("_lower_using_switch_merge")).toBe(true);
    });
  });
});

describe("loops", () => {
  test("count, carry structures and end at the maximum", () => {
    const found = compute(() => {
      const [i, s] = tf.whileLoop(
        (i) => build("Less", [i, int(10)]),
        (i, s) => [add(i, int(1)), { a: mul(s.a, constant(2)), b: [s.a] }],
        [int(0), { a: constant(1), b: [constant(0)] }],
        { maximumIterations: 4 },
      );
      return { fetch: [i, s.a, s.b[0]!] };
    });
    expect(found).toEqual([4, 16, 8]);
  });

  test("effects of a body happen once an iteration", () => {
    const [value] = compute(() => {
      const v = new Variable({ name: "v", initializer: floatValue([0], []) });
      const [i] = tf.whileLoop(
        (i) => build("Less", [i, int(5)]),
        (i) => {
          v.assignAdd(2);
          return add(i, int(1));
        },
        [int(0)],
      );
      return { fetch: [controlDependencies([i], () => v.read())] };
    });
    expect(value).toBe(10);
  });

  test("gradients see the random numbers that the loop drew", () => {
    const [values, derivative] = compute(() => {
      const x = constant([1, 1, 1, 1]);
      const noise = (): Tensor => build("RandomUniform", [constant([4], "int32")], { dtype: "float32" });
      const [, y] = tf.whileLoop(
        (i) => build("Less", [i, int(3)]),
        (i, z) => [
          add(i, int(1)),
          tf.cond(
            build("Less", [i, int(2)]),
            () => mul(z, noise()),
            () => mul(z, constant(3)),
          ),
        ],
        [int(0), x],
      );
      return { fetch: [y, gradients([y], [x])[0] as Tensor] };
    });
    // y is x times what was drawn, and x is one.
    (values as number[]).forEach((value, i) => {
      expect((derivative as number[])[i]).toBeCloseTo(value, 5);
    });
    expect(new Set(values as number[]).size).toBe(4);
  });

  test("gradients within a body, also with respect to what is outside", () => {
    const [value] = compute(() => {
      const x = constant(3);
      const [, y] = tf.whileLoop(
        (i) => build("Less", [i, int(2)]),
        (i, z) => [add(i, int(1)), add(z, gradients([mul(mul(x, x), z)], [x])[0] as Tensor)],
        [int(0), constant(1)],
      );
      return { fetch: [y] };
    });
    // z + 2xz, twice.
    expect(value).toBe(49);
  });

  test("TensorFlow 1's loops have no gradient, and say so", () => {
    withGraph(new Graph(), () => {
      const x = constant(3);
      const y = tf.exit(tf.enter(x, { frameName: "loop" }));
      expect(() => gradients([y], [x])).toThrow(
        "Gradients of while loops of TensorFlow 1 are not supported: 'Exit' (op type: Exit).",
      );
    });
  });

  test("without backProp no gradient passes", () => {
    withGraph(new Graph(), () => {
      const x = constant(3);
      const [y] = tf.whileLoop(
        (z) => build("Less", [z, constant(9)]),
        (z) => mul(z, x),
        [x],
        { backProp: false },
      );
      expect(gradients([y], [x])).toEqual([null]);
    });
  });

  test("an operator's limit of iterations holds", () => {
    const graph = new Graph();
    const [i] = withGraph(graph, () =>
      tf.whileLoop(
        () => constant(true),
        (i) => add(i, int(1)),
        [int(0)],
      ),
    );
    expect(() => new Session(graph, { loopLimit: 50 } as never).run([i])).toThrow("did not end within 50 iterations");
  });

  test("loops with gradients are written and read again, and differentiated once more", () => {
    const graph = new Graph();
    const [y, first] = withGraph(graph, () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [] }, "x");
      const [, z] = tf.whileLoop(
        (i) => build("Less", [i, int(3)]),
        (i, z) => [add(i, int(1)), mul(z, x)],
        [int(0), x],
      );
      return [z, gradients([z], [x])[0] as Tensor];
    });
    const again = graphFromBytes(graphToBytes(graph));
    const second = withGraph(again, () => gradients([again.tensor(first.name)], [again.tensor("x:0")])[0] as Tensor);
    const feeds = new Map([[again.tensor("x:0"), toTensor(2)]]);
    // x⁴, 4x³, 12x².
    expect(
      new Session(again).run([again.tensor(y.name), again.tensor(first.name), second], feeds).map(toNested),
    ).toEqual([16, 32, 48]);
  });
});

describe("maps, folds and scans", () => {
  const x = (): Tensor => build("Placeholder", [], { dtype: "float32", shape: [-1] }, "x");
  const feeds = { "x:0": floatValue([1, 2, 4]) };

  test("give what TensorFlow gives", () => {
    const found = compute(() => {
      const elems = x();
      const minus = (a: Tensor, r: Tensor): Tensor => build("Sub", [a, r]);
      const cast = (r: Tensor): Tensor => build("Cast", [r], { DstT: "int32" });
      return {
        fetch: [
          tf.mapFn((r) => mul(r, r), elems),
          tf.mapFn(cast, elems, { fnOutputSignature: "int32" }),
          tf.foldl(minus, elems),
          tf.foldr(minus, elems),
          tf.foldl(minus, elems, { initializer: 10 }),
          tf.scan(minus, elems),
          tf.scan(minus, elems, { initializer: constant(10), reverse: true }),
        ],
      };
    }, feeds);
    expect(found).toEqual([[1, 4, 16], [1, 2, 4], -5, 1, 3, [1, -1, -5], [3, 4, 6]]);
  });

  test("of nothing: an empty result, or TensorFlow's error where the first row is wanted", () => {
    const empty = { "x:0": floatValue([], [0]) };
    expect(compute(() => ({ fetch: [tf.mapFn((r) => mul(r, r), x())] }), empty)).toEqual([[]]);
    expect(compute(() => ({ fetch: [tf.foldl((a, r) => mul(a, r), x(), { initializer: 3 })] }), empty)).toEqual([3]);
    expect(() => compute(() => ({ fetch: [tf.scan((a, r) => mul(a, r), x())] }), empty)).toThrow(
      "Trying to access element 0 in a list with 0 elements.",
    );
  });

  test("records of rows", () => {
    const found = compute(() => {
      const rows = { a: constant([1, 2]), b: constant(intValue([5, 6])) };
      const out = tf.mapFn((r) => ({ a: mul(r.a, r.a), b: r.b }), rows);
      return { fetch: [out.a, out.b] };
    });
    expect(found).toEqual([
      [1, 4],
      [5, 6],
    ]);
  });
});
