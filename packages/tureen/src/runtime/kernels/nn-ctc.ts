import { shapeText } from "../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { ctcBeamSearch } from "./nn/ctc-beam-search.js";
import { ctcLoss } from "./nn/ctc-loss.js";
import { int64Value, numbersOf } from "./sparse/integers.js";

/** The likeliest class of each step, blanks (and with `merge_repeated` repetitions) left out. */
const ctcGreedyDecoder: KernelFactory = ({ attrs }) => {
  const merge = attrs.bool("merge_repeated");
  const blankIndex = attrs.int("blank_index");
  return (given) => {
    const [inputs, lengths] = given as readonly [TensorValue, TensorValue];
    if (inputs.shape.length !== 3) throw invalidArgument("inputs is not a 3-Tensor");
    if (lengths.shape.length !== 1) throw invalidArgument(`sequence_length is not a vector`);
    const [steps, batch, classes] = inputs.shape as readonly [number, number, number];
    if (steps === 0) throw invalidArgument("max_time is 0");
    if (lengths.shape[0] !== batch) {
      throw failedPrecondition(
        `len(sequence_length) != batch_size.  len(sequence_length):  ${lengths.shape[0]} batch_size: ${batch}`,
      );
    }
    const times = numbersOf(lengths);
    times.forEach((time, b) => {
      if (time > steps) throw failedPrecondition(`sequence_length(${b}) <= ${steps}`);
    });
    const blank = blankIndex < 0 ? classes + blankIndex : blankIndex;
    if (blank < 0 || blank >= classes) {
      throw invalidArgument(`blank_index expected to be between ${-classes} and ${classes - 1} but was ${blankIndex}`);
    }
    const data = realData(inputs);
    const scores = realArray(inputs.dtype, batch);
    const [indices, values]: [number[], number[]] = [[], []];
    let longest = 0;
    for (let b = 0; b < batch; b++) {
      let [previous, count] = [-1, 0];
      for (let t = 0; t < times[b]!; t++) {
        const from = (t * batch + b) * classes;
        let best = 0;
        for (let c = 1; c < classes; c++) if (data[from + c]! > data[from + best]!) best = c;
        scores[b] = scores[b]! - data[from + best]!;
        if (best !== blank && !(merge && best === previous)) {
          indices.push(b, count);
          values.push(best);
          count += 1;
        }
        previous = best;
      }
      longest = Math.max(longest, count);
    }
    return [
      int64Value([values.length, 2], indices),
      int64Value([values.length], values),
      int64Value([2], [batch, longest]),
      realValue(inputs.dtype, [batch, 1], scores),
    ];
  };
};

const ctcBeamSearchDecoder: KernelFactory = ({ attrs }) => {
  const [width, paths] = [attrs.int("beam_width"), attrs.int("top_paths")];
  const merge = attrs.bool("merge_repeated");
  return (given) => {
    const [inputs, lengths] = given as readonly [TensorValue, TensorValue];
    if (inputs.shape.length !== 3) throw invalidArgument("inputs is not a 3-Tensor");
    if (inputs.data.length === 0) throw invalidArgument("inputs must not be empty");
    if (lengths.shape.length !== 1) throw invalidArgument("sequence_length is not a vector");
    const [steps, batch, classes] = inputs.shape as readonly [number, number, number];
    if (lengths.shape[0] !== batch) {
      throw failedPrecondition(
        `len(sequence_length) != batch_size.  len(sequence_length):  ${lengths.shape[0]} batch_size: ${batch}`,
      );
    }
    const times = numbersOf(lengths);
    times.forEach((time, b) => {
      if (time > steps) throw failedPrecondition(`sequence_length(${b}) <= ${steps}`);
    });
    const data = realData(inputs);
    const scores = realArray(inputs.dtype, batch * paths);
    const indices: number[][] = Array.from({ length: paths }, () => []);
    const values: number[][] = Array.from({ length: paths }, () => []);
    const longest = new Array<number>(paths).fill(0);
    for (let b = 0; b < batch; b++) {
      if (paths > width) throw invalidArgument("requested more paths than the beam width.");
      const found = ctcBeamSearch(data, (t) => (t * batch + b) * classes, times[b]!, classes, width, paths, merge);
      if (found === undefined) throw invalidArgument("Less leaves in the beam search than requested.");
      found.labels.forEach((labels, p) => {
        labels.forEach((label, i) => {
          indices[p]!.push(b, i);
          values[p]!.push(label);
        });
        longest[p] = Math.max(longest[p]!, labels.length);
        scores[b * paths + p] = found.scores[p]!;
      });
    }
    return [
      ...indices.map((places) => int64Value([places.length / 2, 2], places)),
      ...values.map((labels) => int64Value([labels.length], labels)),
      ...longest.map((length) => int64Value([2], [batch, length])),
      realValue(inputs.dtype, [batch, paths], scores),
    ];
  };
};

/** The labels of each sequence, of a sparse matrix; those from the blank's number on end a sequence. */
function labelsOf(indices: TensorValue, values: TensorValue, batch: number): number[][] {
  const places = numbersOf(indices);
  const labels: number[][] = Array.from({ length: batch }, () => []);
  const count = values.shape[0]!;
  let longest = 0;
  for (let i = 0; i < count; i++) longest = Math.max(longest, places[2 * i + 1]! + 1);
  for (let i = 0; i < count; i++) {
    const row = labels[places[2 * i]!];
    if (row === undefined) {
      throw invalidArgument(
        `label SparseTensor is not valid: indices[${i}] = [${places[2 * i]},${places[2 * i + 1]}] is out of bounds: need 0 <= index < [${batch},${longest}]`,
      );
    }
    row.push((values.data as Int32Array)[i]!);
  }
  labels.forEach((row, b) => {
    if (row.length === 0) throw invalidArgument(`Labels length is zero in batch ${b}`);
  });
  return labels;
}

const ctcLossKernel: KernelFactory = ({ attrs }) => {
  const collapse = attrs.bool("preprocess_collapse_repeated");
  const merge = attrs.bool("ctc_merge_repeated");
  const ignore = attrs.bool("ignore_longer_outputs_than_inputs");
  return (given) => {
    const [inputs, indices, values, lengths] = given as readonly [TensorValue, TensorValue, TensorValue, TensorValue];
    if (inputs.shape.length !== 3) throw invalidArgument("inputs is not a 3-Tensor");
    if (lengths.shape.length !== 1) throw invalidArgument("sequence_length is not a vector");
    if (indices.shape.length !== 2) throw invalidArgument("labels_indices is not a matrix");
    if (values.shape.length !== 1) throw invalidArgument("labels_values is not a vector");
    const [steps, batch, classes] = inputs.shape as readonly [number, number, number];
    if (batch === 0) throw invalidArgument("batch_size must not be 0");
    if (lengths.shape[0] !== batch) {
      throw invalidArgument(
        `len(sequence_length) != batch_size.  len(sequence_length):  ${lengths.shape[0]} batch_size: ${batch}`,
      );
    }
    if (indices.shape[0] !== values.shape[0]) {
      throw invalidArgument(
        `labels_indices and labels_values must contain the same number of rows, but saw shapes: ${shapeText(indices.shape)} vs. ${shapeText(values.shape)}`,
      );
    }
    const times = numbersOf(lengths);
    const labels = labelsOf(indices, values, batch);
    times.forEach((time, b) => {
      if (time > steps) throw invalidArgument(`sequence_length(${b}) <= ${steps}`);
    });
    const data = realData(inputs);
    const loss = realArray(inputs.dtype, batch);
    const gradient = realArray(inputs.dtype, data.length);
    const targets = labels.map((row, b) => {
      const kept = row.filter((label, i) => label < classes - 1 && !(collapse && i > 0 && label === row[i - 1]));
      if (kept.some((label) => label < 0)) {
        throw invalidArgument(`All labels must be nonnegative integers, batch: ${b} labels: ${kept.join(",")}`);
      }
      if (!ignore && times[b]! < row.length) {
        throw invalidArgument(
          `Not enough time for target transition sequence (required: ${row.length}, available: ${times[b]})${b}You can turn this error into a warning by using the flag ignore_longer_outputs_than_inputs`,
        );
      }
      return kept;
    });
    targets.forEach((target, b) => {
      const own = times[b]!;
      // Labels that do not fit were asked to be left out.
      if (own === 0 || own < labels[b]!.length) return;
      const probabilities = new Float64Array(own * classes);
      for (let t = 0; t < own; t++) softmaxInto(data, (t * batch + b) * classes, probabilities, t * classes, classes);
      const found = ctcLoss({ steps: own, classes, probabilities }, target, merge);
      loss[b] = found.loss;
      for (let t = 0; t < own; t++) {
        for (let c = 0; c < classes; c++) gradient[(t * batch + b) * classes + c] = found.gradient[t * classes + c]!;
      }
    });
    return [realValue(inputs.dtype, [batch], loss), realValue(inputs.dtype, inputs.shape, gradient)];
  };
};

function softmaxInto(data: ArrayLike<number>, from: number, out: Float64Array, to: number, classes: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) largest = Math.max(largest, data[from + c]!);
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    out[to + c] = Math.exp(data[from + c]! - largest);
    sum += out[to + c]!;
  }
  for (let c = 0; c < classes; c++) out[to + c] = out[to + c]! / sum;
}

/** Host kernels of connectionist temporal classification. */
export const nnCtcKernels: KernelTable = {
  CTCGreedyDecoder: ctcGreedyDecoder,
  CTCBeamSearchDecoder: ctcBeamSearchDecoder,
  CTCLoss: ctcLossKernel,
};
