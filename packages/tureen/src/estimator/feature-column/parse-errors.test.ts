import { encodeExample } from "@tureen/protos/encode-example";
import { describe, expect, it } from "vitest";
import { tensorValue } from "../../core/tensor-value.js";
import { constant } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { Session } from "../../runtime/session.js";
import { readFixture } from "../recorded-fixture.js";
import { parseExample } from "./parse-example.js";
import {
  fixedLenFeature,
  fixedLenSequenceFeature,
  type RaggedParseExampleSpec,
  raggedFeature,
  varLenFeature,
} from "./parse-spec.js";

const { messages } = readFixture<{ messages: Readonly<Record<string, readonly [type: string, message: string]>> }>(
  "validation",
);

/** Runs the parsing of one serialized Example whose feature `f` is as said. */
function parse(feature: RaggedParseExampleSpec[string], serialized: Uint8Array): void {
  const graph = new Graph();
  const parsed = withGraph(graph, () => {
    const examples = constant(tensorValue("string", [1], [serialized]));
    return parseExample<RaggedParseExampleSpec>(examples, { f: feature })["f"]!;
  });
  const fetched = parsed instanceof SparseTensor || parsed instanceof RaggedTensor ? parsed.values : parsed;
  new Session(graph).run([fetched as Tensor]);
}

const scalar = fixedLenFeature([], "float32");
const pairs = fixedLenSequenceFeature([2], "float32", { allowMissing: true });
/** The twins of the cases in interop/estimator/record_validation.py. */
const cases: Readonly<Record<string, readonly [RaggedParseExampleSpec[string], Uint8Array]>> = {
  "no example": [scalar, new TextEncoder().encode("no example")],
  "fixed missing": [scalar, encodeExample({ g: [1] })],
  "fixed of another type": [scalar, encodeExample({ f: ["a"] })],
  "fixed of another length": [fixedLenFeature([2], "float32"), encodeExample({ f: [1] })],
  "fixed integers": [scalar, encodeExample({ f: [1n] })],
  "sequence of another type": [pairs, encodeExample({ f: [1n] })],
  "sequence of another length": [pairs, encodeExample({ f: [1, 2, 3] })],
  "list of another type": [varLenFeature("int64"), encodeExample({ f: [1] })],
  "list of texts": [varLenFeature("float32"), encodeExample({ f: ["a"] })],
  "ragged of another type": [raggedFeature("int64"), encodeExample({ f: ["a"] })],
};

describe("parsing refuses in TensorFlow's words", () => {
  for (const [name, given] of Object.entries(cases)) {
    it(name, () => {
      const expected = messages[`parse/${name}`]![1];
      let message: string | undefined;
      try {
        parse(...given);
      } catch (error) {
        // What follows says where in the graph it was.
        message = (error as Error).message.split("\n\t [[")[0];
      }
      expect(message).toBe(expected);
    });
  }
});
