/**
 * Runs the benchmarks and prints each figure beside its reference, measured in the same run: `npm run bench`, or `npm run bench -- training`.
 *
 * References are real TensorFlow where the interop tier's environment is there (`npm run interop` makes it); without it only our own figures
 * are printed. Results are added to bench/history.jsonl.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { benches } from "./benches.mjs";

const root = join(import.meta.dirname, "..");
const venv = process.env.TUREEN_INTEROP_VENV ?? join(root, "interop/.venv");
const python = existsSync(join(venv, "bin/python")) ? join(venv, "bin/python") : undefined;
const wanted = process.argv.slice(2);
/** Where a bench leaves models for its reference. */
const scratch = mkdtempSync(join(tmpdir(), "tureen-bench-"));

function lines(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", BENCH_DIR: scratch },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${args.join(" ")} ended with ${code}`));
      resolve(
        output
          .split("\n")
          .filter((line) => line.startsWith("{"))
          .map((line) => JSON.parse(line)),
      );
    });
  });
}

const text = (value) => (value >= 1000 ? value.toFixed(0) : value.toPrecision(3));
console.log(
  `Node ${process.version}, ${availableParallelism()} × ${cpus()[0].model}; reference: ${python === undefined ? "none (npm run interop makes one)" : "TensorFlow 2.15"}`,
);
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  const ours = await lines(process.execPath, ["--import", "tsx", bench.script]);
  const theirs = python === undefined || bench.reference === undefined ? [] : await lines(python, bench.reference);
  console.log(`\n${bench.name}`);
  for (const result of ours) {
    const reference = theirs.find((other) => other.name === result.name) ?? result.reference;
    for (const [key, unit, better] of bench.figures) {
      if (result[key] === undefined) continue;
      const other = reference?.[key];
      const ratio =
        other === undefined
          ? ""
          : `   ${(better === "more" ? result[key] / other : other / result[key]).toFixed(2)}x of ${text(other)}`;
      console.log(`  ${result.name.padEnd(44)} ${text(result[key]).padStart(8)} ${unit.padEnd(14)}${ratio}`);
    }
    appendFileSync(
      join(root, "bench/history.jsonl"),
      `${JSON.stringify({ when: new Date().toISOString(), node: process.version, ...result, reference })}\n`,
    );
  }
}
