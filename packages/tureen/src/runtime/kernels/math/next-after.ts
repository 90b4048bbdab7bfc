import type { KernelFactory } from "../../kernel.js";
import { binaryKernel } from "./element-wise.js";

const float32 = new Float32Array(1);
const bits32 = new Int32Array(float32.buffer);
const float64 = new Float64Array(1);
const bits64 = new BigInt64Array(float64.buffer);

function next32(x: number, towards: number): number {
  if (Number.isNaN(x) || Number.isNaN(towards)) return Number.NaN;
  if (x === towards) return towards;
  if (x === 0) return towards > 0 ? 2 ** -149 : -(2 ** -149);
  float32[0] = x;
  bits32[0]! += towards > x === x > 0 ? 1 : -1;
  return float32[0]!;
}

function next64(x: number, towards: number): number {
  if (Number.isNaN(x) || Number.isNaN(towards)) return Number.NaN;
  if (x === towards) return towards;
  if (x === 0) return towards > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  float64[0] = x;
  bits64[0]! += towards > x === x > 0 ? 1n : -1n;
  return float64[0]!;
}

/** The number after x1 in the direction of x2, in the operands' own precision. */
export const nextAfter: KernelFactory = (node) =>
  binaryKernel({ float: node.inputTypes[0] === "float64" ? next64 : next32 })(node);
