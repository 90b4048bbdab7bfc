import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type DataOf, type DType, dtypeWidth, isNumericDType, viewBytes } from "../../core/dtype.js";
import { elementCount, type PartialShape } from "../../core/shape.js";
import type { StatusCodeName } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { AttrListKind, AttrMap, AttrValue } from "../../graph/attr-value.js";

/** An error as TensorFlow raised it: canonical code and text without the node. */
export interface RecordedError {
  readonly code: StatusCodeName;
  readonly message: string;
}

/** How far floats may be from TensorFlow's; undefined takes the dtype's default. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** A tensor as fixtures hold it: `v` is base64 of little-endian elements, or a list of latin-1 byte strings. */
export interface StoredTensor {
  readonly d: DType;
  readonly s: readonly number[];
  readonly v: string | readonly string[];
}

interface StoredAttr {
  readonly kind: string;
  readonly of?: AttrListKind;
  readonly value: unknown;
}

/** Static output shapes as TensorFlow infers them (null for unknown rank), or the error it found in doing so. */
export type RecordedShapes = readonly (readonly number[] | null)[] | RecordedError;

interface StoredOp extends Tolerance {
  readonly op: string;
  readonly name: string;
  readonly attrs: Readonly<Record<string, StoredAttr>>;
  readonly inputs: readonly (StoredTensor | readonly StoredTensor[])[];
}

interface StoredCase extends StoredOp {
  readonly outputs?: readonly StoredTensor[];
  readonly entropy?: number;
  readonly draws?: number;
  readonly outcomes?: readonly (readonly StoredTensor[])[];
  readonly error?: RecordedError;
  readonly shapes: { readonly known: RecordedShapes; readonly constant: RecordedShapes };
}

interface StoredGradient {
  readonly value: StoredTensor;
  readonly sparse: boolean;
  readonly shape: readonly number[] | null;
}

interface StoredGradientCase extends StoredOp {
  readonly knownShapes: boolean;
  readonly outputs: readonly StoredTensor[];
  readonly weights: readonly (StoredTensor | null)[];
  readonly gradients: readonly (StoredGradient | null)[];
}

interface StoredRun {
  readonly feeds: Readonly<Record<string, StoredTensor>>;
  readonly fetches: readonly string[];
  readonly targets: readonly string[];
  readonly outputs?: readonly StoredTensor[];
  readonly error?: RecordedError;
}

interface StoredSequence extends Tolerance {
  readonly name: string;
  readonly ops: readonly string[];
  readonly graph: string;
  readonly runs: readonly StoredRun[];
}

/** A fixture as its file holds it. */
export interface StoredFixture {
  readonly tensorflow: string;
  readonly script: string;
  readonly family: string;
  readonly cases: readonly StoredCase[];
  readonly gradients: readonly StoredGradientCase[];
  readonly sequences: readonly StoredSequence[];
}

/** What every recorded op has: its type, attributes and inputs; `groups` has one entry an argument of the OpDef, a list where it is one. */
export interface RecordedOp {
  readonly op: string;
  readonly name: string;
  readonly attrs: AttrMap;
  readonly groups: readonly (TensorValue | readonly TensorValue[])[];
  readonly inputs: readonly TensorValue[];
  readonly tolerance: Tolerance;
}

/** One op run alone: its outputs or its error, and the static shapes TensorFlow infers for it. */
export interface GoldenCase extends RecordedOp {
  readonly outputs: readonly TensorValue[];
  /** What the machine's source of random numbers gave; undefined where the op took nothing of it. */
  readonly entropy: number | undefined;
  /** All that came out in so many runs, for an op whose random numbers cannot be known; else undefined. */
  readonly outcomes: { readonly draws: number; readonly outputs: readonly (readonly TensorValue[])[] } | undefined;
  readonly error: RecordedError | undefined;
  readonly shapes: { readonly known: RecordedShapes; readonly constant: RecordedShapes };
}

/** The gradient of one input; `sparse` where TensorFlow gave IndexedSlices, which the recorder made dense. */
export interface RecordedGradient {
  readonly value: TensorValue;
  readonly sparse: boolean;
  readonly shape: PartialShape;
}

/** `tf.gradients` of one op's outputs with `weights` as `grad_ys`, one entry an output and one an input; null where there is none. */
export interface GoldenGradientCase extends RecordedOp {
  readonly knownShapes: boolean;
  readonly outputs: readonly TensorValue[];
  readonly weights: readonly (TensorValue | null)[];
  readonly gradients: readonly (RecordedGradient | null)[];
}

/** One `session.run` of a sequence. */
export interface GoldenRun {
  readonly feeds: ReadonlyMap<string, TensorValue>;
  readonly fetches: readonly string[];
  readonly targets: readonly string[];
  readonly outputs: readonly TensorValue[];
  readonly error: RecordedError | undefined;
}

/** Runs of one graph in one session. */
export interface GoldenSequence {
  readonly name: string;
  readonly ops: readonly string[];
  /** A serialized GraphDef. */
  readonly graph: Uint8Array;
  readonly runs: readonly GoldenRun[];
  readonly tolerance: Tolerance;
}

/** What TensorFlow computed for one op family, as a script in interop/goldens recorded it. */
export interface GoldenFixture {
  readonly family: string;
  readonly cases: readonly GoldenCase[];
  readonly gradients: readonly GoldenGradientCase[];
  readonly sequences: readonly GoldenSequence[];
}

/** The families that have a fixture in a folder, in alphabetical order. */
export function goldenFamilies(folder: URL): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json.gz"))
    .map((file) => file.slice(0, -".json.gz".length))
    .sort();
}

/** Reads one family's fixture as it is stored: tensors not decoded. */
export function readStoredFixture(folder: URL, family: string): StoredFixture {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${family}.json.gz`, folder))).toString("utf8")) as StoredFixture;
}

/** Reads one family's fixture. */
export function readGoldenFixture(folder: URL, family: string): GoldenFixture {
  const stored = readStoredFixture(folder, family);
  return {
    family: stored.family,
    cases: stored.cases.map((item) => ({
      ...recordedOp(item),
      outputs: (item.outputs ?? []).map(tensor),
      entropy: item.entropy,
      outcomes:
        item.outcomes && item.draws
          ? { draws: item.draws, outputs: item.outcomes.map((outputs) => outputs.map(tensor)) }
          : undefined,
      error: item.error,
      shapes: item.shapes,
    })),
    gradients: stored.gradients.map((item) => ({
      ...recordedOp(item),
      knownShapes: item.knownShapes,
      outputs: item.outputs.map(tensor),
      weights: item.weights.map((weight) => (weight === null ? null : tensor(weight))),
      gradients: item.gradients.map((gradient) =>
        gradient === null
          ? null
          : { value: tensor(gradient.value), sparse: gradient.sparse, shape: gradient.shape ?? undefined },
      ),
    })),
    sequences: stored.sequences.map((item) => ({
      name: item.name,
      ops: item.ops,
      graph: Buffer.from(item.graph, "base64"),
      runs: item.runs.map(recordedRun),
      tolerance: item,
    })),
  };
}

function recordedOp(stored: StoredOp): RecordedOp {
  const groups = stored.inputs.map((input) => ("d" in input ? tensor(input) : input.map(tensor)));
  const attrs = new Map(Object.entries(stored.attrs).map(([name, attr]) => [name, attrValue(attr)] as const));
  return { op: stored.op, name: stored.name, attrs, groups, inputs: groups.flat(), tolerance: stored };
}

function recordedRun(stored: StoredRun): GoldenRun {
  return {
    feeds: new Map(Object.entries(stored.feeds).map(([name, value]) => [name, tensor(value)] as const)),
    fetches: stored.fetches,
    targets: stored.targets,
    outputs: (stored.outputs ?? []).map(tensor),
    error: stored.error,
  };
}

/** A stored tensor as a value. */
export function tensor(stored: StoredTensor): TensorValue {
  const { d: dtype, s: shape, v: data } = stored;
  if (typeof data !== "string") {
    return tensorValue(
      "string",
      shape,
      data.map((text) => Uint8Array.from(Buffer.from(text, "latin1"))),
    );
  }
  if (!isNumericDType(dtype)) throw new Error(`A fixture holds a ${dtype} tensor as numbers`);
  // A fresh buffer: pooled ones are not aligned for the wider arrays.
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  const elements = elementCount(shape);
  if (dtypeWidth(dtype) * elements === 0)
    return tensorValue(dtype, shape, viewBytes(dtype, new ArrayBuffer(0), 0, 0) as DataOf[typeof dtype]);
  return tensorValue(dtype, shape, viewBytes(dtype, bytes.buffer, 0, elements) as DataOf[typeof dtype]);
}

function attrValue(stored: StoredAttr): AttrValue {
  if (stored.kind === "list") {
    const of = stored.of!;
    return { kind: "list", of, value: (stored.value as readonly unknown[]).map((item) => attrElement(of, item)) };
  }
  return { kind: stored.kind, value: attrElement(stored.kind, stored.value) } as AttrValue;
}

function attrElement(kind: string, value: unknown): unknown {
  switch (kind) {
    case "string":
      return Uint8Array.from(Buffer.from(value as string, "latin1"));
    case "int":
      return BigInt(value as string);
    case "float":
      return Number(value);
    case "shape":
      return value === null ? undefined : value;
    case "tensor":
      return tensor(value as StoredTensor);
    case "func":
      return { name: value, attrs: new Map() };
    default:
      return value;
  }
}
