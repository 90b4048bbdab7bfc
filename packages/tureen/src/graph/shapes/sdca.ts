import { invalidArgument } from "../../core/status-error.js";
import type { ShapeTable } from "../infer-shapes.js";

/** Deltas have the shapes of their weights, which come before the state of the examples, the last input. */
const optimizer: ShapeTable[string] = ({ inputs, attrs }) => {
  const weights = attrs.int("num_sparse_features") + attrs.int("num_dense_features");
  return [[-1, 4], ...inputs.slice(-1 - weights, -1).map(({ shape }) => shape)];
};

/** Shape rules of the SDCA family. */
export const sdcaShapes: ShapeTable = {
  SdcaFprint: ({ inputs: [input] }) => {
    const { shape } = input!;
    if (shape !== undefined && shape.length !== 1) {
      throw invalidArgument(`Shape must be rank 1 but is rank ${shape.length}`);
    }
    return [[shape?.[0] ?? -1, 2]];
  },
  SdcaOptimizer: optimizer,
  SdcaOptimizerV2: optimizer,
  SdcaShrinkL1: () => [],
};
