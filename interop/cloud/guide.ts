/**
 * The commands of docs/guides/exporting-a-trained-model-for-serving.md, run in their order as a reader runs them: every indented block, and the
 * Python block where there is a google-api-python-client.
 *
 * Ports, the number of an export, the database's and the bucket's address are this check's own; `kubectl` only looks whether it is given a manifest.
 * All else is as the page has it. Commands that serve stay until one that takes over their port.
 *
 *     node --conditions=@tureen/source --import tsx interop/cloud/guide.ts
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { encodeExample } from "@tureen/client";
import { startS3StandIn } from "../../packages/tureen/src/core/object-store/testing/s3-stand-in.js";
import { standInEnvironment } from "../../packages/tureen/src/core/object-store/testing/use-stand-in.js";
import { counter, ended, program, root, sleep } from "./cloud-process.js";
import { freePort, startPostgres } from "./postgres.js";

const page = join(root, "docs/guides/exporting-a-trained-model-for-serving.md");
const patienceMs = 60_000;
const { check, report } = counter();

interface Block {
  readonly kind: "shell" | "python";
  readonly code: string;
}

/** The indented blocks outside of fences, and the fenced Python. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const part of text.split(/^(```[\s\S]*?^```$)/m)) {
    const fence = /^```(\w+)\n([\s\S]*?)```$/.exec(part);
    if (fence !== null) {
      if (fence[1] === "python") blocks.push({ kind: "python", code: fence[2]! });
      continue;
    }
    for (const [, lines] of part.matchAll(/(?:^|\n\n)((?: {4}.*(?:\n|$))+)/g)) {
      blocks.push({ kind: "shell", code: lines!.replace(/^ {4}/gm, "") });
    }
  }
  return blocks;
}

const blocks = blocksOf(readFileSync(page, "utf8"));
check("the page has its commands", blocks.filter(({ kind }) => kind === "shell").length >= 11, blocks.length);

const work = mkdtempSync(join(tmpdir(), "interop-guide-"));
for (const name of readdirSync(join(root, "examples/serving-guide"))) {
  if (!name.endsWith(".test.ts")) cpSync(join(root, "examples/serving-guide", name), join(work, name));
}
symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
writeFileSync(join(work, "package.json"), '{"type": "module"}');

// `npx` and `kubectl` as the reader has them: this workspace's programs, and a cluster that looks at what it gets.
const bin = join(work, "bin");
mkdirSync(bin);
const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");
const tureen = quoted([process.execPath, ...program]);
const modelServer = tureen.replace(/tureen\.(js|ts)'$/, "tensorflow_model_server.$1'");
writeFileSync(
  join(bin, "npx"),
  `#!/bin/sh\nname=$1; shift\ncase $name in\n  tureen) exec ${tureen} "$@";;\n  tensorflow_model_server) exec ${modelServer} "$@";;\nesac\nexit 127\n`,
  { mode: 0o755 },
);
writeFileSync(join(bin, "kubectl"), '#!/bin/sh\n[ "$*" = \'apply -f -\' ] && grep -Eq \'"?kind"?: "?Job\'\n', {
  mode: 0o755,
});

const standIn = await startS3StandIn();
const cluster = await startPostgres();
if ("reason" in cluster) console.log(`commands with a PostgreSQL server: skipped, ${cluster.reason}`);
const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(root, "interop/.venv");
const python = join(venv, "bin/python");
const hasClient = existsSync(python) && spawnSync(python, ["-c", "import googleapiclient"]).status === 0;
if (!hasClient) console.log("the Python block: skipped, there is no google-api-python-client");

const ports = new Map<string, number>();
for (const port of ["9000", "8080", "8500", "8501"]) ports.set(port, await freePort());
const environment = {
  ...process.env,
  ...standInEnvironment("s3", standIn.url),
  PATH: `${bin}${delimiter}${process.env["PATH"]}`,
  TUREEN_MODEL_CACHE_DIR: join(work, "models"),
  // The page's programs import the packages by their names.
  NODE_OPTIONS: "--conditions=@tureen/source",
};

/** A command of the page with what is this check's own. */
function own(code: string): string {
  let text = code;
  for (const [port, free] of ports) text = text.replaceAll(new RegExp(`\\b${port}\\b`, "g"), String(free));
  text = text.replaceAll(/export\/(\w+)\/1700000000/g, (_, name: string) => {
    const versions = readdirSync(join(work, "export", name));
    return `export/${name}/${versions.sort().at(-1)}`;
  });
  if (!("reason" in cluster)) text = text.replaceAll("postgres://tureen@db/tureen", cluster.url);
  return text.replaceAll("…", Buffer.from(encodeExample({ sepal: [5.1, 3.4] })).toString("base64"));
}

interface Serving {
  readonly child: ChildProcess;
  readonly ports: readonly number[];
}
const serving: Serving[] = [];

async function stop({ child }: Serving): Promise<void> {
  // The shell, and what it runs.
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
  await ended(child);
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

async function serve(command: string): Promise<void> {
  const text = own(command);
  const taken = [...text.matchAll(/--\w*port=(\d+)/g)].map(([, port]) => Number(port));
  for (const other of serving.filter((one) => one.ports.some((port) => taken.includes(port)))) {
    await stop(other);
    serving.splice(serving.indexOf(other), 1);
  }
  const child = spawn("sh", ["-c", text], { cwd: work, env: environment, stdio: "ignore", detached: true });
  serving.push({ child, ports: taken });
  const giveUp = Date.now() + patienceMs;
  const isUp = async (): Promise<boolean> => (await Promise.all(taken.map(isOpen))).every((open) => open);
  while (!(await isUp()) && child.exitCode === null && Date.now() < giveUp) await sleep(200);
  // A program without ports ends at once where its arguments are wrong.
  if (taken.length === 0) await sleep(3000);
  check(command, (await isUp()) && child.exitCode === null, child.exitCode);
}

function run(command: string): string {
  const result = spawnSync("sh", ["-ec", own(command)], { cwd: work, env: environment, encoding: "utf8" });
  check(command, result.status === 0 && !result.stdout.includes('"error"'), [result.stdout, result.stderr]);
  return result.stdout;
}

const isServer = (command: string): boolean =>
  /\btensorflow_model_server\b|\btureen (?:cloud|batch-worker)\b/.test(command);

try {
  for (const { kind, code } of blocks) {
    if (kind === "python") {
      if (!hasClient) continue;
      const result = spawnSync(python, ["-c", own(code)], { cwd: work, env: environment, encoding: "utf8" });
      check("the Python block", result.status === 0 && result.stdout.includes("'classes'"), result.stderr);
      continue;
    }
    if (code.includes("postgres://") && "reason" in cluster) continue;
    const commands = code
      .replaceAll(/\\\n\s*/g, "")
      .trim()
      .split("\n");
    if (commands.some(isServer)) {
      for (const command of commands) await serve(command);
      continue;
    }
    const printed = run(code.trim());
    if (!code.includes("jobs submit prediction")) continue;
    check(
      "the predictions are printed",
      printed.includes("CLASS_IDS") && printed.includes("Job [flowers_1] submitted"),
      printed,
    );
    const giveUp = Date.now() + patienceMs;
    const results = join(work, "predictions/prediction.results-00000-of-00001");
    while (!existsSync(results) && Date.now() < giveUp) await sleep(200);
    check(
      "the job's results appear",
      existsSync(results) && readFileSync(results, "utf8").trim().split("\n").length === 2,
    );
  }
  const [results] = readdirSync(join(work, "results")).filter((name) => name.startsWith("prediction.results"));
  const lines = readFileSync(join(work, "results", results!), "utf8");
  check(
    "batch without a server gives the job's results",
    lines === readFileSync(join(work, "predictions", results!), "utf8"),
  );
} finally {
  await Promise.all(serving.map(stop));
  await standIn.close();
  if (!("reason" in cluster)) cluster.remove();
  rmSync(work, { recursive: true, force: true });
}
report();
