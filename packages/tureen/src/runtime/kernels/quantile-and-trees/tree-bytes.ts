import { toBinary } from "@bufbuild/protobuf";
import {
  type BucketizedSplit,
  type Leaf,
  type Node,
  type Tree,
  type TreeEnsemble,
  TreeEnsembleSchema,
  TreeSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";

/** The most bytes of a node that is written here: two leaves of 5, six numbers of 6, a gain of 5, and the tags and sizes around them. */
const mostNodeBytes = 72;

/**
 * An ensemble in protobuf's binary format, equal to what `toBinary` gives.
 *
 * Trees are written by hand, as checkpoints of thousands of nodes are: what goes by reflection takes ten times as long.
 */
export function ensembleBytes(ensemble: TreeEnsemble): Uint8Array {
  const parts = ensemble.trees.map(treeBytes);
  parts.push(toBinary(TreeEnsembleSchema, { ...ensemble, trees: [] }));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A tree as an entry of `TreeEnsemble.trees`. */
function treeBytes(tree: Tree): Uint8Array {
  const content = tree.nodes.every(isPlain) ? plainTree(tree.nodes) : toBinary(TreeSchema, tree);
  const out = new Output(content.length + 8);
  out.size(1, content.length);
  out.bytes.set(content, out.at);
  return out.bytes.subarray(0, out.at + content.length);
}

/** Whether a node is a leaf of one logit or a split at `<=`, which nearly all are. */
function isPlain({ node, metadata, $unknown }: Node): boolean {
  if ($unknown !== undefined || metadata?.$unknown !== undefined) return false;
  if (metadata?.originalLeaf !== undefined && !isScalar(metadata.originalLeaf)) return false;
  if (node.case === "leaf") return isScalar(node.value);
  if (node.case !== "bucketizedSplit" || node.value.$unknown !== undefined) return false;
  return splitNumbers(node.value).every((number) => number >= 0);
}

function isScalar({ leaf, $unknown }: Leaf): boolean {
  return leaf.case === undefined && $unknown === undefined;
}

/** The numbers of a split in the order of their fields. */
function splitNumbers(split: BucketizedSplit): readonly number[] {
  const { featureId, threshold, leftId, rightId, dimensionId, defaultDirection } = split;
  return [featureId, threshold, leftId, rightId, dimensionId, defaultDirection];
}

function plainTree(nodes: readonly Node[]): Uint8Array {
  const out = new Output(nodes.length * mostNodeBytes);
  for (const { node, metadata } of nodes) {
    const end = out.nested(1);
    if (node.case === "leaf") leaf(out, 1, node.value);
    else if (node.case === "bucketizedSplit") {
      const ended = out.nested(2);
      splitNumbers(node.value).forEach((number, i) => {
        if (number !== 0) out.integer(i + 1, number);
      });
      out.end(ended);
    }
    if (metadata !== undefined) {
      const ended = out.nested(777);
      out.float(1, metadata.gain);
      if (metadata.originalLeaf !== undefined) leaf(out, 2, metadata.originalLeaf);
      out.end(ended);
    }
    out.end(end);
  }
  return out.bytes.subarray(0, out.at);
}

function leaf(out: Output, field: number, { scalar }: Leaf): void {
  const end = out.nested(field);
  out.float(3, scalar);
  out.end(end);
}

/** Writes fields one after the other; there must be room for them. */
class Output {
  readonly bytes: Uint8Array;
  at = 0;
  readonly #view: DataView;

  constructor(room: number) {
    this.bytes = new Uint8Array(room);
    this.#view = new DataView(this.bytes.buffer);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  integer(field: number, value: number): void {
    this.#varint(field << 3);
    this.#varint(value);
  }

  /** A float, but for 0, which is what is not there. */
  float(field: number, value: number): void {
    if (value === 0 && !Object.is(value, -0)) return;
    this.#varint((field << 3) | 5);
    this.#view.setFloat32(this.at, value, true);
    this.at += 4;
  }

  size(field: number, length: number): void {
    this.#varint((field << 3) | 2);
    this.#varint(length);
  }

  /** Begins a message of less than 128 bytes; gives where it begins, for `end`. */
  nested(field: number): number {
    this.size(field, 0);
    return this.at;
  }

  end(start: number): void {
    this.bytes[start - 1] = this.at - start;
  }
}
