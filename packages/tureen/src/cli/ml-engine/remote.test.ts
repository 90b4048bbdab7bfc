import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MlClient } from "@tureen/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CloudServer, startCloudServer } from "../../cloud/cloud-server.js";
import { mlEngineCommand } from "./command.js";
import { describe as describeResource } from "./remote.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const modelDir = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "ml-engine-"));

let server: CloudServer;
let endpoint: string;

beforeAll(async () => {
  server = await startCloudServer({ dataDir: join(root, "data") });
  endpoint = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

/** Runs `tureen ml-engine …` in this process; gives what it prints on stdout, and on stderr behind "!". */
async function run(...args: string[]): Promise<string> {
  let printed = "";
  const { stdout, stderr } = process;
  const written = [stdout.write, stderr.write] as const;
  stdout.write = ((text: string) => {
    printed += text;
    return true;
  }) as typeof stdout.write;
  stderr.write = ((text: string) => {
    printed += `!${text}`;
    return true;
  }) as typeof stderr.write;
  const exitCode = process.exitCode;
  try {
    await mlEngineCommand().parseAsync([...args, "--endpoint", endpoint, "--project", "p"], { from: "user" });
  } finally {
    stdout.write = written[0];
    stderr.write = written[1];
    process.exitCode = exitCode;
  }
  return printed;
}

describe("tureen ml-engine", () => {
  it("goes through a model's life", async () => {
    const instances = join(root, "instances.json");
    writeFileSync(instances, '{"x": 1}\n2\n');
    expect(await run("models", "create", "half", "--labels", "a=b,c=d")).toBe(
      "Created model [projects/p/models/half].\n",
    );
    expect(
      await run("versions", "create", "v1", "--model", "half", "--origin", modelDir, "--runtime-version", "1.15"),
    ).toBe("");
    const config = join(root, "version.yaml");
    writeFileSync(config, `deploymentUri: ${modelDir}\nautoScaling:\n  minNodes: 1\nmachineType: a\n`);
    const started = await run(
      "versions",
      "create",
      "v3",
      "--model",
      "half",
      "--config",
      config,
      "--async",
      "--machine-type",
      "b",
    );
    expect(started).toContain("operationType: CREATE_VERSION");
    const created = new MlClient(endpoint, { project: "p" });
    await expect.poll(async () => (await created.getVersion("half", "v3")).state, { timeout: 60_000 }).toBe("READY");
    expect(await created.getVersion("half", "v3")).toMatchObject({ machineType: "b", autoScaling: { minNodes: 1 } });
    await run("versions", "delete", "v3", "--model", "half");
    expect(await run("versions", "create", "v3", "--model", "half")).toContain("Either `--origin` must be provided");
    expect(
      await run(
        "jobs",
        "submit",
        "prediction",
        "j",
        "--data-format",
        "text",
        "--input-paths",
        "/x",
        "--output-path",
        "/y",
      ),
    ).toContain("Exactly one of (--model | --model-dir) must be specified.");
    expect(await run("versions", "create", "v2", "--model", "half", "--origin", modelDir)).toBe("");
    expect(await run("predict", "--model", "half", "--json-instances", instances)).toBe("2.5\n3.0\n");
    expect(
      await run("predict", "--model", "half", "--version", "v2", "--json-instances", instances, "--format", "json"),
    ).toBe('{\n  "predictions": [\n    2.5,\n    3.0\n  ]\n}\n');
    expect(await run("versions", "set-default", "v2", "--model", "half")).toContain("isDefault: true\n");
    expect(await run("models", "list")).toBe("NAME  DEFAULT_VERSION_NAME\nhalf  v2\n");
    expect(await run("versions", "list", "--model", "half")).toContain(`v1    ${modelDir}  READY\n`);
    const submitted = await run(
      ...["jobs", "submit", "prediction", "job1", "--model", "half", "--data-format", "json"],
      ...["--input-paths", instances, "--output-path", join(root, "out")],
    );
    expect(submitted).toContain("Job [job1] submitted successfully.");
    const client = new MlClient(endpoint, { project: "p" });
    expect((await client.waitJob("job1")).predictionOutput).toMatchObject({ predictionCount: "2", errorCount: "0" });
    expect(readFileSync(join(root, "out/prediction.results-00000-of-00001"), "utf8")).toBe("2.5\n3.0\n");
    expect(await run("jobs", "list")).toContain("job1    SUCCEEDED  ");
    expect(await run("jobs", "describe", "job1")).toContain("predictionOutput:\n  errorCount: '0'\n");
    for (const version of ["v1", "v2"]) expect(await run("versions", "delete", version, "--model", "half")).toBe("");
    expect(await run("models", "delete", "half")).toBe("");
  });

  it("prints failures as gcloud does", async () => {
    expect(await run("models", "describe", "none")).toMatch(
      /^!ERROR: \(tureen\.ml-engine\.models\.describe\) Field: name Error: The model resource: "none" was not found\./,
    );
    expect(await run("predict", "--model", "m", "--json-instances", "/none")).toContain(
      "!ERROR: (tureen.ml-engine.predict) /none; No such file",
    );
  });
});

describe("MlClient", () => {
  // Another one at each try: a try leaves what it made.
  let tries = 0;

  it("rejects with codes and the server's texts", async () => {
    tries += 1;
    const model = `m${tries}`;
    const client = new MlClient(`${endpoint}/`, { project: "p", timeout: 10_000 });
    await client.createModel({ name: model });
    await expect(client.createModel({ name: model })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await expect(client.createVersion(model, { name: "v", deploymentUri: "/none" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await client.createVersion(model, { name: "w", deploymentUri: modelDir });
    expect((await client.listVersions(model)).map(({ name, state }) => [name, state])).toEqual([
      [`projects/p/models/${model}/versions/v`, "FAILED"],
      [`projects/p/models/${model}/versions/w`, "READY"],
    ]);
    expect(await client.predict({ model, instances: [1], signatureName: "serving_default" })).toEqual([2.5]);
    await expect(client.predict({ model, instances: [{ y: 1 }] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("Expected tensor name: x"),
    });
    const nowhere = new MlClient("http://127.0.0.1:1", { project: "p" });
    await expect(nowhere.listJobs()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

it("describes resources in YAML", () => {
  expect(describeResource({ b: ["x", { c: "1" }], a: { d: true, e: "k: v" }, f: {} })).toBe(
    "a:\n  d: true\n  e: 'k: v'\nb:\n- x\n-\n  c: '1'\nf: {}\n",
  );
});
