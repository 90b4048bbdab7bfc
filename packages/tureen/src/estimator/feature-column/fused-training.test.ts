import { describe, expect, it } from "vitest";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, buildOp } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { getOptimizer } from "../optimizer/get-optimizer.js";
import { denseFeatures } from "./dense-features.js";
import { embeddingColumn } from "./embedding-column.js";
import { categoricalColumnWithIdentity } from "./identity-column.js";

const rows = 12;
const buckets = 7;

/** Rows of none to three ids, some of them twice in a row and some below zero. */
function batch(seed: number): readonly TensorValue[] {
  const indices: bigint[] = [];
  const ids: bigint[] = [];
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < (row * 5 + seed) % 4; i++) {
      indices.push(BigInt(row), BigInt(i));
      ids.push(BigInt(((row * 3 + i * seed) % (buckets + 1)) - 1));
    }
  }
  return [
    tensorValue("int64", [ids.length, 2], BigInt64Array.from(indices)),
    tensorValue("int64", [ids.length], BigInt64Array.from(ids)),
    tensorValue("int64", [2], BigInt64Array.of(BigInt(rows), 3n)),
  ];
}

/** The variables after some steps, as one list of numbers a variable, and the types of the plan's steps. */
function train(combiner: "sum" | "mean" | "sqrtn", optimizer: string, simplify: boolean) {
  const graph = new Graph();
  const { feeds, step } = withGraph(graph, () => {
    const placeholder = (name: string, dtype: "int64" | "float32", shape: readonly number[]) =>
      build("Placeholder", [], { dtype, shape }, name);
    const inputs = [
      placeholder("indices", "int64", [-1, 2]),
      placeholder("ids", "int64", [-1]),
      placeholder("shape", "int64", [2]),
    ];
    const ids = new SparseTensor(inputs[0]!, inputs[1]!, inputs[2]!);
    const column = embeddingColumn(categoricalColumnWithIdentity("ids", buckets), 3, { combiner });
    const deep = denseFeatures({ ids }, [column], {});
    const target = build("Const", [], {
      dtype: "float32",
      value: tensorValue("float32", [3], Float32Array.of(1, -2, 0.5)),
    });
    const loss = reduceMean(buildOp("SquaredDifference", [deep, target]).output, [0, 1]);
    const variables = graph.getCollection<Variable>(collectionKeys.trainableVariables);
    return { feeds: inputs, step: getOptimizer(optimizer, 0.3).minimize(loss, { variables, iterations: undefined }) };
  });
  const session = new Session(graph, { simplify });
  const variables = graph.getCollection<Variable>(collectionKeys.globalVariables);
  for (const variable of variables) {
    const value = variable.initialValue;
    const size = (value.shape ?? []).reduce((n, dim) => n * dim, 1);
    const start = Float32Array.from({ length: size }, (_, i) =>
      variable.name.endsWith("embedding_weights") ? Math.sin(i) : variable.name.includes("accum") ? 0.1 : NaN,
    );
    const fed = !Number.isNaN(start[0]);
    session.run([], fed ? new Map([[value, tensorValue("float32", value.shape as number[], start)]]) : new Map(), [
      variable.initializer,
    ]);
  }
  const run = session.callable({ feeds, targets: [step] });
  for (let i = 1; i <= 4; i++) run(batch(i));
  const values = session.run(withGraph(graph, () => variables.map((variable) => variable.read())));
  const steps = session.explain({ feeds, targets: [step] }).steps.map(({ type }) => type);
  return { values: values.map(({ data }) => [...(data as Float32Array)].map(Number)), steps };
}

describe("a look-up and its gradient", () => {
  for (const combiner of ["sum", "mean", "sqrtn"] as const) {
    for (const optimizer of ["SGD", "Adagrad"]) {
      it(`trains the same by fused nodes as by its own: ${combiner}, ${optimizer}`, () => {
        const fused = train(combiner, optimizer, true);
        const plain = train(combiner, optimizer, false);
        expect(fused.values).toEqual(plain.values);
        expect(fused.steps).toContain("_PlanLookupGradient");
        for (const type of ["SparseSegmentSumGrad", "SparseSegmentMeanGrad", "SparseSegmentSqrtNGrad", "Unique"]) {
          expect(fused.steps).not.toContain(type);
        }
      });
    }
  }
});
