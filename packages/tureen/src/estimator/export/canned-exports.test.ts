import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import type { TensorInfo } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { SavedModelSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { describe, expect, it } from "vitest";
import { runConfig } from "../index.js";
import { readFixture } from "../recorded-fixture.js";
import { cannedInput, cannedModels, cannedReceivers } from "../testing/canned-models.js";

/** Sparse ones have no name, but those of their values, indices and dense shape at the end. */
type Info = readonly [name: string, dtype: number, shape: readonly number[] | null, sparse?: readonly string[]];
type Infos = Readonly<Record<string, Info>>;

interface RecordedGraph {
  readonly tags: readonly string[];
  readonly collections: Readonly<Record<string, number>>;
  readonly signatures: Readonly<
    Record<string, { readonly inputs: Infos; readonly outputs: Infos; readonly method: string }>
  >;
}

interface Recorded {
  readonly files: readonly string[];
  readonly log: readonly string[];
  readonly graphs: readonly RecordedGraph[];
}

const fixtures = ["canned-exports", "canned-exports-trees"].map((name) =>
  readFixture<{ exports: Readonly<Record<string, Recorded>> }>(name),
);
const expected: Readonly<Record<string, Recorded>> = Object.assign({}, ...fixtures.map((one) => one.exports));

function infosOf(map: Readonly<Record<string, Pick<TensorInfo, "encoding" | "dtype" | "tensorShape">>>): Infos {
  return Object.fromEntries(
    Object.entries(map).map(([key, { encoding, dtype, tensorShape }]) => {
      const { unknownRank, dim } = tensorShape!;
      const shape = unknownRank ? null : dim.map(({ size }) => Number(size));
      if (encoding.case !== "cooSparse") return [key, [encoding.value as string, dtype, shape]];
      const { valuesTensorName, indicesTensorName, denseShapeTensorName } = encoding.value;
      return [key, ["", dtype, shape, [valuesTensorName, indicesTensorName, denseShapeTensorName]]];
    }),
  );
}

function graphsOf(directory: string): RecordedGraph[] {
  const model = fromBinary(SavedModelSchema, readFileSync(join(directory, "saved_model.pb")));
  return model.metaGraphs.map((graph) => ({
    tags: graph.metaInfoDef!.tags,
    collections: Object.fromEntries(
      Object.entries(graph.collectionDef).map(([key, { kind }]) => [key, kind.value!.value.length]),
    ),
    signatures: Object.fromEntries(
      Object.entries(graph.signatureDef).map(([key, { inputs, outputs, methodName }]) => [
        key,
        { inputs: infosOf(inputs), outputs: infosOf(outputs), method: methodName },
      ]),
    ),
  }));
}

/** Without the names of metrics' tensors: Keras numbers them by what else it made within its metrics. */
function interfaceOf({ signatures }: RecordedGraph): RecordedGraph["signatures"] {
  const plain = (infos: Infos): Infos =>
    Object.fromEntries(
      Object.entries(infos).map(([key, [name, ...rest]]) => [key, [key.startsWith("metrics/") ? "" : name, ...rest]]),
    );
  return Object.fromEntries(
    Object.entries(signatures).map(([key, { inputs, outputs, method }]) => [
      key,
      { inputs, outputs: plain(outputs), method },
    ]),
  );
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile())
    .map((name) => relative(directory, join(directory, name)))
    .sort();
}

const told = /^(Signatures (INCLUDED|EXCLUDED)|Export includes|')/;

describe("exports of canned estimators are TensorFlow's", () => {
  for (const model of cannedModels()) {
    it(model.name, async () => {
      const lines: string[] = [];
      const config = runConfig({ logger: { log: (_level, message) => void lines.push(message) } });
      const folder = mkdtempSync(join(tmpdir(), "tureen-canned-exports-"));
      const estimator = model.make({ modelDir: join(folder, "model"), config });
      await estimator.train(cannedInput(model), { steps: 1 });
      for (const [kind, receivers] of cannedReceivers(model)) {
        const wanted = expected[`${model.name}/${kind}`]!;
        lines.length = 0;
        const exported = await estimator.experimentalExportAllSavedModels(join(folder, kind), receivers);
        const graphs = graphsOf(exported);
        expect(graphs.map(({ tags }) => tags)).toEqual(wanted.graphs.map(({ tags }) => tags));
        graphs.forEach((graph, i) => {
          expect(interfaceOf(graph), kind).toEqual(interfaceOf(wanted.graphs[i]!));
          expect(graph.collections, kind).toEqual(wanted.graphs[i]!.collections);
        });
        // TensorFlow 2.6, the last with boosted trees, says in other words why a signature is left out.
        const plain = (line: string): string => (model.name.startsWith("trees") ? line.replace(/ : .*/s, "") : line);
        expect(lines.filter((line) => told.test(line)).map(plain), kind).toEqual(wanted.log.map(plain));
        const known = (file: string): boolean => file !== "fingerprint.pb";
        expect(filesOf(exported).filter(known), kind).toEqual(wanted.files.filter(known));
      }
    });
  }
});
