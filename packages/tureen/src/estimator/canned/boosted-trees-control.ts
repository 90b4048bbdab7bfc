import type { Shape } from "../../core/shape.js";
import { scalarValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import { Variable, variableName } from "../../graph/variable.js";
import { group } from "../head/train-op.js";

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

/**
 * Sums tensors over steps, and hands their means on at every `batches`th one: what TensorFlow's conditional accumulators do for one worker.
 *
 * With one batch there is nothing to keep. Sums are local variables: a new session starts to count anew, as TensorFlow's does.
 */
export function accumulate(
  batches: number,
  sums: readonly { readonly name: string; readonly shape: Shape; readonly value: Tensor }[],
  then: (means: readonly Tensor[]) => Operation,
  name: string,
): Operation {
  if (batches === 1) return then(sums.map(({ value }) => value));
  const totals = sums.map((sum) =>
    localVariable(sum.name, sum.shape, () =>
      build("Fill", [sum.shape.length === 0 ? constant([], "int32") : constant([...sum.shape], "int32"), 0]),
    ),
  );
  const count = localVariable(`${name}_count`, [], () => constant(scalarValue("float32", 0)));
  const added = [
    count.assignAdd(scalarValue("float32", 1)),
    ...totals.map((total, i) => total.assignAdd(sums[i]!.value)),
  ];
  return controlDependencies(added, () => {
    const counted = count.read();
    return branch(build("GreaterEqual", [counted, batches]), () => {
      const means = totals.map((total) => build("RealDiv", [total.read(), counted]));
      const done = then(means);
      return controlDependencies([done], () =>
        group([
          count.assign(scalarValue("float32", 0)),
          ...totals.map((total, i) => total.assign(build("ZerosLike", [means[i]!]))),
        ]),
      );
    });
  });
}

function localVariable(name: string, shape: Shape, initializer: () => Tensor): Variable {
  return new Variable({
    name: variableName(name),
    dtype: "float32",
    shape,
    initializer,
    trainable: false,
    collections: [collectionKeys.localVariables],
  });
}
