import { elementCount } from "../../core/shape.js";
import { intValue, scalarValue, zeros } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import type { Initializer } from "../../graph/variable.js";

/** Below this many elements `tf.zeros` is a constant, from there on a Fill. */
const smallZeros = 1000;

/** The modulus that TensorFlow takes op seeds by. */
const seedModulus = 2 ** 31 - 1;

/** All zeros. */
export const zerosInitializer: Initializer = (shape, dtype) => {
  if (elementCount(shape) < smallZeros) return constant(zeros(dtype, shape), undefined, "zeros");
  return nameScope("zeros", (scope) => {
    const dims = constant(intValue(shape), undefined, "shape_as_tensor");
    return build("Fill", [dims, constant(scalarValue(dtype, 0), undefined, "Const")], {}, scope);
  });
};

/** Normally distributed numbers, those beyond two standard deviations drawn again; seeded by the graph's seed where it has one. */
export function truncatedNormalInitializer(mean: number, stddev: number): Initializer {
  return (shape, dtype) =>
    nameScope("truncated_normal", (scope) => {
      const graph = currentGraph();
      const dims = constant(intValue(shape), undefined, "shape");
      const meanTensor = constant(scalarValue(dtype, mean), undefined, "mean");
      const stddevTensor = constant(scalarValue(dtype, stddev), undefined, "stddev");
      const seed =
        graph.seed === undefined ? {} : { seed: graph.seed % seedModulus, seed2: graph.lastId % seedModulus };
      const noise = build("TruncatedNormal", [dims], { dtype, ...seed }, "TruncatedNormal");
      return build("AddV2", [build("Mul", [noise, stddevTensor], {}, "mul"), meanTensor], {}, scope);
    });
}
