import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CloudServer, startCloudServer } from "../cloud-server.js";
import { jobSchemas, modelSchemas } from "./discovery-schemas.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "resource-fields-"));
const messages: string[] = [];
let server: CloudServer;

type Answer = Readonly<Record<string, unknown>>;

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/projects/p/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Answer;
}

async function errorOf(method: string, path: string, body?: unknown): Promise<string> {
  const { error } = await call(method, path, body);
  const { status, message } = error as { readonly status: string; readonly message: string };
  return `${status}: ${message}`;
}

async function ready(version: string): Promise<Answer> {
  for (;;) {
    const answer = await call("GET", version);
    if (answer["state"] !== "CREATING") return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * What the server does with a field of a request:
 * `given` it shows as it was given; `acts` it does something, for which there is a test of its own below; `own` it makes itself and ignores what
 * a request says; a text is what it says when it refuses the field.
 */
type Fate = "given" | "acts" | "own" | RegExp;
interface Field {
  readonly sent: unknown;
  readonly fate: Fate;
  /** What is shown where it is not what was sent. */
  readonly shown?: unknown;
}

const field = (sent: unknown, fate: Fate, shown: unknown = sent): Field => ({ sent, fate, shown });
const own = (sent: unknown): Field => ({ sent, fate: "own" });
const notSupported = /Error: This is not supported\.$/;

const modelFields: Readonly<Record<string, Field>> = {
  name: field("m", "acts"),
  description: field("text", "given"),
  defaultVersion: own({ name: "projects/p/models/x/versions/y" }),
  regions: field(["europe-west1"], "given"),
  onlinePredictionLogging: field(true, "acts"),
  onlinePredictionConsoleLogging: field(true, "given"),
  labels: field({ a_b: "c" }, "given"),
  etag: own("AAAA"),
};

const versionFields: Readonly<Record<string, Field>> = {
  name: field("v", "acts"),
  description: field("text", "given"),
  isDefault: own(true),
  deploymentUri: field(halfPlusTwo, "acts"),
  createTime: own("2001-01-01T00:00:00Z"),
  lastUseTime: own("2001-01-01T00:00:00Z"),
  runtimeVersion: field("1.15", "given"),
  pythonVersion: field("3.7", "given"),
  framework: field("TENSORFLOW", "given"),
  machineType: field("n1-standard-4", "given"),
  manualScaling: field({ nodes: 2 }, "given"),
  autoScaling: field({ minNodes: 1 }, "given"),
  acceleratorConfig: field({ count: "1", type: "NVIDIA_TESLA_T4" }, "given"),
  serviceAccount: field("a@b", "given"),
  packageUris: field(["gs://b/x.tar.gz"], notSupported),
  predictionClass: field("m.C", notSupported),
  explanationConfig: field({}, notSupported),
  container: field({ image: "i" }, notSupported),
  routes: field({ predict: "/" }, notSupported),
  requestLoggingConfig: field({ samplingPercentage: 1 }, notSupported),
  state: own("READY"),
  errorMessage: own("none"),
  labels: field({ a: "b" }, "given"),
  etag: own("AAAA"),
};

const inputFields: Readonly<Record<string, Field>> = {
  modelName: field("projects/p/models/m", "acts"),
  versionName: field("projects/p/models/m/versions/v", "acts"),
  uri: field(halfPlusTwo, "acts"),
  dataFormat: field("TF_RECORD", "acts"),
  outputDataFormat: field("CSV", "acts"),
  inputPaths: field([join(root, "input*")], "acts"),
  outputPath: field(join(root, "out"), "acts"),
  // Integers of 64 bits are texts in answers, whatever they were.
  maxWorkerCount: field(3, "acts", "3"),
  region: field("us-east1", "given"),
  runtimeVersion: field("1.15", "given"),
  batchSize: field("16", "acts"),
  signatureName: field("serving_default", "acts"),
};

const jobFields: Readonly<Record<string, Field>> = {
  jobId: field("j", "acts"),
  trainingInput: field({}, /^UNIMPLEMENTED: Training jobs are not supported/),
  trainingOutput: own({}),
  predictionInput: field({}, "acts"),
  predictionOutput: own({ predictionCount: "7" }),
  createTime: own("2001-01-01T00:00:00Z"),
  startTime: own("2001-01-01T00:00:00Z"),
  endTime: own("2001-01-01T00:00:00Z"),
  state: own("SUCCEEDED"),
  errorMessage: own("none"),
  labels: field({ a: "b" }, "given"),
  etag: own("AAAA"),
  jobPosition: own("1"),
};

function propertiesOf(schema: unknown): string[] {
  return Object.keys((schema as { readonly properties: object }).properties).sort();
}

function bodyOf(fields: Readonly<Record<string, Field>>, except: readonly string[] = []): Record<string, unknown> {
  const entries = Object.entries(fields).filter(
    ([name, { fate }]) => !(fate instanceof RegExp) && !except.includes(name),
  );
  return Object.fromEntries(entries.map(([name, { sent }]) => [name, sent]));
}

/** What is shown of the fields that are to be shown as given, against the table. */
function expectGiven(fields: Readonly<Record<string, Field>>, answer: Answer, except: readonly string[] = []): void {
  for (const [name, { fate, shown }] of Object.entries(fields)) {
    if (fate === "given" && !except.includes(name)) expect([name, answer[name]]).toEqual([name, shown]);
    if (fate === "own" && !except.includes(name)) expect([name, answer[name]]).not.toEqual([name, fields[name]!.sent]);
  }
}

describe("every field of the API's resources", () => {
  beforeAll(async () => {
    const note = (_: string, message: string): void => void messages.push(message);
    server = await startCloudServer({
      dataDir: join(root, "data"),
      jobWorkers: 0,
      log: { info: note, warning: note, error: note } as never,
    });
    writeFileSync(join(root, "input.txt"), "1\n");
  });
  afterAll(async () => {
    await server.close();
    rmSync(root, { recursive: true, force: true });
  });

  it("has its line in these tables", () => {
    expect(propertiesOf(modelSchemas["GoogleCloudMlV1__Model"])).toEqual(Object.keys(modelFields).sort());
    expect(propertiesOf(modelSchemas["GoogleCloudMlV1__Version"])).toEqual(Object.keys(versionFields).sort());
    expect(propertiesOf(jobSchemas["GoogleCloudMlV1__PredictionInput"])).toEqual(Object.keys(inputFields).sort());
    expect(propertiesOf(jobSchemas["GoogleCloudMlV1__Job"])).toEqual(Object.keys(jobFields).sort());
  });

  it("of a model", async () => {
    const created = await call("POST", "models", bodyOf(modelFields));
    expect(created["name"]).toBe("projects/p/models/m");
    expectGiven(modelFields, created);
    expect(await errorOf("POST", "models", { name: "x", regions: [] })).toContain("Exactly one region");
    // Names of labels are their users', also where a filter names them.
    expect(await call("GET", "models?filter=labels.a_b:c")).toMatchObject({
      models: [{ name: "projects/p/models/m" }],
    });
    expect(await call("GET", "models?filter=labels.a_b:d")).toEqual({});
  });

  it("of a version", async () => {
    for (const [name, { sent, fate }] of Object.entries(versionFields)) {
      if (!(fate instanceof RegExp)) continue;
      const body = { name: "refused", deploymentUri: halfPlusTwo, [name]: sent };
      expect(await errorOf("POST", "models/m/versions", body)).toMatch(fate);
    }
    expect(await errorOf("POST", "models/m/versions", bodyOf(versionFields))).toContain(
      "Only one of manual and automatic",
    );
    await call("POST", "models/m/versions", bodyOf(versionFields, ["autoScaling"]));
    const created = await ready("models/m/versions/v");
    expect(created).toMatchObject({ name: "projects/p/models/m/versions/v", isDefault: true, state: "READY" });
    expectGiven(versionFields, created, ["autoScaling", "isDefault", "state"]);
    await call("POST", "models/m/versions", { ...bodyOf(versionFields, ["manualScaling"]), name: "v2" });
    expect(await ready("models/m/versions/v2")).toMatchObject({ autoScaling: { minNodes: 1 } });
    expect((await ready("models/m/versions/v2"))["isDefault"]).toBe(undefined);
  });

  it("of a job", async () => {
    const { sent, fate } = jobFields["trainingInput"]!;
    expect(await errorOf("POST", "jobs", { jobId: "x", trainingInput: sent })).toMatch(fate as RegExp);
    const { modelName, versionName, uri, ...input } = bodyOf(inputFields);
    for (const named of [{}, { modelName, versionName }, { modelName, uri }]) {
      const answer = await errorOf("POST", "jobs", { jobId: "x", predictionInput: { ...input, ...named } });
      expect(answer).toContain("Exactly one of modelName, versionName and uri");
    }
    const given: [string, Answer][] = [
      ["a", { modelName }],
      ["b", { versionName }],
      ["c", { uri }],
    ];
    for (const [jobId, named] of given) {
      const body = { ...bodyOf(jobFields), jobId, predictionInput: { ...input, ...named } };
      const created = await call("POST", "jobs", body);
      expect(created).toMatchObject({ jobId, state: "QUEUED" });
      expectGiven(jobFields, created);
      const shown = created["predictionInput"] as Answer;
      expectGiven(inputFields, shown);
      for (const [name, value] of Object.entries(shown))
        expect([name, value]).toEqual([name, inputFields[name]!.shown]);
    }
    const wrong: [string, unknown, string][] = [
      ["maxWorkerCount", "0", "Field: prediction_input.max_worker_count Error: "],
      ["batchSize", "-1", "Field: prediction_input.batch_size Error: "],
      ["inputPaths", [], "Field: prediction_input.input_paths Error: "],
      ["inputPaths", ["hdfs://x/y"], "hdfs:// paths are not supported"],
      ["outputPath", "", "Field: prediction_input.output_path Error: "],
      ["dataFormat", "DATA_FORMAT_UNSPECIFIED", "Field: prediction_input.data_format Error: "],
      ["outputDataFormat", "TEXT", "Field: prediction_input.output_data_format Error: "],
      ["modelName", "m", "Field: prediction_input.model_version Error: Invalid name: m"],
    ];
    for (const [name, value, text] of wrong) {
      const predictionInput = { ...input, modelName, [name]: value };
      expect(await errorOf("POST", "jobs", { jobId: "x", predictionInput })).toContain(text);
    }
  });

  it("that a resource does not have, or of another type, is refused as Google's front end does", async () => {
    const refused: [string, unknown, string][] = [
      [
        "models",
        { name: "x", foo: 1 },
        `Invalid JSON payload received. Unknown name "foo" at 'model': Cannot find field.`,
      ],
      ["models", { name: 1 }, "Invalid value at 'model.name' (TYPE_STRING), 1"],
      [
        "models",
        { name: "x", onlinePredictionLogging: "yes" },
        `Invalid value at 'model.online_prediction_logging' (TYPE_BOOL), "yes"`,
      ],
      ["models", { name: "x", labels: ["a"] }, `Invalid value at 'model.labels', ["a"]`],
      ["models", { name: "x", labels: { a: 1 } }, "Invalid value at 'model.labels' (TYPE_STRING), 1"],
      [
        "models/m/versions",
        { name: "x", framework: "TORCH" },
        `(type.googleapis.com/google.cloud.ml.v1.Framework), "TORCH"`,
      ],
      [
        "jobs",
        { jobId: "x", predictionInput: { batchSize: "many" } },
        `Invalid value at 'job.prediction_input.batch_size' (TYPE_INT64), "many"`,
      ],
      [
        "jobs",
        { jobId: "x", predictionInput: { workers: 1 } },
        `Unknown name "workers" at 'job.prediction_input': Cannot find field.`,
      ],
      [
        "jobs",
        { jobId: "x", predictionInput: { inputPaths: [1] } },
        "Invalid value at 'job.prediction_input.input_paths[0]' (TYPE_STRING), 1",
      ],
    ];
    for (const [path, body, text] of refused) expect(await errorOf("POST", path, body)).toContain(text);
    // As protos' JSON may be spelled, too.
    const predictionInput = {
      uri: halfPlusTwo,
      data_format: "TEXT",
      input_paths: ["/x"],
      output_path: "/y",
      max_worker_count: 2,
    };
    expect(await call("POST", "jobs", { job_id: "snake", prediction_input: predictionInput })).toMatchObject({
      jobId: "snake",
      predictionInput: { dataFormat: "TEXT", maxWorkerCount: "2" },
    });
  });

  it("onlinePredictionLogging and lastUseTime tell of predictions", async () => {
    expect((await call("GET", "models/m/versions/v2"))["lastUseTime"]).toBe(undefined);
    await call("POST", "models/m/versions/v2:predict", { instances: [1] });
    await call("POST", "models/m/versions/v2:predict", { instances: ["x"] });
    const logged = messages.filter((message) => message.startsWith("Prediction by projects/p/models/m/versions/v2: "));
    expect(logged).toEqual([
      expect.stringMatching(/: ok, 17 bytes, [\d.]+ ms$/),
      expect.stringContaining(": failed, "),
    ]);
    await expect
      .poll(async () => Date.parse(String((await call("GET", "models/m/versions/v2"))["lastUseTime"])), {
        timeout: 60_000,
      })
      .toBeGreaterThan(Date.now() - 600_000);
    await call("PATCH", "models/m?updateMask=onlinePredictionLogging", { onlinePredictionLogging: false });
    await call("POST", "models/m/versions/v2:predict", { instances: [1] });
    expect(messages.filter((message) => message.startsWith("Prediction by "))).toHaveLength(2);
  });
});
