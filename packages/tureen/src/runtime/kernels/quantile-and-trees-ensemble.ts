import { create as createMessage, toBinary } from "@bufbuild/protobuf";
import { DebugOutputSchema } from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { invalidArgument } from "../../core/status-error.js";
import { floatValue, intValue, scalarValue, stringValue, type TensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import type { RunContext } from "../run-context.js";
import type { SplitType } from "./quantile-and-trees/best-split.js";
import {
  type FeatureColumns,
  type FlatTrees,
  featureColumns,
  isLeafNode,
  nextNode,
  nodeLogits,
  predictLogits,
  splitFeature,
  walkTree,
} from "./quantile-and-trees/flat-trees.js";
import { addTree, growLayer, offerSplit, type SplitCandidate } from "./quantile-and-trees/grow-ensemble.js";
import { checkRank, floatScalar, floats, integerScalar, ints, requireRank } from "./quantile-and-trees/input-checks.js";
import { passingPartialAttr, RowWalk } from "./quantile-and-trees/row-walk.js";
import { scalarGain } from "./quantile-and-trees/split-gain.js";
import { moveAll } from "./quantile-and-trees/training-walk.js";
import { TreeEnsembleResource, treeEnsembleKind } from "./quantile-and-trees/tree-ensemble.js";
import { handleOp, isInitializedOp, resourceOf, typedHandle } from "./quantile-and-trees/typed-handle.js";

function ensembleOf(handle: TensorValue, context: RunContext): TreeEnsembleResource {
  return resourceOf<TreeEnsembleResource>(handle, treeEnsembleKind, context);
}

function soleBytes(value: TensorValue): Uint8Array {
  return (value.data as readonly Uint8Array[])[0]!;
}

function soleStamp(value: TensorValue): bigint {
  return (value.data as BigInt64Array)[0]!;
}

const create: Kernel = ([handle, stamp, serialized], { resources }) => {
  // Parsed before it is known whether it is needed: bytes that are none are an error even where an ensemble is there already.
  const made = new TreeEnsembleResource(soleBytes(serialized!), soleStamp(stamp!));
  resources.getOrCreate(typedHandle(handle!, treeEnsembleKind), () => made);
  return [];
};

const deserialize: Kernel = ([handle, stamp, serialized], context) => {
  ensembleOf(handle!, context).restore(soleBytes(serialized!), soleStamp(stamp!));
  return [];
};

const serialize: Kernel = ([handle], context) => {
  const ensemble = ensembleOf(handle!, context);
  return [scalarValue("int64", ensemble.stamp), scalarValue("string", ensemble.serialize())];
};

const states: Kernel = ([handle], context) => {
  const { stamp, message } = ensembleOf(handle!, context);
  const trees = message.trees.length;
  const isLastDone = trees === 0 || message.treeMetadata[trees - 1]?.isFinalized === true;
  const growing = message.growingMetadata;
  return [
    scalarValue("int64", stamp),
    scalarValue("int32", trees),
    scalarValue("int32", isLastDone ? trees : trees - 1),
    scalarValue("int32", Number(growing?.numLayersAttempted ?? 0n)),
    // An ensemble without a tree has one node to split all the same: the root of the tree to come.
    intValue([growing?.lastLayerNodeStart ?? 0, Math.max(1, growing?.lastLayerNodeEnd ?? 0)]),
  ];
};

/** The trees, which must hold as many logits as the node says. */
function treesOf(handle: TensorValue, logits: number, context: RunContext): FlatTrees {
  const { flat } = ensembleOf(handle, context);
  if (flat.trees > 0 && flat.width !== logits) {
    throw invalidArgument(`The ensemble's leaves have ${flat.width} logits, logits_dimension is ${logits}`);
  }
  return flat;
}

const predict: KernelFactory = ({ attrs }) => {
  const logits = attrs.int("logits_dimension");
  return ([handle, ...features], context) => {
    const flat = treesOf(handle!, logits, context);
    const columns = featureColumns(flat, features);
    const data = flat.trees === 0 ? new Float32Array(columns.batch * logits) : predictLogits(flat, columns);
    return [floatValue(data, [columns.batch, logits])];
  };
};

const trainingPredict: KernelFactory = ({ attrs }) => {
  const logits = attrs.int("logits_dimension");
  const isPassing = attrs.map.has(passingPartialAttr);
  const walk = new RowWalk();
  let sole: SoleTree | undefined;
  return ([handle, cachedTrees, cachedNodes, ...features], context) => {
    const ensemble = ensembleOf(handle!, context);
    const flat = treesOf(handle!, logits, context);
    const columns = featureColumns(flat, features);
    const { batch } = columns;
    for (const [name, value] of [
      ["cached_tree_ids", cachedTrees!],
      ["cached_node_ids", cachedNodes!],
    ] as const) {
      if (ints(value).length !== batch) {
        throw invalidArgument(`${name} has ${ints(value).length} entries for ${batch} examples`);
      }
    }
    const isPlain =
      flat.trees > 0 &&
      logits === 1 &&
      !ensemble.message.treeMetadata.some((tree) => tree.postPrunedNodesMeta.length > 0);
    const tree = isPlain ? soleTree(ints(cachedTrees!), sole) : undefined;
    if (tree !== undefined && walk.take(features, batch)) {
      const moved = walk.move(flat, tree, ints(cachedNodes!));
      if (moved !== undefined) {
        const last = flat.trees - 1;
        const now = tree === last ? cachedTrees! : intValue(new Int32Array(batch).fill(last));
        sole = { trees: ints(now), tree: last };
        const changes = isPassing ? moved.partial : moved.partial.slice();
        return [floatValue(changes, [batch, logits]), now, intValue(moved.nodes)];
      }
    }
    const partial = new Float32Array(batch * logits);
    const nodes = new Int32Array(batch);
    if (flat.trees === 0) return [floatValue(partial, [batch, logits]), cachedTrees!, intValue(nodes)];
    const trees = new Int32Array(batch).fill(flat.trees - 1);
    const standing = { trees: ints(cachedTrees!), nodes: ints(cachedNodes!), last: nodes, partial };
    if (isPlain && moveAll(flat, columns, standing)) {
      return [floatValue(partial, [batch, logits]), intValue(trees), intValue(nodes)];
    }
    const step = new Float32Array(logits);
    for (let i = 0; i < batch; i++) {
      const at = { tree: ints(cachedTrees!)[i]!, node: ints(cachedNodes!)[i]! };
      startFrom(ensemble, flat, at, step);
      partial.fill(0, i * logits, (i + 1) * logits);
      nodes[i] = finishTrees(flat, columns, i, at, step, partial);
    }
    return [floatValue(partial, [batch, logits]), intValue(trees), intValue(nodes)];
  };
};

/** An array of trees that is known to hold one alone. */
interface SoleTree {
  readonly trees: Int32Array;
  readonly tree: number;
}

/** The tree that all examples stand in; undefined where there are several or none. */
function soleTree(trees: Int32Array, known: SoleTree | undefined): number | undefined {
  if (trees === known?.trees) return known.tree;
  const [first] = trees;
  for (let i = 1; i < trees.length; i++) if (trees[i] !== first) return undefined;
  return first;
}

/** Takes off `step` what the cached logits hold of the tree that an example stands in; a node of -1 stands nowhere yet. */
function startFrom(
  ensemble: TreeEnsembleResource,
  flat: FlatTrees,
  at: { readonly tree: number; node: number },
  step: Float32Array,
): void {
  step.fill(0);
  if (at.tree < 0 || at.tree >= flat.trees) throw invalidArgument(`Cached tree ${at.tree} is not in the ensemble`);
  if (at.node < 0) {
    at.node = 0;
    return;
  }
  const metadata = ensemble.message.treeMetadata[at.tree];
  if (metadata?.isFinalized === true && metadata.postPrunedNodesMeta.length > 0) {
    const update = metadata.postPrunedNodesMeta[at.node];
    if (update === undefined) throw invalidArgument(`Cached node ${at.node} is not in tree ${at.tree}`);
    at.node = update.newNodeId;
    step.set(update.logitChange.slice(0, step.length));
  }
  const node = flat.roots[at.tree]! + at.node;
  if (node >= flat.roots[at.tree + 1]!) throw invalidArgument(`Cached node ${at.node} is not in tree ${at.tree}`);
  for (let k = 0; k < step.length; k++) step[k] = step[k]! - flat.values[node * flat.width + k]!;
}

/** Walks an example from where it stands through the rest of its tree and all later ones, adding to its logits; gives its last node. */
function finishTrees(
  flat: FlatTrees,
  columns: FeatureColumns,
  example: number,
  at: { readonly tree: number; readonly node: number },
  step: Float32Array,
  partial: Float32Array,
): number {
  const { width, values, roots } = flat;
  let node = roots[at.tree]! + at.node;
  for (let tree = at.tree; ; tree++) {
    const leaf = walkTree(flat, columns, example, node);
    const weight = flat.weights[tree]!;
    for (let k = 0; k < width; k++) {
      const value = Math.fround(step[k]! + values[leaf * width + k]!);
      partial[example * width + k] = partial[example * width + k]! + Math.fround(weight * value);
    }
    if (tree === flat.trees - 1) return leaf - roots[tree]!;
    step.fill(0);
    node = roots[tree + 1]!;
  }
}

const debugOutputs: KernelFactory = ({ attrs }) => {
  if (attrs.int("logits_dimension") !== 1) {
    throw invalidArgument("Currently only one dimensional outputs are supported.");
  }
  return ([handle, ...features], context) => {
    const flat = treesOf(handle!, 1, context);
    const columns = featureColumns(flat, features);
    return [stringValue(Array.from({ length: columns.batch }, (_, i) => debugOutput(flat, columns, i)))];
  };
};

/** A serialized DebugOutput: the features that an example's way looks at, its logits after each of them, and the leaves it reaches. */
function debugOutput(flat: FlatTrees, columns: FeatureColumns, example: number): Uint8Array {
  const { roots, values, weights, trees } = flat;
  const output = createMessage(DebugOutputSchema);
  let logit = trees === 0 ? 0 : Math.fround(weights[0]! * values[0]!);
  output.logitsPath.push(logit);
  let past = 0;
  for (let tree = 0; tree < trees; tree++) {
    const root = roots[tree]!;
    let node = root;
    while (!isLeafNode(flat, node)) {
      output.featureIds.push(splitFeature(flat, node));
      node = nextNode(flat, columns, example, node);
      logit = Math.fround(weights[tree]! * values[node]!);
      output.logitsPath.push(Math.fround(logit + past));
    }
    output.leafNodeIds.push(node - root);
    // A later tree that is only a root has no split that its logit could be put down to.
    if (tree === 0 || node > root) past = Math.fround(past + logit);
  }
  return toBinary(DebugOutputSchema, output);
}

const centerBias: Kernel = ([handle, gradients, hessians, l1Value, l2Value], context) => {
  const ensemble = ensembleOf(handle!, context);
  ensemble.stamp += 1n;
  const [l1, l2] = [floatScalar(l1Value!, "l1"), floatScalar(l2Value!, "l2")];
  const weight = new Float32Array(1);
  scalarGain(floats(gradients!)[0]!, floats(hessians!)[0]!, l1, l2, weight, 0);
  const change = weight[0]!;
  const message = ensemble.change();
  if (message.trees.length === 0) {
    addTree(message, [change]);
    return [scalarValue("bool", true)];
  }
  const root = message.trees[0]!.nodes[0]!;
  const bias = nodeLogits(root)[0]!;
  if (root.node.case !== "leaf") throw invalidArgument("Bias can be centered only before the first tree is grown");
  root.node.value.scalar = Math.fround(bias + change);
  return [scalarValue("bool", Math.abs(Math.fround(change / bias)) > leastBiasChange)];
};

/** TensorFlow's kMinDeltaForCenterBias: a change below a hundredth of the bias ends its centering. */
const leastBiasChange = Math.fround(0.01);

function learningOptions(depth: TensorValue, rate: TensorValue): { readonly maxDepth: number; readonly rate: number } {
  return { maxDepth: integerScalar(depth, "max_depth"), rate: floatScalar(rate, "learning_rate") };
}

const updateEnsemble: KernelFactory = ({ attrs }) => {
  const [pruning, count] = [attrs.int("pruning_mode"), attrs.int("num_features")];
  return ([handle, features, ...rest], context) => {
    const ensemble = ensembleOf(handle!, context);
    ensemble.stamp += 1n;
    checkRank(features!, 1, "feature_ids must be a vector, received shape");
    const { maxDepth, rate } = learningOptions(rest[5 * count]!, rest[5 * count + 1]!);
    const best = new Map<number, SplitCandidate>();
    for (let f = 0; f < count; f++) {
      const [nodes, gains, thresholds, left, right] = [0, 1, 2, 3, 4].map((list) => rest[list * count + f]!);
      checkRank(nodes!, 1, "Each node_id in node_ids_list must be a vector, received shape");
      const size = ints(nodes!).length;
      requireSizes(size, [
        [gains!, 1],
        [thresholds!, 1],
        [left!, 2],
        [right!, 2],
      ]);
      const [leftStride, rightStride] = [left!.shape[1]!, right!.shape[1]!];
      for (let i = 0; i < size; i++) {
        offerSplit(best, {
          node: ints(nodes!)[i]!,
          feature: ints(features!)[f]!,
          dimension: 0,
          threshold: ints(thresholds!)[i]!,
          gain: floats(gains!)[i]!,
          type: "INEQUALITY_DEFAULT_LEFT",
          left: [Math.fround(rate * floats(left!)[i * leftStride]!)],
          right: [Math.fround(rate * floats(right!)[i * rightStride]!)],
        });
      }
    }
    growLayer(ensemble.change(), best, { logits: 1, maxDepth, pruning });
    return [];
  };
};

/** INVALID_ARGUMENT unless each tensor has the rank and its first dimension the size, where TensorFlow reads past the end. */
function requireSizes(size: number, tensors: readonly (readonly [TensorValue, number])[]): void {
  for (const [value, rank] of tensors) {
    requireRank(value, rank, "Each list of splits");
    if (value.shape[0] !== size) throw invalidArgument(`A list of ${value.shape[0]} splits where others have ${size}`);
  }
}

const splitTypeNames: readonly string[] = [
  "INEQUALITY_DEFAULT_LEFT",
  "INEQUALITY_DEFAULT_RIGHT",
  "EQUALITY_DEFAULT_RIGHT",
] satisfies SplitType[];

function splitType(bytes: Uint8Array): SplitType {
  const name = decodeText(bytes);
  if (!splitTypeNames.includes(name)) throw invalidArgument(`Unknown split type ${name}`);
  return name as SplitType;
}

const updateEnsembleV2: KernelFactory = (node: KernelNode) => {
  const logits = node.attrs.int("logits_dimension");
  const [groups, count] = [node.attrs.int("num_groups"), node.attrs.int("num_features")];
  return ([handle, ...rest], context) => {
    const ensemble = ensembleOf(handle!, context);
    ensemble.stamp += 1n;
    const lists = groups + 7 * count;
    const { maxDepth, rate } = learningOptions(rest[lists]!, rest[lists + 1]!);
    const pruning = integerScalar(rest[lists + 2]!, "pruning_mode");
    if (groups > count) throw invalidArgument(`${groups} groups of feature ids for ${count} groups of splits`);
    const best = new Map<number, SplitCandidate>();
    for (let g = 0; g < groups; g++) {
      const [dimensions, nodes, gains, thresholds, left, right, types] = [0, 1, 2, 3, 4, 5, 6].map(
        (list) => rest[groups + list * count + g]!,
      );
      const features = rest[g]!;
      checkRank(nodes!, 1, "Each node_id in node_ids_list must be a vector, received shape");
      const size = ints(nodes!).length;
      requireSizes(size, [
        [features, 1],
        [dimensions!, 1],
        [gains!, 1],
        [thresholds!, 1],
        [left!, 2],
        [right!, 2],
        [types!, 1],
      ]);
      for (let i = 0; i < size; i++) {
        offerSplit(best, {
          node: ints(nodes!)[i]!,
          feature: ints(features)[i]!,
          dimension: ints(dimensions!)[i]!,
          threshold: ints(thresholds!)[i]!,
          gain: floats(gains!)[i]!,
          type: splitType((types!.data as readonly Uint8Array[])[i]!),
          left: contributions(left!, i, logits, rate),
          right: contributions(right!, i, logits, rate),
        });
      }
    }
    growLayer(ensemble.change(), best, { logits, maxDepth, pruning });
    return [];
  };
};

function contributions(value: TensorValue, row: number, logits: number, rate: number): number[] {
  const stride = value.shape[1]!;
  if (stride < logits) throw invalidArgument(`Contributions of ${stride} logits, expected ${logits}`);
  return Array.from({ length: logits }, (_, k) => Math.fround(rate * floats(value)[row * stride + k]!));
}

/** Host kernels of tree ensembles: their life, predictions and growth. */
export const treeEnsembleKernels: KernelTable = {
  BoostedTreesEnsembleResourceHandleOp: handleOp(treeEnsembleKind),
  IsBoostedTreesEnsembleInitialized: isInitializedOp(treeEnsembleKind),
  BoostedTreesCreateEnsemble: () => create,
  BoostedTreesDeserializeEnsemble: () => deserialize,
  BoostedTreesSerializeEnsemble: () => serialize,
  BoostedTreesGetEnsembleStates: () => states,
  BoostedTreesPredict: predict,
  BoostedTreesTrainingPredict: trainingPredict,
  BoostedTreesExampleDebugOutputs: debugOutputs,
  BoostedTreesCenterBias: () => centerBias,
  BoostedTreesUpdateEnsemble: updateEnsemble,
  BoostedTreesUpdateEnsembleV2: updateEnsembleV2,
};
