import { notFound } from "../../core/status-error.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import { loopGradient } from "../loop-gradients.js";
import { passThrough } from "./array-basic.js";
import { branchGradient } from "./control-branches.js";
import { whileGradient } from "./control-loop.js";
import { switchGradients } from "./control-switch.js";

const prevent: GradientRule = (op) => {
  throw notFound(`Gradient explicitly disabled. Reason: ${op.attrs.text("message")}`);
};

/** A loop whose builder knows a better way says so. */
const loop: GradientRule = (op, grads, walk) => (loopGradient(op) ?? whileGradient)(op, grads, walk);

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
  If: branchGradient,
  StatelessIf: branchGradient,
  Case: branchGradient,
  StatelessCase: branchGradient,
  PartitionedCall: branchGradient,
  StatefulPartitionedCall: branchGradient,
  While: loop,
  StatelessWhile: loop,
  ...switchGradients,
  StopGradient: null,
  Placeholder: null,
  PlaceholderV2: null,
  PrintV2: null,
  NoOp: null,
  ControlTrigger: null,
  LoopCond: null,
};
