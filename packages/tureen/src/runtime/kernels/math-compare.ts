import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { tensorValue } from "../../core/tensor-value.js";
import { equalBytes } from "../../core/text.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { compareKernel, numbersOf } from "./math/element-wise.js";
import * as hot from "./math/hot-loops.js";

const approximateEqual: KernelFactory = (node) => {
  const tolerance = node.attrs.float("tolerance");
  const complex = node.inputTypes[0] === "complex64" || node.inputTypes[0] === "complex128";
  return ([x, y]) => {
    if (!sameShape(x!.shape, y!.shape)) {
      throw invalidArgument(
        `x and y must be of the same shape. x shape: ${shapeText(x!.shape)}. y shape: ${shapeText(y!.shape)}`,
      );
    }
    const a = numbersOf(x!);
    const b = numbersOf(y!);
    const out = new Uint8Array(elementCount(x!.shape));
    for (let i = 0; i < out.length; i++) {
      const apart = complex
        ? Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!)
        : Math.abs(a[i]! - b[i]!);
      out[i] = apart < tolerance ? 1 : 0;
    }
    return [tensorValue("bool", x!.shape, out)];
  };
};

/** Kernels of the comparisons. */
export const mathCompareKernels: KernelTable = {
  ApproximateEqual: approximateEqual,
  Equal: compareKernel({
    number: (x, y) => x === y,
    big: (x, y) => x === y,
    string: equalBytes,
    complex: (ar, ai, br, bi) => ar === br && ai === bi,
    float32: hot.equalFloat32,
    incompatible: false,
  }),
  NotEqual: compareKernel({
    number: (x, y) => x !== y,
    big: (x, y) => x !== y,
    string: (x, y) => !equalBytes(x, y),
    complex: (ar, ai, br, bi) => ar !== br || ai !== bi,
    float32: hot.notEqualFloat32,
    incompatible: true,
  }),
  Greater: compareKernel({ number: (x, y) => x > y, big: (x, y) => x > y, float32: hot.greaterFloat32 }),
  GreaterEqual: compareKernel({ number: (x, y) => x >= y, big: (x, y) => x >= y, float32: hot.greaterEqualFloat32 }),
  Less: compareKernel({ number: (x, y) => x < y, big: (x, y) => x < y, float32: hot.lessFloat32 }),
  LessEqual: compareKernel({ number: (x, y) => x <= y, big: (x, y) => x <= y, float32: hot.lessEqualFloat32 }),
};
