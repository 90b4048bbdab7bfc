import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { floatValue, intValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { integerOf } from "./array/cells.js";
import { boxOverlap, type Chosen, type Similarity, suppress } from "./image/suppress.js";
import { realData, realValue } from "./linalg/real-data.js";

function scalarOf(value: TensorValue, name = "iou_threshold"): number {
  if (value.shape.length !== 0) throw invalidArgument(`${name} must be 0-D, got shape ${shapeText(value.shape)}`);
  return realData(value)[0]!;
}

function checkBoxes(boxes: TensorValue, scores: TensorValue): void {
  if (boxes.shape.length !== 2)
    throw invalidArgument(
      `boxes must be 2-D${shapeText(boxes.shape)} (Shape must be rank 2 but is rank ${boxes.shape.length})`,
    );
  if (boxes.shape[1] !== 4) {
    throw invalidArgument(`boxes must have 4 columns (Dimension must be 4 but is ${boxes.shape[1]})`);
  }
  if (scores.shape.length !== 1) {
    throw invalidArgument(
      `scores must be 1-D${shapeText(scores.shape)} (Shape must be rank 1 but is rank ${scores.shape.length})`,
    );
  }
  checkScores(scores, boxes.shape[0]!);
}

function checkScores(scores: TensorValue, count: number): void {
  if (scores.shape.length !== 1) throw invalidArgument(`scores must be 1-D${shapeText(scores.shape)}`);
  if (scores.shape[0] !== count) {
    throw invalidArgument(
      `scores has incompatible shape (Dimensions must be equal, but are ${count} and ${scores.shape[0]})`,
    );
  }
}

function checkThreshold(threshold: number): void {
  if (!(threshold >= 0 && threshold <= 1)) throw invalidArgument("iou_threshold must be in [0, 1]");
}

function limitOf(maxOutput: TensorValue): number {
  if (maxOutput.shape.length !== 0) {
    throw invalidArgument(`max_output_size must be 0-D, got shape ${shapeText(maxOutput.shape)}`);
  }
  const limit = integerOf(maxOutput);
  if (limit < 0) throw invalidArgument("output size must be non-negative");
  return limit;
}

function choose(inputs: readonly TensorValue[], threshold: number, scoreThreshold: number, sigma = 0): Chosen {
  const [boxes, scores, maxOutput] = inputs as [TensorValue, TensorValue, TensorValue];
  checkThreshold(threshold);
  checkBoxes(boxes, scores);
  const limit = Math.min(limitOf(maxOutput), boxes.shape[0]!);
  return suppress(realData(scores), limit, boxOverlap(realData(boxes)), threshold, scoreThreshold, sigma);
}

const indicesValue = (indices: readonly number[]): TensorValue => intValue([...indices]);

const suppressV1: KernelFactory = ({ attrs }) => {
  const threshold = attrs.float("iou_threshold");
  return (inputs) => [indicesValue(choose(inputs, threshold, Number.NEGATIVE_INFINITY).indices)];
};

const suppressV2: KernelFactory = () => (inputs) => [
  indicesValue(choose(inputs, scalarOf(inputs[3]!), Number.NEGATIVE_INFINITY).indices),
];

const suppressV3: KernelFactory = () => (inputs) => [
  indicesValue(choose(inputs, scalarOf(inputs[3]!), scalarOf(inputs[4]!)).indices),
];

/** Fills up to the wanted size with zeros. */
function padded(list: readonly number[], size: number): number[] {
  return [...list, ...new Array<number>(Math.max(0, size - list.length)).fill(0)];
}

const suppressV4: KernelFactory = ({ attrs }) => {
  const pads = attrs.bool("pad_to_max_output_size");
  return (inputs) => {
    const { indices } = choose(inputs, scalarOf(inputs[3]!), scalarOf(inputs[4]!));
    const size = pads ? limitOf(inputs[2]!) : 0;
    return [indicesValue(padded(indices, size)), intValue([indices.length], [])];
  };
};

const suppressV5: KernelFactory = ({ attrs }) => {
  const pads = attrs.bool("pad_to_max_output_size");
  return (inputs) => {
    const sigma = scalarOf(inputs[5]!);
    if (!(sigma >= 0)) throw invalidArgument("soft_nms_sigma must be non-negative");
    const { indices, scores } = choose(inputs, scalarOf(inputs[3]!), scalarOf(inputs[4]!), sigma);
    const size = pads ? limitOf(inputs[2]!) : 0;
    const list = padded(scores, size);
    return [
      indicesValue(padded(indices, size)),
      realValue(inputs[0]!.dtype, [list.length], Float32Array.from(list)),
      intValue([indices.length], []),
    ];
  };
};

const suppressWithOverlaps: KernelFactory =
  () =>
  ([overlaps, scores, maxOutput, threshold, scoreThreshold]) => {
    if (overlaps!.shape.length !== 2) throw invalidArgument(`overlaps must be 2-D${shapeText(overlaps!.shape)}`);
    const count = overlaps!.shape[0]!;
    if (overlaps!.shape[1] !== count) throw invalidArgument(`overlaps must be square${shapeText(overlaps!.shape)}`);
    checkScores(scores!, count);
    const data = realData(overlaps!);
    const similarity: Similarity = (a, b) => data[a * count + b]!;
    const limit = Math.min(limitOf(maxOutput!), count);
    return [
      indicesValue(
        suppress(realData(scores!), limit, similarity, scalarOf(threshold!), scalarOf(scoreThreshold!)).indices,
      ),
    ];
  };

const combined: KernelFactory = ({ attrs }) => {
  const padsClasses = attrs.bool("pad_per_class");
  const clips = attrs.bool("clip_boxes");
  return ([boxes, scores, perClass, total, iouThreshold, scoreThreshold]) => {
    if (boxes!.shape[0] !== scores!.shape[0]) throw invalidArgument("boxes and scores must have same batch size");
    if (boxes!.shape.length !== 4) throw invalidArgument(`boxes must be 4-D${shapeText(boxes!.shape)}`);
    if (scores!.shape.length !== 3) throw invalidArgument(`scores must be 3-D${shapeText(scores!.shape)}`);
    const [batch, count, boxClasses] = boxes!.shape as readonly [number, number, number, number];
    const classes = scores!.shape[2]!;
    if (scores!.shape[1] !== count) throw invalidArgument("scores has incompatible shape");
    if (boxClasses !== 1 && boxClasses !== classes) {
      throw invalidArgument("third dimension of boxes must be either 1 or equal to the third dimension of scores");
    }
    for (const [name, { shape }] of [
      ["max_size_per_class", perClass!],
      ["max_total_size", total!],
    ] as const) {
      if (shape.length !== 0) throw invalidArgument(`${name} must be 0-D, got shape ${shapeText(shape)}`);
    }
    const [limit, totalLimit] = [integerOf(perClass!), integerOf(total!)];
    if (limit <= 0) throw invalidArgument("max_size_per_class must be positive");
    if (totalLimit <= 0) throw invalidArgument("max_total_size must be > 0");
    const threshold = scalarOf(iouThreshold!);
    checkThreshold(threshold);
    const minimum = scalarOf(scoreThreshold!);
    const size = padsClasses ? Math.min(totalLimit, limit * classes) : totalLimit;
    const outBoxes = new Float32Array(batch * size * 4);
    const outScores = new Float32Array(batch * size);
    const outClasses = new Float32Array(batch * size);
    const valid = new Int32Array(batch);
    const [boxData, scoreData] = [boxes!.data as Float32Array, scores!.data as Float32Array];
    for (let n = 0; n < batch; n++) {
      const found: { score: number; label: number; box: Float32Array }[] = [];
      for (let label = 0; label < classes; label++) {
        const column = boxClasses === 1 ? 0 : label;
        const own = new Float32Array(count * 4);
        const ownScores = new Float32Array(count);
        for (let i = 0; i < count; i++) {
          const from = ((n * count + i) * boxClasses + column) * 4;
          own.set(boxData.subarray(from, from + 4), 4 * i);
          ownScores[i] = scoreData[(n * count + i) * classes + label]!;
        }
        const { indices } = suppress(ownScores, Math.min(limit, count), boxOverlap(own), threshold, minimum);
        for (const i of indices) found.push({ score: ownScores[i]!, label, box: own.subarray(4 * i, 4 * i + 4) });
      }
      found.sort((a, b) => b.score - a.score);
      valid[n] = Math.min(size, found.length);
      for (let i = 0; i < valid[n]!; i++) {
        const { score, label, box } = found[i]!;
        outScores[n * size + i] = score;
        outClasses[n * size + i] = label;
        for (let side = 0; side < 4; side++) {
          const at = box[side]!;
          outBoxes[(n * size + i) * 4 + side] = clips ? Math.min(Math.max(at, 0), 1) : at;
        }
      }
    }
    return [
      tensorValue("float32", [batch, size, 4], outBoxes),
      floatValue(outScores, [batch, size]),
      floatValue(outClasses, [batch, size]),
      intValue(valid),
    ];
  };
};

/** Host kernels of non-maximum suppression. */
export const imageSuppressKernels: KernelTable = {
  NonMaxSuppression: suppressV1,
  NonMaxSuppressionV2: suppressV2,
  NonMaxSuppressionV3: suppressV3,
  NonMaxSuppressionV4: suppressV4,
  NonMaxSuppressionV5: suppressV5,
  NonMaxSuppressionWithOverlaps: suppressWithOverlaps,
  CombinedNonMaxSuppression: combined,
};
