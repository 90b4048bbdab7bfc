import { elementCount, isFullyDefined } from "../../core/shape.js";
import { unimplemented } from "../../core/status-error.js";
import { floatValue, withShape } from "../../core/tensor-value.js";
import { build, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { concatV2, reshape, shape, stridedSlice, transpose } from "../ops/array.js";
import { scaleAndTranslateGrad } from "../ops/image-boxes.js";
import { matrixInverse } from "../ops/linalg.js";
import { cast, realDiv, sub } from "../ops/math.js";
import { denseOf } from "./array/build-math.js";

/** A vector of int32 entries, known ones and tensors. */
function vector(...entries: readonly (Tensor | number)[]): Tensor {
  return build("Pack", [entries.map((entry) => (typeof entry === "number" ? constant(entry, "int32") : entry))]);
}

/** The gradient of patches: what each took of a place goes back there, found by making patches of the places' numbers. */
function patches(rank: 2 | 3): GradientRule {
  return (op, grads) => {
    const { attrs } = op;
    const input = op.inputs[0]!;
    const grad = denseOf(grads);
    const spatial = input.shape?.slice(1, -1);
    const outer = op.output.shape?.slice(1, -1);
    if (!isFullyDefined(spatial) || !isFullyDefined(outer)) {
      throw unimplemented(`The gradient of ${op.type} needs images of known size`);
    }
    const count = elementCount(spatial);
    const numbers = Float32Array.from({ length: count }, (_, i) => i + 1);
    const places = build(op.type, [constant(withShape(floatValue(numbers), [1, ...spatial, 1]))], {
      ksizes: attrs.ints("ksizes"),
      strides: attrs.ints("strides"),
      padding: attrs.text("padding"),
      ...(rank === 2 ? { rates: attrs.ints("rates") } : {}),
    });
    const sizes = shape(input);
    const entry = (d: number): Tensor => stridedSlice(sizes, [d], [d + 1], [1], { shrinkAxisMask: 1 });
    const [batch, channels] = [entry(0), entry(rank + 1)];
    const window = elementCount(attrs.ints("ksizes").slice(1, -1));
    const taken = elementCount(outer) * window;
    const byPlace = transpose(reshape(grad, vector(batch, taken, channels)), constant([1, 0, 2], "int32"));
    // Places beyond the border have number 0, which becomes the segment -1 that a sum leaves out.
    const segments = sub(cast(reshape(places, constant([-1], "int32")), "int32"), constant(1, "int32"));
    const flat = build("UnsortedSegmentSum", [reshape(byPlace, vector(taken, -1)), segments, constant(count, "int32")]);
    const back = transpose(reshape(flat, vector(count, batch, channels)), constant([1, 0, 2], "int32"));
    return [reshape(back, sizes)];
  };
}

/** Transforms of eight numbers as those of the inverse matrices. */
function inverted(transforms: Tensor): Tensor {
  const rows = reshape(transforms, constant([-1, 8], "int32"));
  const count = stridedSlice(shape(rows), [0], [1], [1], { shrinkAxisMask: 1 });
  const ones = build("Fill", [vector(count, 1), constant(1, "float32")]);
  const inverse = matrixInverse(reshape(concatV2([rows, ones], 1), constant([-1, 3, 3], "int32")));
  const flat = reshape(inverse, constant([-1, 9], "int32"));
  const columns = (from: number, size: number): Tensor =>
    build("Slice", [flat, constant([0, from], "int32"), constant([-1, size], "int32")]);
  return realDiv(columns(0, 8), columns(8, 1));
}

/** TensorFlow gives the gradient by the inverse transform, which is exact for turns and moves only. */
function projective(version: 2 | 3): GradientRule {
  return (op, grads) => {
    const size = stridedSlice(shape(op.inputs[0]!), [1], [3], [1]);
    const fill = version === 3 ? [constant(0, "float32")] : [];
    const images = build(op.type, [denseOf(grads), inverted(op.inputs[1]!), size, ...fill], {
      interpolation: op.attrs.text("interpolation"),
      fill_mode: op.attrs.text("fill_mode"),
    });
    return [images, ...op.inputs.slice(1).map(() => null)];
  };
}

const scaleAndTranslate: GradientRule = (op, grads) => {
  const [image, , scale, translation] = op.inputs as [Tensor, Tensor, Tensor, Tensor];
  const grad = scaleAndTranslateGrad(denseOf(grads), image, scale, translation, {
    kernelType: op.attrs.text("kernel_type"),
    antialias: op.attrs.bool("antialias"),
  });
  return [grad, null, null, null];
};

/** Gradients of patches and transforms of images. */
export const imagePatchGradients: GradientTable = {
  ExtractImagePatches: patches(2),
  ExtractVolumePatches: patches(3),
  ImageProjectiveTransformV2: projective(2),
  ImageProjectiveTransformV3: projective(3),
  ScaleAndTranslate: scaleAndTranslate,
  SampleDistortedBoundingBox: null,
  SampleDistortedBoundingBoxV2: null,
  DrawBoundingBoxes: null,
  DrawBoundingBoxesV2: null,
  ExtractGlimpse: null,
  ExtractGlimpseV2: null,
};
