import type { DType } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { componentsOf } from "../../graph/structure.js";
import { Session } from "../../runtime/session.js";
import { type InputFn, openInput } from "../input.js";
import type { Features, FeatureTensor } from "../model-fn.js";
import { localInitOp } from "./main-op.js";

/** A feature's values in a batch. */
export interface FeatureValues {
  readonly dtype: DType;
  /** The shape of one row's values; undefined where rows have different numbers of them. */
  readonly rowShape: readonly number[] | undefined;
  readonly data: TensorValue["data"];
  /** Where each row's values end in `data`; they begin where the last row's end. */
  readonly ends: Int32Array;
}

/** Features by name, and the number of rows that all have. */
export interface FeatureBatch {
  readonly rows: number;
  readonly features: ReadonlyMap<string, FeatureValues>;
}

/** The name of a feature that an input gives without one, as a TensorServingInputReceiver names it. */
const bareFeature = "feature";

/**
 * Hands the first `maxRows` rows of an input's features to `visit`, batch by batch; the last batch may be cut. Labels are left out.
 *
 * INVALID_ARGUMENT for features without a first dimension of rows.
 */
export async function visitInputRows(
  inputFn: InputFn,
  maxRows: number,
  visit: (batch: FeatureBatch) => void,
): Promise<void> {
  const graph = new Graph();
  const input = await openInput(inputFn, graph);
  const { features } = input;
  const named = features instanceof Tensor ? { [bareFeature]: features } : features;
  const names = Object.keys(named).sort();
  const fetches = names.flatMap((name) => componentsOf(named[name]!));
  const init = withGraph(graph, () => localInitOp());
  const session = new Session(graph);
  try {
    session.run([], new Map(), [init]);
    // What is fed is there already; only what preprocessing makes of it has to be run.
    const made = fetches.filter((tensor) => !input.placeholders.includes(tensor));
    const callable = made.length === 0 ? undefined : session.callable({ feeds: input.placeholders, fetches: made });
    const valuesOf = (feeds: readonly TensorValue[]): TensorValue[] => {
      const run = callable?.(feeds) ?? [];
      return fetches.map((tensor) => feeds[input.placeholders.indexOf(tensor)] ?? run[made.indexOf(tensor)]!);
    };
    for (let seen = 0; seen < maxRows; ) {
      const feeds = await input.next();
      if (feeds === undefined) break;
      const batch = batchOf(names, named, valuesOf(feeds), maxRows - seen);
      if (batch.rows === 0) continue;
      visit(batch);
      seen += batch.rows;
    }
  } finally {
    session.close();
    await input.close();
  }
}

function batchOf(
  names: readonly string[],
  named: Features,
  values: readonly TensorValue[],
  most: number,
): FeatureBatch {
  const features = new Map<string, FeatureValues>();
  let rows: number | undefined;
  let at = 0;
  for (const name of names) {
    const feature = named[name]!;
    const parts = values.slice(at, at + componentsOf(feature).length);
    at += parts.length;
    const own = rowCount(feature, parts);
    if (own === undefined) throw invalidArgument(`Feature '${name}' has no rows: it is a scalar`);
    rows ??= own;
    if (rows !== own) throw invalidArgument(`Feature '${name}' has ${own} rows where others have ${rows}`);
    const count = Math.min(rows, most);
    features.set(name, featureValues(feature, parts, count));
  }
  return { rows: Math.min(rows ?? 0, most), features };
}

function rowCount(feature: FeatureTensor, [first, second, third]: readonly TensorValue[]): number | undefined {
  if (feature instanceof Tensor) return first!.shape[0];
  // A dense shape begins with the rows; outermost splits are one more than the rows.
  return feature instanceof SparseTensor ? Number((third!.data as BigInt64Array)[0]) : second!.shape[0]! - 1;
}

function featureValues(feature: FeatureTensor, parts: readonly TensorValue[], rows: number): FeatureValues {
  if (feature instanceof Tensor) return denseValues(parts[0]!, rows);
  return feature instanceof SparseTensor ? sparseValues(parts[0]!, parts[1]!, rows) : raggedValues(parts, rows);
}

function denseValues({ dtype, shape, data }: TensorValue, rows: number): FeatureValues {
  const rowShape = shape.slice(1);
  const width = shape[0] === 0 ? 0 : data.length / shape[0]!;
  return { dtype, rowShape, data, ends: Int32Array.from({ length: rows }, (_, row) => (row + 1) * width) };
}

/** Entries of a sparse tensor lie in the order of their rows. */
function sparseValues(indices: TensorValue, { dtype, data }: TensorValue, rows: number): FeatureValues {
  const rank = indices.shape[1]!;
  const ends = new Int32Array(rows);
  const places = indices.data as BigInt64Array;
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    while (entry < data.length && Number(places[entry * rank]) <= row) entry++;
    ends[row] = entry;
  }
  return { dtype, rowShape: undefined, data, ends };
}

/** The flat values of a row lie between its splits, followed through all depths. */
function raggedValues([flat, ...splits]: readonly TensorValue[], rows: number): FeatureValues {
  const { dtype, shape, data } = flat!;
  const width = elementCount(shape.slice(1));
  const ends = Int32Array.from({ length: rows }, (_, row) => {
    const end = splits.reduce((at, { data: numbers }) => Number((numbers as Int32Array)[at]), row + 1);
    return end * width;
  });
  return { dtype, rowShape: undefined, data, ends };
}

/** The values of one row. */
export function rowValues({ data, ends }: FeatureValues, row: number): TensorValue["data"] {
  return data.slice(row === 0 ? 0 : ends[row - 1]!, ends[row]!) as TensorValue["data"];
}
