import { type TensorValue, toTensor } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import * as ops from "../../graph/ops/index.js";
import { trainableVariables, Variable } from "../../graph/variable.js";
import { Estimator } from "../estimator.js";
import { predictOutput, type ServingInput, servingInputReceiver } from "../export/index.js";
import { getGlobalStep } from "../global-step.js";
import { quietLogger } from "../log.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import { reduceMax, reduceMean, reduceSum } from "../math/reductions.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { gradientDescentOptimizer } from "../optimizer/index.js";
import { runConfig } from "../run-config.js";

const int = (value: number): Tensor => constant(value, "int32");
const next = (i: Tensor): Tensor => ops.addV2(i, int(1));

/** Everything that control flow can do, in the model and in its receiver. */
function tour(withSwitch: boolean): ModelFn {
  return ({ features, labels, mode }) => {
    const x = features["x"] as Tensor;
    const n = reduceMax(features["n"] as Tensor);
    const v = new Variable({ name: "v", initializer: toTensor([0.5, -1, 2], "float32") });
    const many = ops.greater(n, int(2));
    const looped = (y: Tensor): Tensor =>
      ops.whileLoop(
        (i) => ops.less(i, n),
        (i, z) => [next(i), ops.tanh(ops.mul(z, v.read()))],
        [int(0), y],
      )[1];
    const outputs: Record<string, Tensor> = withSwitch
      ? {
          switch_case: ops.switchCase(n, [() => x, () => ops.mul(x, v.read())], { default: () => ops.exp(x) }),
          switch_in_loop: ops.whileLoop(
            (i) => ops.less(i, n),
            (i, z) => [next(i), ops.switchCase(ops.mod(i, int(2)), [() => ops.mul(z, x), () => ops.addV2(z, x)])],
            [int(0), x],
          )[1],
        }
      : {
          cond: ops.cond(
            many,
            () => ops.mul(x, v.read()),
            () => ops.exp(x),
          ),
          case: ops.case(
            [
              [many, () => looped(x)],
              [ops.greater(n, int(1)), () => x],
            ],
            { default: () => ops.neg(x) },
          ),
          while: looped(x),
          at_most: ops.whileLoop(
            () => constant(true),
            (z) => ops.mul(z, constant(1.5)),
            [x],
            { maximumIterations: 3 },
          )[0],
          map: ops.mapFn((row) => ops.mul(row, reduceSum(row)), x),
          map_cond: ops.mapFn(
            (row) =>
              ops.cond(
                ops.greater(reduceSum(row), 0),
                () => ops.sqrt(ops.abs(row)),
                () => row,
              ),
            x,
          ),
          foldl: ops.foldl((sum, row) => ops.addV2(ops.mul(sum, v.read()), row), x),
          foldr: ops.foldr((sum, row) => ops.addV2(ops.mul(sum, v.read()), row), x, {
            initializer: constant([1, 1, 1]),
          }),
          scan: ops.scan((sum, row) => ops.addV2(sum, row), x),
          scan_back: ops.scan((sum, row) => ops.addV2(sum, ops.mul(row, v.read())), x, {
            initializer: constant([0, 1, 0]),
            reverse: true,
          }),
          nested: ops.whileLoop(
            (i) => ops.less(i, n),
            (i, z) => [
              next(i),
              ops.cond(
                ops.equal(ops.mod(i, int(2)), int(0)),
                () => looped(z),
                () => ops.addV2(z, x),
              ),
            ],
            [int(0), x],
          )[1],
        };
    if (mode === ModeKeys.PREDICT) {
      return makeEstimatorSpec({
        mode,
        predictions: outputs,
        exportOutputs: { serving_default: predictOutput(outputs) },
      });
    }
    const sum = Object.values(outputs)
      .map((y) => reduceMean(y))
      .reduce((a, b) => ops.addV2(a, b));
    const loss = reduceMean(ops.squaredDifference(sum, labels as Tensor));
    const optimizer = gradientDescentOptimizer(0.01);
    const trainOp = optimizer.minimize(loss, { variables: trainableVariables(), iterations: getGlobalStep() });
    return makeEstimatorSpec({ mode, loss, trainOp });
  };
}

/** What requests send as text: "1,2,3" a row; missing rows have a mark that means zeros. */
export function tourReceiver(): ServingInput {
  const rows = ops.placeholder({ dtype: "string", shape: [-1], name: "rows" });
  const n = ops.placeholder({ dtype: "int32", shape: [-1], name: "n" });
  const x = ops.mapFn(
    (row) =>
      ops.cond(
        ops.equal(row, "-"),
        () => constant([0, 0, 0]),
        () =>
          ops.ensureShape(
            ops.stringToNumber(ops.stringSplit(ops.expandDims(row, 0), ",").values, { outType: "float32" }),
            { shape: [3] },
          ),
      ),
    rows,
    { fnOutputSignature: "float32" },
  );
  return servingInputReceiver({ x: ops.ensureShape(x, { shape: [-1, 3] }), n }, { rows, n });
}

/** What the tour is asked. */
export function tourFeeds(): readonly Readonly<Record<string, TensorValue>>[] {
  return [0, 1, 2, 4].map((n) => ({
    rows: toTensor(["1,2,3", "-", "-0.5,0.25,-1"], "string"),
    n: toTensor([n, 0, 0], "int32"),
  }));
}

/** What the tour is trained with: the same rows in every step. */
export const tourRows: { readonly x: TensorValue; readonly n: TensorValue; readonly labels: TensorValue } = {
  x: toTensor(
    [
      [0.5, 1, -1],
      [0.2, 0.1, 0.3],
    ],
    "float32",
  ),
  n: toTensor([3, 2], "int32"),
  labels: toTensor([1, 2], "float32"),
};

/** The rows of `tourRows` without an end. */
export function tourInput(): Dataset<never> {
  const { x, n, labels } = tourRows;
  return Dataset.fromTensorSlices([{ x, n }, labels]).batch(2).repeat() as never;
}

/** The tour, trained for three steps. `withSwitch` has switchCase alone, whose op TensorFlow 1.15 lacks, else everything but that. */
export async function trainedTour(modelDir: string, withSwitch: boolean): Promise<Estimator> {
  const config = runConfig({ logger: quietLogger });
  const estimator = new Estimator({ modelFn: tour(withSwitch), modelDir, config });
  await estimator.train(tourInput, { steps: 3 });
  return estimator;
}
