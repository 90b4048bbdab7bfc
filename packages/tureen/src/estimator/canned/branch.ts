import { build, buildOp } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";

/** Runs the ops that a branch builds where the predicate says so, else those of the other branch (`tf.cond` of ops without outputs). */
export function branch(pred: Tensor, whenTrue: () => Operation, whenFalse?: () => Operation): Operation {
  const { outputs } = buildOp("Switch", [pred, pred], {}, "cond/Switch");
  const end = (pivot: Tensor, body: (() => Operation) | undefined): Tensor => {
    const start = build("Identity", [pivot], {}, "cond/pivot");
    if (body === undefined) return start;
    const done = controlDependencies([start], body);
    return controlDependencies([done], () => build("Identity", [start], {}, "cond/end"));
  };
  const ends = [end(outputs[0]!, whenFalse), end(outputs[1]!, whenTrue)];
  return buildOp("Merge", [ends], {}, "cond/Merge");
}

/** One of two lists of as many tensors, whose ops run only where the predicate says so. */
export function choose(
  pred: Tensor,
  whenTrue: () => readonly Tensor[],
  whenFalse: () => readonly Tensor[],
): readonly Tensor[] {
  const { outputs } = buildOp("Switch", [pred, pred], {}, "cond/Switch");
  const made = (pivot: Tensor, body: () => readonly Tensor[]): readonly Tensor[] => {
    const start = build("Identity", [pivot], {}, "cond/pivot");
    return controlDependencies([start], body);
  };
  const others = made(outputs[0]!, whenFalse);
  return made(outputs[1]!, whenTrue).map(
    (tensor, i) => buildOp("Merge", [[others[i]!, tensor]], {}, "cond/Merge").outputs[0]!,
  );
}
