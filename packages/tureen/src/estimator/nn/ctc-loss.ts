import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { sequenceMask } from "../math/arrays.js";
import { cast, sub } from "./arithmetic.js";
import { concat } from "./tensor-shape.js";

/** Options of `ctcLossV2`. */
export interface CtcLossOptions extends NamedOptions {
  /** Whether logits are [time, batch, classes], the default, rather than [batch, time, classes]. */
  readonly logitsTimeMajor?: boolean;
  /** The class that is the blank, from the end where below 0; default 0. Sparse labels need it. */
  readonly blankIndex?: number;
}

/**
 * The negative log likelihood of label sequences under connectionist temporal classification (`tf.nn.ctc_loss` of TensorFlow 2), float32 [batch].
 *
 * `labels` are int32 [batch, most labels], of which each row has `labelLength`, or sparse with `labelLength` null. INVALID_ARGUMENT of the run where a row has
 * more labels than steps for them, for which TensorFlow's formula for dense labels gives infinity.
 */
export function ctcLossV2(
  labels: Tensor | SparseTensor,
  logits: Tensor,
  labelLength: Tensor | null,
  logitLength: TensorLike,
  options: CtcLossOptions = {},
): Tensor {
  checkOptions("ctcLossV2", options, { logitsTimeMajor: "optional", blankIndex: "optional", name: "optional" });
  const { logitsTimeMajor = true, blankIndex } = options;
  if (labels instanceof SparseTensor && blankIndex === undefined) {
    throw invalidArgument("Argument `blank_index` must be provided when `labels` is a `SparseTensor`.");
  }
  const classes = logits.shape?.[2] ?? -1;
  if (classes < 0) throw invalidArgument("The number of classes of ctcLossV2's logits must be known.");
  const given = blankIndex ?? 0;
  const blank = given < 0 ? given + classes : given;
  return nameScope(options.name ?? "ctc_loss_dense", () => {
    const turned = logitsTimeMajor ? logits : build("Transpose", [logits, constant([1, 0, 2], "int32", "perm")]);
    const sparse = labels instanceof SparseTensor ? labels : sparseLabels(labels, labelLength);
    // The op takes the last class for the blank.
    const isLast = blank === classes - 1;
    const values = cast(sparse.values, "int32");
    const shifted = isLast
      ? values
      : build("SelectV2", [build("Less", [values, constant(blank, "int32")]), values, sub(values, 1)]);
    return build("CTCLoss", [
      isLast ? turned : blankLast(turned, blank, classes),
      sparse.indices,
      shifted,
      logitLength,
    ]);
  });
}

/** The labels that each row has, row by row. */
function sparseLabels(labels: Tensor, lengths: Tensor | null): SparseTensor {
  if (lengths === null) throw invalidArgument("Argument `label_length` must be provided when labels is a Tensor.");
  const most = labels.shape?.[1] ?? -1;
  if (most < 0) throw invalidArgument("The second size of ctcLossV2's labels must be known.");
  const indices = build("Where", [sequenceMask(lengths, { maxlen: most })], {}, "Where");
  const shape = build("Shape", [labels], { out_type: "int64" }, "Shape");
  return new SparseTensor(indices, build("GatherNd", [labels, indices], {}, "GatherNd"), shape);
}

function blankLast(logits: Tensor, blank: number, classes: number): Tensor {
  const part = (from: number, size: number): Tensor =>
    build("Slice", [logits, constant([0, 0, from], "int32", "begin"), constant([-1, -1, size], "int32", "size")]);
  const before = blank === 0 ? [] : [part(0, blank)];
  return concat([...before, part(blank + 1, classes - blank - 1), part(blank, 1)], 2);
}
