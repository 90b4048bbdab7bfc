import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { floatValue, intValue, scalarValue, stringValue, type TensorValue, toNested } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import {
  categoricalColumnWithIdentity,
  categoricalColumnWithVocabularyFile,
  categoricalColumnWithVocabularyList,
  denseFeatures,
  embeddingColumn,
  indicatorColumn,
  linearModelLogits,
  sharedEmbeddings,
} from "./index.js";
import { fixtureFolder } from "./test-fixtures.js";

const scratch = mkdtempSync(join(tmpdir(), "tureen-embedding-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const ids = (values: readonly number[]): TensorValue => intValue([...values], [values.length, 1]);
const feature = (graph: Graph): Tensor =>
  withGraph(graph, () => build("Placeholder", [], { dtype: "int32", shape: [-1, 1] }, "i"));

function built(
  columns: Parameters<typeof denseFeatures>[1],
  graph = new Graph(),
): { graph: Graph; output: Tensor; variables: Variable[] } {
  const input = feature(graph);
  const output = withGraph(graph, () => denseFeatures({ i: input }, columns));
  return { graph, output, variables: graph.getCollection<Variable>(collectionKeys.globalVariables) };
}

describe("embeddingColumn", () => {
  it("starts from a truncated normal of 1/√dimension, seeded by the graph", () => {
    const graph = new Graph();
    graph.seed = 42;
    const { output, variables } = built([embeddingColumn(categoricalColumnWithIdentity("i", 100), 16)], graph);
    const op = variables[0]!.initialValue.op.inputs[0]!.op.inputs[0]!.op;
    expect(op.type).toBe("TruncatedNormal");
    expect(op.attrs.int("seed")).toBe(42);
    // The placeholder and the three constants of the initializer come before it.
    expect(op.attrs.int("seed2")).toBe(4);
    expect(output.shape).toEqual([-1, 16]);
  });

  it("starts from a checkpoint where it is told to", () => {
    const prefix = join(scratch, "model.ckpt-1");
    const saved = new Graph();
    const save = withGraph(saved, () =>
      buildOp("SaveV2", [
        scalarValue("string", prefix),
        stringValue(["table"]),
        stringValue([""]),
        [constant(floatValue([1, 2, 3, 4, 5, 6], [3, 2]))],
      ]),
    );
    new Session(saved).run([], new Map(), [save], { fileRoot: scratch });
    const column = embeddingColumn(categoricalColumnWithIdentity("i", 3), 2, {
      ckptToLoadFrom: prefix,
      tensorNameInCkpt: "table",
    });
    const { graph, output, variables } = built([column]);
    const session = new Session(graph);
    session.run([], new Map(), [variables[0]!.initializer], { fileRoot: scratch });
    expect(toNested(session.run([output], new Map([["i:0", ids([2, 0])]]))[0]!)).toEqual([
      [5, 6],
      [1, 2],
    ]);
  });

  it("gets gradients for the rows that were looked up", () => {
    const graph = new Graph();
    const { output, variables } = built([embeddingColumn(categoricalColumnWithIdentity("i", 4), 2)], graph);
    const [table] = variables as [Variable];
    const [gradient] = withGraph(graph, () => gradients([output], [table.handle]));
    expect(gradient).not.toBeNull();
    const { indices, values } = gradient as { indices: Tensor; values: Tensor };
    const session = new Session(graph);
    session.run([], new Map([[table.initialValue, floatValue(new Float32Array(8), [4, 2])]]), [table.initializer]);
    const [rows, steps] = session.run([indices, values], new Map([["i:0", ids([3, 1, 3])]]));
    expect(toNested(rows!)).toEqual([3n, 1n]);
    expect(toNested(steps!)).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  it("is one column however often it is made of the same parts", () => {
    const make = (): string => indicatorColumn(categoricalColumnWithVocabularyList("c", ["a", "b"])).description;
    expect(make()).toBe(make());
    const initializer = (): never => {
      throw new Error("not called");
    };
    const embedded = (own: () => never): string =>
      embeddingColumn(categoricalColumnWithIdentity("i", 3), 2, { initializer: own }).description;
    expect(embedded(initializer)).toBe(embedded(initializer));
    expect(embedded(initializer)).not.toBe(embedded(() => initializer()));
  });
});

describe("sharedEmbeddings", () => {
  it("makes one variable a graph", () => {
    const [first, second] = sharedEmbeddings(
      [categoricalColumnWithIdentity("i", 3), categoricalColumnWithIdentity("j", 3)],
      2,
    );
    for (let round = 0; round < 2; round++) {
      const graph = new Graph();
      const input = feature(graph);
      withGraph(graph, () => denseFeatures({ i: input, j: input }, [first!, second!]));
      const names = graph.getCollection<Variable>(collectionKeys.globalVariables).map(({ name }) => name);
      expect(names).toEqual(["i_j_shared_embedding"]);
    }
  });
});

describe("vocabularies", () => {
  it("are tables whose names the process or the file shares, initialised by the graph's collection", () => {
    const graph = new Graph();
    const path = `${fixtureFolder}colours.txt`;
    const columns = [categoricalColumnWithVocabularyList("c", ["a"]), categoricalColumnWithVocabularyFile("f", path)];
    withGraph(graph, () => {
      const words = build("Placeholder", [], { dtype: "string", shape: [-1, 1] });
      linearModelLogits({ c: words, f: words }, columns);
    });
    const sharedNames = graph.operations
      .filter(({ type }) => type === "HashTableV2")
      .map((op) => op.attrs.text("shared_name"));
    expect(sharedNames[0]).toMatch(/^hash_table_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(sharedNames[1]).toBe(`hash_table_${path}_3_-2_-1`);
    const initializers = graph.getCollection<Operation>(collectionKeys.tableInitializers);
    expect(initializers.map(({ type }) => type)).toEqual(["LookupTableImportV2", "InitializeTableFromTextFileV2"]);
    const assets = graph.getCollection<Tensor>(collectionKeys.assetFilepaths);
    expect(assets.map(({ name }) => name)).toEqual([expect.stringMatching(/f_lookup\/hash_table\/asset_path:0$/)]);
  });
});
