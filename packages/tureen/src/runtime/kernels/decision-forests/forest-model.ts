import { join } from "node:path";
import { readWholeFile } from "../../../core/file-system.js";
import { invalidArgument, StatusError, unimplemented } from "../../../core/status-error.js";
import { encodeText } from "../../../core/text.js";
import { readBlobSequence } from "./blob-sequence.js";
import { type FeatureBanks, featureBanks } from "./feature-banks.js";
import { buildForest, type Forest, type LeafKind } from "./forest.js";
import {
  type ColumnSpec,
  type ForestHeader,
  Loss,
  type ModelHeader,
  readDataSpec,
  readForestHeader,
  readModelHeader,
  Task,
} from "./model-proto.js";

/** How the leaves that an example ends in become the op's output. */
export type Combine =
  /** A sum of numbers from a start, one a tree of an iteration; then a link. */
  | { readonly kind: "sum"; readonly start: Float32Array; readonly link: Link }
  /** The mean of numbers. */
  | { readonly kind: "mean" }
  /** One vote a tree for its leaf's class. */
  | { readonly kind: "vote"; readonly classes: number }
  /** The mean of distributions over the classes. */
  | { readonly kind: "distribution"; readonly classes: number };

/** What is done to sums: nothing, the pair of a sigmoid and its complement, a softmax, or an exponential. */
export type Link = "none" | "sigmoid" | "softmax" | "exponential";

/** A model of Yggdrasil Decision Forests, ready for inference. */
export interface ForestModel {
  readonly forest: Forest;
  readonly banks: FeatureBanks;
  readonly combine: Combine;
  /** What each column of the output stands for: classes' names, or empty. */
  readonly columns: readonly Uint8Array[];
}

const kinds: Readonly<Record<string, "boosted" | "random">> = {
  GRADIENT_BOOSTED_TREES: "boosted",
  RANDOM_FOREST: "random",
};
const forestHeaders = { boosted: "gradient_boosted_trees_header.pb", random: "random_forest_header.pb" } as const;
/** More shards than a model of 200 MB a shard has in a petabyte; the count comes from a file. */
const mostShards = 100_000;

/**
 * Loads a model as Yggdrasil's `LoadModel`: header, data specification, and all the trees' nodes.
 *
 * `prefix` stands before each file's name. `allowed` gives the real path of a file, or throws.
 */
export function loadForestModel(folder: string, prefix: string, allowed: (path: string) => string): ForestModel {
  const read = (name: string): Uint8Array => readFile(join(folder, prefix + name), allowed);
  const header = readModelHeader(read("header.pb"));
  const kind = Object.hasOwn(kinds, header.name) ? kinds[header.name] : undefined;
  if (kind === undefined) throw unimplemented(`Models of kind "${header.name}" are not supported`);
  const columns = readDataSpec(read("data_spec.pb"));
  const own = readForestHeader(read(forestHeaders[kind]), kind);
  if (own.nodeFormat !== "BLOB_SEQUENCE" && own.nodeFormat !== "BLOB_SEQUENCE_GZIP") {
    throw unimplemented(`Trees stored as ${own.nodeFormat} are not supported`);
  }
  if (own.nodeShards < 0 || own.nodeShards > mostShards) throw invalidArgument(`${own.nodeShards} shards of nodes`);
  const nodes = Array.from({ length: own.nodeShards }, (_, shard) =>
    readBlobSequence(read(`nodes-${padded(shard)}-of-${padded(own.nodeShards)}`)),
  ).flat();
  const banks = featureBanks(header.inputFeatures, columns);
  const combine = kind === "boosted" ? combineBoosted(header, own) : combineRandom(header, own, columns);
  return {
    forest: buildForest(nodes, own.trees, columns, banks, leafKind(header, combine)),
    banks,
    combine,
    columns: outputColumns(header, columns),
  };
}

const padded = (number: number): string => String(number).padStart(5, "0");

/** A file's bytes; where it is missing, TF-DF says so through two layers of its own. */
function readFile(path: string, allowed: (path: string) => string): Uint8Array {
  try {
    return readWholeFile(allowed(path));
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== "NOT_FOUND") throw error;
    throw new StatusError("UNKNOWN", `TensorFlow: UNKNOWN: TensorFlow: NOT_FOUND: ${path}; No such file or directory`, {
      cause: error,
    });
  }
}

function leafKind({ task }: ModelHeader, { kind }: Combine): LeafKind {
  if (kind === "vote") return "topClass";
  if (kind === "distribution") return "distribution";
  return task === Task.CATEGORICAL_UPLIFT || task === Task.NUMERICAL_UPLIFT ? "uplift" : "regressor";
}

function combineBoosted({ task }: ModelHeader, header: ForestHeader): Combine {
  const start = Float32Array.from(header.initialPredictions);
  if (start.length === 0 || start.length !== header.treesPerIteration) {
    throw invalidArgument(`${start.length} initial predictions for ${header.treesPerIteration} trees an iteration`);
  }
  if (task !== Task.CLASSIFICATION && task !== Task.REGRESSION && task !== Task.RANKING) {
    throw unimplemented(`Non supported task ${task}`);
  }
  return { kind: "sum", start, link: header.outputsLogits ? "none" : linkOf(header.loss) };
}

function linkOf(loss: number): Link {
  if (loss === Loss.BINOMIAL || loss === Loss.BINARY_FOCAL) return "sigmoid";
  if (loss === Loss.MULTINOMIAL) return "softmax";
  return loss === Loss.POISSON ? "exponential" : "none";
}

function combineRandom(
  { task, labelColumn }: ModelHeader,
  header: ForestHeader,
  columns: readonly ColumnSpec[],
): Combine {
  switch (task) {
    case Task.CLASSIFICATION: {
      const classes = classCount(columns[labelColumn]);
      return { kind: header.winnerTakesAll ? "vote" : "distribution", classes };
    }
    case Task.REGRESSION:
    case Task.CATEGORICAL_UPLIFT:
    case Task.NUMERICAL_UPLIFT:
      return { kind: "mean" };
    default:
      throw unimplemented(`Non supported task ${task}`);
  }
}

/** Classes of a label, without the one for out of vocabulary. */
function classCount(label: ColumnSpec | undefined): number {
  const classes = (label?.uniqueValues ?? 0) - 1;
  if (classes < 1 || classes > mostClasses) throw invalidArgument(`A label of ${classes} classes`);
  return classes;
}

/** What a model without any sense would ask for ends here, before memory is allocated. */
const mostClasses = 1_000_000;

function outputColumns(header: ModelHeader, columns: readonly ColumnSpec[]): Uint8Array[] {
  if (header.task !== Task.CLASSIFICATION) return [new Uint8Array(0)];
  const label = columns[header.labelColumn];
  const classes = classCount(label);
  if (classes === 2 && !header.outputsProbabilities) return [encodeText("logit")];
  return Array.from({ length: classes }, (_, i) => className(label!, i + 1));
}

function className({ isIntegerized, items }: ColumnSpec, index: number): Uint8Array {
  if (isIntegerized) return encodeText(String(index));
  return items.get(index) ?? encodeText(`NA(${index})`);
}
