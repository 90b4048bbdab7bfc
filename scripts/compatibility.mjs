/**
 * Writes docs/compatibility.md from the op tables and the golden fixtures: `npm run compatibility`; with `--check` it fails where the page differs.
 *
 * What the page calls proven is what the fixtures hold and `npm test` replays; known failures are those of known-failures.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gradientTable } from "../packages/tureen/src/graph/gradients/index.ts";
import { Graph } from "../packages/tureen/src/graph/graph.ts";
import { graphFromBytes } from "../packages/tureen/src/graph/graph-def.ts";
import { findOpDef } from "../packages/tureen/src/graph/op-def.ts";
import { shapeTable } from "../packages/tureen/src/graph/shapes/index.ts";
import { goldenFamilies, readStoredFixture } from "../packages/tureen/src/runtime/kernels/golden-fixture.ts";
import { kernelTable } from "../packages/tureen/src/runtime/kernels/index.ts";
import { loweringTable } from "../packages/tureen/src/runtime/lowering/index.ts";
import { hasKernel } from "../packages/tureen/src/saved-model/check-kernels.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/compatibility.md");
const kernels = join(root, "packages/tureen/src/runtime/kernels");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const families = {
  array: "arrayKernels",
  check: "checkKernels",
  clustering: "clusteringKernels",
  control: "controlKernels",
  "control-flow": "controlFlowKernels",
  "decision-forests": "decisionForestsKernels",
  image: "imageKernels",
  io: "ioKernels",
  linalg: "linalgKernels",
  list: "listKernels",
  lookup: "lookupKernels",
  math: "mathKernels",
  nn: "nnKernels",
  parsing: "parsingKernels",
  "quantile-and-trees": "quantileAndTreesKernels",
  ragged: "raggedKernels",
  random: "randomKernels",
  reduce: "reduceKernels",
  sdca: "sdcaKernels",
  sparse: "sparseKernels",
  spectral: "spectralKernels",
  state: "stateKernels",
  string: "stringKernels",
  text: "textKernels",
};

/** Attributes that say in which integers axes, sizes and positions are given: no dtype of the data. */
const indexAttrs =
  /^(Tidx|Tindices|Taxis|Tshape|Tdim|Tperm|Tpaddings|Index|Tmultiples|Tlen|Tblock_shape|Tcrops|TI|Treduce|Tsplits|Tsegmentids|Tnumsegments|Tseed|out_idx|index_type|Tcombiner|S|Tinput_size)$/;

const order = [
  "float16",
  "bfloat16",
  "float32",
  "float64",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "bool",
  "complex64",
  "complex128",
  "string",
];
const groups = [
  ["float", ["float16", "bfloat16", "float32", "float64"]],
  ["int", ["int8", "int16", "int32", "int64"]],
  ["uint", ["uint8", "uint16", "uint32", "uint64"]],
  ["complex", ["complex64", "complex128"]],
];

/** `float int32 string` for a set of dtypes: families that are whole by their name. */
function dtypeText(dtypes) {
  const left = new Set(dtypes);
  const parts = [];
  for (const [name, members] of groups) {
    if (!members.every((dtype) => left.has(dtype))) continue;
    parts.push(`**${name}**`);
    for (const dtype of members) left.delete(dtype);
  }
  const rank = (dtype) => (order.includes(dtype) ? order.indexOf(dtype) : order.length);
  parts.push(...[...left].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)));
  return parts.join(" ");
}

/** The dtypes that a recorded case proves: of the op's data attributes, or of its inputs where it has none. */
function dtypesOf(item) {
  const attrs =
    findOpDef(item.op)?.attrs.filter(
      ({ name, type }) => (type === "type" || type === "list(type)") && !indexAttrs.test(name),
    ) ?? [];
  const found = attrs.flatMap(({ name }) => item.attrs[name]?.value ?? []);
  return attrs.length > 0 ? found : item.inputs.flat().map(({ d }) => d);
}

/** The ops that a sequence is about or has among its nodes. */
function opsOf(sequence) {
  const graph = graphFromBytes(Buffer.from(sequence.graph, "base64"));
  return new Set([...sequence.ops, ...graph.operations.map(({ type }) => type)]);
}

/** What all fixtures together hold of each op. */
function collect() {
  const ops = new Map();
  const entry = (op) => {
    if (!ops.has(op)) ops.set(op, { cases: 0, errors: 0, gradients: 0, sequences: 0, dtypes: new Set() });
    return ops.get(op);
  };
  const folder = new URL(`file://${kernels}/fixtures/`);
  for (const family of goldenFamilies(folder)) {
    const fixture = readStoredFixture(folder, family);
    for (const item of fixture.cases) {
      const op = entry(item.op);
      op.cases += 1;
      if (item.error === undefined) for (const dtype of dtypesOf(item)) op.dtypes.add(dtype);
      else op.errors += 1;
    }
    for (const item of fixture.gradients) entry(item.op).gradients += 1;
    for (const sequence of fixture.sequences) for (const op of opsOf(sequence)) entry(op).sequences += 1;
  }
  return ops;
}

const tick = (yes) => (yes ? "✓" : "");
const percent = (part, whole) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

function tableOf(ops, proven) {
  const rows = ops.sort().map((op) => {
    const found = proven.get(op) ?? { cases: 0, errors: 0, gradients: 0, sequences: 0, dtypes: new Set() };
    const cells = [
      op,
      dtypeText(found.dtypes),
      tick(Object.hasOwn(shapeTable, op)),
      tick(Object.hasOwn(gradientTable, op)),
      tick(Object.hasOwn(loweringTable, op)),
      found.cases === 0 ? "" : found.errors === 0 ? `${found.cases}` : `${found.cases} (${found.errors})`,
      found.gradients || "",
      found.sequences || "",
    ];
    return `|${cells.join("|")}|`;
  });
  return [
    "|op|dtypes|shape|grad|ONNX|cases (errors)|gradients|sequences|",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Names by the first pattern that fits, as lists under its reason. */
function byReason(ops, patterns) {
  const lists = new Map();
  const rest = [];
  for (const op of ops) {
    const match = patterns.find(([pattern]) => new RegExp(pattern).test(op));
    if (match === undefined) rest.push(op);
    else lists.set(match[1], [...(lists.get(match[1]) ?? []), op]);
  }
  return { lists, rest };
}

function knownDifferences() {
  const golden = Object.entries(readJson(join(kernels, "fixtures/known-failures.json"))).flatMap(([family, entries]) =>
    Object.entries(entries).map(([entry, reason]) => `- ${family}, ${entry.replaceAll("|", "\\|")}: ${reason}`),
  );
  const lowering = Object.entries(readJson(join(kernels, "../lowering/known-differences.json"))).map(
    ([entry, reason]) => `- ONNX Runtime, ${entry}: ${reason}`,
  );
  return [...golden, ...lowering].join("\n");
}

const lists = readJson(join(root, "interop/goldens/op-lists.json"));
const notes = readJson(join(root, "interop/goldens/op-notes.json"));
const proven = collect();
const graph = new Graph();
const has = (op) => hasKernel(graph, op);
const out = byReason(
  lists.cpuKernels.filter((op) => !Object.hasOwn(kernelTable, op)),
  notes.outOfScope,
);
const scope = lists.cpuKernels.filter((op) => Object.hasOwn(kernelTable, op) || out.rest.includes(op));
const unregistered = byReason(
  lists.union.filter((op) => findOpDef(op) === undefined),
  notes.unregistered,
);
const registered = lists.union.filter((op) => findOpDef(op) !== undefined);
const sum = (key) => [...proven.values()].reduce((total, op) => total + op[key], 0);
const mine = Object.keys(kernelTable);
const withCases = mine.filter((op) => proven.has(op));
const few = 8;

const sections = [];
for (const [family, exported] of Object.entries(families)) {
  const table = (await import(`../packages/tureen/src/runtime/kernels/${family}.ts`))[exported];
  sections.push(`### ${family} (${Object.keys(table).length})\n\n${tableOf(Object.keys(table), proven)}`);
}
const text = `# Compatibility: ops

Written by \`npm run compatibility\` from the op tables and from what TensorFlow ${lists.tensorflow} computed (\`interop/goldens/\`); do not edit. \`npm test\` replays every case.

| | |
|---|---|
| ops with a host kernel | ${mine.length}, of which ${withCases.length} have recorded cases |
| with a shape rule, a gradient, an ONNX lowering | ${Object.keys(shapeTable).length}, ${Object.keys(gradientTable).length}, ${Object.keys(loweringTable).length} |
| recorded cases | ${sum("cases")} (${sum("errors")} of them errors), ${sum("gradients")} gradients, ${sum("sequences")} uses in sequences of runs |
| ops with ${few} cases or more | ${withCases.filter((op) => proven.get(op).cases + proven.get(op).gradients >= few).length} |
| ops of TensorFlow ${lists.tensorflow} with a CPU kernel, without those out of scope (below) | ${percent(scope.filter(has).length, scope.length)} |
| ops in public models, tf2onnx and TensorFlow.js together, as far as TensorFlow registers them | ${percent(registered.filter(has).length, registered.length)} |

\`dtypes\` are those of data in recorded cases that succeed; **float** is float16 bfloat16 float32 float64, **int** int8 int16 int32 int64, **uint** uint8 uint16 uint32 uint64,
**complex** complex64 complex128. \`shape\`, \`grad\` and \`ONNX\`: there is a shape rule, a gradient, an ONNX lowering. Each case checks
the shape rule too, and runs in ONNX Runtime as well where it can be lowered; gradients have cases of their own.
A model that needs an op without a kernel is refused when it is loaded, with the op's name.

## Known differences

${knownDifferences()}

## What is missing

Of the ops in scope: ${out.rest.filter((op) => !has(op)).join(", ") || "nothing"}.

Of the ops in public models, tf2onnx and TensorFlow.js: ${registered.filter((op) => !has(op)).join(", ") || "nothing"}.

Not registered by TensorFlow:

${[...unregistered.lists].map(([reason, ops]) => `- ${reason}: ${ops.join(", ")}`).join("\n")}

Out of scope:

${[...out.lists].map(([reason, ops]) => `- ${reason}: ${ops.length} ops`).join("\n")}

Graph structure that the plan compiler handles, without kernels: ${out.rest.filter(has).join(", ")}.

## Ops by family

${sections.join("\n\n")}
`;
if (!process.argv.includes("--check")) {
  writeFileSync(page, text);
  console.log(`${page}: ${mine.length} ops, ${sum("cases")} cases`);
} else if (readFileSync(page, "utf8") !== text) {
  console.error("docs/compatibility.md is not what the tables and fixtures say: npm run compatibility");
  process.exit(1);
}
