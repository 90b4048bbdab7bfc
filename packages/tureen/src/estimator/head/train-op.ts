import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { scalarSummary } from "../summary.js";
import type { HeadSpecArgs } from "./head.js";

/** The op that trains: by the optimizer or by `trainOpFn`, one of which must be given, together with the update ops. */
export function createTrainOp(args: HeadSpecArgs, loss: Tensor): Operation {
  const { optimizer, trainOpFn, trainableVariables, updateOps } = args;
  return nameScope(null, () =>
    nameScope("training", () => {
      let trainOp: Operation;
      if (optimizer !== undefined) {
        if (trainOpFn !== undefined) throw invalidArgument("train_op_fn and optimizer cannot both be set.");
        if (typeof optimizer.minimize !== "function") {
          throw invalidArgument(
            `The given optimizer is not a tf.keras.optimizers.Optimizer instance. Received optimizer of type ${typeof optimizer}`,
          );
        }
        if (trainableVariables === undefined) throw invalidArgument("trainable_variables cannot be None. Given None");
        trainOp = optimizer.minimize(loss, { variables: trainableVariables, iterations: getOrCreateGlobalStep() });
      } else if (trainOpFn !== undefined) {
        trainOp = trainOpFn(loss);
      } else {
        throw invalidArgument("train_op_fn and optimizer cannot both be None.");
      }
      return updateOps === undefined ? trainOp : group([trainOp, ...updateOps]);
    }),
  );
}

/** An op that does nothing but wait for others (`tf.group`). */
export function group(ops: readonly Operation[], name = "group_deps"): Operation {
  return controlDependencies(null, () => controlDependencies(ops, () => buildOp("NoOp", [], {}, name)));
}

/** Summaries of the training loss, and of the regularization losses where there are any, at the root of the graph. */
export function lossSummaries(
  loss: Tensor,
  regularizationLosses: readonly Tensor[] | undefined,
  key: (name: string) => string,
): void {
  nameScope(null, () => {
    scalarSummary(key("loss"), loss);
    if (regularizationLosses !== undefined) scalarSummary(key("regularization_loss"), addN(regularizationLosses));
  });
}

/** The sum of tensors of one shape. */
export function addN(tensors: readonly Tensor[]): Tensor {
  return build("AddN", [tensors], {}, "AddN");
}
