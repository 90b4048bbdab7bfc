/**
 * Training of census-like data beside tf.estimator, everything as by default on both sides (summaries, checkpoints, logging).
 *
 * Each case runs in processes of its own, ours and TensorFlow's by turns, BENCH_ROUNDS times; what is printed is the median of each figure.
 * BENCH_CASES limits the cases to those whose names match it. Lines of JSON with a `reference`, as run.mjs takes them.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleChild } from "./bundle-child.js";
import { medians } from "./medians.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);
const seconds = process.env["BENCH_SECONDS"] ?? "5";
const wanted = new RegExp(process.env["BENCH_CASES"] ?? "");
const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(import.meta.dirname, "../interop/.venv");
const python = join(venv, "bin/python");

type Figures = Readonly<Record<string, number>>;

function figuresOf(command: string, args: readonly string[], exports: boolean): Figures {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: {
      ...process.env,
      BENCH_STARTED: String(Date.now()),
      BENCH_EXPORT: exports ? "1" : "",
      TF_CPP_MIN_LOG_LEVEL: "3",
    },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Figures;
}

const child = await bundleChild("census-child");
const file = join(mkdtempSync(join(tmpdir(), "tureen-census-")), "census.tfrecord");
spawnSync(process.execPath, [child, "write", file], { stdio: "inherit" });
for (const kind of ["LinearClassifier", "DNNClassifier", "DNNLinearCombinedClassifier"]) {
  for (const source of ["memory", "tfrecord"]) {
    for (const batch of [32, 128, 1024]) {
      const name = `${kind} ${source} ${batch}`;
      if (!wanted.test(name)) continue;
      const args = [kind, source, String(batch), seconds, file];
      const exports = source === "memory" && batch === 128;
      const [ours, theirs]: [Figures[], Figures[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        ours.push(figuresOf(process.execPath, [child, ...args], exports));
        if (existsSync(python))
          theirs.push(figuresOf(python, [join(import.meta.dirname, "census_reference.py"), ...args], exports));
      }
      const reference = theirs.length === 0 ? {} : { reference: medians(theirs) };
      console.log(JSON.stringify({ bench: "training-census", name, ...medians(ours), ...reference }));
    }
  }
}
