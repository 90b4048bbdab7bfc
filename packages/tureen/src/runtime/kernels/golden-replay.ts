import { fileURLToPath } from "node:url";
import { isCompatible, shapeText } from "../../core/shape.js";
import { intValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import type { PlainAttr } from "../../graph/attr-from-plain.js";
import type { AttrMap } from "../../graph/attr-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Gradient } from "../../graph/gradient.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { graphFromBytes } from "../../graph/graph-def.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";
import { difference } from "./golden-compare.js";
import type { GoldenGradientCase, GoldenRun, GoldenSequence, RecordedError } from "./golden-fixture.js";

/** How an error differs from a recorded one, or undefined; the caller knows how to compare texts. */
export type CompareError = (error: unknown, expected: RecordedError | undefined) => string | undefined;

/** Builds a recorded op with its symbolic gradients, runs both in a Session, and says how they differ from TensorFlow's. */
export function replayGradient(item: GoldenGradientCase): string | undefined {
  const graph = new Graph();
  return withGraph(graph, () => {
    const feeds = new Map<Tensor, TensorValue>();
    const asInput = (value: TensorValue): Tensor => {
      // As in the recording: what no gradient flows to is a constant, as axes and shapes mostly are.
      if (!isDifferentiable(value)) return constant(value);
      const shape = item.knownShapes ? value.shape : null;
      const placeholder = build("Placeholder", [], { dtype: value.dtype, shape });
      feeds.set(placeholder, value);
      return placeholder;
    };
    const groups = item.groups.map((group) => (isList(group) ? group.map(asInput) : asInput(group)));
    const op = buildOp(item.op, groups, plainAttrs(item.attrs));
    const ys = op.outputs.filter((_, i) => item.weights[i] !== null);
    const gradYs = item.weights.filter((weight) => weight !== null).map((weight) => constant(weight));
    const xs = groups.flat();
    const wanted = xs.filter((x) => feeds.has(x));
    const found = gradients(ys, wanted, { gradYs });
    const session = new Session(graph);
    for (const [i, expected] of item.outputs.entries()) {
      // Outputs that the recording leaves out are no numbers to compare.
      if (item.weights[i] === null) continue;
      const [actual] = session.run([op.outputs[i]!], feeds);
      const differs = difference(actual, expected, item.tolerance);
      if (differs !== undefined) return `output ${i}: ${differs}`;
    }
    for (const [i, x] of xs.entries()) {
      if (!feeds.has(x)) continue;
      const gradient = found[wanted.indexOf(x)] ?? null;
      const expected = item.gradients[i] ?? null;
      if (gradient === null || expected === null) {
        if (gradient !== expected)
          return `gradient of input ${i} is ${gradient === null ? "missing" : "there, expected none"}`;
        continue;
      }
      if (gradient instanceof Tensor === expected.sparse) {
        return `gradient of input ${i} is ${expected.sparse ? "dense, expected" : "sparse, expected no"} IndexedSlices`;
      }
      const dense = densify(gradient, feeds.get(x)!);
      if (!isCompatible(dense.shape, expected.value.shape)) {
        return `gradient of input ${i}: static shape ${shapeText(dense.shape)}, but it is ${shapeText(expected.value.shape)}`;
      }
      const [actual] = session.run([dense], feeds);
      const differs = difference(actual, expected.value, item.tolerance);
      if (differs !== undefined) return `gradient of input ${i}: ${differs}`;
    }
    return undefined;
  });
}

function isList(group: TensorValue | readonly TensorValue[]): group is readonly TensorValue[] {
  return Array.isArray(group);
}

function isDifferentiable({ dtype }: TensorValue): boolean {
  return /^(float|bfloat|complex)/.test(dtype);
}

function plainAttrs(attrs: AttrMap): Record<string, PlainAttr> {
  return Object.fromEntries([...attrs].map(([name, attr]) => [name, (attr.value ?? null) as PlainAttr]));
}

function densify(gradient: Gradient, x: TensorValue): Tensor {
  if (gradient instanceof Tensor) return gradient;
  return build("UnsortedSegmentSum", [gradient.values, gradient.indices, intValue([x.shape[0]!], [])]);
}

/** Runs a recorded graph run by run in one Session and says where it first differs from TensorFlow. */
export function replaySequence(sequence: GoldenSequence, compareError: CompareError): string | undefined {
  const session = new Session(graphFromBytes(sequence.graph));
  for (const [i, run] of sequence.runs.entries()) {
    const differs = replayRun(session, run, sequence, compareError);
    if (differs !== undefined) return `run ${i}: ${differs}`;
  }
  return undefined;
}

/** Where the files lie that recorded graphs read. */
const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url));
/** What stands for that folder in a recorded path. */
const fixturesMark = "$FIXTURES";

function withFiles(feeds: GoldenRun["feeds"]): ReadonlyMap<string, TensorValue> {
  const marked = [...feeds.values()].some(({ data }) => Array.isArray(data) && data.some(startsWithMark));
  if (!marked) return feeds;
  return new Map(
    [...feeds].map(([name, value]) => {
      if (value.dtype !== "string") return [name, value];
      const texts = (value.data as readonly Uint8Array[]).map((bytes) =>
        startsWithMark(bytes) ? encodeText(decodeText(bytes).replace(fixturesMark, fixtures)) : bytes,
      );
      return [name, tensorValue("string", value.shape, texts)];
    }),
  );
}

const startsWithMark = (bytes: unknown): boolean =>
  bytes instanceof Uint8Array && decodeText(bytes.subarray(0, fixturesMark.length)) === fixturesMark;

function replayRun(
  session: Session,
  run: GoldenRun,
  sequence: GoldenSequence,
  compareError: CompareError,
): string | undefined {
  let outputs: readonly TensorValue[];
  try {
    outputs = session.run(run.fetches, withFiles(run.feeds), run.targets, { fileRoot: fixtures, filesReadOnly: true });
  } catch (error) {
    const { error: recorded } = run;
    return compareError(
      error,
      recorded && { ...recorded, message: recorded.message.replaceAll(fixturesMark, fixtures) },
    );
  }
  if (run.error !== undefined) return `no error, expected ${run.error.code}: ${run.error.message}`;
  for (const [i, expected] of run.outputs.entries()) {
    const differs = difference(outputs[i], expected, sequence.tolerance);
    if (differs !== undefined) return `${run.fetches[i]}: ${differs}`;
  }
  return undefined;
}
