import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import type { RunContext } from "../run-context.js";
import { newValue } from "./array/cells.js";
import { numberWriter } from "./array/number-access.js";
import { copyOf } from "./array-slice.js";
import { floatText } from "./check/summarize-value.js";
import { type Rectangle, randomCrop } from "./image/random-crop.js";
import { seededGenerator } from "./random/generator-start.js";
import type { Philox } from "./random/philox.js";
import { sessionGenerator } from "./random/session-generator.js";

const f = Math.fround;
const largestInt32 = 2 ** 31 - 1;

function text(value: number): string {
  return floatText(value, false);
}

function checkCovered(covered: number): number {
  if (!(covered >= 0)) throw invalidArgument(`Min object covered must be non-negative: ${text(covered)}`);
  return covered;
}

function readPair(node: KernelNode, attr: string, title: string, lengthError: string): readonly [number, number] {
  const values = node.attrs.floats(attr);
  if (values.length !== 2) throw invalidArgument(lengthError);
  const [low, high] = values as unknown as readonly [number, number];
  if (!(low > 0 && high > 0)) {
    throw invalidArgument(`${title} must be non-negative: [${text(low)}, ${text(high)}]`);
  }
  return [low, high];
}

function imageSize(value: TensorValue): readonly [number, number] {
  if (value.shape.length !== 1) throw invalidArgument(`image_size must be 1-dimensional${shapeText(value.shape)}`);
  if (value.shape[0] !== 3) throw invalidArgument(`image_size must contain 3 elements${shapeText(value.shape)}`);
  const [height, width] = toIntegers(value) as [number, number];
  if (height < 0 || height >= largestInt32) throw invalidArgument("image height cannot be >= int32 max");
  if (width < 0 || width >= largestInt32) throw invalidArgument("image width cannot be >= int32 max");
  return [height, width];
}

function boxesInPixels(boxes: TensorValue, height: number, width: number): Rectangle[] {
  const data = boxes.data as Float32Array;
  const result: Rectangle[] = [];
  for (let i = 0; i < data.length; i += 4) {
    for (let k = i; k < i + 4; k++) {
      if (!(data[k]! >= 0 && data[k]! <= 1)) {
        throw invalidArgument(`All bounding box coordinates must be in [0.0, 1.0]: ${text(data[k]!)}`);
      }
    }
    result.push({
      top: Math.trunc(f(data[i]! * height)),
      left: Math.trunc(f(data[i + 1]! * width)),
      bottom: Math.trunc(f(data[i + 2]! * height)),
      right: Math.trunc(f(data[i + 3]! * width)),
    });
  }
  return result;
}

type GeneratorOf = (node: KernelNode) => (inputs: readonly TensorValue[], context: RunContext) => Philox;

/** Words that TensorFlow sets aside for an attempt. */
const wordsPerAttempt = 4;

const ofSession: GeneratorOf = (node) => {
  const reserve = sessionGenerator(node);
  const attempts = node.attrs.int("max_attempts");
  return (_, context) => reserve(context, Math.floor((wordsPerAttempt * attempts + 3) / 4));
};

const ofSeed: GeneratorOf = () => (inputs) => seededGenerator(inputs[3]!);

function sampleBox(generatorOf: GeneratorOf): KernelFactory {
  return (node) => {
    const { attrs } = node;
    const given = attrs.map.has("min_object_covered") ? checkCovered(attrs.float("min_object_covered")) : undefined;
    const usesImage = attrs.bool("use_image_if_no_bounding_boxes");
    const ratios = readPair(
      node,
      "aspect_ratio_range",
      "Aspect ratio range",
      "Aspect ratio range field must specify 2 dimensions",
    );
    const areas = readPair(node, "area_range", "Area range", "Area range field must specify 2 dimensions");
    if (areas[0] > 1 || areas[1] > 1) {
      throw invalidArgument(`Area range must be less then or equal to 1.0: [${text(areas[0])}, ${text(areas[1])}]`);
    }
    const attempts = attrs.int("max_attempts");
    if (attempts <= 0) throw invalidArgument(`Max attempts must be non-negative: ${attempts}`);
    const generator = generatorOf(node);
    return (inputs, context) => {
      const own = generator(inputs, context);
      const [sizes, boxes, share] = inputs as readonly [TensorValue, TensorValue, TensorValue | undefined];
      const [height, width] = imageSize(sizes);
      if (boxes.shape.length !== 3) {
        throw invalidArgument(
          `input boxes must be 3-dimensional [batch, num_boxes, coords]: ${shapeText(boxes.shape)}`,
        );
      }
      if (boxes.shape[2] !== 4) {
        throw invalidArgument(`bounding boxes must have shape [4] or [*, 4], got ${shapeText(boxes.shape)}`);
      }
      if (given === undefined && share!.shape.length !== 0) {
        throw invalidArgument(`min_object_covered must be 0-D, got shape ${shapeText(share!.shape)}`);
      }
      const covered = given ?? checkCovered((share!.data as Float32Array)[0]!);
      const pixels = boxesInPixels(boxes, height, width);
      if (pixels.length === 0) {
        if (!usesImage) {
          throw invalidArgument(
            "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to not provide any bounding boxes.",
          );
        }
        pixels.push({ left: 0, top: 0, right: width, bottom: height });
      }
      const crop = randomCrop(width, height, { areas, ratios, attempts, covered }, pixels, own);
      const [begin, size] = [newValue(sizes.dtype, [3]), newValue(sizes.dtype, [3])];
      const [writeBegin, writeSize] = [numberWriter(begin), numberWriter(size)];
      writeBegin(0, crop.top);
      writeBegin(1, crop.left);
      writeSize(0, crop.bottom - crop.top);
      writeSize(1, crop.right - crop.left);
      writeSize(2, -1);
      const box = Float32Array.of(crop.top / height, crop.left / width, crop.bottom / height, crop.right / width);
      return [begin, size, tensorValue("float32", [1, 1, 4], box)];
    };
  };
}

/** Yellow, blue, red, lime, purple, olive, maroon, navy, aqua and fuchsia, each with an alpha. */
const defaultColors: readonly (readonly number[])[] = [
  [1, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [0.5, 0, 0.5, 1],
  [0.5, 0.5, 0, 1],
  [0.5, 0, 0, 1],
  [0, 0, 0.5, 1],
  [0, 1, 1, 1],
  [1, 0, 1, 1],
];

function colorTable(colors: TensorValue | undefined, depth: number): readonly (readonly number[])[] {
  if (colors !== undefined) {
    if (colors.shape.length !== 2) throw invalidArgument(`colors must be a 2-D matrix${shapeText(colors.shape)}`);
    const channels = colors.shape[1]!;
    if (channels < depth) {
      throw invalidArgument(
        `colors must have equal or more channels than the image provided: ${shapeText(colors.shape)}`,
      );
    }
    if (colors.data.length > 0) {
      const data = colors.data as Float32Array;
      return Array.from({ length: colors.shape[0]! }, (_, i) => [...data.subarray(i * channels, i * channels + depth)]);
    }
  }
  return depth === 1 ? defaultColors.map(([, ...rest]) => [1, ...rest]) : defaultColors;
}

const drawBoxes: KernelFactory = () => (inputs) => {
  const [images, boxes, colors] = inputs as readonly [TensorValue, TensorValue, TensorValue | undefined];
  if (images.shape.length !== 4) throw invalidArgument("The rank of the images should be 4");
  if (boxes.shape.length !== 3) throw invalidArgument("The rank of the boxes tensor should be 3");
  if (images.shape[0] !== boxes.shape[0]) throw invalidArgument("The batch sizes should be the same");
  const [batch, height, width, depth] = images.shape as readonly [number, number, number, number];
  if (depth !== 1 && depth !== 3 && depth !== 4) {
    throw invalidArgument("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)");
  }
  if (boxes.shape[2] !== 4) {
    throw invalidArgument(`The size of the third dimension of the box must be 4. Received: ${boxes.shape[2]}`);
  }
  const table = colorTable(colors, depth);
  const output = copyOf(images);
  const write = numberWriter(output);
  const places = boxes.data as Float32Array;
  const count = boxes.shape[1]!;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < count; i++) {
      const color = table[i % table.length]!;
      const from = (b * count + i) * 4;
      const edge = (k: number, size: number): number => Math.trunc(f(places[from + k]! * (size - 1)));
      const [top, left, bottom, right] = [edge(0, height), edge(1, width), edge(2, height), edge(3, width)];
      if (top > bottom || left > right) continue;
      if (top >= height || bottom < 0 || left >= width || right < 0) continue;
      const paint = (row: number, column: number): void => {
        const at = ((b * height + row) * width + column) * depth;
        for (let c = 0; c < depth; c++) write(at + c, color[c]!);
      };
      const [columns, rows] = [Math.min(right, width - 1), Math.min(bottom, height - 1)];
      for (let column = Math.max(left, 0); column <= columns; column++) {
        if (top >= 0) paint(top, column);
        if (bottom < height) paint(bottom, column);
      }
      for (let row = Math.max(top, 0); row <= rows; row++) {
        if (left >= 0) paint(row, left);
        if (right < width) paint(row, right);
      }
    }
  }
  return [output];
};

type Noise = "uniform" | "gaussian" | "zero";

function noiseOf({ attrs }: KernelNode): Noise {
  const uniform = attrs.bool("uniform_noise");
  const name = attrs.text("noise");
  if (uniform && name !== "" && name !== "uniform") {
    throw invalidArgument("The uniform_noise and noise could not be specified at the same time");
  }
  if (name === "") return uniform ? "uniform" : "gaussian";
  if (name !== "uniform" && name !== "gaussian" && name !== "zero") {
    throw invalidArgument(`The noise could only be uniform, gaussian, or zero, got${name}`);
  }
  return name;
}

/** Fills a glimpse with noise like its image: TensorFlow seeds it by the clock, so only its distribution is the same. */
function fillNoise(noise: Noise, image: Float32Array, glimpse: Float32Array, channels: number): void {
  if (noise === "zero") return;
  if (noise === "uniform") {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const x of image) {
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    for (let i = 0; i < glimpse.length; i++) glimpse[i] = low + Math.random() * (high - low);
    return;
  }
  for (let c = 0; c < channels; c++) {
    let [sum, squares, low, high] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const count = image.length / channels;
    for (let i = c; i < image.length; i += channels) {
      sum += image[i]!;
      low = Math.min(low, image[i]!);
      high = Math.max(high, image[i]!);
    }
    const mean = sum / count;
    for (let i = c; i < image.length; i += channels) squares += (image[i]! - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    for (let i = c; i < glimpse.length; i += channels) {
      const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      glimpse[i] = Math.max(low, Math.min(high, mean + normal * deviation));
    }
  }
}

/** Where a glimpse begins along one dimension. */
function glimpseStart(
  offset: number,
  size: number,
  window: number,
  version: 1 | 2,
  normalized: boolean,
  centered: boolean,
): number {
  let x = offset;
  if (version === 1) {
    if (normalized) x = f(x * size);
    if (centered) x = f(f(x / 2) + f(size / 2));
    x = f(x - f(window / 2));
  } else if (normalized) {
    x = f(x * size);
    if (centered) x = f(f(f(x / 2) + f(size / 2)) - f(window / 2));
  } else if (centered) {
    x = f(x + f(size / 2));
  }
  return Math.trunc(x);
}

/** What of a glimpse lies in its image along one dimension: from where in the image, to where in the glimpse, how much. */
function overlap(
  start: number,
  size: number,
  window: number,
): readonly [from: number, to: number, count: number, partial: boolean] {
  if (start < 0) {
    const inside = Math.max(0, window + start);
    return [0, window - inside, Math.min(size, inside), true];
  }
  if (start + window >= size) {
    const inside = Math.max(0, size - start);
    return [start, 0, Math.min(size, inside), true];
  }
  return [start, 0, window, false];
}

function extractGlimpse(version: 1 | 2): KernelFactory {
  return (node) => {
    const [normalized, centered] = [node.attrs.bool("normalized"), node.attrs.bool("centered")];
    const noise = noiseOf(node);
    return (inputs) => {
      const [input, window, offsets] = inputs as readonly [TensorValue, TensorValue, TensorValue];
      if (input.shape.length !== 4) {
        throw invalidArgument(
          `input must be 4-dimensional (batch_size, height, width, depth)${shapeText(input.shape)}`,
        );
      }
      if (window.shape.length !== 1 || window.shape[0] !== 2) {
        throw invalidArgument(`input must be a vector of size 2 (height, width)${shapeText(window.shape)}`);
      }
      const [batch, height, width, depth] = input.shape as readonly [number, number, number, number];
      const [rows, columns] = toIntegers(window) as [number, number];
      if (offsets.shape.length !== 2) throw invalidArgument(`input must be a matrix${shapeText(offsets.shape)}`);
      if (offsets.shape[0] !== batch)
        throw invalidArgument(`first dimension should be batch${shapeText(offsets.shape)}`);
      if (offsets.shape[1] !== 2) {
        throw invalidArgument(`second dimension should be of size 2 (y,x)${shapeText(offsets.shape)}`);
      }
      const shape = [batch, rows, columns, depth];
      const output = newValue("float32", shape);
      if (elementCount(shape) === 0) return [output];
      const [source, target, places] = [input.data as Float32Array, output.data, offsets.data as Float32Array];
      for (let b = 0; b < batch; b++) {
        const top = glimpseStart(places[2 * b]!, height, rows, version, normalized, centered);
        const left = glimpseStart(places[2 * b + 1]!, width, columns, version, normalized, centered);
        const [fromRow, toRow, rowCount, cutRows] = overlap(top, height, rows);
        const [fromColumn, toColumn, columnCount, cutColumns] = overlap(left, width, columns);
        const image = source.subarray(b * height * width * depth, (b + 1) * height * width * depth);
        const glimpse = target.subarray(b * rows * columns * depth, (b + 1) * rows * columns * depth);
        if (cutRows || cutColumns) fillNoise(noise, image, glimpse, depth);
        for (let r = 0; r < rowCount; r++) {
          const from = ((fromRow + r) * width + fromColumn) * depth;
          glimpse.set(image.subarray(from, from + columnCount * depth), ((toRow + r) * columns + toColumn) * depth);
        }
      }
      return [output];
    };
  };
}

/** Host kernels of boxes in images: random crops, drawn boxes, glimpses. */
export const imageBoxKernels: KernelTable = {
  SampleDistortedBoundingBox: sampleBox(ofSession),
  SampleDistortedBoundingBoxV2: sampleBox(ofSession),
  StatelessSampleDistortedBoundingBox: sampleBox(ofSeed),
  DrawBoundingBoxes: drawBoxes,
  DrawBoundingBoxesV2: drawBoxes,
  ExtractGlimpse: extractGlimpse(1),
  ExtractGlimpseV2: extractGlimpse(2),
};
