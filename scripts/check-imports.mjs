/**
 * Checks the order of the house: a folder imports only from those before it in the way of the data, and no file imports itself in a circle.
 *
 * Type-only imports may point anywhere below the same package: they are gone at run time. Exits with 1 and a line for each violation.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const src = join(root, "packages/tureen/src");
const order = [
  "core",
  "formats",
  "graph",
  "runtime",
  "data",
  "saved-model",
  "estimator",
  "serving",
  "cloud",
  "console",
  "cli",
];

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === "gen" || entry.name === "fixtures" || entry.name === "node_modules" || entry.name === "dist"
        ? []
        : files(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

/** The run-time imports and re-exports of a file. */
function imports(path) {
  const text = readFileSync(path, "utf8");
  const found = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s*from\s*"([^"]+)"/gms)) {
    const names = match[1].match(/^\{([^}]*)\}$/s);
    if (names?.[1].split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "))) continue;
    found.push(match[2]);
  }
  return found;
}

function target(from, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  const path = resolve(dirname(from), specifier.replace(/\.js$/, ".ts"));
  return existsSync(path) ? path : undefined;
}

const problems = [];
const graph = new Map();
for (const path of ["protos", "client", "tureen"].flatMap((name) => files(join(root, "packages", name, "src")))) {
  const targets = imports(path)
    .map((specifier) => target(path, specifier))
    .filter((found) => found !== undefined);
  graph.set(path, targets);
  const own = order.indexOf(relative(src, path).split("/")[0]);
  if (own < 0 || path.endsWith(".test.ts")) continue;
  for (const to of targets) {
    const other = order.indexOf(relative(src, to).split("/")[0]);
    if (other > own)
      problems.push(`${relative(root, path)} imports ${relative(root, to)}: ${order[other]} comes after ${order[own]}`);
  }
}

/** Circles, by Tarjan's strongly connected components. */
function circles() {
  const state = new Map();
  const stack = [];
  const found = [];
  let count = 0;
  const visit = (node) => {
    const own = { index: count, low: count, open: true };
    count += 1;
    state.set(node, own);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      const other = state.get(next) ?? visit(next);
      if (other.open) own.low = Math.min(own.low, other.low);
    }
    if (own.low === own.index) {
      const part = stack.splice(stack.indexOf(node));
      for (const member of part) state.get(member).open = false;
      if (part.length > 1) found.push(part);
    }
    return own;
  };
  for (const node of graph.keys()) if (!state.has(node)) visit(node);
  return found;
}

for (const circle of circles())
  problems.push(`import cycle: ${circle.map((path) => relative(root, path)).join(" → ")}`);
for (const problem of problems) console.error(problem);
console.log(`${graph.size} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
