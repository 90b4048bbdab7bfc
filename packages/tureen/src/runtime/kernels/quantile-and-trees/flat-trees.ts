import type {
  Leaf,
  Node,
  TreeEnsemble,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";

/** A node's place in `FlatTrees.nodes`: what it looks at, its threshold, and its children's nodes. */
const nodeWidth = 4;

/** What a leaf has in place of what it looks at. */
const leafMark = -1;

/**
 * Trees as predictions read them: one array of nodes and one of values for the whole ensemble, made once and never changed.
 *
 * Nodes are numbered through all trees in their order; a node's number times four is its place in `nodes`.
 */
export interface FlatTrees {
  readonly trees: number;
  /** The number of a tree's first node, one entry more than there are trees. */
  readonly roots: Int32Array;
  readonly weights: Float32Array;
  /** By node: twice a column's number, odd for a test of equality, or -1 for a leaf; threshold; left and right node. */
  readonly nodes: Int32Array;
  /** By node, `width` values each: a leaf's logits, or those that a split node had when it was a leaf. */
  readonly values: Float32Array;
  /** `values` times the tree's weight, for leaves. */
  readonly weighted: Float32Array;
  readonly width: number;
  /** The features that nodes look at: which input, and which of its dimensions. */
  readonly columnFeatures: Int32Array;
  readonly columnDimensions: Int32Array;
}

/**
 * Lays an ensemble out flat and checks it, so that predictions need not.
 *
 * INVALID_ARGUMENT where a walk could leave a tree or never end, or leaves differ in the number of logits: TensorFlow reads such ensembles
 * and crashes when it predicts. `known` is the ensemble before a step of growth, which changes the last tree or adds one: the trees before
 * are taken over.
 */
export function flattenTrees(ensemble: TreeEnsemble, known?: FlatTrees): FlatTrees {
  const { trees, treeWeights } = ensemble;
  const roots = new Int32Array(trees.length + 1);
  trees.forEach((tree, t) => {
    if (tree.nodes.length === 0) throw invalidArgument(`Tree ${t} of the ensemble has no nodes`);
    roots[t + 1] = roots[t]! + tree.nodes.length;
  });
  if (treeWeights.length < trees.length) {
    throw invalidArgument(`Ensemble of ${trees.length} trees has ${treeWeights.length} weights`);
  }
  const count = roots[trees.length]!;
  const width = ensembleWidth(ensemble);
  const nodes = new Int32Array(count * nodeWidth);
  const values = new Float32Array(count * width);
  const weighted = new Float32Array(count * width);
  const columns = new Columns(known);
  const kept = known === undefined || known.width !== width ? 0 : keptTrees(known, roots, treeWeights);
  if (known !== undefined && kept > 0) {
    const end = roots[kept]!;
    nodes.set(known.nodes.subarray(0, end * nodeWidth));
    values.set(known.values.subarray(0, end * width));
    weighted.set(known.weighted.subarray(0, end * width));
  }
  for (let t = kept; t < trees.length; t++) {
    const root = roots[t]!;
    const weight = Math.fround(treeWeights[t]!);
    const stored = trees[t]!.nodes;
    for (let i = 0; i < stored.length; i++) {
      const at = root + i;
      placeNode(stored[i]!, i, stored.length, root, nodes, at * nodeWidth, columns, `Node ${i} of tree ${t}`);
      const logits = nodeLogits(stored[i]!);
      if (logits.length !== width && (logits.length > 0 || stored[i]!.node.case === "leaf")) {
        throw invalidArgument(`Node ${i} of tree ${t} has ${logits.length} logits, others have ${width}`);
      }
      for (let k = 0; k < logits.length; k++) {
        values[at * width + k] = logits[k]!;
        weighted[at * width + k] = Math.fround(weight * Math.fround(logits[k]!));
      }
    }
  }
  return {
    trees: trees.length,
    roots,
    weights: Float32Array.from(treeWeights),
    nodes,
    values,
    weighted,
    width,
    columnFeatures: Int32Array.from(columns.features),
    columnDimensions: Int32Array.from(columns.dimensions),
  };
}

/** How many trees of an ensemble before the growth of its last one are the same in the new one. */
function keptTrees(known: FlatTrees, roots: Int32Array, weights: readonly number[]): number {
  const most = Math.min(known.trees - 1, roots.length - 2);
  let kept = 0;
  while (
    kept < most &&
    known.roots[kept + 1] === roots[kept + 1] &&
    known.weights[kept] === Math.fround(weights[kept]!)
  )
    kept++;
  return kept;
}

/** The pairs of feature and dimension that nodes look at, numbered as they come. */
class Columns {
  readonly features: number[] = [];
  readonly dimensions: number[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(known?: FlatTrees) {
    known?.columnFeatures.forEach((feature, i) => void this.number(feature, known.columnDimensions[i]!, "A node"));
  }

  number(feature: number, dimension: number, owner: string): number {
    if (feature < 0 || dimension < 0) {
      throw invalidArgument(`${owner} looks at dimension ${dimension} of feature ${feature}`);
    }
    const key = `${feature},${dimension}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.features.length;
    this.#numbers.set(key, number);
    this.features.push(feature);
    this.dimensions.push(dimension);
    return number;
  }
}

function placeNode(
  { node }: Node,
  id: number,
  count: number,
  root: number,
  nodes: Int32Array,
  at: number,
  columns: Columns,
  owner: string,
): void {
  if (node.case === "leaf") {
    nodes[at] = leafMark;
    return;
  }
  if (node.case !== "bucketizedSplit" && node.case !== "categoricalSplit") {
    throw invalidArgument(`${owner}: node type ${node.case ?? "NODE_NOT_SET"} not supported.`);
  }
  const { featureId, dimensionId, leftId, rightId } = node.value;
  // Growing appends children and pruning keeps the order, so that a walk only ever goes forward: this is what ends it.
  for (const child of [leftId, rightId]) {
    if (child <= id || child >= count) throw invalidArgument(`${owner} has node ${child} for a child`);
  }
  nodes[at] = 2 * columns.number(featureId, dimensionId, owner) + (node.case === "categoricalSplit" ? 1 : 0);
  nodes[at + 1] = node.case === "categoricalSplit" ? node.value.value : node.value.threshold;
  nodes[at + 2] = root + leftId;
  nodes[at + 3] = root + rightId;
}

/** A leaf's logits. */
function leafLogits(leaf: Leaf): readonly number[] {
  return leaf.leaf.case === "vector" ? leaf.leaf.value.value : [leaf.scalar];
}

/** A leaf's logits, or those that a split node had when it was one; empty where it never had any. */
export function nodeLogits({ node, metadata }: Node): readonly number[] {
  if (node.case === "leaf") return leafLogits(node.value);
  return metadata?.originalLeaf === undefined ? [] : leafLogits(metadata.originalLeaf);
}

function ensembleWidth({ trees }: TreeEnsemble): number {
  for (const { nodes } of trees) {
    for (const node of nodes) if (node.node.case === "leaf") return nodeLogits(node).length;
  }
  return 1;
}

/** A batch's bucketized features, resolved to the columns that an ensemble looks at. */
export interface FeatureColumns {
  readonly batch: number;
  readonly data: readonly Int32Array[];
  readonly offsets: Int32Array;
  readonly strides: Int32Array;
}

/** Finds an ensemble's columns among the inputs: vectors, or matrices of a row an example. INVALID_ARGUMENT where one is not there. */
export function featureColumns(flat: FlatTrees, features: readonly TensorValue[]): FeatureColumns {
  const batch = features[0]!.shape[0] ?? 1;
  for (const [i, { shape }] of features.entries()) {
    if (shape.length < 1 || shape.length > 2) {
      throw invalidArgument(`Bucketized feature ${i} must be a vector or a matrix, got rank ${shape.length}`);
    }
    if (shape[0] !== batch) {
      throw invalidArgument(`Bucketized feature ${i} has ${shape[0]} examples, the first has ${batch}`);
    }
  }
  const count = flat.columnFeatures.length;
  const data: Int32Array[] = [];
  const strides = new Int32Array(count);
  for (let c = 0; c < count; c++) {
    const feature = flat.columnFeatures[c]!;
    const dimension = flat.columnDimensions[c]!;
    const found = features[feature];
    const size = found === undefined ? 0 : (found.shape[1] ?? 1);
    // Without examples a sparse feature that was made dense has no dimensions either.
    if (found === undefined || (dimension >= size && batch > 0)) {
      throw invalidArgument(`The ensemble looks at dimension ${dimension} of feature ${feature}, which is not given`);
    }
    data.push(found.data as Int32Array);
    strides[c] = size;
  }
  return { batch, data, offsets: flat.columnDimensions, strides };
}

/** Whether a node is a leaf. */
export function isLeafNode(flat: FlatTrees, node: number): boolean {
  return flat.nodes[node * nodeWidth] === leafMark;
}

/** The next node on an example's way from a split node: a step of `walkTree`. */
export function nextNode(flat: FlatTrees, columns: FeatureColumns, example: number, node: number): number {
  const at = node * nodeWidth;
  const test = flat.nodes[at]!;
  const column = test >> 1;
  const value = columns.data[column]![example * columns.strides[column]! + columns.offsets[column]!]!;
  const threshold = flat.nodes[at + 1]!;
  const left = (test & 1) === 0 ? value <= threshold : value === threshold;
  return flat.nodes[left ? at + 2 : at + 3]!;
}

/** The leaf at which an example that stands at `start` ends up, both numbered through all trees. */
export function walkTree(flat: FlatTrees, columns: FeatureColumns, example: number, start: number): number {
  let node = start;
  while (!isLeafNode(flat, node)) node = nextNode(flat, columns, example, node);
  return node;
}

/** The logits of a batch, row-major: the sum of the weighted leaves, in the trees' order. */
export function predictLogits(flat: FlatTrees, columns: FeatureColumns): Float32Array {
  const { roots, weighted, width, trees } = flat;
  const { batch } = columns;
  const logits = new Float32Array(batch * width);
  for (let t = 0; t < trees; t++) {
    const root = roots[t]!;
    for (let i = 0; i < batch; i++) {
      const leaf = walkTree(flat, columns, i, root) * width;
      if (width === 1) {
        logits[i] = logits[i]! + weighted[leaf]!;
      } else {
        for (let k = 0; k < width; k++) logits[i * width + k] = logits[i * width + k]! + weighted[leaf + k]!;
      }
    }
  }
  return logits;
}

/** The feature that a split node looks at; 0 for one that tests equality, as TensorFlow reports it. */
export function splitFeature(flat: FlatTrees, node: number): number {
  const test = flat.nodes[node * nodeWidth]!;
  return (test & 1) === 0 ? flat.columnFeatures[test >> 1]! : 0;
}
