import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Labels } from "../model-fn.js";
import { cast } from "../nn/arithmetic.js";
import { assertEqual, assertLessEqual, assertNonNegative, assertRankAtLeast } from "../nn/assertions.js";
import { notConvertible } from "../nn/not-convertible.js";
import { concat, expandDims, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** What a missing label tensor says. */
export const labelNoneMessage: string =
  "You must provide a labels Tensor. Given: None. " +
  "Suggested troubleshooting steps: Check that your data contains your label " +
  "feature. Check that your input_fn properly parses and returns labels.";

function sparseLabelMessage(dimension: number): string {
  return (
    `SparseTensor labels are not supported. Labels must be a Tensor of shape ` +
    `[D0, D1, ..., DN, ${dimension}], e.g. [batch_size, ${dimension}].Suggested Fix (1): Check the` +
    ` label feature in your data. Each example must contain ${dimension} value(s). If ` +
    `not, your choice of label was probably incorrect. Suggested Fix (2): In ` +
    `your input_fn, use tf.sparse_tensor_to_dense() to turn labels into a ` +
    `Tensor.`
  );
}

function mismatchMessage(expected: number, received: number): string {
  return (
    `Mismatched label shape. Expected labels dimension=${expected}.  Received ${received}. ` +
    `Suggested Fix: If your classifier expects one-hot encoding label, check ` +
    `your n_classes argument to the estimator and/or the shape of your label. ` +
    `Otherwise, check the shape of your label.`
  );
}

/**
 * Labels of shape [D0, ..., DN, dimension] that fit logits [D0, ..., DN, logits dimension].
 *
 * Labels that lack the last dimension get one of size 1. INVALID_ARGUMENT with TensorFlow's texts, at the latest when run.
 */
export function checkDenseLabels(labels: Labels, logits: Tensor, dimension: number): Tensor {
  if (labels === undefined) throw invalidArgument(labelNoneMessage);
  return nameScope("labels", (scope) => {
    if (labels instanceof SparseTensor) throw invalidArgument(sparseLabelMessage(dimension));
    if (labels instanceof RaggedTensor) throw notConvertible(labels);
    if (!(labels instanceof Tensor)) {
      throw invalidArgument(`labels must be one Tensor, given: {${Object.keys(labels).join(", ")}}`);
    }
    const message = `labels shape must be [D0, D1, ... DN, ${dimension}]. Suggested Fix: check your n_classes argument to the head and/or the shape of your label.`;
    const ranks = [labels.shape?.length, logits.shape?.length] as const;
    const lacksLast = ranks[0] !== undefined && ranks[1] !== undefined && ranks[0] === ranks[1] - 1;
    const full = lacksLast ? expandDims(labels, -1) : labels;
    const rankCheck = assertRankAtLeast(full, 2, message);
    return controlDependencies([rankCheck], () => {
      const last = full.shape?.at(-1);
      if (last !== undefined && last >= 0 && last !== dimension)
        throw invalidArgument(mismatchMessage(dimension, last));
      const logitsShape = shapeOf(logits);
      const expected = concat(
        [sliceFirst(logitsShape, { end: -1 }), constant([dimension], "int32", "concat/values_1")],
        0,
      );
      const actual = shapeOf(full);
      const check = assertEqual(expected, actual, [
        message,
        "expected_labels_shape: ",
        expected,
        "labels_shape: ",
        actual,
      ]);
      return controlDependencies([check], () => build("Identity", [full], {}, scope));
    });
  });
}

/** The labels as float32; UNIMPLEMENTED for strings, which only a classifier with a vocabulary takes. */
export function floatLabels(labels: Tensor): Tensor {
  if (labels.dtype === "string") {
    throw unimplemented(
      "Cast string to float is not supported. Labels are strings: a classifier takes them with `labelVocabulary`",
    );
  }
  return cast(labels, "float32");
}

/** The labels, if all are in [0, n): fails with `message` when run otherwise. */
export function checkLabelRange(labels: Tensor, n: number, message?: string): Tensor {
  return nameScope("check_label_range", () => {
    const last = constant(n - 1, labels.dtype);
    const checks = [
      assertLessEqual(labels, last, message ?? "Labels must be <= n_classes - 1"),
      assertNonNegative(labels, message ?? "Labels must be >= 0"),
    ];
    return controlDependencies(checks, () => buildOp("Identity", [labels], {}, "Identity").output);
  });
}
