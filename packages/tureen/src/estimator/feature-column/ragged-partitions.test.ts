import { describe, expect, it } from "vitest";
import { tensorValue, toFlatArray } from "../../core/tensor-value.js";
import { constant } from "../../graph/build-op.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../../runtime/session.js";
import { readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { parseExample } from "./parse-example.js";
import { type RaggedPartition, raggedFeature, raggedPartition } from "./parse-spec.js";

interface Case {
  readonly name: string;
  readonly dtype: "int32" | "int64";
  readonly partitions: readonly (readonly [kind: string, given: string | number])[];
  readonly examples: readonly string[];
  readonly values: StoredTensor;
  readonly splits: readonly StoredTensor[];
}

function partitionOf([kind, given]: Case["partitions"][number]): RaggedPartition {
  if (typeof given === "number") return raggedPartition.uniformRowLength(given);
  const name = `${kind[0]!.toLowerCase()}${kind.slice(1)}` as "rowSplits";
  return raggedPartition[name](given);
}

describe("ragged features are divided into rows as by TensorFlow", () => {
  for (const one of readFixture<{ cases: readonly Case[] }>("ragged-partitions").cases) {
    it(`${one.name}, ${one.dtype}`, () => {
      const graph = new Graph();
      const fetches = withGraph(graph, () => {
        const bytes = one.examples.map((text) => Uint8Array.from(Buffer.from(text, "base64")));
        const examples = constant(tensorValue("string", [bytes.length], bytes));
        const partitions = one.partitions.map(partitionOf);
        const spec = { rows: raggedFeature("float32", { valueKey: "v", rowSplitsDtype: one.dtype, partitions }) };
        const { rows } = parseExample(examples, spec);
        return [rows.flatValues, ...rows.nestedRowSplits];
      });
      const got = new Session(graph).run(fetches);
      const plain = ({ dtype, shape, ...value }: ReturnType<typeof restored>): unknown => [
        dtype,
        shape,
        toFlatArray({ dtype, shape, ...value } as ReturnType<typeof restored>).map(Number),
      ];
      expect(got.map(plain)).toEqual([one.values, ...one.splits].map(restored).map(plain));
    });
  }

  it("refuses a feature that two rows read in different ways", () => {
    const parse = (spec: Parameters<typeof parseExample>[1]): void => {
      withGraph(new Graph(), () => {
        parseExample(constant(tensorValue("string", [0], [])), spec);
      });
    };
    const partitions = [raggedPartition.rowLengths("lengths")];
    const rows = raggedFeature("float32", { valueKey: "v", partitions });
    expect(() => parse({ a: rows, lengths: raggedFeature("float32") } as never)).toThrow(
      "Conflicting type <dtype: 'int64'> vs <dtype: 'float32'> for feature lengths.",
    );
    expect(() => parse({ a: rows, lengths: raggedFeature("int64", { rowSplitsDtype: "int64" }) } as never)).toThrow(
      "Conflicting partition type <dtype: 'int32'> vs <dtype: 'int64'> for feature lengths.",
    );
  });
});
