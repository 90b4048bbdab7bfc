/**
 * The size report: `npm run size`. Lines of source by folder, and bytes of what users load.
 *
 * Exits with 1 where a file that is no table is longer than the limit, or a bundle outgrows its budget.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const longestFile = 800;
/** What an entry and its chunks may weigh, gzipped, in KiB: start-up pays for every one of them. */
const budgets = { "dist-server/cli/tensorflow_model_server.js": 500, "dist/index.js": 980 };

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "fixtures" || entry.name === "gen" ? [] : files(path);
    return [path];
  });
}

const problems = [];
const lines = new Map();
for (const name of ["protos", "client", "tureen"]) {
  const src = join(root, "packages", name, "src");
  for (const path of files(src)) {
    if (!/\.tsx?$/.test(path) || /\.test\.ts$|\.d\.ts$/.test(path)) continue;
    const inside = relative(src, path).split("/");
    const folder = inside.length > 1 ? `${name}/${inside[0]}` : name;
    const count = readFileSync(path, "utf8").split("\n").length - 1;
    lines.set(folder, [...(lines.get(folder) ?? []), count]);
    if (count > longestFile && !path.endsWith(".table.ts")) problems.push(`${relative(root, path)} has ${count} lines`);
  }
}

console.log("folder                    files   lines  median  ninth decile");
for (const [folder, counts] of lines) {
  const sorted = counts.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const total = sorted.reduce((sum, count) => sum + count, 0);
  console.log(
    `${folder.padEnd(24)} ${String(sorted.length).padStart(6)} ${String(total).padStart(7)} ${String(at(0.5)).padStart(7)} ${String(at(0.9)).padStart(13)}`,
  );
}

/** An entry and the chunks that it imports, directly or not, without those that are only loaded on demand. */
function closure(entry, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const match of readFileSync(entry, "utf8").matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?["'](\.[^"']+)["']/g,
  )) {
    closure(join(entry, "..", match[1]), seen);
  }
  return seen;
}

const main = join(root, "packages/tureen");
console.log("\nentry                                    files     KiB  gzipped");
for (const [entry, budget] of Object.entries(budgets)) {
  const parts = [...closure(join(main, entry))];
  const bytes = parts.reduce((sum, path) => sum + statSync(path).size, 0);
  const zipped = parts.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  console.log(
    `${entry.padEnd(40)} ${String(parts.length).padStart(5)} ${(bytes / 1024).toFixed(0).padStart(7)} ${(zipped / 1024).toFixed(0).padStart(8)}`,
  );
  if (zipped / 1024 > budget)
    problems.push(`${entry} weighs ${(zipped / 1024).toFixed(0)} KiB gzipped, more than ${budget}`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
