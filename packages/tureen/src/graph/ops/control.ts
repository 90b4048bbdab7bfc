import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** The input. */
export function identity(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Identity", [input], {}, options);
}

/** The inputs. */
export function identityN(input: readonly TensorLike[], options: { readonly name?: string } = {}): readonly Tensor[] {
  return buildOp("IdentityN", [input], {}, options).outputs;
}

/** The input, as it is now. */
export function snapshot(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Snapshot", [input], {}, options);
}

/** The input, through which no gradient flows. */
export function stopGradient(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("StopGradient", [input], {}, options);
}

/** The input; an error where a gradient is asked for. */
export function preventGradient(
  input: TensorLike,
  options: { readonly message?: string; readonly name?: string } = {},
): Tensor {
  return build("PreventGradient", [input], { message: options.message }, options);
}

/** A copy of the input. */
export function deepCopy(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("DeepCopy", [x], {}, options);
}

/** A value that a run feeds. */
export function placeholder(options: {
  readonly dtype: DType;
  readonly shape?: PartialShape | null;
  readonly name?: string;
}): Tensor {
  return build("Placeholder", [], { dtype: options.dtype, shape: options.shape }, options);
}

/** A value that a run feeds. */
export function placeholderV2(options: {
  readonly dtype: DType;
  readonly shape: PartialShape | null;
  readonly name?: string;
}): Tensor {
  return build("PlaceholderV2", [], { dtype: options.dtype, shape: options.shape }, options);
}

/** A value that a run may feed, else the input. */
export function placeholderWithDefault(
  input: TensorLike,
  options: { readonly shape: PartialShape | null; readonly name?: string },
): Tensor {
  return build("PlaceholderWithDefault", [input], { shape: options.shape }, options);
}

/** The input; INVALID_ARGUMENT where it has not the shape. */
export function ensureShape(
  input: TensorLike,
  options: { readonly shape: PartialShape | null; readonly name?: string },
): Tensor {
  return build("EnsureShape", [input], { shape: options.shape }, options);
}

/** The input; prints the data to standard error. */
export function print(
  input: TensorLike,
  data: readonly TensorLike[],
  options: {
    readonly message?: string;
    readonly firstN?: number;
    readonly summarize?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "Print",
    [input, data],
    { message: options.message, first_n: options.firstN, summarize: options.summarize },
    options,
  );
}

/** Prints a text. */
export function printV2(
  input: TensorLike,
  options: { readonly outputStream?: string; readonly end?: string; readonly name?: string } = {},
): Operation {
  return buildOp("PrintV2", [input], { output_stream: options.outputStream, end: options.end }, options);
}

/** The data on the output that the predicate names; the other one is dead. */
export function switchOp(
  data: TensorLike,
  pred: TensorLike,
  options: { readonly name?: string } = {},
): { readonly outputFalse: Tensor; readonly outputTrue: Tensor } {
  const { outputs } = buildOp("Switch", [data, pred], {}, options);
  return { outputFalse: outputs[0]!, outputTrue: outputs[1]! };
}

/** The first input that is alive, and its number. */
export function merge(
  inputs: readonly TensorLike[],
  options: { readonly name?: string } = {},
): { readonly output: Tensor; readonly valueIndex: Tensor } {
  const { outputs } = buildOp("Merge", [inputs], {}, options);
  return { output: outputs[0]!, valueIndex: outputs[1]! };
}

/** The data within a loop frame. */
export function enter(
  data: TensorLike,
  options: {
    readonly frameName: string;
    readonly isConstant?: boolean;
    readonly parallelIterations?: number;
    readonly name?: string;
  },
): Tensor {
  return build(
    "Enter",
    [data],
    { frame_name: options.frameName, is_constant: options.isConstant, parallel_iterations: options.parallelIterations },
    options,
  );
}

/** The data outside of its loop frame. */
export function exit(data: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Exit", [data], {}, options);
}

/** The data in the next iteration of its frame. */
export function nextIteration(data: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("NextIteration", [data], {}, options);
}

/** Marks the condition of a loop. */
export function loopCond(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LoopCond", [input], {}, options);
}

/** Nothing: a node to hang control dependencies on. */
export function noOp(options: { readonly name?: string } = {}): Operation {
  return buildOp("NoOp", [], {}, options);
}

/** Nothing; runs even when its control inputs are dead. */
export function controlTrigger(options: { readonly name?: string } = {}): Operation {
  return buildOp("ControlTrigger", [], {}, options);
}
