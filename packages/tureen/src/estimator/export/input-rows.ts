import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { withGraph } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import { Session } from "../../runtime/session.js";
import { type InputFn, openInput } from "../input.js";
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
  for (const name of names) {
    if ((named[name] as unknown) instanceof RaggedTensor) {
      throw invalidArgument(`Feature '${name}' is a RaggedTensor: rows are read of dense and sparse features only`);
    }
  }
  const fetches = names.flatMap((name) => components(named[name]!));
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

function components(feature: Tensor | SparseTensor): Tensor[] {
  return feature instanceof Tensor ? [feature] : [feature.indices, feature.values, feature.denseShape];
}

function batchOf(
  names: readonly string[],
  named: Readonly<Record<string, Tensor | SparseTensor>>,
  values: readonly TensorValue[],
  most: number,
): FeatureBatch {
  const features = new Map<string, FeatureValues>();
  let rows: number | undefined;
  let at = 0;
  for (const name of names) {
    const isDense = named[name] instanceof Tensor;
    const own = isDense ? values[at]!.shape[0] : Number((values[at + 2]!.data as BigInt64Array)[0]);
    if (own === undefined) throw invalidArgument(`Feature '${name}' has no rows: it is a scalar`);
    rows ??= own;
    if (rows !== own) throw invalidArgument(`Feature '${name}' has ${own} rows where others have ${rows}`);
    const count = Math.min(rows, most);
    features.set(name, isDense ? denseValues(values[at]!, count) : sparseValues(values[at]!, values[at + 1]!, count));
    at += isDense ? 1 : 3;
  }
  return { rows: Math.min(rows ?? 0, most), features };
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

/** The values of one row. */
export function rowValues({ data, ends }: FeatureValues, row: number): TensorValue["data"] {
  return data.slice(row === 0 ? 0 : ends[row - 1]!, ends[row]!) as TensorValue["data"];
}
