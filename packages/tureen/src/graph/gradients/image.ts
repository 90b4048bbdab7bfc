import { isFullyDefined } from "../../core/shape.js";
import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { shape, stridedSlice } from "../ops/array.js";
import {
  cropAndResizeGradBoxes,
  cropAndResizeGradImage,
  resizeBicubicGrad,
  resizeBilinearGrad,
  resizeNearestNeighborGrad,
} from "../ops/image.js";
import { denseOf } from "./array/build-math.js";
import { imageColorGradients } from "./image-color.js";
import { imagePatchGradients } from "./image-patches.js";

function centers({ attrs }: Operation): { readonly alignCorners: boolean; readonly halfPixelCenters: boolean } {
  return { alignCorners: attrs.bool("align_corners"), halfPixelCenters: attrs.bool("half_pixel_centers") };
}

const bilinear: GradientRule = (op, grads) => [resizeBilinearGrad(denseOf(grads), op.inputs[0]!, centers(op)), null];

const bicubic: GradientRule = (op, grads) => {
  const { dtype } = op.inputs[0]!;
  if (dtype !== "float32" && dtype !== "float64") return [null, null];
  return [resizeBicubicGrad(denseOf(grads), op.inputs[0]!, centers(op)), null];
};

const nearest: GradientRule = (op, grads) => {
  const images = op.inputs[0]!;
  const known = images.shape?.slice(1, 3);
  const size = isFullyDefined(known) ? constant([...known], "int32") : stridedSlice(shape(images), [1], [3], [1]);
  return [resizeNearestNeighborGrad(denseOf(grads), size, centers(op)), null];
};

/** TensorFlow gives a gradient to floating images only, and to boxes for the bilinear method only. */
const cropAndResize: GradientRule = (op, grads) => {
  const [image, boxes, owners] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const method = op.attrs.text("method") as "bilinear" | "nearest";
  const floating = image.dtype === "float16" || image.dtype === "float32" || image.dtype === "float64";
  const imageGrad = floating
    ? cropAndResizeGradImage(grad, boxes, owners, shape(image), { t: image.dtype, method })
    : null;
  return [imageGrad, cropAndResizeGradBoxes(grad, image, boxes, owners), null, null];
};

/** Gradients of the image family. */
export const imageGradients: GradientTable = {
  ...imageColorGradients,
  ...imagePatchGradients,
  ResizeBilinear: bilinear,
  ResizeBicubic: bicubic,
  ResizeNearestNeighbor: nearest,
  CropAndResize: cropAndResize,
  NonMaxSuppression: null,
  NonMaxSuppressionV2: null,
  NonMaxSuppressionV3: null,
  NonMaxSuppressionV4: null,
  NonMaxSuppressionV5: null,
  NonMaxSuppressionWithOverlaps: null,
  CombinedNonMaxSuppression: null,
};
