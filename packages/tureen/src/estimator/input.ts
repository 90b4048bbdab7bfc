import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Dataset } from "../data/dataset.js";
import type { Cursor, MaybePromise } from "../data/index.js";
import { build } from "../graph/build-op.js";
import type { Tensor } from "../graph/graph.js";
import type { Features, Labels } from "./model-fn.js";

/** Values of features or labels: one tensor, or several by name. */
export type InputValues = TensorValue | { readonly [name: string]: TensorValue };

/** What one step of an input gives: features, or features and labels. */
export type InputElement = InputValues | readonly [InputValues, InputValues];

/** Makes the input of a run, anew for each run; called outside of graphs. */
export type InputFn = () => MaybePromise<Dataset<InputElement> | Dataset<never>>;

interface LeafSpec {
  readonly dtype: DType;
  readonly shape: PartialShape;
}

interface Leaf {
  readonly part: 0 | 1;
  /** Undefined where features or labels are one bare tensor. */
  readonly key: string | undefined;
  readonly spec: LeafSpec;
}

/** An opened input: what to feed, and the values for each step. */
export interface OpenInput {
  /** Adds the placeholders that each step feeds to the current graph. */
  build(): { readonly features: Features | Tensor; readonly labels: Labels; readonly placeholders: readonly Tensor[] };
  /** The next step's values in the order of the placeholders, or undefined at the end. */
  next(): MaybePromise<readonly TensorValue[] | undefined>;
  close(): MaybePromise<void>;
}

/** Opens the input of one run. */
export async function openInput(inputFn: InputFn): Promise<OpenInput> {
  const dataset = (await inputFn()) as Dataset<InputElement>;
  if (typeof (dataset as { open?: unknown } | undefined)?.open !== "function") {
    throw invalidArgument("inputFn must return a Dataset of features, or of [features, labels]");
  }
  const spec = (await dataset.elementSpec()) as unknown;
  const leaves = Array.isArray(spec) ? [...leavesOf(spec[0], 0), ...leavesOf(spec[1], 1)] : leavesOf(spec, 0);
  if (Array.isArray(spec) && spec.length !== 2) {
    throw invalidArgument(`inputFn's elements must be features or [features, labels], not lists of ${spec.length}`);
  }
  const cursor = dataset.open() as Cursor<InputElement>;
  const values = (element: InputElement | undefined): readonly TensorValue[] | undefined =>
    element === undefined ? undefined : leaves.map((leaf) => leafValue(element, leaf));
  return {
    build: () => buildPlaceholders(leaves),
    next: () => {
      const element = cursor.next();
      return element instanceof Promise ? element.then(values) : values(element);
    },
    close: () => cursor.close(),
  };
}

function isLeaf(spec: unknown): spec is LeafSpec {
  return typeof spec === "object" && spec !== null && "dtype" in spec && typeof (spec as LeafSpec).dtype === "string";
}

function leavesOf(spec: unknown, part: 0 | 1): Leaf[] {
  if (isLeaf(spec)) return [{ part, key: undefined, spec }];
  const record = spec as Readonly<Record<string, unknown>>;
  return Object.keys(record)
    .sort()
    .map((key) => {
      const leaf = record[key];
      if (!isLeaf(leaf)) throw invalidArgument(`Feature '${key}' must be one tensor`);
      return { part, key, spec: leaf };
    });
}

function leafValue(element: InputElement, { part, key }: Leaf): TensorValue {
  const side = Array.isArray(element) ? (element as readonly InputValues[])[part]! : (element as InputValues);
  return key === undefined ? (side as TensorValue) : (side as Readonly<Record<string, TensorValue>>)[key]!;
}

function buildPlaceholders(leaves: readonly Leaf[]): ReturnType<OpenInput["build"]> {
  // TensorFlow's graphs have an IteratorGetNext here.
  const placeholders = leaves.map(({ spec }) =>
    build("Placeholder", [], { dtype: spec.dtype, shape: spec.shape === undefined ? null : [...spec.shape] }, "IteratorGetNext"),
  );
  const side = (part: 0 | 1): Features | Tensor | undefined => {
    const own = leaves.flatMap((leaf, i) => (leaf.part === part ? [[leaf.key, placeholders[i]!] as const] : []));
    if (own.length === 0) return undefined;
    const bare = own.find(([key]) => key === undefined);
    return bare === undefined ? Object.fromEntries(own as [string, Tensor][]) : bare[1];
  };
  return { features: side(0) ?? {}, labels: side(1), placeholders };
}
