import { expect, test } from "vitest";
import { tensorValue, toNested } from "../../core/tensor-value.js";
import { Session } from "../../runtime/session.js";
import { build, buildOp, constant } from "../build-op.js";
import { gradients } from "../gradients.js";
import { Graph, Tensor } from "../graph.js";
import { raggedTensorToVariant } from "../ops/ragged.js";
import { withGraph } from "../scope.js";

/** There and back through variants, each element times its weight: what tf.gradients of TensorFlow 2.15.1 gives is the weights. */
test.each([
  { name: "rows", splits: [[0, 2, 2, 5]], batchedInput: true, inputRank: 0 },
  { name: "a whole", splits: [[0, 2, 2, 5]], batchedInput: false, inputRank: 1 },
  {
    name: "rows of rows",
    splits: [
      [0, 1, 3],
      [0, 2, 2, 5],
    ],
    batchedInput: true,
    inputRank: 1,
  },
])("gradients flow through ragged variants: $name", ({ splits, batchedInput, inputRank }) => {
  withGraph(new Graph(), () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [5] });
    const partitions = splits.map((row) => constant(row, "int64"));
    const variant = raggedTensorToVariant(partitions, x, { batchedInput });
    const back = buildOp("RaggedTensorFromVariant", [variant], {
      input_ragged_rank: inputRank,
      output_ragged_rank: splits.length,
      Tvalues: "float32",
      Tsplits: "int64",
    });
    const weights = [1, -2, 3, 0.5, 7];
    const y = build("Mul", [back.outputs.at(-1)!, constant(weights, "float32")]);
    const [gradient] = gradients([y], [x]);
    expect(gradient).toBeInstanceOf(Tensor);
    const feeds = new Map([[x, tensorValue("float32", [5], Float32Array.of(1, 2, 3, 4, 5))]]);
    const [found] = new Session(x.graph).run([gradient as Tensor], feeds);
    expect(toNested(found!)).toEqual(weights);
  });
});

test.each(["SparseSparseMaximum", "SparseSparseMinimum"])("%s has no gradient, as TensorFlow says", (type) => {
  withGraph(new Graph(), () => {
    const values = build("Placeholder", [], { dtype: "float32", shape: [1] });
    const sparse = [constant([[0]], "int64"), values, constant([3], "int64")];
    const op = buildOp(type, [...sparse, ...sparse]);
    expect(() => gradients([op.outputs[1]!], [values])).toThrow(`Gradient for ${type} is not implemented.`);
  });
});
