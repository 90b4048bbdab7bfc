import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
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

/** Host kernels of connectionist temporal classification. */
export const nnCtcKernels: KernelTable = { CTCGreedyDecoder: ctcGreedyDecoder };
