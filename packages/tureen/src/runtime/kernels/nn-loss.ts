import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import { indicesOf } from "./array/cells.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";

/** Softmax of each row, or its logarithm. */
function softmax(logarithm: boolean): KernelFactory {
  return () =>
    ([logits]) => {
      const { shape, dtype } = logits!;
      if (shape.length < 1) throw invalidArgument(`logits must have >= 1 dimension, got ${shapeText(shape)}`);
      const out = realArray(dtype, logits!.data.length);
      const classes = shape.at(-1)!;
      if (out.length > 0) (logarithm ? logSoftmaxRows : softmaxRows)(realData(logits!), out, classes);
      return [realValue(dtype, shape, out)];
    };
}

/** The largest element of a row, NaN where there is one. */
function rowMax(x: FloatArray, from: number, to: number): number {
  let max = x[from]!;
  for (let i = from + 1; i < to; i++) {
    const v = x[i]!;
    if (v > max || Number.isNaN(v)) max = v;
  }
  return max;
}

function softmaxRows(x: FloatArray, out: FloatArray, classes: number): void {
  for (let from = 0; from < x.length; from += classes) {
    const to = from + classes;
    const max = rowMax(x, from, to);
    let sum = 0;
    for (let i = from; i < to; i++) {
      const e = Math.exp(x[i]! - max);
      out[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = from; i < to; i++) out[i] = out[i]! * scale;
  }
}

function logSoftmaxRows(x: FloatArray, out: FloatArray, classes: number): void {
  for (let from = 0; from < x.length; from += classes) {
    const to = from + classes;
    const max = rowMax(x, from, to);
    let sum = 0;
    for (let i = from; i < to; i++) sum += Math.exp(x[i]! - max);
    const shift = max + Math.log(sum);
    for (let i = from; i < to; i++) out[i] = x[i]! - shift;
  }
}

const softmaxCrossEntropy: KernelFactory =
  () =>
  ([features, labels]) => {
    const shape = broadcastPair(features!, labels!);
    const [batch, classes] = shape;
    const dtype = features!.dtype;
    const x = expand(features!, batch, classes);
    const p = expand(labels!, batch, classes);
    const loss = realArray(dtype, batch);
    const backprop = realArray(dtype, batch * classes);
    for (let r = 0; r < batch && classes > 0; r++) {
      const from = r * classes;
      const to = from + classes;
      const max = rowMax(x, from, to);
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.exp(x[i]! - max);
      const log = Math.log(sum);
      let total = 0;
      for (let i = from; i < to; i++) {
        const centred = x[i]! - max;
        total += p[i]! * (log - centred);
        backprop[i] = Math.exp(centred) / sum - p[i]!;
      }
      loss[r] = total;
    }
    return [realValue(dtype, [batch], loss), realValue(dtype, shape, backprop)];
  };

function broadcastPair(features: TensorValue, labels: TensorValue): readonly [number, number] {
  const mismatch = (): never => {
    throw invalidArgument(
      `logits and labels must be broadcastable: logits_size=${shapeText(features.shape)} labels_size=${shapeText(labels.shape)}`,
    );
  };
  const rank = Math.max(features.shape.length, labels.shape.length);
  const pad = (shape: readonly number[]): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [a, b] = [pad(features.shape), pad(labels.shape)];
  const shape = a.map((size, d) => (size === b[d] || b[d] === 1 ? size : size === 1 ? b[d]! : mismatch()));
  if (rank !== 2) {
    throw invalidArgument("logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional");
  }
  return shape as unknown as readonly [number, number];
}

function expand(value: TensorValue, batch: number, classes: number): FloatArray {
  const data = realData(value);
  if (data.length === batch * classes) return data;
  const rows = value.shape.length === 2 ? value.shape[0]! : 1;
  const columns = value.shape.at(-1) ?? 1;
  const out = realArray(value.dtype, batch * classes);
  for (let r = 0; r < batch; r++) {
    for (let c = 0; c < classes; c++)
      out[r * classes + c] = data[(rows === 1 ? 0 : r) * columns + (columns === 1 ? 0 : c)]!;
  }
  return out;
}

const sparseSoftmaxCrossEntropy: KernelFactory =
  () =>
  ([features, labels]) => {
    const { shape, dtype } = features!;
    if (shape.length !== 2) throw invalidArgument(`logits must be 2-D, but got shape ${shapeText(shape)}`);
    if (labels!.shape.length !== 1)
      throw invalidArgument(`labels must be 1-D, but got shape ${shapeText(labels!.shape)}`);
    const [batch, classes] = shape as readonly [number, number];
    if (labels!.shape[0] !== batch) {
      throw invalidArgument(
        `logits and labels must have the same first dimension, got logits shape ${shapeText(shape)} and labels shape ${shapeText(labels!.shape)}`,
      );
    }
    if (classes <= 0) throw invalidArgument(`Must have at least one class, but got logits shape ${shapeText(shape)}`);
    const indices = indicesOf(labels!);
    for (let r = 0; r < batch; r++) {
      if (indices[r]! < 0 || indices[r]! >= classes) {
        throw invalidArgument(
          `Received a label value of ${indices[r]} which is outside the valid range of [0, ${classes}).  Label values: ${Array.from(indices).join(" ")}`,
        );
      }
    }
    const x = realData(features!);
    const loss = realArray(dtype, batch);
    const backprop = realArray(dtype, batch * classes);
    for (let r = 0; r < batch; r++) {
      const from = r * classes;
      const to = from + classes;
      const label = from + indices[r]!;
      const max = rowMax(x, from, to);
      let sum = 0;
      for (let i = from; i < to; i++) {
        const e = Math.exp(x[i]! - max);
        backprop[i] = e;
        sum += e;
      }
      loss[r] = Math.log(sum) - (x[label]! - max);
      const scale = 1 / sum;
      for (let i = from; i < to; i++) backprop[i] = backprop[i]! * scale;
      backprop[label] = backprop[label]! - 1;
    }
    return [realValue(dtype, [batch], loss), realValue(dtype, shape, backprop)];
  };

const l2Loss: KernelFactory =
  () =>
  ([t]) => {
    const x = realData(t!);
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
    const out = realArray(t!.dtype, 1);
    out[0] = sum / 2;
    return [realValue(t!.dtype, [], out)];
  };

function inTopK(kOf: (inputs: readonly TensorValue[]) => number): Kernel {
  return (inputs) => {
    const [predictions, targets] = inputs as [TensorValue, TensorValue];
    if (predictions.shape.length !== 2) throw invalidArgument("predictions must be 2-dimensional");
    if (targets.shape.length !== 1) throw invalidArgument("targets must be 1-dimensional");
    const [batch, classes] = predictions.shape as readonly [number, number];
    if (batch !== targets.shape[0]) {
      throw invalidArgument(`First dimension of predictions ${batch} must match length of targets ${targets.shape[0]}`);
    }
    const k = kOf(inputs);
    const x = predictions.data as Float32Array;
    const indices = indicesOf(targets);
    const out = new Uint8Array(batch);
    for (let r = 0; r < batch; r++) {
      const target = indices[r]!;
      const own = target >= 0 && target < classes ? x[r * classes + target]! : Number.NaN;
      if (!Number.isFinite(own)) continue;
      let better = 0;
      let finite = true;
      for (let c = 0; c < classes; c++) {
        const v = x[r * classes + c]!;
        if (!Number.isFinite(v)) {
          finite = false;
          break;
        }
        if (v > own) better += 1;
        if (better > k) break;
      }
      out[r] = finite && better < k ? 1 : 0;
    }
    return [tensorValue("bool", [batch], out)];
  };
}

/** Host kernels of softmax and losses. */
export const nnLossKernels: KernelTable = {
  Softmax: softmax(false),
  LogSoftmax: softmax(true),
  SoftmaxCrossEntropyWithLogits: softmaxCrossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: sparseSoftmaxCrossEntropy,
  L2Loss: l2Loss,
  InTopK: ({ attrs }) => {
    const k = attrs.int("k");
    return inTopK(() => k);
  },
  InTopKV2: () => inTopK((inputs) => indicesOf(inputs[2]!)[0]!),
};
