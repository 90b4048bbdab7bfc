import type { Shape } from "../../core/shape.js";
import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import { Variable, variableName } from "../../graph/variable.js";
import { group } from "../head/train-op.js";
import { branch } from "./branch.js";

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
