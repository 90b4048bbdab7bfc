import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { reshape, shapeOf } from "../nn/tensor-shape.js";

type Matrix = readonly (readonly [number, number, number])[];

/** Columns are Y, I and Q of red, green and blue (`tf.image.rgb_to_yiq`). */
const rgbToYiqMatrix: Matrix = [
  [0.299, 0.59590059, 0.2115],
  [0.587, -0.27455667, -0.52273617],
  [0.114, -0.32134392, 0.31119955],
];
const yiqToRgbMatrix: Matrix = [
  [1, 1, 1],
  [0.95598634, -0.27201283, -1.10674021],
  [0.6208248, -0.64720424, 1.70423049],
];
/** Columns are Y, U and V of red, green and blue (`tf.image.rgb_to_yuv`). */
const rgbToYuvMatrix: Matrix = [
  [0.299, -0.14714119, 0.61497538],
  [0.587, -0.28886916, -0.51496512],
  [0.114, 0.43601035, -0.10001026],
];
const yuvToRgbMatrix: Matrix = [
  [1, 1, 1],
  [0, -0.394642334, 2.03206185],
  [1.13988303, -0.58062185, 0],
];

/** Image(s) of floats [..., 3] in another colour space. */
export type ColorChange = (images: Tensor) => Tensor;

function change(name: string, matrix: Matrix): ColorChange {
  return (images) =>
    nameScope(name, () => {
      const kernel = constant(
        matrix.map((row) => [...row]),
        images.dtype,
        "kernel",
      );
      const colors = build("MatMul", [reshape(images, [-1, 3]), kernel], {}, "MatMul");
      return reshape(colors, shapeOf(images));
    });
}

/** RGB in [0, 1] as YIQ (`tf.image.rgb_to_yiq`). */
export const rgbToYiq: ColorChange = change("rgb_to_yiq", rgbToYiqMatrix);
/** YIQ as RGB; Y in [0, 1], I in [-0.5957, 0.5957], Q in [-0.5226, 0.5226] (`tf.image.yiq_to_rgb`). */
export const yiqToRgb: ColorChange = change("yiq_to_rgb", yiqToRgbMatrix);
/** RGB in [0, 1] as YUV (`tf.image.rgb_to_yuv`). */
export const rgbToYuv: ColorChange = change("rgb_to_yuv", rgbToYuvMatrix);
/** YUV as RGB; Y in [0, 1], U and V in [-0.5, 0.5] (`tf.image.yuv_to_rgb`). */
export const yuvToRgb: ColorChange = change("yuv_to_rgb", yuvToRgbMatrix);
