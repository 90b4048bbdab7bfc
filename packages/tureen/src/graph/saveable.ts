import type { DType } from "../core/dtype.js";
import type { Operation, Tensor } from "./graph.js";

/** One tensor of a Saveable, and the key that checkpoints hold it under. */
export interface SaveSpec {
  readonly key: string;
  readonly tensor: Tensor;
  readonly dtype: DType;
}

/** How a resource that is no variable is made, whether it is (`tf.GraphKeys.RESOURCES`). */
export interface SharedResource {
  readonly handle: Tensor;
  /** Makes it, unless there is one. */
  readonly create: Operation;
  readonly isInitialized: Tensor;
}

/**
 * State other than a variable that checkpoints hold (TensorFlow's `SaveableObject`); savers find it in the collection `saveable_objects`.
 *
 * A class, so that what writes collections can tell it from others.
 */
export class Saveable {
  /** What orders it among the variables: the handle's name, with the output's number. */
  readonly name: string;
  readonly specs: readonly SaveSpec[];
  /** Builds the op that takes back the tensors of `specs`, in their order. */
  readonly restore: (tensors: readonly Tensor[]) => Operation;

  constructor(name: string, specs: readonly SaveSpec[], restore: (tensors: readonly Tensor[]) => Operation) {
    this.name = name;
    this.specs = specs;
    this.restore = restore;
  }
}
