/**
 * Time and memory of opening SavedModels, TensorFlow's and ours in turn, each in a process of its own; and what engine workers cost and save.
 *
 *     BENCH_DIR=<scratch folder> node --import tsx bench/loading.ts [--models FOLDER]
 *
 * Makes a model of 500 MB (dense layers) and one of MobileNetV2's size. With `--models` every SavedModel below the folder is opened as well. Prints
 * lines of JSON: {"bench": "loading", "name", "millis", "firstMillis", "steadyMillis", "peakMegabytes", "reference"}: opening, the first run, a run
 * after a hundred (`warm…`: with `warmUp`), and by how much the process' largest resident size exceeds that before opening. For workers: megabytes after a hundred runs in
 * each of 0, 1 and 2 threads, and the 99th percentile of the event loop's delay meanwhile.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  denseModel,
  mobileModel,
  saveWeightedModel,
} from "../packages/tureen/src/saved-model/testing/weighted-model.js";

const root = join(import.meta.dirname, "..");
const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(root, "interop/.venv");
const python = existsSync(join(venv, "bin/python")) ? join(venv, "bin/python") : undefined;
const scratch = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "loading-"));

function child(args: readonly string[]): Record<string, number> {
  const options = [
    "--conditions=@tureen/source",
    "--import",
    "tsx",
    "--expose-gc",
    join(import.meta.dirname, "loading-child.ts"),
  ];
  return lastLine(execFileSync(process.execPath, [...options, ...args], { cwd: root, encoding: "utf8" }));
}

function reference(directory: string): Record<string, number> | undefined {
  if (python === undefined) return undefined;
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
  const script = join(import.meta.dirname, "loading_reference.py");
  return lastLine(
    execFileSync(python, [script, directory], { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }),
  );
}

function opened(directory: string): Record<string, number> {
  return { ...child(["open", directory]), ...child(["warm", directory]) };
}

function lastLine(output: string): Record<string, number> {
  return JSON.parse(output.trimEnd().split("\n").at(-1)!) as Record<string, number>;
}

function report(name: string, figures: Record<string, number>, other?: Record<string, number>): void {
  console.log(
    JSON.stringify({ bench: "loading", name, ...figures, ...(other === undefined ? {} : { reference: other }) }),
  );
}

function savedModels(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some(({ name }) => /^saved_model\.pb(txt)?$/.test(name))) return [folder];
  return entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => savedModels(join(folder, name)));
}

try {
  const at = process.argv.indexOf("--models");
  if (at > 0) {
    for (const folder of savedModels(process.argv[at + 1]!)) {
      const ours = opened(folder);
      report(folder.slice(process.argv[at + 1]!.length + 1).split("/")[0] ?? basename(folder), ours, reference(folder));
    }
  }
  // 30 x 2048 x 2048 floats.
  const large = join(scratch, "large");
  await saveWeightedModel(large, denseModel(30, 2048));
  const ours = opened(large);
  report("500 MB of dense layers", ours, reference(large));
  const mobile = join(scratch, "mobile");
  await saveWeightedModel(mobile, mobileModel());
  report("MobileNetV2's size", opened(mobile), reference(mobile));
  for (const workers of [0, 1, 2])
    report(`MobileNetV2's size, ${workers} workers`, child(["serve", mobile, String(workers)]));
  for (const workers of [0, 1, 2]) report(`500 MB, ${workers} workers`, child(["serve", large, String(workers)]));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
