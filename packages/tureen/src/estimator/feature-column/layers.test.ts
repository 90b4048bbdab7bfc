import { describe, expect, it } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { type TensorValue, toFlatArray } from "../../core/tensor-value.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Operation } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { variablesIn } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { buildLayer, type RecordedLayer, recordedCases, recordedValue } from "./test-fixtures.js";
import { initializeLayer } from "./test-session.js";

// What each case is, and what TensorFlow built and computed for it: interop/estimator/record_feature_columns.py.
const cases = recordedCases<RecordedLayer>("layers");

/** Cases whose nodes lie in another order or form than TensorFlow's, with the reason. */
const otherStructure: Readonly<Record<string, string>> = {
  "v1 input layer": "a column's variables are made before its other nodes",
  "v1 linear model": "a column's variables are made before its other nodes",
  "sequence both": "the check of the lengths is an Assert of the main graph, not one inside of an If",
};
/** Cases whose rank only a run knows: TensorFlow's If gives besides what gradients might need, and passes its outputs on. */
const unknownRank = /unknown rank/;

/** Nodes that TensorFlow makes and nothing reads: Keras casts what a model was called with once more when it is done. */
const unusedNodes: Readonly<Record<string, RegExp>> = { "numeric double linear": /^linear\/linear_model\/Cast_[345] / };

function nodeText(op: Operation): string {
  const inputs = op.inputs.map((input) => (input.index === 0 ? input.op.name : input.name));
  return [op.name, op.type, ...inputs, ...op.controlInputs.map((input) => `^${input.name}`)].join(" ");
}

/** Nodes up to the first If, without control inputs and the constants that TensorFlow's Assert makes and nothing reads. */
function withoutIf(nodes: readonly string[]): readonly string[] {
  const end = nodes.findIndex((node) => /^[^ ]+ (Stateless)?If /.test(node));
  return nodes
    .slice(0, end + 1)
    .filter((node) => !node.includes("/Assert/Const"))
    .map((node) => node.replace(/ StatelessIf .*| If .*| \^.*/, ""));
}

function variableNames(graph: Graph): string[] {
  return variablesIn(graph, collectionKeys.globalVariables)
    .map(({ name }) => name)
    .sort();
}

function expectClose(actual: TensorValue, expected: TensorValue): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(actual.dtype).toBe(expected.dtype);
  const values = toFlatArray(expected) as number[];
  toFlatArray(actual).forEach((value, i) => {
    if (typeof value === "number") expect(value).toBeCloseTo(values[i]!, 4);
    else expect(value).toEqual(values[i]);
  });
}

describe.each(cases.map((recorded) => [recorded.name, recorded] as const))("%s", (name, recorded) => {
  if (recorded.error !== undefined) {
    it("fails as TensorFlow does", () => {
      const failure = withGraph(new Graph(), () => {
        try {
          buildLayer(recorded);
          return undefined;
        } catch (error) {
          return error;
        }
      });
      expect(failure).toBeInstanceOf(StatusError);
      expect((failure as StatusError).message).toBe(recorded.error);
    });
    return;
  }

  it("builds TensorFlow's graph", () => {
    const graph = new Graph();
    const outputs = withGraph(graph, () => buildLayer(recorded));
    const nodes = graph.operations.map(nodeText);
    const expected = recorded.nodes!.filter((node) => unusedNodes[name]?.test(node) !== true);
    if (name === "sequence both") expect(nodes).not.toEqual(expected);
    else if (unknownRank.test(name)) expect(withoutIf(nodes)).toEqual(withoutIf(expected));
    else if (otherStructure[name] !== undefined) expect([...nodes].sort()).toEqual([...expected].sort());
    else expect(nodes).toEqual(expected);
    expect(outputs.map((output) => output.name)).toEqual(recorded.outputs);
    expect(outputs.map((output) => output.shape?.map((size) => (size < 0 ? null : size)) ?? null)).toEqual(
      recorded.shapes,
    );
    expect(
      variablesIn(graph, collectionKeys.trainableVariables)
        .map((variable) => `${variable.name}:0`)
        .sort(),
    ).toEqual(recorded.trainable);
  });

  if (recorded.runs!.length === 0) return;
  it("computes TensorFlow's values", () => {
    const graph = new Graph();
    const outputs = withGraph(graph, () => buildLayer(recorded));
    const session = new Session(graph);
    expect(variableNames(graph)).toEqual(Object.keys(recorded.variables!).sort());
    initializeLayer(graph, session, recorded);
    for (const { feeds, values, error } of recorded.runs!) {
      const fed = new Map(Object.entries(feeds).map(([key, tensor]) => [key, recordedValue(tensor)]));
      if (error === undefined) {
        const actual = session.run(outputs, fed);
        for (const [i, value] of actual.entries()) expectClose(value, recordedValue(values![i]!));
      } else {
        expect(() => session.run(outputs, fed)).toThrow(error.message.split("\n")[0]!);
      }
    }
  });
});
