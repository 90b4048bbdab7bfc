import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { getSeed } from "../nn/random-seed.js";
import { convertImageDtype } from "./color.js";

/** The image [height, width, channels] after JPEG compression of a quality in [0, 100] (`tf.image.adjust_jpeg_quality`); channels must be known. */
export function adjustJpegQuality(image: Tensor, jpegQuality: TensorLike): Tensor {
  const channels = image.shape?.at(-1) ?? -1;
  if (channels < 0) throw invalidArgument("The number of channels must be known.");
  return nameScope("adjust_jpeg_quality", () => {
    const bytes = convertImageDtype(image, "uint8", { saturate: true });
    const quality = jpegQuality instanceof Tensor ? jpegQuality : constant(jpegQuality, "int32", "jpeg_quality");
    const encoded = build("EncodeJpegVariableQuality", [bytes, quality], {}, "EncodeJpegVariableQuality");
    const decoded = build("DecodeJpeg", [encoded], { channels }, "DecodeJpeg");
    return convertImageDtype(decoded, image.dtype, { saturate: true });
  });
}

/** `adjustJpegQuality` by a quality drawn evenly from [minJpegQuality, maxJpegQuality) (`tf.image.random_jpeg_quality`). */
export function randomJpegQuality(
  image: Tensor,
  minJpegQuality: number,
  maxJpegQuality: number,
  options: { readonly seed?: number } = {},
): Tensor {
  checkOptions("randomJpegQuality", options, { seed: "optional" });
  const [low, high] = [minJpegQuality, maxJpegQuality];
  if (low < 0 || high < 0 || low > 100 || high > 100) {
    throw invalidArgument("jpeg encoding range must be between 0 and 100.");
  }
  if (low >= high) throw invalidArgument("`min_jpeg_quality` must be less than `max_jpeg_quality`.");
  return nameScope("random_jpeg_quality", () => {
    const shape = constant({ dtype: "int32", shape: [0], data: new Int32Array(0) }, undefined, "shape");
    const bounds = [constant(low, "int32", "min"), constant(high, "int32", "max")];
    const quality = build("RandomUniformInt", [shape, ...bounds], getSeed(options.seed), "random_uniform");
    return adjustJpegQuality(image, quality);
  });
}
