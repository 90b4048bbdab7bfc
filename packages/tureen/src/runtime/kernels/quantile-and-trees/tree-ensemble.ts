import { create, fromBinary } from "@bufbuild/protobuf";
import {
  type TreeEnsemble,
  TreeEnsembleSchema,
} from "@tureen/protos/gen/tensorflow/core/kernels/boosted_trees/boosted_trees_pb";
import { invalidArgument } from "../../../core/status-error.js";
import type { Resource } from "../../resource-manager.js";
import { type FlatTrees, flattenTrees } from "./flat-trees.js";
import { ensembleBytes } from "./tree-bytes.js";

/** The kind of an ensemble resource: TensorFlow's mangled C++ name, which its messages spell out. */
export const treeEnsembleKind = "N10tensorflow28BoostedTreesEnsembleResourceE";

/**
 * The state of a tree ensemble: `tensorflow.boosted_trees.TreeEnsemble` and a stamp that training counts up.
 *
 * A restored ensemble keeps its bytes and the flat trees that predictions read; the message with an object a node is made when training
 * first asks for it, and a server never does.
 */
export class TreeEnsembleResource implements Resource {
  readonly kind: string = treeEnsembleKind;
  stamp: bigint;
  #bytes: Uint8Array | undefined;
  #message: TreeEnsemble | undefined;
  #flat: FlatTrees | undefined;
  /** The flat trees before the last change, most of which stay as they are. */
  #before: FlatTrees | undefined;

  /** INVALID_ARGUMENT where the bytes are no ensemble. */
  constructor(serialized: Uint8Array, stamp: bigint) {
    this.stamp = stamp;
    this.#load(serialized);
  }

  /** Puts a stored ensemble in place of this one. INVALID_ARGUMENT where the bytes are none; then it is empty, with the stamp -1. */
  restore(serialized: Uint8Array, stamp: bigint): void {
    this.stamp = -1n;
    this.#load(new Uint8Array(0));
    this.#load(serialized);
    this.stamp = stamp;
  }

  #load(serialized: Uint8Array): void {
    const message = parse(serialized);
    this.#before = undefined;
    this.#flat = flattenTrees(message);
    this.#bytes = serialized;
    this.#message = undefined;
  }

  /** The ensemble as a message, for reading. */
  get message(): TreeEnsemble {
    this.#message ??= parse(this.#bytes!);
    return this.#message;
  }

  /** The ensemble as a message, whose last tree is to be changed or followed by another: what was derived of it is forgotten. */
  change(): TreeEnsemble {
    const message = this.message;
    this.#bytes = undefined;
    this.#before = this.#flat ?? this.#before;
    this.#flat = undefined;
    return message;
  }

  /** The trees as predictions read them. */
  get flat(): FlatTrees {
    this.#flat ??= flattenTrees(this.message, this.#before);
    return this.#flat;
  }

  /** The ensemble's bytes, as checkpoints hold them. */
  serialize(): Uint8Array {
    this.#bytes ??= ensembleBytes(this.message);
    return this.#bytes;
  }
}

function parse(serialized: Uint8Array): TreeEnsemble {
  if (serialized.length === 0) return create(TreeEnsembleSchema);
  try {
    return fromBinary(TreeEnsembleSchema, serialized);
  } catch {
    throw invalidArgument("Unable to parse tree ensemble proto.");
  }
}
