import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, mul, sub } from "../nn/arithmetic.js";
import { getSeed } from "../nn/random-seed.js";
import { expandDims, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

interface Seeded {
  readonly seed?: number;
}

/** The same for `checkOptions`. */
const seededTable: OptionTable<Seeded> = { seed: "optional" };

/** The rank of an image or a batch of them; INVALID_ARGUMENT for others. */
function rankOfImage(image: Tensor): 3 | 4 {
  const rank = image.shape?.length;
  if (rank === 3 || rank === 4) return rank;
  throw invalidArgument(`'image' (shape ${String(image.shape)}) must have either 3 or 4 dimensions.`);
}

/** Height and width, which must be known. */
export function knownSize(image: Tensor): readonly [height: number, width: number] {
  const [height, width] = image.shape!.slice(-3, -1) as [number, number];
  if (height < 0 || width < 0) throw invalidArgument("'image' must be fully defined.");
  return [height, width];
}

function reversed(image: Tensor, axes: readonly number[]): Tensor {
  return build("ReverseV2", [image, constant([...axes], "int32", "axis")], {}, "ReverseV2");
}

function transposed(image: Tensor): Tensor {
  const order = rankOfImage(image) === 3 ? [1, 0, 2] : [0, 2, 1, 3];
  return build("Transpose", [image, constant(order, "int32", "perm")], {}, "transpose");
}

/** Image(s) [..., height, width, channels] mirrored left to right (`tf.image.flip_left_right`). */
export function flipLeftRight(image: Tensor): Tensor {
  return reversed(image, [rankOfImage(image) - 2]);
}

/** Image(s) mirrored upside down (`tf.image.flip_up_down`). */
export function flipUpDown(image: Tensor): Tensor {
  return reversed(image, [rankOfImage(image) - 3]);
}

/** Image(s) with rows for columns (`tf.image.transpose`). */
export function transpose(image: Tensor): Tensor {
  return transposed(image);
}

/** Image(s) turned `k` times by 90 degrees counter-clockwise (`tf.image.rot90`). */
export function rot90(image: Tensor, options: { readonly k?: number } = {}): Tensor {
  checkOptions("rot90", options, { k: "optional" });
  const turns = (((options.k ?? 1) % 4) + 4) % 4;
  const rank = rankOfImage(image);
  const [height, width] = [rank - 3, rank - 2];
  if (turns === 0) return build("Identity", [image], {}, "rot90");
  if (turns === 1) return transposed(reversed(image, [width]));
  if (turns === 2) return reversed(image, [height, width]);
  return reversed(transposed(image), [width]);
}

function randomFlip(image: Tensor, axis: number, seed: number | undefined, name: string): Tensor {
  return nameScope(name, () => {
    const draw = (shape: Tensor): Tensor =>
      build("RandomUniform", [shape], { dtype: "float32", ...getSeed(seed) }, "random_uniform");
    if (rankOfImage(image) === 3) {
      const flip = build(
        "Less",
        [draw(constant({ dtype: "int32", shape: [0], data: new Int32Array(0) })), 0.5],
        {},
        "Less",
      );
      return build("SelectV2", [flip, reversed(image, [axis]), image], {}, "SelectV2");
    }
    const batch = sliceFirst(shapeOf(image), { begin: 0, end: 1 });
    const rounded = build("Round", [draw(batch)], {}, "Round");
    const flips = cast(build("Reshape", [rounded, constant([-1, 1, 1, 1], "int32")], {}, "Reshape"), image.dtype);
    return add(mul(flips, reversed(image, [axis + 1])), mul(sub(1, flips), image));
  });
}

/** Image, or each of a batch, mirrored left to right with a chance of one half (`tf.image.random_flip_left_right`). */
export function randomFlipLeftRight(image: Tensor, options: Seeded = {}): Tensor {
  checkOptions("randomFlipLeftRight", options, seededTable);
  return randomFlip(image, 1, options.seed, "random_flip_left_right");
}

/** Image, or each of a batch, mirrored upside down with a chance of one half (`tf.image.random_flip_up_down`). */
export function randomFlipUpDown(image: Tensor, options: Seeded = {}): Tensor {
  checkOptions("randomFlipUpDown", options, seededTable);
  return randomFlip(image, 0, options.seed, "random_flip_up_down");
}

/** A box cut out of image(s) (`tf.image.crop_to_bounding_box`). */
export function cropToBoundingBox(
  image: Tensor,
  box: {
    readonly offsetHeight: number;
    readonly offsetWidth: number;
    readonly targetHeight: number;
    readonly targetWidth: number;
  },
): Tensor {
  const lead = rankOfImage(image) - 3;
  const front = Array<number>(lead).fill(0);
  const begin = constant([...front, box.offsetHeight, box.offsetWidth, 0], "int32", "begin");
  const size = constant([...front.map(() => -1), box.targetHeight, box.targetWidth, -1], "int32", "size");
  return build("Slice", [image, begin, size], {}, "crop_to_bounding_box");
}

/** Image(s) inside a larger one of zeros (`tf.image.pad_to_bounding_box`); height and width must be known. */
export function padToBoundingBox(
  image: Tensor,
  box: {
    readonly offsetHeight: number;
    readonly offsetWidth: number;
    readonly targetHeight: number;
    readonly targetWidth: number;
  },
): Tensor {
  const [height, width] = knownSize(image);
  const below = box.targetHeight - box.offsetHeight - height;
  const right = box.targetWidth - box.offsetWidth - width;
  if (box.offsetHeight < 0) throw invalidArgument("offset_height must be >= 0");
  if (box.offsetWidth < 0) throw invalidArgument("offset_width must be >= 0");
  if (right < 0) throw invalidArgument("width must be <= target - offset");
  if (below < 0) throw invalidArgument("height must be <= target - offset");
  const lead = Array.from({ length: rankOfImage(image) - 3 }, () => [0, 0]);
  const pads = [...lead, [box.offsetHeight, below], [box.offsetWidth, right], [0, 0]];
  return build("Pad", [image, constant(pads, "int32", "paddings")], {}, "pad_to_bounding_box");
}

/** The middle of image(s), a share `centralFraction` of height and width (`tf.image.central_crop`); height and width must be known. */
export function centralCrop(image: Tensor, centralFraction: number): Tensor {
  if (!(centralFraction > 0 && centralFraction <= 1)) throw invalidArgument("central_fraction must be within (0, 1]");
  if (centralFraction === 1) return image;
  const [height, width] = knownSize(image);
  const start = (size: number): number => Math.trunc((size - size * centralFraction) / 2);
  const [top, left] = [start(height), start(width)];
  return cropToBoundingBox(image, {
    offsetHeight: top,
    offsetWidth: left,
    targetHeight: height - top * 2,
    targetWidth: width - left * 2,
  });
}

/** Image(s) cropped or padded about the middle (`tf.image.resize_with_crop_or_pad`); height and width must be known. */
export function resizeWithCropOrPad(image: Tensor, targetHeight: number, targetWidth: number): Tensor {
  const [height, width] = knownSize(image);
  const [tall, wide] = [targetHeight - height, targetWidth - width];
  const cropped = cropToBoundingBox(image, {
    offsetHeight: Math.max(Math.floor(-tall / 2), 0),
    offsetWidth: Math.max(Math.floor(-wide / 2), 0),
    targetHeight: Math.min(targetHeight, height),
    targetWidth: Math.min(targetWidth, width),
  });
  return padToBoundingBox(cropped, {
    offsetHeight: Math.max(Math.floor(tall / 2), 0),
    offsetWidth: Math.max(Math.floor(wide / 2), 0),
    targetHeight,
    targetWidth,
  });
}

/** A box of a random place (`tf.image.random_crop`); `size` as long as the tensor's rank, -1 for all of a dimension that is known. */
export function randomCrop(value: Tensor, size: readonly number[], options: Seeded = {}): Tensor {
  checkOptions("randomCrop", options, seededTable);
  return nameScope("random_crop", () => {
    const wanted = constant(
      size.map((n, i) => (n === -1 ? value.shape![i]! : n)),
      "int32",
      "size",
    );
    const limit = add(sub(shapeOf(value), wanted), 1);
    const shape = constant([size.length], "int32", "shape");
    const greatest = constant(2 ** 31 - 1, "int32", "max");
    const drawn = build(
      "RandomUniformInt",
      [shape, constant(0, "int32", "min"), greatest],
      getSeed(options.seed),
      "random_uniform",
    );
    const offset = build("FloorMod", [drawn, limit], {}, "mod");
    return build("Slice", [value, offset, wanted], {}, "Slice");
  });
}

/** How images are resized. */
export type ResizeMethod =
  | "bilinear"
  | "nearest"
  | "bicubic"
  | "area"
  | "lanczos3"
  | "lanczos5"
  | "gaussian"
  | "mitchellcubic";

/** Image(s) of another size (`tf.image.resize` of TensorFlow 2): [height, width]; float32 but for "nearest". */
export function resize(
  images: Tensor,
  size: readonly [height: number, width: number],
  options: {
    readonly method?: ResizeMethod;
    readonly preserveAspectRatio?: boolean;
    readonly antialias?: boolean;
  } = {},
): Tensor {
  checkOptions("resize", options, { method: "optional", preserveAspectRatio: "optional", antialias: "optional" });
  const { method = "bilinear", antialias = false } = options;
  const single = rankOfImage(images) === 3;
  return nameScope("resize", () => {
    const batch = single ? expandDims(images, 0) : images;
    const target = options.preserveAspectRatio === true ? fitted(knownSize(images), size) : [...size];
    const resized = resizeBatch(batch, target, method, antialias);
    return single ? build("Squeeze", [resized], { squeeze_dims: [0] }, "Squeeze") : resized;
  });
}

function fitted([height, width]: readonly [number, number], [most, widest]: readonly [number, number]): number[] {
  const scale = Math.min(Math.fround(most / height), Math.fround(widest / width));
  return [height, width].map((n) => roundHalfEven(Math.fround(scale * n)));
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** The kernels of ScaleAndTranslate that stand for methods of other ops, where they smooth first. */
const smoothKernels: Readonly<Partial<Record<ResizeMethod, string>>> = { bilinear: "triangle", bicubic: "keyscubic" };

function resizeBatch(batch: Tensor, size: readonly number[], method: ResizeMethod, antialias: boolean): Tensor {
  const target = constant([...size], "int32", "size");
  if (method === "area") return build("ResizeArea", [batch, target], {}, "ResizeArea");
  const centers = { half_pixel_centers: true };
  if (method === "nearest") return build("ResizeNearestNeighbor", [batch, target], centers, "ResizeNearestNeighbor");
  if (!antialias && method === "bilinear") return build("ResizeBilinear", [batch, target], centers, "ResizeBilinear");
  if (!antialias && method === "bicubic") return build("ResizeBicubic", [batch, target], centers, "ResizeBicubic");
  const [height, width] = knownSize(batch);
  const scale = constant([size[0]! / height, size[1]! / width], "float32", "scale");
  return build(
    "ScaleAndTranslate",
    [batch, target, scale, constant([0, 0], "float32", "translation")],
    { kernel_type: smoothKernels[method] ?? method, antialias },
    "ScaleAndTranslate",
  );
}

/** Options of `resizeImages`. */
export interface ResizeImagesOptions {
  /** Default "bilinear". */
  readonly method?: "bilinear" | "nearest" | "bicubic" | "area";
  /** Whether the corner pixels of both images lie on each other; default false. */
  readonly alignCorners?: boolean;
  readonly preserveAspectRatio?: boolean;
}

/**
 * Image(s) of another size as TensorFlow 1.x resizes them (`tf.compat.v1.image.resize_images`): [height, width], pixels' corners and not their
 * centres in their places. An image that has the size already stays as it is, with its dtype; others are float32 but for "nearest".
 */
export function resizeImages(
  images: Tensor,
  size: readonly [height: number, width: number],
  options: ResizeImagesOptions = {},
): Tensor {
  checkOptions("resizeImages", options, {
    method: "optional",
    alignCorners: "optional",
    preserveAspectRatio: "optional",
  });
  const { method = "bilinear", alignCorners = false } = options;
  const single = rankOfImage(images) === 3;
  return nameScope("resize", () => {
    const target = options.preserveAspectRatio === true ? fitted(knownSize(images), size) : [...size];
    const [height, width] = images.shape!.slice(-3, -1);
    if (height === target[0] && width === target[1]) return images;
    const batch = single ? expandDims(images, 0) : images;
    const op = legacyOps[method];
    const wanted = constant(target, "int32", "size");
    const resized = build(op, [batch, wanted], { align_corners: alignCorners }, op);
    return single ? build("Squeeze", [resized], { squeeze_dims: [0] }, "Squeeze") : resized;
  });
}

const legacyOps = {
  bilinear: "ResizeBilinear",
  nearest: "ResizeNearestNeighbor",
  bicubic: "ResizeBicubic",
  area: "ResizeArea",
} as const;

/** Image(s) resized with their aspect kept and padded with zeros to the size (`tf.image.resize_with_pad`); height and width must be known. */
export function resizeWithPad(
  image: Tensor,
  targetHeight: number,
  targetWidth: number,
  options: { readonly method?: ResizeMethod; readonly antialias?: boolean } = {},
): Tensor {
  checkOptions("resizeWithPad", options, { method: "optional", antialias: "optional" });
  return padded(image, targetHeight, targetWidth, (size) => resize(image, size, options));
}

/** The same with `resizeImages` (`tf.compat.v1.image.resize_image_with_pad`). */
export function resizeImageWithPad(
  image: Tensor,
  targetHeight: number,
  targetWidth: number,
  options: Omit<ResizeImagesOptions, "preserveAspectRatio"> = {},
): Tensor {
  checkOptions("resizeImageWithPad", options, { method: "optional", alignCorners: "optional" });
  return padded(image, targetHeight, targetWidth, (size) => resizeImages(image, size, options));
}

function padded(
  image: Tensor,
  targetHeight: number,
  targetWidth: number,
  resizeTo: (size: readonly [number, number]) => Tensor,
): Tensor {
  const f = Math.fround;
  const [height, width] = knownSize(image);
  const ratio = Math.max(f(width / targetWidth), f(height / targetHeight));
  const [fitHeight, fitWidth] = [f(height / ratio), f(width / ratio)];
  const resized = resizeTo([Math.floor(fitHeight), Math.floor(fitWidth)]);
  return padToBoundingBox(resized, {
    offsetHeight: Math.max(0, Math.floor(f((targetHeight - fitHeight) / 2))),
    offsetWidth: Math.max(0, Math.floor(f((targetWidth - fitWidth) / 2))),
    targetHeight,
    targetWidth,
  });
}
