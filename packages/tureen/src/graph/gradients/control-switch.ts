import { unimplemented } from "../../core/status-error.js";
import { build, buildOp, constant } from "../build-op.js";
import { denseGradient, type Gradient, type GradientRule } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";

/** TensorFlow 1's loops: the ops that only they have. */
const loopGradient: GradientRule = (op) => {
  throw refused(op);
};

function refused(op: Operation): Error {
  return unimplemented(
    `Gradients of while loops of TensorFlow 1 are not supported: '${op.name}' (op type: ${op.type}). Build the loop with tf.whileLoop.`,
  );
}

/** Whether a Switch or a Merge belongs to a loop: its neighbours say so. */
function isOfLoop(op: Operation): boolean {
  return op.inputs.some(({ op: source }) => ["Enter", "NextIteration", "LoopCond", "RefEnter"].includes(source.type));
}

/**
 * The gradient of Switch: whichever side's gradient is alive.
 *
 * A side without one has zeros, made of the side itself so that they are dead when it is.
 */
const switchGradient: GradientRule = (op, grads) => {
  if (isOfLoop(op)) throw refused(op);
  const [data, pred] = op.inputs;
  const sides = [0, 1].map((side) => {
    const gradient: Gradient | null = grads[side] ?? null;
    if (gradient === null) return zerosOf(op.outputs[side]!);
    return buildOp("Switch", [denseGradient(gradient), pred!]).outputs[side]!;
  });
  const merged = buildOp("Merge", [sides]).outputs[0]!;
  merged.shape ??= data!.dtype === "resource" ? data!.handleData?.shape : data!.shape;
  return [merged, null];
};

/** Zeros that are dead where the tensor is: never a constant. */
function zerosOf(tensor: Tensor): Tensor {
  if (tensor.dtype !== "resource") return build("ZerosLike", [tensor]);
  const dtype = tensor.handleData?.dtype ?? "float32";
  return build("Fill", [build("VariableShape", [tensor]), constant(0, dtype)]);
}

/** The gradient of Merge: to the input that was taken. */
const mergeGradient: GradientRule = (op, grads) => {
  if (isOfLoop(op)) throw refused(op);
  const gradient = grads[0];
  if (gradient === null || gradient === undefined) return [];
  const dense = denseGradient(gradient);
  return op.inputs.map((_, i) => {
    const taken = build("Equal", [op.outputs[1]!, constant(i, "int32")]);
    return buildOp("Switch", [dense, taken]).outputs[1]!;
  });
};

/** Gradients of TensorFlow 1's control flow. */
export const switchGradients: Readonly<Record<string, GradientRule>> = {
  Switch: switchGradient,
  Merge: mergeGradient,
  Enter: loopGradient,
  Exit: loopGradient,
  NextIteration: loopGradient,
};
