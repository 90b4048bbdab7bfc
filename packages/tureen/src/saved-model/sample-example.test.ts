import { expect, it } from "vitest";
import type { DType } from "../core/dtype.js";
import { stringValue, tensorValue, toNested } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { constant } from "../graph/build-op.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { placeholder } from "../graph/ops/control.js";
import { type ParsedFeatures, parseExample, parseExampleV2, parseSingleExample } from "../graph/ops/parsing.js";
import { withGraph } from "../graph/scope.js";
import { Session } from "../runtime/session.js";
import { exampleFeatures } from "./example-features.js";
import { sampleExample } from "./sample-example.js";

const empty = (dtype: "float32" | "int64" | "string"): Tensor =>
  constant(
    tensorValue(dtype, [0], dtype === "string" ? [] : dtype === "int64" ? new BigInt64Array() : new Float32Array()),
  );
const texts = (...values: string[]): Tensor => constant(stringValue(values, [values.length]));
const text = (value: string): Tensor => constant(stringValue([value], []));
const required = (): Tensor[] => [empty("float32"), empty("int64"), empty("string")];
const dense = { sparseTypes: ["int64"] as readonly DType[], denseShapes: [[2], [], [1, 2]] };

/** The sample of a graph that parses, and what the graph makes of it: dense values, then those of sparse and of ragged features. */
function parsed(shape: readonly number[], make: (serialized: Tensor) => ParsedFeatures): unknown {
  const graph = new Graph();
  const [input, fetches] = withGraph(graph, () => {
    const serialized = placeholder({ dtype: "string", shape });
    const { denseValues, sparseValues, raggedValues } = make(serialized);
    return [serialized, [...denseValues, ...sparseValues, ...raggedValues]] as const;
  });
  const sizes = shape.map(() => 1);
  const feeds = new Map([[input, tensorValue("string", sizes, [sampleExample(exampleFeatures(graph.operations)!)])]]);
  return new Session(graph).run(fetches, feeds).map((value) => toNested(value));
}

const zeroText = encodeText("0");
const denseZeros = [[[0, 0]], [0n], [[[zeroText, zeroText]]]];

it("has every required feature of ParseExampleV2, and one element of the others", () => {
  const make = (serialized: Tensor): ParsedFeatures =>
    parseExampleV2(serialized, texts(), texts("s"), texts("f", "i", "t"), texts("r"), required(), {
      ...dense,
      raggedValueTypes: ["string"],
      raggedSplitTypes: ["int64"],
    });
  expect(parsed([-1], make)).toEqual([...denseZeros, [0n], [zeroText]]);
});

it("has those of ParseExample", () => {
  const keys = (): Tensor[] => [text("f"), text("i"), text("t")];
  const make = (serialized: Tensor): ParsedFeatures =>
    parseExample(serialized, texts(), [text("s")], keys(), required(), dense);
  expect(parsed([-1], make)).toEqual([...denseZeros, [0n]]);
});

it("has those of ParseSingleExample", () => {
  const keys = { sparseKeys: ["s"], denseKeys: ["f", "i", "t"] };
  const make = (serialized: Tensor): ParsedFeatures =>
    parseSingleExample(serialized, required(), { ...dense, ...keys });
  expect(parsed([], make)).toEqual([...denseZeros.map(([value]) => value), [0n]]);
});

it("is nothing where nothing is parsed", () => {
  const graph = new Graph();
  withGraph(graph, () => placeholder({ dtype: "string", shape: [-1] }));
  expect(exampleFeatures(graph.operations)).toBeUndefined();
});
