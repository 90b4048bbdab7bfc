import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import { afterAll, describe, expect, it } from "vitest";
import { toTensor } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { readTfRecords } from "../../formats/tf-record.js";
import { constant } from "../../graph/build-op.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import {
  categoricalColumnWithVocabularyList,
  indicatorColumn,
  makeParseExampleSpec,
  numericColumn,
} from "../feature-column/index.js";
import { DNNClassifier, runConfig } from "../index.js";
import type { LogLevel } from "../log.js";
import type { FeatureStatistics } from "./feature-statistic.js";
import { buildParsingServingInputReceiverFn, buildRawServingInputReceiverFn, featureStatistics } from "./index.js";

const work = mkdtempSync(join(tmpdir(), "tureen-warm-up-export-"));
afterAll(() => rmSync(work, { recursive: true }));

const columns = [
  numericColumn("x", { shape: [2] }),
  indicatorColumn(categoricalColumnWithVocabularyList("c", ["a", "b"])),
];
const input = () =>
  Dataset.fromTensorSlices([
    {
      x: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      c: [["a"], ["b"], ["a"], ["z"]],
      unused: [1, 2, 3, 4],
    },
    [0n, 1n, 0n, 1n],
  ]).batch(3);

const lines: string[] = [];
const config = runConfig({
  tfRandomSeed: 1,
  logger: { log: (level: LogLevel, text: string) => void (level !== "INFO" && lines.push(text)) },
});
const estimator = new DNNClassifier({ featureColumns: columns, hiddenUnits: [4], modelDir: join(work, "run"), config });
const trained = estimator.train(input as never, { steps: 1 });
const parsing = buildParsingServingInputReceiverFn(makeParseExampleSpec(columns));

function logs(directory: string): { kind: string; signature: string }[] {
  const file = readFileSync(join(directory, "assets.extra/tf_serving_warmup_requests"));
  return [...readTfRecords(file)].map((record) => {
    const { logType } = fromBinary(PredictionLogSchema, record);
    const { request } = logType.value as { request: { modelSpec: { signatureName: string; name: string } } };
    expect(request.modelSpec.name).toBe("model");
    return { kind: logType.case!, signature: request.modelSpec.signatureName };
  });
}

describe("warmupRequests", () => {
  it("makes requests of real rows for each signature", async () => {
    await trained;
    const directory = await estimator.exportSavedModel(join(work, "a/model"), parsing, {
      warmupRequests: { inputFn: input, requestsPerSignature: 2, rowsPerRequest: 2 },
    });
    const found = logs(directory);
    const twice = (kind: string, signature: string) => [
      { kind, signature },
      { kind, signature },
    ];
    expect(found).toEqual(
      expect.arrayContaining([
        ...twice("classifyLog", "serving_default"),
        ...twice("classifyLog", "classification"),
        ...twice("regressLog", "regression"),
        ...twice("predictLog", "predict"),
      ]),
    );
    expect(found).toHaveLength(8);
    const [record] = [...readTfRecords(readFileSync(join(directory, "assets.extra/tf_serving_warmup_requests")))];
    const { logType } = fromBinary(PredictionLogSchema, record!);
    const classify = logType.value as unknown as {
      request: {
        input: {
          kind: {
            value: {
              examples: {
                features: { feature: Record<string, { kind: { case: string; value: { value: unknown[] } } }> };
              }[];
            };
          };
        };
      };
    };
    const { feature } = classify.request.input.kind.value.examples[1]!.features;
    expect(Object.keys(feature).sort()).toEqual(["c", "x"]);
    expect(feature["x"]!.kind).toMatchObject({ case: "floatList", value: { value: [3, 4] } });
  });

  it("feeds raw receivers by name and leaves out signatures that it cannot feed", async () => {
    await trained;
    const raw = buildRawServingInputReceiverFn({
      x: { dtype: "float32", shape: [-1, 2] },
      c: { dtype: "string", shape: [-1, 1] },
    });
    const directory = await estimator.exportSavedModel(join(work, "b/model"), raw, {
      warmupRequests: { inputFn: input },
    });
    expect(logs(directory)).toEqual(new Array(4).fill({ kind: "predictLog", signature: "predict" }));
    const lacking = () => input().map((element) => ({ x: (element as unknown as [{ x: never }])[0].x }));
    lines.length = 0;
    await expect(
      estimator.exportSavedModel(join(work, "c/model"), raw, { warmupRequests: { inputFn: lacking } }),
    ).rejects.toThrow("No signature takes the features of `warmupRequests`");
    expect(lines).toContain("No warm-up requests for signature 'predict': the input has no feature 'c'");
    expect(readdirSync(join(work, "c/model"))).toEqual([]);
  });

  it("refuses requests that fail, too many of them and names that are taken", async () => {
    await trained;
    const attempt = (options: Parameters<typeof estimator.exportSavedModel>[2]) =>
      expect(estimator.exportSavedModel(join(work, "d/model"), parsing, options)).rejects;
    const wrong = () => Dataset.fromTensorSlices({ x: [["a", "b"]], c: [["a"]] }).batch(1);
    await attempt({ warmupRequests: { inputFn: wrong } }).toThrow(
      /^A warm-up request for signature '\w+' fails: .*x.*expected type: float/i,
    );
    await attempt({ warmupRequests: { inputFn: () => input().repeat(), requestsPerSignature: 500 } }).toThrow(
      /^2000 warm-up requests are more than the 1000 that TensorFlow Serving takes$/,
    );
    await attempt({ warmupRequests: { inputFn: input, rowsPerRequest: 0 } }).toThrow(
      "Must specify rowsPerRequest > 0, given: 0",
    );
    const file = join(work, "mine");
    writeFileSync(file, "");
    await attempt({ warmupRequests: { inputFn: input }, assetsExtra: { tf_serving_warmup_requests: file } }).toThrow(
      /^assetsExtra has a file 'tf_serving_warmup_requests'/,
    );
  });

  it("refuses other files that are not there before it writes anything", async () => {
    const base = join(work, "no-export");
    const attempt = (assetsExtra: Readonly<Record<string, string>>) =>
      expect(estimator.exportSavedModel(base, parsing, { assetsExtra })).rejects;
    const absent = join(work, "absent");
    await attempt({ "a.txt": absent }).toThrow(`${absent}; No such file or directory (assetsExtra of 'a.txt')`);
    await attempt({ "a.txt": work }).toThrow(`${work}; Is a directory (assetsExtra of 'a.txt')`);
    await attempt({ "../a.txt": absent }).toThrow("assetsExtra must name files inside the export: ../a.txt");
    expect(existsSync(base)).toBe(false);
  });
});

describe("featureStatistics", () => {
  it("is written beside the model", async () => {
    await trained;
    const directory = await estimator.exportSavedModel(join(work, "e/model"), parsing, {
      featureStatistics: { inputFn: input },
    });
    expect(existsSync(join(directory, "saved_model.pb"))).toBe(true);
    const written = JSON.parse(
      readFileSync(join(directory, "assets.extra/feature_statistics.json"), "utf8"),
    ) as FeatureStatistics;
    expect(written).toMatchObject({ format: "tureen.feature-statistics/1", rows: 4 });
    expect(written.features["x"]).toMatchObject({
      dtype: "float32",
      count: 8,
      missing: 0,
      valuesPerRow: [2, 2],
      mean: 4.5,
      min: 1,
      max: 8,
      zeros: 0,
      distinct: 8,
    });
    expect(written.features["x"]!.deviation).toBeCloseTo(Math.sqrt(5.25), 12);
    expect(written.features["x"]!.quantiles).toMatchObject({ "0": 1, "0.25": 2, "0.5": 4, "1": 8 });
    expect(written.features["c"]).toEqual({
      dtype: "string",
      count: 4,
      missing: 0,
      valuesPerRow: [1, 1],
      distinct: 3,
      distinctIsEstimate: false,
      top: [
        { value: "a", count: 2 },
        { value: "b", count: 1 },
        { value: "z", count: 1 },
      ],
      topIsEstimate: false,
    });
  });

  it("counts missing values, sparse rows and endless inputs up to the limit", async () => {
    const dense = () =>
      Dataset.fromTensorSlices({ n: [0, Number.NaN, 2, 0], s: ["", "é", "b", "b"] })
        .repeat()
        .batch(3);
    const { rows, features } = await featureStatistics({ inputFn: dense, maxRows: 8, topValues: 1 });
    expect(rows).toBe(8);
    expect(features["n"]).toMatchObject({ count: 6, missing: 2, zeros: 4, mean: expect.closeTo(4 / 6, 12) });
    expect(features["s"]).toMatchObject({ count: 6, missing: 2, top: [{ value: "b", count: 4 }], distinct: 2 });
    const sparse = () => ({
      tags: new SparseTensor(
        constant(
          toTensor(
            [
              [0n, 0n],
              [2n, 0n],
              [2n, 1n],
            ],
            "int64",
          ),
        ),
        constant(toTensor([5n, 6n, 5n], "int64")),
        constant(toTensor([3n, 2n], "int64")),
      ),
    });
    // Constants never end: three rows a step.
    const counted = await featureStatistics({ inputFn: sparse, maxRows: 3 });
    expect(counted.features["tags"]).toMatchObject({
      count: 3,
      missing: 1,
      valuesPerRow: [0, 2],
      top: [
        { value: 5, count: 2 },
        { value: 6, count: 1 },
      ],
    });
  });

  it("stays close on what is too much to count one by one", async () => {
    const count = 150_000;
    const values = Float32Array.from({ length: count }, (_, i) => (i * 7919) % count);
    const words = Array.from({ length: count }, (_, i) => (i % 3 === 0 ? "often" : `w${i}`));
    const inputFn = () => Dataset.fromTensorSlices({ values: toTensor(values), words }).batch(1000);
    const { features } = await featureStatistics({ inputFn, maxRows: count });
    const { values: numbers, words: texts } = features;
    expect(numbers).toMatchObject({
      count,
      min: 0,
      max: count - 1,
      distinctIsEstimate: true,
      quantilesAreEstimates: true,
    });
    expect(numbers!.mean).toBeCloseTo((count - 1) / 2, 3);
    expect(numbers!.deviation! / (count / Math.sqrt(12))).toBeCloseTo(1, 4);
    expect(Math.abs(numbers!.distinct / count - 1)).toBeLessThan(0.05);
    expect(Math.abs(numbers!.quantiles!["0.5"]! / count - 0.5)).toBeLessThan(0.01);
    expect(texts!.top[0]!.value).toBe("often");
    expect(texts!.top[0]!.count).toBeGreaterThan(count / 3 - count / 10_000 - 1);
    expect(Math.abs(texts!.distinct / 100_001 - 1)).toBeLessThan(0.05);
  });
});
