/**
 * The interop tier: real TensorFlow against this project. `npm run interop`, or `npm run interop -- protos formats` for some checks.
 *
 * Makes a virtual environment with tensorflow-cpu 2.15.1 in interop/.venv (or uses the one that TUREEN_INTEROP_VENV names), then runs each
 * check as a process of its own, two at a time; a check ends with a line `N passed, N failed`. Where there is no Python 3.9 to 3.11 the checks that need
 * it are skipped with a line that says so. Ends with the last lines of what failed, and the sums.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "./checks.mjs";

const here = import.meta.dirname;
const root = join(here, "..");
const packages = [
  "tensorflow-cpu==2.15.1",
  "tensorflow-estimator==2.15.0",
  "grpcio==1.67.1",
  "scikit-learn==1.3.2",
  "tritonclient[http,grpc]==2.51.0",
  "google-api-python-client==2.202.0",
];
/** Its own requirement is the full tensorflow package, which tensorflow-cpu stands in for. */
const withoutDependencies = ["tensorflow-serving-api==2.15.1"];

function findPython() {
  for (const name of ["python3.11", "python3.10", "python3.9", "python3"]) {
    const found = spawnSync(
      name,
      ["-c", "import sys; print(sys.executable if (3, 9) <= sys.version_info[:2] <= (3, 11) else '')"],
      { encoding: "utf8" },
    );
    if (found.status === 0 && found.stdout.trim() !== "") return found.stdout.trim();
  }
  return undefined;
}

/** What the checks that load exports with the newest TensorFlow need. */
const newestPackages = ["tensorflow-cpu==2.21.0"];

/** An environment with the newest TensorFlow in interop/.venv-newest, or undefined where it cannot be made: those parts are then skipped. */
function newestVenv() {
  const folder = join(here, ".venv-newest");
  const ready = join(folder, "ready");
  if (existsSync(ready)) return folder;
  const base = findPython();
  if (base === undefined) return undefined;
  console.log("making interop/.venv-newest with the newest TensorFlow …");
  const python = join(folder, "bin/python");
  const steps = [
    [base, "-m", "venv", "--clear", folder],
    [python, "-m", "pip", "install", "--quiet", ...newestPackages],
    [python, "-c", `open(${JSON.stringify(ready)}, "w").close()`],
  ];
  const made = steps.every(([command, ...args]) => spawnSync(command, args, { stdio: "inherit" }).status === 0);
  if (!made) console.log("the newest TensorFlow could not be installed");
  return made ? folder : undefined;
}

function venvPython() {
  const given = process.env.TUREEN_INTEROP_VENV;
  if (given !== undefined) return join(given, "bin/python");
  const python = join(here, ".venv/bin/python");
  if (existsSync(join(here, ".venv/ready"))) return python;
  const base = findPython();
  if (base === undefined) return undefined;
  console.log("making interop/.venv with tensorflow-cpu 2.15.1 …");
  const steps = [
    [base, "-m", "venv", "--clear", join(here, ".venv")],
    [python, "-m", "pip", "install", "--quiet", ...packages],
    [python, "-m", "pip", "install", "--quiet", "--no-deps", ...withoutDependencies],
    [python, "-c", `open(${JSON.stringify(join(here, ".venv/ready"))}, "w").close()`],
  ];
  for (const [command, ...args] of steps) {
    if (spawnSync(command, args, { stdio: "inherit" }).status !== 0)
      throw new Error(`failed: ${command} ${args.join(" ")}`);
  }
  return python;
}

// Checks need not clean up after themselves. PostgreSQL, which some start, runs as another user.
const scratch = mkdtempSync(join(tmpdir(), "interop-"));
chmodSync(scratch, 0o755);
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** Minutes after which a check hangs: the longest takes five on two slow cores. */
const longestMinutes = 15;
/** So many lines of a check that failed are shown again at the end. */
const shownLines = 60;

/** Runs a check; its counts are on the last line that has some. `live` shows what it prints as it comes, otherwise all of it is shown at its end. */
function run(name, command, live) {
  return new Promise((resolve) => {
    let output = `--- ${name}\n`;
    if (live) process.stdout.write(output);
    const began = performance.now();
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: { ...process.env, TMPDIR: scratch, TF_CPP_MIN_LOG_LEVEL: "3", TF_ENABLE_ONEDNN_OPTS: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const show = (chunk) => {
      output += chunk;
      if (live) process.stdout.write(chunk);
    };
    child.stdout.on("data", show);
    child.stderr.on("data", show);
    const timer = setTimeout(() => {
      show(`no end after ${longestMinutes} minutes\n`);
      child.kill("SIGKILL");
    }, longestMinutes * 60_000);
    child.on("close", (code) => {
      clearTimeout(timer);
      const line =
        output
          .split("\n")
          .filter((text) => /\d+ passed, \d+ failed/.test(text))
          .at(-1) ?? "";
      const count = (word) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
      const passed = count("passed");
      const failed = Math.max(count("failed"), code === 0 ? 0 : 1);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      show(`${name}: ${passed} passed, ${failed} failed in ${seconds} s\n`);
      if (!live) process.stdout.write(output);
      resolve({ name, passed, failed, output });
    });
  });
}

const wanted = process.argv.slice(2);
const python = venvPython();
// An environment that was given for TensorFlow 2.15 means that the others are given too, or not wanted.
const isGiven = process.env.TUREEN_INTEROP_VENV !== undefined || process.env.TUREEN_INTEROP_NEWEST_VENV !== undefined;
const needsNewest = checks.some(({ name, newest }) => newest && (wanted.length === 0 || wanted.includes(name)));
if (!isGiven && needsNewest) {
  const newest = newestVenv();
  if (newest !== undefined) process.env.TUREEN_INTEROP_NEWEST_VENV = newest;
}
const chosen = checks.filter(({ name, onRequest }) => (wanted.length === 0 ? !onRequest : wanted.includes(name)));
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`there is no check ${unknown.join(", ")}: ${checks.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
if (wanted.length === 0) {
  for (const { name, onRequest } of checks.filter((check) => check.onRequest))
    console.log(`${name}: only by its name, npm run interop -- ${name}: ${onRequest}`);
}
const runnable = chosen.filter((check) => check.node || python !== undefined);
for (const { name } of chosen.filter((check) => !runnable.includes(check)))
  console.log(`${name}: skipped, there is no Python 3.9, 3.10 or 3.11 for tensorflow-cpu 2.15`);

const commandOf = (check) =>
  check.python
    ? [python, ...check.python]
    : [process.execPath, "--conditions=@tureen/source", "--import", "tsx", ...check.node];
const results = [];
// Two at a time, since most of them wait for the other side half of the time; those that measure latencies have the machine for themselves.
const [shared, alone] = [runnable.filter((check) => !check.alone), runnable.filter((check) => check.alone)];
const lanes = Math.min(2, availableParallelism(), shared.length);
const lane = async (queue, live) => {
  for (let check = queue.shift(); check !== undefined; check = queue.shift())
    results.push(await run(check.name, commandOf(check), live));
};
await Promise.all(Array.from({ length: lanes }, () => lane(shared, lanes === 1)));
await lane(alone, true);

const failures = results.filter(({ failed }) => failed > 0);
const total = (what) => results.reduce((sum, result) => sum + result[what], 0);
const [passed, failed, skipped] = [total("passed"), total("failed"), chosen.length - runnable.length];
for (const { name, output } of failures)
  console.log(`--- ${name} failed:\n${output.trimEnd().split("\n").slice(-shownLines).join("\n")}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
