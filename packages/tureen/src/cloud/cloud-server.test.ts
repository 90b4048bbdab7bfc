import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CloudServer, startCloudServer } from "./cloud-server.js";
import { embeddedDatabase } from "./database/embedded-database.js";
import { openJobQueue } from "./jobs/job-queue.js";
import { claimTask } from "./jobs/task-rows.js";
import { testDatabaseUrl } from "./testing/test-database.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "cloud-server-"));

let server: CloudServer;

type Answer = Record<string, unknown> & { readonly status?: never };

async function call(method: string, path: string, body?: unknown): Promise<readonly [number, Answer]> {
  const response = await fetch(`http://127.0.0.1:${server.port}/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, (await response.json()) as Answer];
}

async function ok(method: string, path: string, body?: unknown): Promise<Answer> {
  const [status, answer] = await call(method, `v1/${path}`, body);
  expect([status, answer]).toEqual([200, answer]);
  return answer;
}

async function fails(method: string, path: string, body?: unknown): Promise<unknown> {
  const [status, answer] = await call(method, `v1/${path}`, body);
  expect(status).toBeGreaterThanOrEqual(400);
  const { code, status: name, message } = answer["error"] as { code: number; status: string; message: string };
  expect(code).toBe(status);
  return `${name}: ${message}`;
}

async function finished(name: string): Promise<Answer> {
  for (;;) {
    const operation = await ok("GET", name);
    if (operation["done"] === true) return operation;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function ended(job: string): Promise<Answer> {
  for (;;) {
    const answer = await ok("GET", job);
    if (["SUCCEEDED", "FAILED", "CANCELLED"].includes(answer["state"] as string)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function deploy(model: string, version: string, deploymentUri = halfPlusTwo): Promise<Answer> {
  const operation = await ok("POST", `${model}/versions`, { name: version, deploymentUri });
  return finished(operation["name"] as string);
}

describe("startCloudServer", () => {
  beforeAll(async () => {
    server = await startCloudServer({ dataDir: join(root, "main") });
  });

  afterAll(() => server.close());

  it("creates, deploys, predicts, changes the default and deletes", async () => {
    const model = "projects/p/models/half";
    expect(await ok("POST", "projects/p/models", { name: "half", labels: { a: "b" } })).toEqual({
      name: model,
      regions: ["us-central1"],
      labels: { a: "b" },
      etag: expect.any(String),
    });
    expect(await fails("POST", `${model}:predict`, { instances: [1] })).toBe(
      'FAILED_PRECONDITION: Field: name Error: The model "half" has no default version.',
    );
    const operation = await deploy(model, "v1");
    expect(operation).toMatchObject({
      metadata: {
        operationType: "CREATE_VERSION",
        modelName: model,
        version: { name: `${model}/versions/v1` },
        endTime: expect.any(String),
      },
      response: {
        name: `${model}/versions/v1`,
        state: "READY",
        isDefault: true,
        framework: "TENSORFLOW",
        machineType: "mls1-c1-m2",
      },
    });
    await deploy(model, "v2");
    expect(await ok("POST", `${model}:predict`, { instances: [1, 2] })).toEqual({ predictions: [2.5, 3] });
    expect(await ok("POST", `${model}/versions/v2:predict`, { instances: [{ x: 4 }] })).toEqual({ predictions: [4] });
    const [status, answer] = await call("POST", `v1/${model}:predict`, { instances: [{ y: 1 }] });
    expect([status, answer]).toEqual([
      200,
      { error: "Prediction failed: Invalid inputs: Expected tensor name: x, got tensor name: ['y']. (Error code: 1)" },
    ]);
    expect(await ok("GET", model)).toMatchObject({ defaultVersion: { name: `${model}/versions/v1` } });
    expect(await ok("POST", `${model}/versions/v2:setDefault`, {})).toMatchObject({ isDefault: true });
    expect(await ok("GET", model)).toMatchObject({ defaultVersion: { name: `${model}/versions/v2` } });
    expect(await fails("DELETE", `${model}/versions/v2`)).toContain("Cannot delete the default version");
    expect(await fails("DELETE", model)).toContain("Cannot delete a model that has versions");
    for (const version of ["v1", "v2"]) {
      expect(await ok("DELETE", `${model}/versions/${version}`)).toMatchObject({
        done: true,
        metadata: { operationType: "DELETE_VERSION" },
      });
    }
    expect(readdirSync(join(root, "main/versions"))).toEqual([]);
    expect(await ok("DELETE", model)).toMatchObject({ done: true, metadata: { operationType: "DELETE_MODEL" } });
    expect(await fails("GET", model)).toContain(
      'NOT_FOUND: Field: name Error: The model resource: "half" was not found.',
    );
    expect(await ok("GET", "projects/p/models")).toEqual({});
  });

  it("checks names, bodies and what it does not serve", async () => {
    expect(await fails("POST", "projects/p/models", { name: "1x" })).toBe(
      "INVALID_ARGUMENT: Field: model.name Error: A name should start with a letter and contain only letters, numbers and underscores.",
    );
    await ok("POST", "projects/p/models", { name: "names" });
    expect(await fails("POST", "projects/p/models", { name: "names" })).toContain("ALREADY_EXISTS: ");
    const versions = "projects/p/models/names/versions";
    expect(await fails("POST", versions, { name: "v", deploymentUri: "hdfs://host/model" })).toContain(
      "UNIMPLEMENTED: hdfs://",
    );
    expect(await fails("POST", versions, { name: "v", deploymentUri: "model" })).toContain("no absolute path");
    expect(await fails("POST", versions, { name: "v", deploymentUri: "/m", framework: "XGBOOST" })).toContain(
      "XGBOOST",
    );
    expect(await fails("POST", versions, { name: "v", deploymentUri: "/m", packageUris: ["x"] })).toContain(
      "packageUris",
    );
    expect(await fails("POST", "projects/p/models/none/versions", { name: "v", deploymentUri: "/m" })).toContain(
      "NOT_FOUND",
    );
    expect(await fails("GET", "projects/p/models?pageSize=-1")).toContain("page_size");
    expect(await fails("GET", "projects/p/models?pageToken=*")).toContain("page_token");
    expect(await fails("GET", "nonsense")).toContain("NOT_FOUND: The requested URL /v1/nonsense was not found");
    expect(await fails("POST", "projects/p:explain", {})).toContain("UNIMPLEMENTED");
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/projects/p/models`, { method: "POST", body: "{" });
    expect(await response.json()).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } });
    const large = await fails("POST", "projects/p/models", { name: "x".repeat(2_000_000) });
    expect(large).toBe("INVALID_ARGUMENT: Request payload size exceeds the limit: 1572864 bytes.");
  });

  it("makes a version FAILED whose model does not load", async () => {
    await ok("POST", "projects/p/models", { name: "broken" });
    const folder = mkdtempSync(join(root, "broken-"));
    writeFileSync(join(folder, "saved_model.pb"), "nonsense");
    const operation = await deploy("projects/p/models/broken", "v", folder);
    expect(operation["error"]).toMatchObject({ message: expect.stringContaining("Failed to load model") });
    const version = "projects/p/models/broken/versions/v";
    expect(await ok("GET", version)).toMatchObject({
      state: "FAILED",
      errorMessage: expect.stringContaining("Failed to load"),
    });
    expect(await fails("POST", `${version}:predict`, { instances: [1] })).toBe(
      "FAILED_PRECONDITION: Version v of model broken is FAILED, not READY.",
    );
    expect(await ok("GET", "projects/p/models/broken/versions?filter=state:FAILED")).toMatchObject({
      versions: [{ name: version }],
    });
    expect(await ok("GET", "projects/p/models/broken/versions?filter=state%3DREADY")).toEqual({});
    await ok("DELETE", version);
  });

  it("lists in pages", async () => {
    const names = Array.from({ length: 25 }, (_, i) => `m${String(i).padStart(2, "0")}`);
    await Promise.all(names.map((name) => ok("POST", "projects/pages/models", { name })));
    const first = await ok("GET", "projects/pages/models");
    expect((first["models"] as unknown[]).length).toBe(20);
    const second = await ok("GET", `projects/pages/models?pageSize=4&pageToken=${first["nextPageToken"]}`);
    expect((second["models"] as { name: string }[]).map(({ name }) => name.slice(-3))).toEqual([
      "m20",
      "m21",
      "m22",
      "m23",
    ]);
    const last = await ok("GET", `projects/pages/models?pageToken=${second["nextPageToken"]}`);
    expect([(last["models"] as unknown[]).length, last["nextPageToken"]]).toEqual([1, undefined]);
    const found = await ok("GET", "projects/pages/models?filter=name:m1*");
    expect((found["models"] as unknown[]).length).toBe(10);
  });

  it("patches what the mask names, unless the etag says that somebody was faster", async () => {
    const { etag } = await ok("POST", "projects/p/models", { name: "patched", description: "a", labels: { x: "1" } });
    const model = "projects/p/models/patched";
    const operation = await ok("PATCH", `${model}?updateMask=description,etag`, { description: "b", labels: {}, etag });
    expect(operation).toMatchObject({ done: true, response: { description: "b", labels: { x: "1" } } });
    expect(await fails("PATCH", `${model}?updateMask=description,etag`, { description: "c", etag })).toContain(
      "ABORTED: ",
    );
    expect(await fails("PATCH", model, { description: "c" })).toContain("update mask must not be empty");
    expect(await fails("PATCH", `${model}?updateMask=name`, { name: "c" })).toContain("Field name cannot be updated.");
    await deploy(model, "v1");
    await deploy(model, "v2");
    await ok("PATCH", `${model}?updateMask=default_version.name`, { defaultVersion: { name: `${model}/versions/v2` } });
    expect(await ok("GET", model)).toMatchObject({ defaultVersion: { name: `${model}/versions/v2` } });
    await ok("PATCH", `${model}/versions/v2?updateMask=labels`, { labels: { y: "2" } });
    expect(await ok("GET", `${model}/versions/v2`)).toMatchObject({ labels: { y: "2" }, isDefault: true });
  });

  it("runs batch prediction jobs and cancels them", async () => {
    await ok("POST", "projects/p/models", { name: "batch" });
    await deploy("projects/p/models/batch", "v1");
    const input = join(root, "input.json");
    writeFileSync(input, Array.from({ length: 500 }, (_, i) => (i === 77 ? "oops" : `{"x": ${i}}`)).join("\n"));
    const predictionInput = {
      modelName: "projects/p/models/batch",
      dataFormat: "JSON",
      inputPaths: [join(root, "input.js*")],
      outputPath: join(root, "output"),
      batchSize: "10",
    };
    const job = await ok("POST", "projects/p/jobs", { jobId: "job_1", predictionInput });
    expect(job).toMatchObject({ jobId: "job_1", state: "QUEUED", predictionInput: { region: "us-central1" } });
    expect(await ended("projects/p/jobs/job_1")).toMatchObject({
      state: "SUCCEEDED",
      predictionOutput: { predictionCount: "499", errorCount: "1" },
      startTime: expect.any(String),
      endTime: expect.any(String),
    });
    const lines = readFileSync(join(root, "output/prediction.results-00000-of-00001"), "utf8").split("\n");
    expect(lines.slice(0, 3)).toEqual(["2.0", "2.5", "3.0"]);
    expect(await fails("POST", "projects/p/jobs", { jobId: "job_1", predictionInput })).toContain("ALREADY_EXISTS");
    expect(await fails("POST", "projects/p/jobs/job_1:cancel")).toContain("FAILED_PRECONDITION");
    expect(
      await fails("POST", "projects/p/jobs", { jobId: "j", predictionInput: { ...predictionInput, dataFormat: "X" } }),
    ).toContain("prediction_input.data_format");
    expect(await fails("POST", "projects/p/jobs", { jobId: "j", trainingInput: {} })).toContain("UNIMPLEMENTED");
    await ok("POST", "projects/p/jobs", {
      jobId: "lost",
      predictionInput: { ...predictionInput, inputPaths: [join(root, "none*")] },
    });
    expect(await ended("projects/p/jobs/lost")).toMatchObject({
      state: "FAILED",
      errorMessage: expect.stringContaining("No file matches"),
    });

    const large = join(root, "large.txt");
    writeFileSync(large, "1\n".repeat(300_000));
    const slow = {
      uri: halfPlusTwo,
      dataFormat: "TEXT",
      inputPaths: [large],
      outputPath: join(root, "slow"),
      batchSize: "1",
    };
    await ok("POST", "projects/p/jobs", { jobId: "slow", predictionInput: slow });
    expect(await ok("POST", "projects/p/jobs/slow:cancel")).toEqual({});
    expect(await ended("projects/p/jobs/slow")).toMatchObject({ state: "CANCELLED" });
    const { jobs } = await ok("GET", "projects/p/jobs?filter=state:CANCELLED%20AND%20jobId:sl*");
    expect(jobs).toMatchObject([{ jobId: "slow" }]);
    expect(await ok("PATCH", "projects/p/jobs/slow?updateMask=labels", { labels: { a: "1" } })).toMatchObject({
      labels: { a: "1" },
    });
  });

  it("describes itself", async () => {
    const [, document] = await call("GET", "$discovery/rest?version=v1");
    expect(document).toMatchObject({ id: "ml:v1", rootUrl: `http://127.0.0.1:${server.port}/` });
    const known = new Set(Object.keys(document["schemas"] as object));
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name);
    expect(references.filter((name) => !known.has(name!))).toEqual([]);
  });
});

describe("servers of one database and one deployment folder", () => {
  it("serve what any of them deployed, over both APIs from one copy", async () => {
    const databaseUrl = await testDatabaseUrl();
    if (databaseUrl === undefined) {
      console.log("skipped: an embedded database has one server (TUREEN_TEST_DATABASE_URL names a PostgreSQL server)");
      return;
    }
    const shared = { dataDir: join(root, "replicas"), databaseUrl, jobWorkers: 0 };
    const first = await startCloudServer(shared);
    const second = await startCloudServer({ ...shared, serving: { host: "127.0.0.1" } });
    try {
      server = first;
      const model = "projects/p/models/shared";
      await ok("POST", "projects/p/models", { name: "shared" });
      await deploy(model, "v1");
      server = second;
      expect(await ok("POST", `${model}:predict`, { instances: [1] })).toEqual({ predictions: [2.5] });
      expect(await restPredict(second, "p.shared")).toEqual({ predictions: [2.5] });
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});

async function restPredict(cloud: CloudServer, model: string): Promise<unknown> {
  const url = `http://127.0.0.1:${cloud.modelServer!.restPort}/v1/models/${model}:predict`;
  return (await fetch(url, { method: "POST", body: '{"instances": [1]}' })).json();
}

describe("with a model server beside it", () => {
  it("gives deployed versions numbers and labels there, and takes deleted ones away", async () => {
    server = await startCloudServer({ dataDir: join(root, "both"), jobWorkers: 0, serving: { host: "127.0.0.1" } });
    try {
      const model = "projects/p/models/m";
      await ok("POST", "projects/p/models", { name: "m" });
      await deploy(model, "v1");
      await deploy(model, "v2");
      await ok("POST", `${model}/versions/v2:setDefault`, {});
      await vi.waitFor(
        async () => {
          expect(await restPredict(server, "p.m/labels/default")).toEqual({ predictions: [2.5] });
          expect(server.modelServer!.core.list()).toMatchObject([
            {
              name: "p.m",
              labels: new Map([
                ["v1", 1n],
                ["v2", 2n],
                ["default", 2n],
              ]),
            },
          ]);
        },
        { timeout: 10_000 },
      );
      expect(await restPredict(server, "p.m/labels/v1")).toEqual({ predictions: [2.5] });
      expect(await ok("POST", `${model}:predict`, { instances: [4] })).toEqual({ predictions: [4] });
      await ok("DELETE", `${model}/versions/v1`);
      await vi.waitFor(
        async () =>
          expect(await restPredict(server, "p.m/versions/1")).toMatchObject({
            error: expect.stringContaining("not found"),
          }),
        { timeout: 10_000 },
      );
      expect(await ok("POST", `${model}:predict`, { instances: [4] })).toEqual({ predictions: [4] });
    } finally {
      await server.close();
    }
  });
});

describe("after a crash", () => {
  it("has versions complete or not at all, and goes on with jobs", async () => {
    const dataDir = join(root, "crash");
    const input = join(root, "crash.json");
    writeFileSync(input, "1\n2\n");
    const first = await startCloudServer({ dataDir, jobWorkers: 0 });
    server = first;
    const model = "projects/p/models/m";
    await ok("POST", "projects/p/models", { name: "m" });
    await deploy(model, "v1");
    const outputPath = join(root, "crash-output");
    const predictionInput = { modelName: model, dataFormat: "JSON", inputPaths: [input], outputPath };
    await ok("POST", "projects/p/jobs", { jobId: "j", predictionInput });
    await first.close();

    // What a server killed half-way leaves: a version being created with its operation, half a copy, a job under way.
    const database = await embeddedDatabase(join(dataDir, "database"));
    const owner = "gone";
    await database.query(
      `INSERT INTO tureen_versions (project, model, name, body, state, owner, etag) VALUES ('p', 'm', 'v2', '{}', 'CREATING', $1, 'e')`,
      [owner],
    );
    await database.query(
      `INSERT INTO tureen_operations (project, id, body, done, owner) VALUES ('p', 'create_m_v2-1', '{"metadata": {}}', false, $1)`,
      [owner],
    );
    const queue = await openJobQueue(database);
    await database.transaction(async (transaction) => {
      const message = await queue.fetch(transaction);
      await claimTask(transaction, message!.task, message!.id, "gone", 3_600_000);
    });
    await queue.close();
    await database.close();
    const stray = join(dataDir, "versions", "stray");
    writeFileSync(stray, "");

    server = await startCloudServer({ dataDir });
    try {
      expect(await fails("GET", "projects/p/models/m/versions/v2")).toContain("NOT_FOUND");
      expect(await ok("GET", "projects/p/operations/create_m_v2-1")).toMatchObject({ done: true, error: { code: 10 } });
      expect(await ok("POST", "projects/p/models/m:predict", { instances: [1] })).toEqual({ predictions: [2.5] });
      expect(existsSync(stray)).toBe(false);
      expect(await ended("projects/p/jobs/j")).toMatchObject({
        state: "SUCCEEDED",
        predictionOutput: { predictionCount: "2" },
      });
    } finally {
      await server.close();
      rmSync(root, { recursive: true, force: true });
    }
  });
});
