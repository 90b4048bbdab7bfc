/**
 * One batch prediction job under fire: its two workers and its server are killed at random moments fifty times, the database twice. Then the
 * deployment of versions, cut off at random moments; then the tests of the store and of the queue on PostgreSQL.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/faults.ts
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, counter, ended, resultLines, root, sleep, tureen } from "./cloud-process.js";
import { freePort, startPostgres } from "./postgres.js";

const kills = 50;
const databaseKills = [15, 35];
const leaseSeconds = 3;
/** Large enough that the job outlives fifty kills, which it is made to with small batches. */
const records = Number(process.env["RECORDS"] ?? 8_000_000);
const batchSize = "1";
/** Records that are written at once. */
const piece = 100_000;

const cluster = await startPostgres();
if ("reason" in cluster) {
  console.log(`skipped: ${cluster.reason}\n0 passed, 0 failed`);
  process.exit(0);
}
const { check, report } = counter();
const folder = mkdtempSync(join(tmpdir(), "interop-faults-"));
const port = await freePort();
const url = `http://127.0.0.1:${port}/v1`;
const model = join(root, "packages/tureen/src/serving/fixtures/half_plus_two/00000123");
const database = `--database_url=${cluster.url}`;
const roles = [
  ["batch-worker", database, "--workers=1", `--lease_seconds=${leaseSeconds}`],
  ["batch-worker", database, "--workers=1", `--lease_seconds=${leaseSeconds}`],
  ["cloud", database, `--port=${port}`, `--data_dir=${join(folder, "data")}`, "--job_workers=0"],
] as const;
const processes: ChildProcess[] = [];
// Seeded, so that a run that fails can be had again.
let state = 1234567;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

try {
  for (const args of roles) processes.push(tureen(args));
  const input = join(folder, "input.json");
  for (let start = 0; start < records; start += piece) {
    const count = Math.min(piece, records - start);
    appendFileSync(input, Array.from({ length: count }, (_, i) => `{"x": ${start + i}}\n`).join(""));
  }
  const outputPath = join(folder, "output");
  const predictionInput = { uri: model, dataFormat: "JSON", inputPaths: [input], outputPath, batchSize };
  const [created] = await call(url, "POST", "projects/p/jobs", { jobId: "under_fire", predictionInput });
  check("the job is created", created === 200, created);

  const began = Date.now();
  let stateAtLastKill: unknown;
  for (let i = 0; i < kills; i++) {
    await sleep(200 + random() * 1500);
    const victim = Math.floor(random() * processes.length);
    processes[victim]!.kill("SIGKILL");
    await ended(processes[victim]!);
    if (databaseKills.includes(i)) {
      cluster.kill();
      await sleep(1000);
      cluster.start();
    }
    processes[victim] = tureen(roles[victim]!);
    if (i === kills - 1) stateAtLastKill = (await call(url, "GET", "projects/p/jobs/under_fire"))[1]["state"];
  }
  check("the job outlived the last kill", stateAtLastKill === "RUNNING", stateAtLastKill);
  let job = (await call(url, "GET", "projects/p/jobs/under_fire"))[1];
  const giveUp = Date.now() + 600_000;
  while (job["state"] === "RUNNING" && Date.now() < giveUp) {
    await sleep(500);
    job = (await call(url, "GET", "projects/p/jobs/under_fire"))[1];
  }
  console.log(
    `${kills} kills, ${databaseKills.length} of the database; the job took ${Math.round((Date.now() - began) / 1000)} s`,
  );
  check("the job succeeded", job["state"] === "SUCCEEDED", job);
  const output = job["predictionOutput"] as { predictionCount?: string; errorCount?: string } | undefined;
  check("every record is counted", output?.predictionCount === String(records), output);
  const seen = new Uint8Array(records);
  let lines = 0;
  for (const line of resultLines(outputPath)) {
    // half_plus_two: y = x / 2 + 2
    seen[(Number(line) - 2) * 2]! += 1;
    lines += 1;
  }
  check("every record is there once", lines === records && seen.every((times) => times === 1), lines);

  await call(url, "POST", "projects/p/models", { name: "m" });
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 12; i++) {
    const name = `v${i}`;
    // Without waiting for the answer: the server is killed somewhere on the way.
    const body = JSON.stringify({ name, deploymentUri: model });
    void fetch(`${url}/projects/p/models/m/versions`, { method: "POST", body }).catch(() => {});
    await sleep(random() * 600);
    processes[2]!.kill("SIGKILL");
    await ended(processes[2]!);
    processes[2] = tureen(roles[2]);
    const path = `projects/p/models/m/versions/${name}`;
    let [status, version] = await call(url, "GET", path);
    const giveUp = Date.now() + 60_000;
    while (version["state"] === "CREATING" && Date.now() < giveUp) {
      await sleep(200);
      [status, version] = await call(url, "GET", path);
    }
    const seen = status === 404 ? "absent" : String(version["state"]);
    outcomes.set(seen, (outcomes.get(seen) ?? 0) + 1);
    if (seen === "READY") {
      const [, answer] = await call(url, "POST", `${path}:predict`, { instances: [1] });
      check(`version ${name} is complete`, JSON.stringify(answer["predictions"]) === "[2.5]", answer);
    } else {
      check(`version ${name} is absent`, seen === "absent", version);
    }
  }
  console.log(`versions cut off: ${[...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`);
} finally {
  for (const child of processes) child.kill("SIGKILL");
  await Promise.all(processes.map(ended));
}
const tests = spawnSync("npx", ["vitest", "run", "packages/tureen/src/cloud"], {
  cwd: root,
  env: { ...process.env, TUREEN_TEST_DATABASE_URL: cluster.url },
  encoding: "utf8",
});
check("the tests of the store and of the queue pass on PostgreSQL", tests.status === 0, tests.stdout.slice(-3000));
cluster.remove();
rmSync(folder, { recursive: true, force: true });
report();
