/**
 * Deployed models in an object store, S3 and Google Cloud Storage: two servers in processes of their own, each with its own data folder, one
 * PostgreSQL database, and a store that fails one call in ten all the time.
 *
 * What one server deploys the other serves, over both APIs; versions whose server is killed at a random moment are absent, or complete and usable
 * everywhere; a worker host that shares no file system does a job with a deployed model; a server that loses its data folder, or starts while the
 * store is down, has everything again; what is deleted, or was cut off, leaves no objects.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/store.ts
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGcsStandIn } from "../../packages/tureen/src/core/object-store/testing/gcs-stand-in.js";
import { startS3StandIn } from "../../packages/tureen/src/core/object-store/testing/s3-stand-in.js";
import { standInEnvironment } from "../../packages/tureen/src/core/object-store/testing/use-stand-in.js";
import { call, counter, ended, type Json, root, sleep, tureen } from "./cloud-process.js";
import { freePort, startPostgres } from "./postgres.js";

const kills = 5;
const records = 20_000;
const patienceMs = 90_000;

const cluster = await startPostgres();
if ("reason" in cluster) {
  console.log(`skipped: ${cluster.reason}\n0 passed, 0 failed`);
  process.exit(0);
}
const postgres = cluster;
const { check, report } = counter();
const scratch = mkdtempSync(join(tmpdir(), "interop-store-"));
const children = new Set<ChildProcess>();
const model = join(root, "packages/tureen/src/serving/fixtures/half_plus_two/00000123");

/** Asks until the answer is as it should be; the last answer. */
async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const giveUp = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer) || Date.now() > giveUp) return answer;
    await sleep(200);
  }
}

async function tryStore(scheme: "s3" | "gs"): Promise<void> {
  // Seeded, so that a run that fails can be had again.
  let state = scheme === "s3" ? 1234567 : 7654321;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const standIn = await (scheme === "s3" ? startS3StandIn() : startGcsStandIn());
  standIn.faults.failOneIn = 10;
  const bucket = standIn.bucket("models");
  const database = `store_${scheme}`;
  spawnSync("psql", [postgres.url, "-c", `CREATE DATABASE ${database}`], { stdio: "ignore" });
  const shared = [`--database_url=${postgres.url.replace(/postgres$/, database)}`];
  const store = `--store=${scheme}://models/deployed`;
  const start = (name: string, args: readonly string[]): ChildProcess => {
    const folder = join(scratch, `${scheme}-${name}`);
    mkdirSync(folder, { recursive: true });
    const child = tureen([...args, ...shared], [], {
      ...standInEnvironment(scheme, standIn.url),
      TUREEN_MODEL_CACHE_DIR: join(folder, "models"),
      TMPDIR: folder,
    });
    children.add(child);
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    child.kill("SIGKILL");
    await ended(child);
    children.delete(child);
  };
  const [port, otherPort, restPort] = [await freePort(), await freePort(), await freePort()];
  const dataOf = (name: string): string => join(scratch, `${scheme}-data-${name}`);
  const startFirst = (): ChildProcess =>
    start("first", ["cloud", `--port=${port}`, `--data_dir=${dataOf("first")}`, store, "--job_workers=0"]);
  const startSecond = (): ChildProcess =>
    start("second", [
      "cloud",
      `--port=${otherPort}`,
      `--rest_api_port=${restPort}`,
      `--data_dir=${dataOf("second")}`,
      store,
      "--job_workers=0",
    ]);
  const url = `http://127.0.0.1:${port}/v1`;
  const other = `http://127.0.0.1:${otherPort}/v1`;
  const models = "projects/p/models";
  const say = (text: string): string => `${scheme}: ${text}`;

  let first = startFirst();
  let second = startSecond();
  await call(url, "POST", models, { name: "m" });
  const deploy = (name: string): Promise<readonly [number, Json]> =>
    call(url, "POST", `${models}/m/versions`, { name, deploymentUri: model });
  const settled = (name: string): Promise<readonly [number, Json]> =>
    until(
      () => call(url, "GET", `${models}/m/versions/${name}`),
      ([, version]) => version["state"] !== "CREATING",
    );
  const predicts = async (base: string, name: string): Promise<boolean> => {
    const ask = (): Promise<readonly [number, Json]> =>
      call(base, "POST", `${models}/m/versions/${name}:predict`, { instances: [1] });
    const isRight = ([, answer]: readonly [number, Json]): boolean => JSON.stringify(answer["predictions"]) === "[2.5]";
    return isRight(await until(ask, isRight));
  };
  const serves = (label: string): Promise<boolean> =>
    until(
      async () => {
        const address = `http://127.0.0.1:${restPort}/v1/models/p.m/labels/${label}:predict`;
        const answer = await fetch(address, { method: "POST", body: '{"instances": [1]}' }).catch(() => undefined);
        return (await answer?.text())?.includes("2.5") === true;
      },
      (isServed) => isServed,
    );
  /** The folders of the store, and the versions that are deployed. */
  const folders = (): Set<string> =>
    new Set([...bucket.objects.keys()].filter((key) => key.startsWith("deployed/")).map((key) => key.split("/")[2]!));
  const deployed = async (): Promise<string[]> => {
    const [, answer] = await call(other, "GET", `${models}/m/versions?pageSize=100`);
    const versions = (answer["versions"] ?? []) as { readonly name: string; readonly state: string }[];
    return versions.filter(({ state }) => state === "READY").map(({ name }) => name.replace(/.*\//, ""));
  };

  await deploy("v0");
  const [, version] = await settled("v0");
  check(say("a version is deployed"), version["state"] === "READY", version);
  check(say("its server predicts"), await predicts(url, "v0"));
  check(say("the other server predicts"), await predicts(other, "v0"));
  check(say("the other server's TensorFlow Serving API predicts"), await serves("v0"));

  const outcomes = new Map<string, number>();
  for (let i = 1; i <= kills; i++) {
    const name = `v${i}`;
    // Without waiting for the answer: the server is killed somewhere on the way.
    const body = JSON.stringify({ name, deploymentUri: model });
    void fetch(`${url}/${models}/m/versions`, { method: "POST", body }).catch(() => {});
    await sleep(random() * 900);
    await kill(first);
    // Every other time the machine is another one, with an empty disk.
    if (i % 2 === 0) rmSync(dataOf("first"), { recursive: true, force: true });
    first = startFirst();
    const [status, seen] = await settled(name);
    const outcome = status === 404 ? "absent" : String(seen["state"]);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    check(say(`${name} is absent or complete`), outcome === "absent" || outcome === "READY", seen);
    if (outcome !== "READY") continue;
    check(say(`${name} is usable where it was made`), await predicts(url, name));
    check(say(`${name} is usable on the other server`), await predicts(other, name));
  }
  console.log(`${scheme}: cut off: ${[...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`);

  const worker = start("worker", ["batch-worker", "--workers=1"]);
  bucket.put("in/records.json", Array.from({ length: records }, (_, i) => `{"x": ${i}}`).join("\n"));
  const predictionInput = {
    versionName: `${models}/m/versions/v0`,
    dataFormat: "JSON",
    inputPaths: [`${scheme}://models/in/*.json`],
    outputPath: `${scheme}://models/out`,
  };
  await call(other, "POST", "projects/p/jobs", { jobId: "job", predictionInput });
  const [, job] = await until(
    () => call(other, "GET", "projects/p/jobs/job"),
    ([, { state }]) => state === "SUCCEEDED" || state === "FAILED",
  );
  check(say("a worker host has done a job with the deployed model"), job["state"] === "SUCCEEDED", job);
  const lines = [...bucket.objects]
    .filter(([key]) => key.startsWith("out/prediction.results"))
    .flatMap(([, { bytes }]) => bytes.toString().trimEnd().split("\n"));
  const isRight = new Set(lines.map(Number)).size === records && lines.length === records;
  check(say("every record is there once"), isRight, lines.length);
  await kill(worker);

  // Another machine, while the store is away.
  await kill(second);
  rmSync(dataOf("second"), { recursive: true, force: true });
  standIn.faults.isDown = true;
  second = startSecond();
  const answers = await call(other, "GET", `${models}/m`);
  check(say("a server starts while the store is away"), answers[0] === 200, answers);
  standIn.faults.isDown = false;
  check(say("and predicts once it is back"), await predicts(other, "v0"));
  check(say("over the TensorFlow Serving API, too"), await serves("v0"));

  const names = await deployed();
  for (const name of names.filter((name) => name !== "v0")) await call(url, "DELETE", `${models}/m/versions/${name}`);
  const left = await until(
    async () => folders(),
    ({ size }) => size === 1,
  );
  check(say("deleted and cut-off versions leave no objects"), left.size === 1, [...left]);
  await call(url, "DELETE", `${models}/m/versions/v0`);
  const stored = (): string[] => [...bucket.objects.keys()].filter((key) => key.startsWith("deployed/"));
  const rest = await until(
    async () => stored(),
    (keys) => keys.length === 0,
  );
  check(say("the last version leaves none either"), rest.length === 0, rest);
  const [gone] = await call(other, "POST", `${models}/m/versions/v0:predict`, { instances: [1] });
  check(say("the other server predicts no more"), gone === 404, gone);
  check(say("the store failed now and then"), (standIn.calls.get("fault") ?? 0) > 20, standIn.calls.get("fault"));
  await Promise.all([kill(first), kill(second)]);
  await standIn.close();
}

try {
  await Promise.all([tryStore("s3"), tryStore("gs")]);
} finally {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all([...children].map(ended));
  cluster.remove();
  rmSync(scratch, { recursive: true, force: true });
}
report();
