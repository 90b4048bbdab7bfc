import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { SavedModelSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import {
  categoricalColumnWithVocabularyList,
  indicatorColumn,
  makeParseExampleSpec,
  numericColumn,
} from "../feature-column/index.js";
import { DNNClassifier, type Estimator, LinearRegressor, runConfig } from "../index.js";
import { readFixture } from "../recorded-fixture.js";
import { buildParsingServingInputReceiverFn, buildSupervisedInputReceiverFnFromInputFn } from "./index.js";
import { evalOutput, trainOutput } from "./supervised-output.js";

type Info = readonly [name: string, dtype: number, shape: readonly number[] | null];

interface RecordedGraph {
  readonly tags: readonly string[];
  readonly collections: Readonly<Record<string, number>>;
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly signatures: Readonly<
    Record<
      string,
      { readonly inputs: Record<string, Info>; readonly outputs: Record<string, Info>; readonly method: string }
    >
  >;
}

const { by: _by, ...fixture } =
  readFixture<
    Readonly<Record<string, { readonly graphs: readonly RecordedGraph[]; readonly files: readonly string[] }>>
  >("export-all");

const columns = [
  numericColumn("x", { shape: [2] }),
  indicatorColumn(categoricalColumnWithVocabularyList("c", ["a", "b"])),
];
const input = () =>
  Dataset.fromTensorSlices([
    {
      x: [
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      c: [["a"], ["b"], ["a"], ["z"]],
    },
    [0n, 1n, 0n, 1n],
  ]).batch(4) as never;
const config = runConfig({ logger: { log() {} } });
const folder = () => mkdtempSync(join(tmpdir(), "tureen-export-all-"));

const models: Readonly<Record<string, (modelDir: string) => Estimator>> = {
  dnn: (modelDir) => new DNNClassifier({ hiddenUnits: [4], featureColumns: columns, modelDir, config }),
  linear: (modelDir) => new LinearRegressor({ featureColumns: columns, modelDir, config }),
};

function graphs(directory: string): RecordedGraph[] {
  const model = fromBinary(SavedModelSchema, readFileSync(join(directory, "saved_model.pb")));
  return model.metaGraphs.map((graph) => {
    const lists = Object.entries(graph.collectionDef).map(([key, { kind }]) => [key, kind.value!.value] as const);
    const infos = (map: (typeof graph.signatureDef)[string]["inputs"]): Record<string, Info> =>
      Object.fromEntries(
        Object.entries(map).map(([key, { encoding, dtype, tensorShape }]) => {
          const shape = tensorShape!.unknownRank ? null : tensorShape!.dim.map(({ size }) => Number(size));
          return [key, [encoding.value as string, dtype, shape] as const];
        }),
      );
    return {
      tags: graph.metaInfoDef!.tags,
      collections: Object.fromEntries(lists.map(([key, list]) => [key, list.length])),
      nodes: Object.fromEntries(
        lists.filter(([key]) => /_(train|main)_op$/.test(key)).map(([key, list]) => [key, list as string[]]),
      ),
      signatures: Object.fromEntries(
        Object.entries(graph.signatureDef).map(([key, { inputs, outputs, methodName }]) => [
          key,
          { inputs: infos(inputs), outputs: infos(outputs), method: methodName },
        ]),
      ),
    };
  });
}

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(directory, path))
    .sort();
}

/** Names of tensors inside the graph are each side's own; keys, dtypes and shapes are the interface. */
function signaturesOf({ signatures }: RecordedGraph) {
  const plain = (infos: Record<string, Info>) =>
    Object.fromEntries(Object.entries(infos).map(([key, [, dtype, shape]]) => [key, [dtype, shape]]));
  return Object.fromEntries(
    Object.entries(signatures).map(([key, { inputs, outputs, method }]) => [
      key,
      { inputs: plain(inputs), outputs: plain(outputs), method },
    ]),
  );
}

describe("experimentalExportAllSavedModels", () => {
  for (const [name, expected] of Object.entries(fixture)) {
    it(`${name}: tags, signatures, collections and files are TensorFlow's`, async () => {
      const estimator = models[name]!(folder());
      await estimator.train(input, { steps: 1 });
      const supervised = await buildSupervisedInputReceiverFnFromInputFn(input);
      const serving = buildParsingServingInputReceiverFn(makeParseExampleSpec(columns));
      const exported = await estimator.experimentalExportAllSavedModels(folder(), {
        train: supervised,
        eval: supervised,
        infer: serving,
      });
      expect(files(exported).filter((file) => file !== "fingerprint.pb")).toEqual(
        expected.files.filter((file) => file !== "fingerprint.pb"),
      );
      graphs(exported).forEach((graph, i) => {
        const wanted = expected.graphs[i]!;
        expect(graph.tags).toEqual(wanted.tags);
        expect(signaturesOf(graph), wanted.tags[0]).toEqual(signaturesOf(wanted));
        expect(graph.nodes["saved_model_train_op"]).toEqual(wanted.nodes["saved_model_train_op"]);
        expect(graph.collections, wanted.tags[0]).toEqual(wanted.collections);
      });
    });
  }

  it("exports one mode alone, and refuses none", async () => {
    const estimator = models["linear"]!(folder());
    await estimator.train(input, { steps: 1 });
    const supervised = await buildSupervisedInputReceiverFnFromInputFn(input);
    const base = folder();
    const exported = await estimator.exportSavedModel(base, supervised, { experimentalMode: "eval" });
    expect(graphs(exported).map(({ tags }) => tags)).toEqual([["eval"]]);
    expect(existsSync(join(exported, "variables/variables.index"))).toBe(true);
    await expect(estimator.experimentalExportAllSavedModels(base, {})).rejects.toThrow(
      "No valid modes for exporting found. Got dict_keys([]).",
    );
    expect(readdirSync(base)).toHaveLength(1);
  });
});

describe("supervised outputs", () => {
  it("prefix keys that have no prefix, and wrap update operations", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [] }, "x");
      const update = buildOp("NoOp", []);
      const metrics = { mean: { value: x, update }, "metrics/own": { value: x, update: x } };
      const signature = evalOutput({ loss: x, predictions: { predictions_y: x, y: x }, metrics }).asSignature({ x });
      expect([...signature.outputs.keys()]).toEqual([
        "loss",
        "predictions_y",
        "predictions/y",
        "metrics/mean/value",
        "metrics/mean/update_op",
        "metrics/own/value",
        "metrics/own/update_op",
      ]);
      expect(signature.outputs.get("metrics/mean/update_op")).toEqual({
        name: "metric_op_wrapper:0",
        dtype: "float32",
        shape: [0],
      });
      expect(signature.methodName).toBe("tensorflow/supervised/eval");
      expect([...trainOutput({ predictions: x }).asSignature({ x }).outputs.keys()]).toEqual(["predictions"]);
    });
  });

  it("refuse what is no tensor", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [] }, "x");
      expect(() => trainOutput({ loss: { a: 1 as never } })).toThrow(
        "loss output value must be a Tensor; got 1 for 'a'.",
      );
      expect(() => evalOutput({ metrics: { a: { value: 1 as never, update: x } } })).toThrow(
        "metrics/a output value must be a Tensor; got 1.",
      );
      expect(() => evalOutput({ metrics: { a: { value: x, update: 1 as never } } })).toThrow(
        "metrics/a update_op must be a Tensor or Operation; got 1.",
      );
    });
  });
});
