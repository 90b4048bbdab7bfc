/**
 * Boosted trees beside LightGBM: 100 trees of depth 6 on 50,000 rows, by turns BENCH_ROUNDS times; the median of each figure.
 *
 * LightGBM is found in the Python environment BENCH_LIGHTGBM_VENV (`pip install lightgbm`); without it only our own figures are printed.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundleChild } from "./bundle-child.js";
import { medians } from "./medians.js";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);
const python = join(process.env["BENCH_LIGHTGBM_VENV"] ?? "", "bin/python");

function figuresOf(command: string, script: string): Readonly<Record<string, number>> {
  const { status, stdout, stderr } = spawnSync(command, [script], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr.slice(-2000)}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Readonly<Record<string, number>>;
}

const child = await bundleChild("trees-child");
const hasReference = process.env["BENCH_LIGHTGBM_VENV"] !== undefined && existsSync(python);
if (!hasReference) console.log("LightGBM is not there: BENCH_LIGHTGBM_VENV names no environment with it");
const ours = [];
const theirs = [];
for (let round = 0; round < rounds; round++) {
  ours.push(figuresOf(process.execPath, child));
  if (hasReference) theirs.push(figuresOf(python, join(import.meta.dirname, "trees_reference.py")));
}
const reference = theirs.length === 0 ? {} : { reference: medians(theirs) };
console.log(
  JSON.stringify({ bench: "training-trees", name: "100 trees, 50,000 rows", ...medians(ours), ...reference }),
);
