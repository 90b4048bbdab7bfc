import { dtypeLabel } from "../../core/dtype.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { accumulator, type ScatterKind } from "./array/accumulate.js";
import { indicesOf } from "./array/cells.js";
import { copyOf } from "./array-slice.js";

/** Rows joined with values into a copy; rows count from 0 modulo their number, as TensorFlow lets them. */
function inplace(kind: ScatterKind): KernelFactory {
  return () => (inputs) => {
    const [x, rows, values] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    if (rows.shape.length !== 1) throw invalidArgument(`i must be a vector. ${shapeText(rows.shape)}`);
    if (x.shape.length !== values.shape.length) {
      throw invalidArgument(
        `x and v shape doesn't match (ranks differ): ${shapeText(x.shape)} vs. ${shapeText(values.shape)}`,
      );
    }
    x.shape.forEach((size, d) => {
      if (d > 0 && size !== values.shape[d]) {
        throw invalidArgument(
          `x and v shape doesn't match at index ${d} : ${shapeText(x.shape)} vs. ${shapeText(values.shape)}`,
        );
      }
    });
    if (rows.shape[0] !== values.shape[0]) {
      throw invalidArgument(
        `i and x shape doesn't match at index 0: ${shapeText(rows.shape)} vs. ${shapeText(values.shape)}`,
      );
    }
    const output = copyOf(x);
    const places = indicesOf(rows);
    if (places.length === 0) return [output];
    if (kind !== "update" && (x.dtype === "bool" || x.dtype === "string")) {
      throw invalidArgument(`Unsupported data type: ${dtypeLabel(x.dtype)}`);
    }
    const count = x.shape[0]!;
    const size = elementCount(x.shape.slice(1));
    const join = accumulator(kind, output, values);
    for (let i = 0; i < places.length; i++) {
      join((((places[i]! % count) + count) % count) * size, i * size, size, 1);
    }
    return [output];
  };
}

/** Host kernels of updates of rows "in place": of a copy, since inputs may have other readers. */
export const arrayInplaceKernels: KernelTable = {
  InplaceUpdate: inplace("update"),
  InplaceAdd: inplace("add"),
  InplaceSub: inplace("sub"),
};
