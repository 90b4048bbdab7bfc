import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, encodeExample, float } from "@tureen/protos/example";
import { encodeExamplesRequest, encodePredictRequest } from "@tureen/protos/serving-messages";
import { afterAll, expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { featureDrift } from "../../estimator/export/feature-drift.js";
import { featureStatistics } from "../../estimator/export/index.js";
import { encodeTfRecords } from "../../formats/tf-record.js";
import { encodePredictionLog, type LoggedKind } from "./prediction-log.js";
import { requestStatistics } from "./request-statistics.js";

const work = mkdtempSync(join(tmpdir(), "tureen-drift-"));
afterAll(() => rmSync(work, { recursive: true }));

const modelSpec = { name: "m", signatureName: "" };

function logged(kind: LoggedKind, request: Uint8Array): Uint8Array {
  return encodePredictionLog({
    kind,
    modelSpec,
    request,
    response: new Uint8Array(0),
    samplingRate: 1,
    tags: ["serve"],
    time: 0,
  });
}

function logFile(name: string, records: readonly Uint8Array[]): string {
  const file = join(work, name);
  writeFileSync(file, encodeTfRecords(records));
  return file;
}

const numbers = Array.from({ length: 400 }, (_, i) => i / 4);
const cities = numbers.map((_, i) => ["Bonn", "Ulm", "Kiel", "Kiel"][i % 4]!);
const known = featureStatistics({
  inputFn: () => Dataset.fromTensorSlices({ age: numbers, city: cities }).batch(100),
});

it("finds nothing where requests are like the training data", async () => {
  const examples = numbers.map((age, i) => encodeExample({ age: float(age), city: bytes(cities[(i * 7) % 400]!) }));
  const all = [
    logged("classify", encodeExamplesRequest({ modelSpec, input: { examples: examples.slice(0, 200) } })),
    logged(
      "predict",
      encodePredictRequest({
        modelSpec,
        inputs: new Map([["examples", { dtype: 7, shape: [200], data: examples.slice(200) }]]),
      }),
    ),
  ];
  const statistics = requestStatistics([logFile("same", all)], await known);
  expect(statistics.rows).toBe(400);
  for (const { index, newValues } of featureDrift(await known, statistics).values()) {
    expect(index).toBeLessThan(0.001);
    expect(newValues).toEqual([]);
  }
});

it("finds moved numbers, new values and missing ones", async () => {
  const ages = Float32Array.from(numbers, (age) => age + 50);
  const raw = encodePredictRequest({ modelSpec, inputs: new Map([["age", { dtype: 1, shape: [400], data: ages }]]) });
  const examples = ["Bonn", "Rom", "Rom", undefined].map((city) =>
    encodeExample(city === undefined ? {} : { city: bytes(city) }),
  );
  const [older, newer] = await Promise.all([known, known]);
  const moved = featureDrift(older, requestStatistics([logFile("raw", [logged("predict", raw)])], newer)).get("age")!;
  // The lowest five of ten ranges are empty now.
  expect(moved.index).toBeGreaterThan(1);
  expect(moved.mean![1] - moved.mean![0]).toBeCloseTo(50, 4);
  const file = logFile("cities", [logged("regress", encodeExamplesRequest({ modelSpec, input: { examples } }))]);
  const drift = featureDrift(older, requestStatistics([file], newer));
  expect(drift.get("city")).toMatchObject({ missing: [0, 0.25], newValues: ["Rom"] });
  expect(drift.get("city")!.index).toBeGreaterThan(0.25);
  expect(drift.get("age")).toMatchObject({ missing: [0, 1] });
});

it("computes the index of known shares", async () => {
  const of = async (bonn: number) => {
    const city = Array.from({ length: 10 }, (_, i) => (i < bonn ? "Bonn" : "Ulm"));
    return featureStatistics({ inputFn: () => Dataset.fromTensorSlices({ city }).batch(10) });
  };
  const { index } = featureDrift(await of(5), await of(8)).get("city")!;
  expect(index).toBeCloseTo(0.3 * Math.log(8 / 5) + -0.3 * Math.log(2 / 5), 12);
});

it("refuses other files and empty logs", async () => {
  const statistics = await known;
  expect(() => requestStatistics([logFile("none", [])], statistics)).toThrow("The logs hold no request with features");
  expect(() => requestStatistics([logFile("bad", [Uint8Array.of(0x32, 200)])], statistics)).toThrow(
    /bad.* is no log of requests: \S/,
  );
});
