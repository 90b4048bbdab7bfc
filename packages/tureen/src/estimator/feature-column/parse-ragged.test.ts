import { encodeExample } from "@tureen/protos/encode-example";
import { expect, it } from "vitest";
import { tensorValue, toFlatArray } from "../../core/tensor-value.js";
import { constant } from "../../graph/build-op.js";
import { Graph } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../../runtime/session.js";
import { parseExample } from "./parse-example.js";
import { fixedLenFeature, raggedFeature, varLenFeature } from "./parse-spec.js";

it("parses ragged features beside sparse and dense ones", () => {
  const examples = [
    encodeExample({ a: [1, 2], n: [7n], s: [5n] }),
    encodeExample({ n: [8n] }),
    encodeExample({ a: [3], n: [9n, 10n, 11n], s: [6n] }),
  ];
  const graph = new Graph();
  const fetched = withGraph(graph, () => {
    const parsed = parseExample(constant(tensorValue("string", [3], examples)), {
      a: raggedFeature("float32"),
      renamed: raggedFeature("int64", { valueKey: "n", rowSplitsDtype: "int64" }),
      s: fixedLenFeature([], "int64", -1n),
      v: varLenFeature("int64"),
    });
    expect(parsed.a).toBeInstanceOf(RaggedTensor);
    expect([parsed.a.rowSplits.dtype, parsed.renamed.rowSplits.dtype]).toEqual(["int32", "int64"]);
    const { a, renamed, s } = parsed;
    return [a.values, a.rowSplits, renamed.values, renamed.rowSplits, s as typeof a.values];
  });
  const values = new Session(graph).run(fetched).map(toFlatArray);
  expect(values).toEqual([
    [1, 2, 3],
    [0, 2, 2, 3],
    [7n, 8n, 9n, 10n, 11n],
    [0n, 1n, 2n, 5n],
    [5n, -1n, 6n],
  ]);
});
