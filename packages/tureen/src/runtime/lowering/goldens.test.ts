import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { AttrMap, AttrValue } from "../../graph/attr-value.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { findOpDef } from "../../graph/op-def.js";
import { difference } from "../kernels/golden-compare.js";
import { type GoldenCase, goldenFamilies, readGoldenFixture } from "../kernels/golden-fixture.js";
import { kernelTable } from "../kernels/index.js";
import { nativeBinding } from "../ort/native-binding.js";
import { ortPartitioner } from "../ort/ort-partitioner.js";
import type { SegmentEvent } from "../ort/segment.js";
import { Session } from "../session.js";
import { loweringTable } from "./index.js";

const folder = new URL("../kernels/fixtures/", import.meta.url);

/** What is known to differ from TensorFlow when it runs in ONNX Runtime, with the reason: `Op` or `Op: case name`. Entries that pass fail. */
const known = JSON.parse(readFileSync(new URL("known-differences.json", import.meta.url), "utf8")) as Readonly<
  Record<string, string>
>;

/** Arguments that lowerings want as constants, as models have them. */
const planArguments: ReadonlySet<string> = new Set([
  "axis",
  "begin",
  "dim",
  "dimension",
  "end",
  "multiples",
  "paddings",
  "perm",
  "reduction_indices",
  "shape",
  "size",
  "size_splits",
  "split_dim",
  "strides",
  "depth",
  "dims",
  "input_sizes",
  "filter_sizes",
]);

/** Ops that no longer exist when a plan is partitioned, unless something waits for them. */
const foldedAway: ReadonlySet<string> = new Set(["Identity", "PreventGradient", "Snapshot", "StopGradient"]);

/** How much of the inputs' shapes a graph knows. */
type Knowledge = "all dimensions" | "ranks";

interface Outcome {
  readonly problem: string | undefined;
  readonly ran: SegmentEvent["ran"] | "host";
}

function argNames(op: string, item: GoldenCase): string[] {
  return findOpDef(op)!.inputs.flatMap((arg, i) => {
    const group = item.groups[i];
    return Array.isArray(group) ? group.map(() => arg.name) : [arg.name];
  });
}

function addInput(graph: Graph, name: string, value: TensorValue, constant: boolean, knowledge: Knowledge): Tensor {
  const dtype: AttrValue = { kind: "type", value: value.dtype };
  if (constant)
    return graph.createOperation({
      type: "Const",
      name,
      inputs: [],
      attrs: new Map<string, AttrValue>([
        ["dtype", dtype],
        ["value", { kind: "tensor", value }],
      ]),
    }).output;
  const shape = knowledge === "all dimensions" ? value.shape : value.shape.map(() => -1);
  return graph.createOperation({
    type: "Placeholder",
    name,
    inputs: [],
    attrs: new Map<string, AttrValue>([
      ["dtype", dtype],
      ["shape", { kind: "shape", value: shape }],
    ]),
  }).output;
}

/** Some ops are lowered only where no more than their first output is used. */
function runFirst(item: GoldenCase, knowledge: Knowledge): Outcome {
  const outcome = run(item, knowledge, item.outputs.length);
  return outcome.ran === "host" && item.outputs.length > 1 ? run(item, knowledge, 1) : outcome;
}

function run(item: GoldenCase, knowledge: Knowledge, outputs: number): Outcome {
  const graph = new Graph();
  const names = argNames(item.op, item);
  const events: SegmentEvent[] = [];
  let op: Operation;
  const feeds: [Tensor, TensorValue][] = [];
  try {
    const inputs = item.inputs.map((value, i) => {
      const constant = planArguments.has(names[i]!);
      const tensor = addInput(graph, `input_${i}`, value, constant, knowledge);
      if (!constant) feeds.push([tensor, value]);
      return tensor;
    });
    op = graph.createOperation({ type: item.op, name: "op", inputs, attrs: item.attrs as AttrMap });
  } catch {
    // Static shapes may reject what a run would: the shape rules have their own tests.
    return { problem: undefined, ran: "host" };
  }
  const session = new Session(graph, {
    partitioner: ortPartitioner({ always: true, observe: (event) => events.push(event) }),
  });
  const ran = (): Outcome["ran"] => events.at(-1)?.ran ?? "host";
  try {
    const results = session.run(item.error === undefined ? op.outputs.slice(0, outputs) : op.outputs, new Map(feeds));
    // What is not empty going in may be empty coming out; such results are the host's.
    if (ran() === "failed" && item.outputs.some(({ shape }) => shape.includes(0)))
      return { problem: undefined, ran: "failed" };
    if (ran() === "failed") return { problem: `ONNX Runtime refused: ${String(events.at(-1)!.error)}`, ran: "failed" };
    if (ran() !== "onnxruntime") return { problem: undefined, ran: ran() };
    if (item.error !== undefined)
      return { problem: `no error, expected ${item.error.code}: ${item.error.message}`, ran: ran() };
    for (const [i, expected] of item.outputs.slice(0, outputs).entries()) {
      const found = difference(results[i], expected, item.tolerance);
      if (found !== undefined) return { problem: `output ${i}: ${found}`, ran: ran() };
    }
    return { problem: undefined, ran: ran() };
  } catch (error) {
    if (!(error instanceof StatusError)) return { problem: String(error), ran: ran() };
    const expected = item.error !== undefined || ran() !== "failed";
    return { problem: expected ? undefined : error.toString(), ran: ran() };
  } finally {
    session.close();
  }
}

/** Enough to see a pattern, few enough to read. */
const shownProblems = 20;

describe.skipIf(nativeBinding() === null)("lowered ops equal TensorFlow", () => {
  const byOp = new Map<string, GoldenCase[]>();
  for (const family of goldenFamilies(folder)) {
    for (const item of readGoldenFixture(folder, family).cases) {
      if (Object.hasOwn(loweringTable, item.op) && Object.hasOwn(kernelTable, item.op))
        byOp.set(item.op, [...(byOp.get(item.op) ?? []), item]);
    }
  }
  for (const [op, cases] of byOp) {
    test(`${op} (${cases.length})`, () => {
      const problems: string[] = [];
      const stillFailing = new Set<string>();
      let inOnnxRuntime = 0;
      for (const item of cases) {
        for (const knowledge of ["all dimensions", "ranks"] as const) {
          const { problem, ran } = runFirst(item, knowledge);
          if (ran === "onnxruntime") inOnnxRuntime += 1;
          if (problem === undefined) continue;
          const entry = [op, `${op}: ${item.name}`].find((key) => Object.hasOwn(known, key));
          if (entry === undefined) problems.push(`${item.name}, known ${knowledge}: ${problem}`);
          else stillFailing.add(entry);
        }
      }
      if (problems.length > 0)
        expect.fail(`${problems.length} cases differ\n  ${problems.slice(0, shownProblems).join("\n  ")}`);
      const passing = Object.keys(known).filter(
        (entry) => (entry === op || entry.startsWith(`${op}: `)) && !stillFailing.has(entry),
      );
      expect(passing, "these known differences pass: take them off the list").toEqual([]);
      if (!foldedAway.has(op)) expect(inOnnxRuntime, "no case ran in ONNX Runtime").toBeGreaterThan(0);
    });
  }

  test("known differences name ops that have a lowering", () => {
    expect(Object.keys(known).filter((entry) => !Object.hasOwn(loweringTable, entry.split(":")[0]!))).toEqual([]);
  });
});
