import { notFound } from "../../core/status-error.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import { loopGradient } from "../loop-gradients.js";
import { passThrough } from "./array-basic.js";

const prevent: GradientRule = (op) => {
  throw notFound(`Gradient explicitly disabled. Reason: ${op.attrs.text("message")}`);
};

const loop: GradientRule = (op, grads) => {
  const rule = loopGradient(op);
  if (rule === undefined) throw notFound(`No gradient defined for operation '${op.name}' (op type: ${op.type})`);
  return rule(op, grads);
};

/** Gradients of the control family. */
export const controlGradients: GradientTable = {
  Identity: passThrough,
  IdentityN: (_, grads) => grads,
  RefIdentity: passThrough,
  Snapshot: passThrough,
  DeepCopy: passThrough,
  PlaceholderWithDefault: passThrough,
  EnsureShape: passThrough,
  Print: passThrough,
  PreventGradient: prevent,
  While: loop,
  StatelessWhile: loop,
  StopGradient: null,
  Placeholder: null,
  PlaceholderV2: null,
  PrintV2: null,
  NoOp: null,
  ControlTrigger: null,
  LoopCond: null,
};
