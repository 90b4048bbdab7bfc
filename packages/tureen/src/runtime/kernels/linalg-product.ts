import { broadcastShapes, elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { gemm } from "./linalg/gemm.js";
import { matrixProduct, type Orientation } from "./linalg/matrix-product.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

const matMul: KernelFactory = ({ attrs }) => {
  const [ta, tb] = [attrs.bool("transpose_a"), attrs.bool("transpose_b")];
  const product = matrixProduct(attrs.type("T"), ta ? "transposed" : "plain", tb ? "transposed" : "plain");
  return ([a, b]) => {
    const sizes = matrixSizes(a!, b!, ta, tb);
    const data = product.target(sizes.m * sizes.n);
    if (data.length > 0) product.multiply(sizes, product.read(a!), 0, product.read(b!), 0, data, 0);
    return [product.finish([sizes.m, sizes.n], data)];
  };
};

function matrixSizes(a: TensorValue, b: TensorValue, ta: boolean, tb: boolean): { m: number; n: number; k: number } {
  if (a.shape.length !== b.shape.length) {
    throw invalidArgument(`In[0] and In[1] has different ndims: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`);
  }
  if (a.shape.length !== 2) {
    throw invalidArgument(`In[0] and In[1] must be matrices: ${shapeText(a.shape)} vs. ${shapeText(b.shape)}`);
  }
  const k = a.shape[ta ? 0 : 1]!;
  if (k !== b.shape[tb ? 1 : 0]) {
    throw invalidArgument(`Matrix size-incompatible: In[0]: ${shapeText(a.shape)}, In[1]: ${shapeText(b.shape)}`);
  }
  return { m: a.shape[ta ? 1 : 0]!, n: b.shape[tb ? 0 : 1]!, k };
}

/** The three batch products differ in which shapes they take and in their output's dtype. */
function batchMatMul(broadcasts: boolean): KernelFactory {
  return ({ attrs, inputTypes, outputTypes }) => {
    const [adjX, adjY] = [attrs.bool("adj_x"), attrs.bool("adj_y")];
    const form = (adjoint: boolean): Orientation => (adjoint ? "adjoint" : "plain");
    const product = matrixProduct(inputTypes[0]!, form(adjX), form(adjY), outputTypes[0]!);
    return ([x, y]) => {
      const batch = batchShape(x!.shape, y!.shape, broadcasts);
      const [xr, xc] = x!.shape.slice(-2) as [number, number];
      const [yr, yc] = y!.shape.slice(-2) as [number, number];
      const [m, k] = adjX ? [xc, xr] : [xr, xc];
      const [k2, n] = adjY ? [yc, yr] : [yr, yc];
      if (k !== k2) {
        throw invalidArgument(`Matrix size-incompatible: In[0]: ${shapeText(x!.shape)}, In[1]: ${shapeText(y!.shape)}`);
      }
      const count = elementCount(batch);
      const data = product.target(count * m * n);
      if (data.length > 0) {
        const [a, b] = [product.read(x!), product.read(y!)];
        const [aAt, bAt] = [batchOffsets(batch, x!.shape), batchOffsets(batch, y!.shape)];
        const sizes = { m, n, k };
        const { width } = product;
        for (let i = 0; i < count; i++) {
          product.multiply(sizes, a, aAt[i]! * m * k * width, b, bAt[i]! * k * n * width, data, i * m * n * width);
        }
      }
      return [product.finish([...batch, m, n], data)];
    };
  };
}

function batchShape(x: Shape, y: Shape, broadcasts: boolean): Shape {
  if (!broadcasts) {
    if (x.length !== y.length) {
      throw invalidArgument(`In[0] and In[1] has different ndims: ${shapeText(x)} vs. ${shapeText(y)}`);
    }
    if (x.length < 2) throw invalidArgument(`In[0] and In[1] ndims must be >= 2: ${x.length}`);
    for (let i = 0; i < x.length - 2; i++) {
      if (x[i] !== y[i]) {
        throw invalidArgument(
          `In[0].dim(${i}) and In[1].dim(${i}) must be the same: ${shapeText(x)} vs ${shapeText(y)}`,
        );
      }
    }
    return x.slice(0, -2);
  }
  if (x.length < 2) throw invalidArgument(`In[0] ndims must be >= 2: ${x.length}`);
  if (y.length < 2) throw invalidArgument(`In[1] ndims must be >= 2: ${y.length}`);
  const batch = broadcastShapes(x.slice(0, -2), y.slice(0, -2));
  if (batch === undefined) {
    throw invalidArgument(`In[0] and In[1] must have compatible batch dimensions: ${shapeText(x)} vs. ${shapeText(y)}`);
  }
  return batch;
}

/** For each batch entry of a broadcast product, which matrix of an operand it takes. */
function batchOffsets(batch: Shape, operand: Shape): Int32Array {
  let offsets = Int32Array.of(0);
  const own = operand.length - 2;
  let stride = 1;
  // From the innermost batch dimension outwards: each repeats what is known of those within it.
  for (let d = 1; d <= batch.length; d++) {
    const size = batch[batch.length - d]!;
    const present = d <= own ? operand[own - d]! : 1;
    const step = present === 1 ? 0 : stride;
    const next = new Int32Array(size * offsets.length);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < offsets.length; j++) next[i * offsets.length + j] = i * step + offsets[j]!;
    }
    offsets = next;
    stride *= present;
  }
  return offsets;
}

const sparseMatMul: KernelFactory = ({ attrs }) => {
  const [ta, tb] = [attrs.bool("transpose_a"), attrs.bool("transpose_b")];
  return ([a, b]) => {
    if (a!.shape.length !== 2) throw invalidArgument("a is not a matrix");
    if (b!.shape.length !== 2) throw invalidArgument("b is not a matrix");
    const [m, k] = [a!.shape[ta ? 1 : 0]!, a!.shape[ta ? 0 : 1]!];
    const [k2, n] = [b!.shape[tb ? 1 : 0]!, b!.shape[tb ? 0 : 1]!];
    if (k !== k2) {
      throw invalidArgument(`Matrix size incompatible: a: ${shapeText(a!.shape)}, b: ${shapeText(b!.shape)}`);
    }
    const data = realArray("float32", m * n);
    const [x, y] = [realData(a!), realData(b!)];
    gemm(m, n, k, { data: x, offset: 0, transposed: ta }, { data: y, offset: 0, transposed: tb }, data, 0);
    return [realValue("float32", [m, n], data)];
  };
};

/** Host kernels of the matrix products. */
export const linalgProductKernels: KernelTable = {
  MatMul: matMul,
  BatchMatMul: batchMatMul(false),
  BatchMatMulV2: batchMatMul(true),
  BatchMatMulV3: batchMatMul(true),
  SparseMatMul: sparseMatMul,
};
