import { sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { floatText } from "./check/summarize-value.js";
import { DenseColumn } from "./sdca/dense-column.js";
import { type DualLoss, dualLosses } from "./sdca/dual-loss.js";
import { regularizationOf, shrink } from "./sdca/regularization.js";
import type { Logits, SdcaColumn } from "./sdca/sdca-column.js";
import { columnCounts, type SdcaInputs, sdcaInputs } from "./sdca/sdca-inputs.js";
import { SparseColumn } from "./sdca/sparse-column.js";
import { randomOrder, sampledOrder } from "./sdca/visiting-order.js";
import { refVariable } from "./state/variable-access.js";
import { fingerprint128 } from "./string/farm-hash-128.js";

/** Numbers that are kept of an example: its dual, its primal and dual loss, its weight. */
const stateWidth = 4;

const fingerprint: KernelFactory =
  () =>
  ([input]) => {
    const { shape, data } = input!;
    if (shape.length !== 1) throw invalidArgument(`Input must be a vector, got shape ${shapeText(shape)}`);
    const ids = data as readonly Uint8Array[];
    const words = new BigUint64Array(2 * ids.length);
    ids.forEach((id, i) => {
      fingerprint128(id, words, 2 * i);
      // 0 and 1 stand for free and deleted places of tables.
      if (words[2 * i]! < 2n) words[2 * i]! -= 2n;
    });
    return [tensorValue("int64", [ids.length, 2], new BigInt64Array(words.buffer))];
  };

/** The columns of a batch, the sparse ones first. */
function columnsOf(inputs: SdcaInputs, examples: number): SdcaColumn[] {
  const sparse = inputs.sparseExampleIndices.map(
    (rows, i) =>
      new SparseColumn(
        examples,
        rows,
        inputs.sparseFeatureIndices[i]!,
        inputs.sparseFeatureValues[i],
        inputs.sparseIndices[i]!,
        inputs.sparseWeights[i]!,
      ),
  );
  return [...sparse, ...inputs.denseFeatures.map((features, i) => new DenseColumn(features, inputs.denseWeights[i]!))];
}

function checkExamples({ exampleLabels, denseFeatures }: SdcaInputs, examples: number): void {
  const { length } = exampleLabels.data;
  if (length !== examples) throw invalidArgument(`Expected ${examples} example labels but got ${length}`);
  denseFeatures.forEach(({ shape }, i) => {
    if (shape.length === 2) return;
    throw invalidArgument(`Dense features at index ${i} must be rank 2 but is rank ${shape.length}`);
  });
}

function checkState({ shape }: TensorValue, examples: number): void {
  if (shape.length !== 2) throw invalidArgument(`example_state_data must be rank 2 but is rank ${shape.length}`);
  const expected = [examples, stateWidth];
  if (sameShape(shape, expected)) return;
  throw invalidArgument(`Expected shape ${shapeText(expected)} for example_state_data, got ${shapeText(shape)}`);
}

function acceptedLabel(given: number, loss: DualLoss): number {
  const label = loss.convertLabel(given);
  if (label !== undefined) return label;
  throw invalidArgument(`${loss.refusal}Found example with label: ${floatText(given, false)}`);
}

/**
 * One pass of stochastic dual coordinate ascent over a batch (Shalev-Shwartz and Zhang, "Accelerated proximal stochastic dual coordinate
 * ascent", 2013; for several partitions of the loss Ma et al., "Adding vs. averaging", 2015).
 *
 * The order of the examples is the machine's entropy's, as in TensorFlow, and so are the results. `adaptive` is the attribute's name, which the two
 * versions of the op spell differently; neither reads `num_inner_iterations`.
 */
function optimizer(adaptive: string): KernelFactory {
  return ({ attrs }) => {
    const lossType = attrs.text("loss_type");
    const loss = Object.hasOwn(dualLosses, lossType) ? dualLosses[lossType] : undefined;
    if (loss === undefined) throw invalidArgument(`Unsupported loss type: ${lossType}`);
    const isAdaptive = attrs.bool(adaptive);
    const counts = columnCounts(attrs);
    if (counts.sparse + counts.dense === 0) throw invalidArgument("Requires at least one feature to train.");
    const partitions = attrs.int("num_loss_partitions");
    const regularization = regularizationOf(attrs);
    const { l2 } = regularization;
    return (values, context) => {
      const inputs = sdcaInputs(values, counts);
      const weights = inputs.exampleWeights.data as Float32Array;
      const labels = inputs.exampleLabels.data as Float32Array;
      const examples = weights.length;
      checkExamples(inputs, examples);
      const columns = columnsOf(inputs, examples);
      const norms = Float64Array.from({ length: examples }, (_, example) =>
        columns.reduce((sum, column) => sum + column.squaredNorm(example), 0),
      );
      checkState(inputs.exampleStateData, examples);
      const state = (inputs.exampleStateData.data as Float32Array).slice();
      const logitsOf = (example: number): Logits => {
        const logits = { before: 0, now: 0 };
        for (const column of columns) column.addLogits(example, partitions, regularization, logits);
        return logits;
      };
      /** How far an example's dual is from where it belongs. */
      const importance = (weight: number, example: number): number => {
        const label = loss.convertLabel(labels[example]!) ?? labels[example]!;
        const gap = state[example * stateWidth]! + loss.derivative(logitsOf(example).now, label);
        return weight * Math.sqrt(norms[example]! + l2 * loss.smoothness) * Math.abs(gap);
      };
      const order = isAdaptive ? sampledOrder(weights.map(importance), context) : randomOrder(examples, context);
      for (const example of order) {
        const one = { label: acceptedLabel(labels[example]!, loss), weight: weights[example]! };
        const dual = state[example * stateWidth]!;
        const { before, now } = logitsOf(example);
        const updated = loss.updatedDual({ ...one, dual, wx: now, norm: (partitions * norms[example]!) / l2 });
        const by = ((updated - dual) * one.weight) / l2;
        for (const column of columns) column.update(example, by);
        state.set([updated, loss.primalLoss(before, one), loss.dualLoss(dual, one), one.weight], example * stateWidth);
      }
      const delta = ({ deltas }: SdcaColumn, { shape }: TensorValue): TensorValue =>
        tensorValue("float32", shape, deltas);
      return [
        tensorValue("float32", inputs.exampleStateData.shape, state),
        ...[...inputs.sparseWeights, ...inputs.denseWeights].map((weight, i) => delta(columns[i]!, weight)),
      ];
    };
  };
}

const shrinkL1: KernelFactory = ({ attrs }) => {
  const { shrinkage } = regularizationOf(attrs);
  return (inputs, { resources }) => {
    for (const input of inputs) {
      const variable = refVariable(input, resources);
      const { shape, data } = variable.value;
      variable.value = tensorValue(
        "float32",
        shape,
        (data as Float32Array).map((weight) => shrink(weight, shrinkage)),
      );
      variable.shared = false;
    }
    return [];
  };
};

/** Kernels of stochastic dual coordinate ascent. */
export const sdcaKernels: KernelTable = {
  SdcaFprint: fingerprint,
  SdcaOptimizer: optimizer("adaptative"),
  SdcaOptimizerV2: optimizer("adaptive"),
  SdcaShrinkL1: shrinkL1,
};
