import type { DType } from "../core/dtype.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Attrs } from "../graph/attr-value.js";
import type { RunContext } from "./run-context.js";

/** What a kernel factory sees of its node, at plan time. */
export interface KernelNode {
  readonly name: string;
  readonly type: string;
  readonly attrs: Attrs;
  readonly inputTypes: readonly DType[];
  readonly outputTypes: readonly DType[];
  /** The value of an input that is constant in this plan, so that a kernel can prepare for it; undefined for one that varies. */
  constant(input: number): TensorValue | undefined;
}

/**
 * Computes one node: one value for each output, in order.
 *
 * Never writes into an input's data, and may return an input (or a view of its data under another shape) as an output.
 * Throws StatusError with TensorFlow's code and text, without the `[[{{node …}}]]` suffix, which the executor adds where TensorFlow does.
 */
export type Kernel = (inputs: readonly TensorValue[], context: RunContext) => readonly TensorValue[];

/** Reads the attributes once, at plan time, and gives the kernel; throws StatusError for dtypes or attributes TensorFlow has no kernel for. */
export type KernelFactory = (node: KernelNode) => Kernel;

/** A family's kernels by op name. */
export type KernelTable = Readonly<Record<string, KernelFactory>>;
