import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { encodeExample, float, int64 } from "@tureen/protos/example";
import { TensorInfoSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import { beforeAll, describe, expect, it } from "vitest";
import { type DType, dtypeFromNumber } from "../../core/dtype.js";
import { floatValue, type TensorValue, tensorValue, toNested } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { readTfRecords } from "../../formats/tf-record.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { raggedPlaceholder } from "../../graph/ragged-placeholder.js";
import { type AnyRagged, RaggedTensor } from "../../graph/ragged-tensor.js";
import { withGraph } from "../../graph/scope.js";
import { sparsePlaceholder } from "../../graph/sparse-placeholder.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { Variable } from "../../graph/variable.js";
import { readSavedModel } from "../../saved-model/index.js";
import { loadSavedModel } from "../../saved-model/load.js";
import * as fc from "../feature-column/index.js";
import { linearModel } from "../feature-column/layers-v1.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { getNext } from "../graph-iterator.js";
import type { Head } from "../head/head.js";
import {
  BinaryClassHead,
  Estimator,
  MultiClassHead,
  MultiHead,
  MultiLabelHead,
  RegressionHead,
  runConfig,
} from "../index.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import { reduceSum } from "../math/sparse.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, FeatureTensor, ModelFn } from "../model-fn.js";
import { readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import {
  buildParsingServingInputReceiverFn,
  buildRawServingInputReceiverFn,
  classificationOutput,
  predictOutput,
  regressionOutput,
  servingInputReceiver,
  tensorServingInputReceiver,
} from "./index.js";
import type { ServingInput } from "./serving-input.js";

interface Info {
  readonly name?: string;
  readonly dtype?: string;
  readonly shape?: readonly number[] | null;
  readonly components?: readonly Info[];
  /** The TensorInfo of a composite tensor, as TensorFlow serializes it. */
  readonly proto?: string;
}

interface Signature {
  readonly inputs: Readonly<Record<string, Info>>;
  readonly outputs: Readonly<Record<string, Info>>;
  readonly method: string;
}

interface Exported {
  readonly name: string;
  readonly signatures: Readonly<Record<string, Signature>>;
  readonly excluded: readonly string[];
  readonly placeholders: readonly (readonly [string, string])[];
  readonly run: {
    readonly feeds: readonly string[];
    readonly values: readonly StoredTensor[];
    readonly y: StoredTensor;
  } | null;
}

const fixture = readFixture<{
  examples: readonly string[];
  exports: readonly Exported[];
  refused: readonly { readonly name: string; readonly message: string }[];
}>("ragged-exports");

/** The sum of each row's numbers times a weight: the model of interop/estimator/record_ragged_exports.py. */
const modelFn: ModelFn = ({ features, labels, mode }) => {
  const rows: FeatureTensor =
    features instanceof RaggedTensor ? (features as AnyRagged) : ((features as Features)["r"] as FeatureTensor);
  const w = new Variable({ name: "w", initializer: floatValue([2], []) });
  const y = build("Mul", [sums(rows), w.read()], {}, "mul");
  if (mode === ModeKeys.PREDICT) {
    const exportOutputs = { serving_default: predictOutput({ y }), regression: regressionOutput({ value: y }) };
    return makeEstimatorSpec({ mode, predictions: { y }, exportOutputs });
  }
  const loss = build("Mean", [build("SquaredDifference", [y, labels as Tensor]), [0]], {}, "loss");
  const trainOp = getOrCreateGlobalStep().assignAdd({ dtype: "int64", shape: [], data: BigInt64Array.of(1n) });
  return makeEstimatorSpec({ mode, predictions: { y }, loss, trainOp });
};

function sums(rows: FeatureTensor): Tensor {
  const rest = (rank: number): number[] => Array.from({ length: rank - 1 }, (_, i) => i + 1);
  if (rows instanceof Tensor) return build("Sum", [rows, rest(rows.shape!.length)]);
  if (rows instanceof SparseTensor) return reduceSum(rows, { axis: 1 });
  const { flatValues, nestedRowSplits } = rows;
  const numbers = flatValues.dtype === "string" ? build("StringToNumber", [flatValues]) : flatValues;
  const splits = nestedRowSplits.map((one) => build("Cast", [one], { DstT: "int64" }));
  const { outputs } = buildOp("RaggedTensorToSparse", [splits, numbers]);
  const inner = flatValues.shape?.length ?? 1;
  const axis = rest(splits.length + inner);
  return build("Reshape", [reduceSum(new SparseTensor(outputs[0]!, outputs[1]!, outputs[2]!), { axis }), [-1]]);
}

function ragged(dtype: DType = "int64", raggedRank = 1, name = "r"): AnyRagged {
  return raggedPlaceholder({ dtype, raggedRank, valueShape: [], name });
}

function both(options: { raggedRank?: number; dtype?: DType; valueShape?: number[] | null } = {}): ServingInput {
  const r = raggedPlaceholder({ dtype: "float32", raggedRank: 1, valueShape: [], name: "r", ...options });
  return servingInputReceiver({ r }, { r });
}

function placeholder(dtype: DType, name: string): Tensor {
  return build("Placeholder", [], { dtype, shape: [-1] }, name);
}

function parsed(partitions?: readonly fc.RaggedPartition[]): () => ServingInput {
  const r =
    partitions === undefined ? fc.raggedFeature("float32") : fc.raggedFeature("float32", { valueKey: "r", partitions });
  return buildParsingServingInputReceiverFn({ r });
}

const receivers: Readonly<Record<string, () => ServingInput>> = {
  "one level": () => both(),
  "two levels": () => both({ raggedRank: 2 }),
  "rows of pairs": () => both({ valueShape: [2] }),
  "unknown shape": () => both({ valueShape: null }),
  text: () => both({ dtype: "string" }),
  "bare tensor": () => {
    const r = ragged("float32");
    return tensorServingInputReceiver(r, r);
  },
  "int32 splits": () => {
    const r = new RaggedTensor(placeholder("float32", "flat"), placeholder("int32", "splits"));
    return servingInputReceiver({ r }, { r });
  },
  alternatives: () => {
    const examples = placeholder("string", "input_example_tensor");
    const { r } = fc.parseExample(examples, { r: fc.raggedFeature("float32", { rowSplitsDtype: "int64" }) });
    return servingInputReceiver({ r }, { examples }, { rows: r });
  },
  insufficient: () => {
    const [r, q] = [ragged("float32"), ragged("float32", 1, "q")];
    return servingInputReceiver({ r }, { q });
  },
  raw: withGraph(new Graph(), () => {
    const r = raggedPlaceholder({ dtype: "float32", raggedRank: 2, valueShape: [3], name: "r" });
    return buildRawServingInputReceiverFn({ r });
  }),
  parsed: parsed(),
  "parsed RowSplits": parsed([fc.raggedPartition.rowSplits("splits")]),
  "parsed RowLengths": parsed([fc.raggedPartition.rowLengths("lengths")]),
  "parsed RowStarts": parsed([fc.raggedPartition.rowStarts("starts")]),
  "parsed RowLimits": parsed([fc.raggedPartition.rowLimits("limits")]),
  "parsed ValueRowIds": parsed([fc.raggedPartition.valueRowIds("ids")]),
  "parsed UniformRowLength": parsed([fc.raggedPartition.uniformRowLength(2)]),
};

describe("exports of models that take ragged tensors are TensorFlow's", () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-ragged-receivers-"));
  const log: string[] = [];
  const logger = { log: (_: string, line: string) => log.push(line) };
  const estimator = new Estimator({ modelFn, modelDir: join(folder, "model"), config: runConfig({ logger }) });
  const examples = tensorValue(
    "string",
    [fixture.examples.length],
    fixture.examples.map((text) => Uint8Array.from(Buffer.from(text, "base64"))),
  );

  // Examples are parsed in the graph of the input function: elements of datasets are dense.
  const inputFn = (): [Features, Tensor] => {
    const serialized = getNext(Dataset.fromTensorSlices(examples).batch(3).repeat() as never) as unknown as Tensor;
    const features = fc.parseExample(serialized, { r: fc.raggedFeature("float32") });
    return [features, build("Const", [], { value: floatValue([1, 2, 3], [3]), dtype: "float32" })];
  };

  beforeAll(async () => {
    await estimator.train(inputFn as never, { steps: 1 });
  });

  it("after training and evaluation on ragged features", async () => {
    // Rows sum up to 10, 0 and 11; TensorFlow's own mean of (2 x - y)² over them.
    const { loss } = await estimator.evaluate(inputFn as never, { steps: 1 });
    expect(loss).toBeCloseTo((19 ** 2 + 2 ** 2 + 19 ** 2) / 3, 3);
  });

  for (const [number, one] of fixture.exports.entries()) {
    it(one.name, async () => {
      log.length = 0;
      const exported = await estimator.exportSavedModel(join(folder, `export${number}`), receivers[one.name]!);
      const excluded = log.filter((line) => line.startsWith("'") && line.includes(" : "));
      // This graph sums in another way.
      const path = / because of the dependency on .*$/s;
      expect(excluded.map((line) => line.replace(path, ""))).toEqual(
        one.excluded.map((line) => line.replace(path, "")),
      );
      const { metaGraphs } = await readSavedModel(exported);
      const [meta] = metaGraphs;
      const placeholders = meta!
        .graphDef!.node.filter(({ op }) => op === "Placeholder")
        .map(({ name, attr }) => [name, dtypeFromNumber((attr["dtype"]!.value as { value: number }).value)]);
      expect(placeholders).toEqual(one.placeholders);
      expect(Object.keys(meta!.signatureDef).sort()).toEqual(Object.keys(one.signatures));
      for (const [key, { inputs, method }] of Object.entries(one.signatures)) {
        const signature = meta!.signatureDef[key]!;
        expect(signature.methodName).toBe(method);
        expect(Object.keys(signature.inputs).sort()).toEqual(Object.keys(inputs));
        for (const [alias, { proto, name }] of Object.entries(inputs)) {
          const info = signature.inputs[alias]!;
          if (proto === undefined) expect(info.encoding).toEqual({ case: "name", value: name });
          else expect(Buffer.from(toBinary(TensorInfoSchema, info)).toString("base64")).toBe(proto);
        }
      }
      if (one.run !== null) await answersAlike(exported, one);
    });
  }
});

/** Texts are bytes of Latin-1: serialized Examples among them. */
function asFed(stored: StoredTensor): TensorValue {
  if (typeof stored.v === "string") return restored(stored);
  const bytes = stored.v.map((text) => Uint8Array.from(Buffer.from(text, "latin1")));
  return tensorValue("string", stored.s, bytes);
}

describe("warm-up requests", () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-ragged-warm-up-"));
  const lines: string[] = [];
  const config = runConfig({ logger: { log: (level, line) => void (level === "WARNING" && lines.push(line)) } });
  const estimator = new Estimator({ modelFn, modelDir: join(folder, "model"), config });
  const examples = fixture.examples.map((text) => Uint8Array.from(Buffer.from(text, "base64")));
  const inputFn = (): [Features, Tensor] => {
    const texts = tensorValue("string", [examples.length], examples);
    const serialized = getNext(Dataset.fromTensorSlices(texts).batch(3) as never) as unknown as Tensor;
    const labels = build("Const", [], { value: floatValue([1, 2, 3], [3]), dtype: "float32" });
    return [fc.parseExample(serialized, { r: fc.raggedFeature("float32"), ids: fc.raggedFeature("int64") }), labels];
  };

  it("are made of ragged features for receivers that parse them, and not for those that take ragged tensors", async () => {
    await estimator.train(inputFn as never, { steps: 1 });
    const warmupRequests = { inputFn: inputFn as never, requestsPerSignature: 3 };
    const receiver = parsed([fc.raggedPartition.valueRowIds("ids")]);
    const exported = await estimator.exportSavedModel(join(folder, "parsed"), receiver, { warmupRequests });
    const file = readFileSync(join(exported, "assets.extra/tf_serving_warmup_requests"));
    // Each row is its Example again: the same bytes, features in the order of their names.
    const sent = [...readTfRecords(file)].flatMap((record) => {
      const { logType } = fromBinary(PredictionLogSchema, record);
      return logType.case === "predictLog"
        ? [logType.value.request!.inputs["examples"]!.stringVal[0]!].map((bytes) => Uint8Array.from(bytes))
        : [];
    });
    expect(sent).toEqual(
      [
        { ids: [0n, 2n, 2n, 2n], r: [1, 2, 3, 4] },
        { ids: [], r: [] },
        { ids: [0n, 0n], r: [5, 6] },
      ].map((row) => encodeExample({ ids: int64(row.ids), r: float(row.r) })),
    );
    const raw = estimator.exportSavedModel(join(folder, "raw"), () => both(), { warmupRequests });
    await expect(raw).rejects.toThrow("No signature takes the features of `warmupRequests`");
    expect(lines).toContain("No warm-up requests for signature 'serving_default': input 'r' is ragged");
  });
});

async function answersAlike(exported: string, { signatures, run }: Exported): Promise<void> {
  const { feeds, values, y } = run!;
  const model = await loadSavedModel(exported);
  const given = values.map(asFed);
  const expected = toNested(restored(y)) as number[];
  const raw = model.run(new Map(feeds.map((name, i) => [name, given[i]!])), [
    model.signatures.get("serving_default")!.outputs.get("y")!.name,
  ]);
  expect(toNested(raw[0]!)).toEqual(expected);
  const [[alias, info]] = Object.entries(signatures["serving_default"]!.inputs) as [[string, Info]];
  const predict = model.signature("serving_default");
  const [flatValues, ...nestedRowSplits] = given as [TensorValue, ...TensorValue[]];
  const isRagged = info.components !== undefined;
  const value = isRagged ? { flatValues, nestedRowSplits } : flatValues;
  expect(await predict({ [alias]: value })).toEqual({ y: expected });
  if (isRagged) {
    let lists = toNested(flatValues) as unknown[];
    for (const splits of nestedRowSplits.toReversed()) {
      const ends = (toNested(splits) as (number | bigint)[]).map(Number);
      const inner = lists;
      lists = ends.slice(1).map((end, i) => inner.slice(ends[i], end));
    }
    expect(await predict({ [alias]: lists as never })).toEqual({ y: expected });
    await expect(predict({ [alias]: 1 })).rejects.toThrow(`input '${alias}'`);
    await expect(predict({ [alias]: { flatValues, nestedRowSplits: [] } })).rejects.toThrow("is ragged: it takes");
  }
  model.close();
}

const as = <T>(value: unknown): T => value as T;
const logits = (n = 1): Tensor => build("Placeholder", [], { dtype: "float32", shape: [-1, n] }, "logits");
const identity = fc.categoricalColumnWithIdentity("r", 10);
const sequence = fc.sequenceCategoricalColumnWithIdentity("r", 10);
const dense = (column: fc.DenseColumn, features: Features): unknown => fc.denseFeatures(features, [column]);
const lossOf = (head: Head, given: Partial<Parameters<Head["loss"]>[0]> = {}): unknown =>
  head.loss({ features: {}, mode: ModeKeys.TRAIN, logits: logits(), labels: ragged(), ...given });

const refused: Readonly<Record<string, () => unknown>> = {
  indicator: () => dense(fc.indicatorColumn(identity), { r: ragged() }),
  "two levels": () => dense(fc.indicatorColumn(identity), { r: ragged("int64", 2) }),
  embedding: () => dense(fc.embeddingColumn(identity, 2), { r: ragged() }),
  hashed: () => dense(fc.indicatorColumn(fc.categoricalColumnWithHashBucket("r", 10)), { r: ragged("string") }),
  vocabulary: () =>
    dense(fc.indicatorColumn(fc.categoricalColumnWithVocabularyList("r", ["a", "b"])), { r: ragged("string") }),
  crossed: () =>
    dense(fc.indicatorColumn(fc.crossedColumn(["r", "q"], 10)), { r: ragged("string"), q: ragged("string", 1, "q") }),
  numeric: () => dense(fc.numericColumn("r"), { r: ragged("float32") }),
  "numeric float64": () => dense(fc.numericColumn("r"), { r: ragged("float64") }),
  bucketized: () => dense(fc.bucketizedColumn(fc.numericColumn("r"), [0]), { r: ragged("float32") }),
  linear: () => linearModel({ r: ragged() }, [identity]),
  sequence: () => fc.sequenceFeatures({ r: ragged() }, [fc.embeddingColumn(sequence, 2)]),
  "sequence numeric": () => fc.sequenceFeatures({ r: ragged("float32") }, [fc.sequenceNumericColumn("r")]),
  "labels of two classes": () => lossOf(new BinaryClassHead()),
  "labels of classes": () => lossOf(new MultiClassHead({ nClasses: 3 }), { logits: logits(3) }),
  "several labels": () => lossOf(new MultiLabelHead({ nClasses: 3 }), { logits: logits(3) }),
  "labels of a regression": () => lossOf(new RegressionHead()),
  weights: () =>
    lossOf(new RegressionHead({ weightColumn: "r" }), { labels: logits(), features: { r: ragged("float32") } }),
  "labels of heads": () =>
    lossOf(new MultiHead({ heads: [new RegressionHead({ name: "a" })] }), { logits: { a: logits() } }),
  "predict output": () => predictOutput(as(ragged())),
  "predict output by name": () => predictOutput(as({ a: ragged("int64", 2) })),
  "regression output": () => regressionOutput({ value: as(ragged("float32")) }),
  scores: () => classificationOutput({ scores: as(ragged("float32")) }),
  classes: () => classificationOutput({ classes: as(ragged("string")) }),
  predictions: () => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: as(ragged()) }),
  "predictions by name": () => makeEstimatorSpec({ mode: ModeKeys.PREDICT, predictions: as({ a: ragged() }) }),
  loss: () => makeEstimatorSpec({ mode: ModeKeys.EVAL, loss: as(ragged("float32")) }),
  "sparse examples": () =>
    regressionOutput({ value: logits() }).asSignature({
      s: sparsePlaceholder({ dtype: "string", shape: [-1, 3], name: "s" }),
    }),
  "ragged examples": () => regressionOutput({ value: logits() }).asSignature({ s: ragged("string") }),
  "ragged examples to classify": () => classificationOutput({ scores: logits() }).asSignature({ s: ragged("string") }),
};

describe("ragged tensors are refused as by TensorFlow", () => {
  for (const { name, message } of fixture.refused) {
    it(name, () => {
      expect(() => withGraph(new Graph(), refused[name]!)).toThrow(expect.objectContaining({ message }));
    });
  }

  it("but for features that no column reads", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "x");
      expect(dense(fc.numericColumn("x"), { x, r: ragged("float64") })).toBeInstanceOf(Tensor);
    });
  });
});
