import { expect, it } from "vitest";
import { constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import type { Features } from "../model-fn.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import {
  categoricalColumnWithIdentity,
  type DenseColumn,
  embeddingColumn,
  inputLayer,
  linearModel,
  sharedEmbeddingColumns,
} from "./index.js";

const { cases } = readFixture<{
  cases: Readonly<
    Record<
      string,
      {
        readonly variables: readonly { readonly name: string; readonly value: StoredTensor }[];
        readonly outputs: readonly StoredTensor[];
      }
    >
  >;
}>("shared-columns");

const [a, b] = [categoricalColumnWithIdentity("a", 3), categoricalColumnWithIdentity("b", 3)];
const shared = (): DenseColumn[] => sharedEmbeddingColumns([a, b], 2);

it.each<readonly [string, (features: Features) => readonly Tensor[]]>([
  ["a linear model", (features) => [linearModel(features, shared())]],
  [
    "an input layer and a linear model",
    (features) => {
      const columns = shared();
      return [inputLayer(features, columns), linearModel(features, columns)];
    },
  ],
  [
    "beside other columns",
    (features) => [linearModel(features, [...shared(), embeddingColumn(a, 2), b], { units: 2 })],
  ],
])("sharedEmbeddingColumns in %s as TensorFlow 2.15 has them", (name, made) => {
  const graph = new Graph();
  const { variables, outputs } = cases[name]!;
  const tensors = withGraph(graph, () => made({ a: constant([[0], [2]], "int64"), b: constant([[1], [1]], "int64") }));
  const own = graph.getCollection<Variable>(collectionKeys.globalVariables);
  expect(own.map((variable) => variable.name)).toEqual(variables.map((variable) => variable.name));
  // The first values as they were recorded, and ones for the weights, which begin with zeros.
  const assigned = withGraph(graph, () =>
    own.map((variable, i) => {
      const first = restored(variables[i]!.value);
      const isWeight = variable.name.endsWith("/weights");
      return variable.assign(isWeight ? { ...first, data: (first.data as Float32Array).map(() => 1) } : first);
    }),
  );
  const session = new Session(graph);
  session.run([], new Map(), assigned);
  for (const [i, value] of session.run(tensors).entries()) {
    expect(largestError(value, restored(outputs[i]!))).toBeLessThan(1e-6);
  }
});
