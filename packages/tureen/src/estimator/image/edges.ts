import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { sub } from "../nn/arithmetic.js";
import { depthwiseConv2d } from "../nn/convolutions.js";
import { concat, reshape, shapeOf } from "../nn/tensor-shape.js";
import { part } from "./color.js";

/**
 * Sobel's edge maps of images [batch, height, width, channels]: [batch, height, width, channels, 2], the last being dy and dx
 * (`tf.image.sobel_edges`). The channels must be known; borders are reflected.
 */
export function sobelEdges(image: Tensor): Tensor {
  const size = image.shape?.at(-1) ?? -1;
  if (image.shape?.length !== 4 || size < 0) {
    throw invalidArgument(`'image' must have 4 dimensions and a known number of channels, got ${String(image.shape)}.`);
  }
  return nameScope("sobel_edges", () => {
    const vertical = [
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ];
    // The horizontal filter is the vertical one with rows for columns.
    const kernel = vertical.map((row, i) =>
      row.map((value, j) => Array.from({ length: size }, () => [value, vertical[j]![i]!])),
    );
    const pads = constant(
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      "int32",
      "paddings",
    );
    const padded = build("MirrorPad", [image, pads], { mode: "REFLECT" }, "MirrorPad");
    const maps = depthwiseConv2d(padded, constant(kernel, image.dtype, "sobel_filters"), { padding: "VALID" });
    return reshape(maps, concat([shapeOf(image), constant([2], "int32")], 0));
  });
}

/**
 * Differences to the pixel below and to the right of images [batch, height, width, channels], 0 in the last row and column
 * (`tf.image.image_gradients`); INVALID_ARGUMENT for other ranks.
 */
export function imageGradients(image: Tensor): { readonly dy: Tensor; readonly dx: Tensor } {
  if (image.shape?.length !== 4) {
    throw invalidArgument(`image_gradients expects a 4D tensor [batch_size, h, w, d], not ${String(image.shape)}.`);
  }
  return nameScope("image_gradients", () => {
    const along = (axis: number): Tensor => {
      const steps = sub(part(image, axis, true), part(image, axis, false));
      const pads = image.shape!.map((_, i) => [0, i === axis ? 1 : 0]);
      return build("Pad", [steps, constant(pads, "int32", "paddings")], {}, "Pad");
    };
    return { dy: along(1), dx: along(2) };
  });
}
