import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatPredictions } from "./format-predictions.js";
import { localPredict } from "./local-predict.js";
import { readInstances } from "./read-instances.js";

const folder = mkdtempSync(join(tmpdir(), "local-predict-"));
// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const modelDir = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("local predict", () => {
  it("prints a table with the outputs' names, and JSON on request", async () => {
    const jsonInstances = file("two.json", '{"x": 1}\n{"x": 5.5}\n');
    expect(await localPredict({ modelDir, jsonInstances })).toBe("Y\n2.5\n4.75\n");
    expect(await localPredict({ modelDir, jsonInstances, format: "json" })).toBe(
      '{\n  "predictions": [\n    {\n      "y": 2.5\n    },\n    {\n      "y": 4.75\n    }\n  ]\n}\n',
    );
  });

  it("takes bare values and text", async () => {
    expect(await localPredict({ modelDir, jsonInstances: file("bare.json", "1\r\n2") })).toBe("Y\n2.5\n3.0\n");
    expect(await localPredict({ modelDir, textInstances: file("text.txt", "1\n2\n") })).toBe("Y\n2.5\n3.0\n");
  });

  it("says what is wrong with model and signature", async () => {
    const jsonInstances = file("one.json", "1");
    await expect(localPredict({ modelDir: folder, jsonInstances })).rejects.toThrow(
      "Failed to load model: Cloud ML only supports TF 1.0 or above and models saved in SavedModel format.",
    );
    await expect(localPredict({ modelDir, jsonInstances, signatureName: "no" })).rejects.toThrow(
      "Invalid inputs: No signature found for signature key no. (Error code: 1)",
    );
    await expect(localPredict({ modelDir, jsonInstances, framework: "xgboost" })).rejects.toThrow(
      "--framework xgboost",
    );
  });

  it("runs from the command line", () => {
    const script = new URL("../tureen.ts", import.meta.url).pathname;
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", script, "ml-engine", ...args], {
        encoding: "utf8",
        input: "1\n\n",
      });
    const bad = run("local", "predict", "--model-dir", modelDir, "--json-instances=-");
    expect([bad.status, bad.stdout, bad.stderr]).toEqual([
      1,
      "",
      "ERROR: (tureen.ml-engine.local.predict) Empty line is not allowed in the instances file.\n",
    ]);
  });
});

describe("readInstances", () => {
  it.each([
    [{}, "Exactly one of --json-request, --json-instances and --text-instances must be specified."],
    [{ jsonInstances: "" }, "No valid instance was found in input file."],
    [{ jsonInstances: "{}\n\n{}" }, "Empty line is not allowed in the instances file."],
    [
      { jsonInstances: "{} {}" },
      'Input instances are not in JSON format. See "gcloud ai-platform predict --help" for details.',
    ],
    [
      { jsonInstances: "1],[2" },
      'Input instances are not in JSON format. See "gcloud ai-platform predict --help" for details.',
    ],
    [{ jsonRequest: "{}" }, 'Invalid JSON request: missing "instances" attribute'],
    [{ jsonRequest: '{"instances": 1}' }, 'Invalid JSON request: "instances" must be a list'],
    [{ jsonInstances: "1\n2\n3" }, "The gcloud CLI can currently process no more than 2 instances per file."],
  ])("refuses %j", (contents, text) => {
    const flags = Object.fromEntries(Object.entries(contents).map(([key, content]) => [key, file("x", content)]));
    expect(() => readInstances(flags, 2)).toThrow(text);
  });
});

describe("formatPredictions", () => {
  it("lines up columns by name, values as Python prints them", () => {
    const rows = ['{"scores": [0.25, 1e-05], "classes": "a"}', '{"scores": [1.0], "classes": "bcdefghij"}'];
    expect(formatPredictions(rows, "table")).toBe("CLASSES    SCORES\na          [0.25, 1e-05]\nbcdefghij  [1.0]\n");
    expect(formatPredictions(['[1, "a"]', "null"], "table")).toBe("[1, 'a']\nNone\n");
  });
});
