/**
 * Drives a running `tureen cloud` with Node's googleapis (ml v1) through a model's whole life.
 *
 *     node check.mjs GOOGLEAPIS_FOLDER URL SAVED_MODEL WORK_FOLDER
 *
 * The model has to be half_plus_two. Prints each failure, then "N passed, N failed". `check.ts` installs the client, starts the server and runs
 * this.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, url, savedModel, work] = process.argv.slice(2);
const { google } = createRequire(join(modules, "package.json"))("googleapis");

let passed = 0;
let failed = 0;
function check(name, actual, expected) {
  try {
    assert.deepEqual(actual, expected);
    passed += 1;
  } catch {
    failed += 1;
    console.log(`${name}: got ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }
}
async function fails(name, request, status, text) {
  try {
    const { data } = await request;
    check(name, data, `HTTP status ${status}`);
  } catch (error) {
    check(name, [error.response?.status, error.message.includes(text)], [status, true]);
  }
}

const ml = google.ml({ version: "v1", rootUrl: `${url}/`, retry: false });
const { projects } = ml;
const parent = "projects/census";
const model = `${parent}/models/node_half`;

async function finished(operation) {
  let data = operation;
  while (!data.done) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ({ data } = await projects.operations.get({ name: data.name }));
  }
  return data;
}

const { data: created } = await projects.models.create({
  parent,
  requestBody: { name: "node_half", regions: ["us-central1"] },
});
check("create model", created.name, model);
await fails(
  "create it again",
  projects.models.create({ parent, requestBody: { name: "node_half" } }),
  409,
  "already exists",
);
for (const name of ["v1", "v2"]) {
  const requestBody = { name, deploymentUri: savedModel, runtimeVersion: "1.15", framework: "TENSORFLOW" };
  const { data } = await projects.models.versions.create({ parent: model, requestBody });
  check(`create ${name}`, data.metadata.operationType, "CREATE_VERSION");
  check(`${name} deployed`, (await finished(data)).response.state, "READY");
}
const { data: whole } = await projects.models.get({ name: model });
check("default", whole.defaultVersion.name, `${model}/versions/v1`);

const predict = async (name, body) => (await projects.predict({ name, requestBody: body })).data;
check("predict", await predict(model, { instances: [1, { x: 5 }] }), { predictions: [2.5, 4.5] });
check("predict by version", await predict(`${model}/versions/v2`, { instances: [2] }), { predictions: [3] });

const input = join(work, "node-input.json");
writeFileSync(input, Array.from({ length: 100 }, (_, i) => `{"x": ${i}}\n`).join(""));
const outputPath = join(work, "node-output");
const predictionInput = { versionName: `${model}/versions/v1`, dataFormat: "JSON", inputPaths: [input], outputPath };
const { data: job } = await projects.jobs.create({ parent, requestBody: { jobId: "node_1", predictionInput } });
check("create job", job.state, "QUEUED");
let state = job;
while (!["SUCCEEDED", "FAILED"].includes(state.state)) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  ({ data: state } = await projects.jobs.get({ name: `${parent}/jobs/node_1` }));
}
check("job", [state.state, state.predictionOutput.predictionCount], ["SUCCEEDED", "100"]);
const results = readFileSync(join(outputPath, "prediction.results-00000-of-00001"), "utf8").trimEnd().split("\n");
check(
  "job's results",
  results.map(Number),
  Array.from({ length: 100 }, (_, i) => i / 2 + 2),
);
await fails("cancel a job that is done", projects.jobs.cancel({ name: `${parent}/jobs/node_1` }), 400, "SUCCEEDED");
const { data: jobs } = await projects.jobs.list({ parent, filter: "jobId:node_1" });
check(
  "list jobs",
  jobs.jobs.map(({ jobId }) => jobId),
  ["node_1"],
);

const { data: second } = await projects.models.versions.setDefault({ name: `${model}/versions/v2`, requestBody: {} });
check("set default", second.isDefault, true);
await fails(
  "delete the default",
  projects.models.versions.delete({ name: `${model}/versions/v2` }),
  400,
  "default version",
);
for (const name of ["v1", "v2"]) {
  const { data } = await projects.models.versions.delete({ name: `${model}/versions/${name}` });
  check(`delete ${name}`, (await finished(data)).done, true);
}
await finished((await projects.models.delete({ name: model })).data);
await fails("gone", projects.models.get({ name: model }), 404, "was not found");

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
