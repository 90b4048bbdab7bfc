import type { LoweringTable } from "../lowering.js";
import { constantAxis } from "./support/constants.js";
import { floats, movable, numbers, single } from "./support/dtypes.js";
import { areSame, isScalar, sameShape } from "./support/shape-checks.js";

/** ONNX lowerings of casts, sums of many, scans and clipping. */
export const mathMiscLowerings: LoweringTable = {
  AddN: (node, onnx) => {
    if (!numbers.includes(node.inputTypes[0]!)) return undefined;
    let sum = node.input(0);
    for (let i = 1; i < node.inputTypes.length; i++) {
      const term = areSame(node.shape(0), node.shape(i)) ? node.input(i) : sameShape(node, onnx, 0, i);
      if (term === undefined) return undefined;
      sum = onnx.op("Add", [sum, term]);
    }
    return [sum];
  },
  Cast: (node, onnx) => {
    const from = node.inputTypes[0]!;
    const to = node.outputTypes[0]!;
    if (node.attrs.bool("Truncate") || !movable.includes(from) || !movable.includes(to)) return undefined;
    // What a float beyond an integer's range becomes is left to each compiler; float to bool and to small integers too.
    if (floats.includes(from) && !floats.includes(to)) return undefined;
    return [from === to ? node.input(0) : onnx.cast(node.input(0), to)];
  },
  ClipByValue: (node, onnx) => {
    if (!numbers.includes(node.inputTypes[0]!) || !isScalar(node.shape(1)) || !isScalar(node.shape(2)))
      return undefined;
    return [onnx.op("Max", [onnx.op("Min", [node.input(0), node.input(2)]), node.input(1)])];
  },
  Cumsum: (node, onnx) => {
    const axis = constantAxis(node, 1, node.shape(0)?.length);
    if (!single.includes(node.inputTypes[0]!) || axis === undefined) return undefined;
    const flags = { exclusive: Number(node.attrs.bool("exclusive")), reverse: Number(node.attrs.bool("reverse")) };
    return [onnx.op("CumSum", [node.input(0), onnx.scalar("int64", axis)], flags)];
  },
};
