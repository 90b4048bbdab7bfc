import type { PartialShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeTable } from "../infer-shapes.js";

function withRank(shape: PartialShape, rank: number): PartialShape {
  if (shape !== undefined && shape.length !== rank) {
    throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

/** Ranks of the six inputs that hold features. */
const ranks = [2, 2, 2, 1, 1, 1];
/** Of these the first size is that of the batch, of the last one more. */
const batched = [0, 1, 2, 5];
const rowSplits = 5;

/** The batch size that TF-DF's shape function finds: a known size of 0 means that there are no such features. */
function batchSize(node: ShapeNode): number {
  ranks.forEach((rank, i) => {
    withRank(node.inputs[i]!.shape, rank);
  });
  let batch: number | undefined;
  let known = -1;
  for (const i of batched) {
    const size = node.inputs[i]!.shape?.[0] ?? -1;
    if (size >= 0) {
      const examples = i === rowSplits ? size - 1 : size;
      if (examples === 0) continue;
      if (known === -1) known = examples;
      else if (known !== examples) throw invalidArgument("The batch size of the input features are inconsistent");
    }
    batch ??= size;
  }
  return batch ?? 0;
}

function predictions(node: ShapeNode): readonly PartialShape[] {
  const width = node.attrs.int("dense_output_dim");
  return [[batchSize(node), width], [width]];
}

/** Shape rules of the decision-forests family. */
export const decisionForestsShapes: ShapeTable = {
  SimpleMLCreateModelResource: () => [[]],
  SimpleMLLoadModelFromPath: () => [],
  SimpleMLLoadModelFromPathWithHandle: () => [],
  SimpleMLInferenceOp: predictions,
  SimpleMLInferenceOpWithHandle: predictions,
  SimpleMLInferenceLeafIndexOpWithHandle: (node) => [[batchSize(node), -1]],
};
