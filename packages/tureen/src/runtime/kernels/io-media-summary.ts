import { fromFloat16, toFloat16, widenHalf } from "../../core/half-float.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { encodeSummary, type SummaryValue } from "../../formats/summary.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { encodePng } from "./image/codecs/png.js";
import { encodeWav } from "./spectral/wav.js";

/** Where several were asked for, each has a number, however many there are. */
function tagOf(tag: TensorValue, kind: "image" | "audio", i: number, most: number): string {
  if (tag.shape.length !== 0) throw invalidArgument(`${kind === "image" ? "Tags" : "Tag"} must be a scalar`);
  const text = decodeText((tag.data as readonly Uint8Array[])[0]!);
  return most > 1 ? `${text}/${kind}/${i}` : `${text}/${kind}`;
}

const summary = (values: readonly SummaryValue[]): readonly TensorValue[] => [
  tensorValue("string", [], [encodeSummary(values)]),
];

const imageSummary: KernelFactory = ({ attrs }) => {
  const most = attrs.int("max_images");
  const badColor = attrs.tensor("bad_color").data as Uint8Array;
  return ([tag, tensor]) => {
    const [batch, height, width, channels] = tensor!.shape as readonly [number, number, number, number];
    if (tensor!.shape.length !== 4 || !(channels === 1 || channels === 3 || channels === 4))
      throw invalidArgument(`Tensor must be 4-D with last dim 1, 3, or 4, not ${shapeText(tensor!.shape)}`);
    const size = height * width * channels;
    const values: SummaryValue[] = [];
    for (let i = 0; i < Math.min(most, batch); i++) {
      const data = pixels(tensor!, i * size, (i + 1) * size, channels, badColor);
      const encoded = encodePng({ width, height, channels, data });
      values.push({ tag: tagOf(tag!, "image", i, most), image: { height, width, colorspace: channels, encoded } });
    }
    return summary(values);
  };
};

/** An image in bytes: numbers without negative ones are scaled to 0 to 255, others to within 127 of 128; what is not finite is the bad color. */
function pixels(
  { dtype, data }: TensorValue,
  from: number,
  to: number,
  channels: number,
  badColor: Uint8Array,
): Uint8Array {
  if (dtype === "uint8") return (data as Uint8Array).subarray(from, to);
  const part = (data as Float32Array | Float64Array | Uint16Array).subarray(from, to);
  const numbers = dtype === "float16" ? widenHalf(dtype, part as Uint16Array) : (part as Float32Array | Float64Array);
  const round = roundings[dtype] ?? ((x: number) => x);
  const { scale, offset } = scaling(numbers, channels);
  const out = new Uint8Array(numbers.length);
  const [ownScale, ownOffset] = [round(scale), round(offset)];
  for (let at = 0; at < numbers.length; at += channels) {
    const isGood = isFinitePixel(numbers, at, channels);
    for (let c = 0; c < channels; c++)
      out[at + c] = isGood ? round(round(numbers[at + c]! * ownScale) + ownOffset) : badColor[c]!;
  }
  return out;
}

/** TensorFlow computes in the image's own precision. */
const roundings: Readonly<Record<string, (x: number) => number>> = {
  float32: Math.fround,
  float16: (x) => fromFloat16(toFloat16(x)),
};

function isFinitePixel(numbers: ArrayLike<number>, at: number, channels: number): boolean {
  for (let c = 0; c < channels; c++) if (!Number.isFinite(numbers[at + c]!)) return false;
  return true;
}

/** Below this an image is all zeros. */
const leastMagnitude = 1e-6;

function scaling(numbers: ArrayLike<number>, channels: number): { readonly scale: number; readonly offset: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < numbers.length; at += channels) {
    if (!isFinitePixel(numbers, at, channels)) continue;
    for (let c = 0; c < channels; c++) {
      const value = Math.fround(numbers[at + c]!);
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  const isSigned = min < 0;
  const magnitude = isSigned ? Math.max(Math.abs(min), Math.abs(max)) : max;
  const scale = magnitude < leastMagnitude ? 0 : Math.fround((isSigned ? 127 : 255) / magnitude);
  return { scale, offset: isSigned ? 128 : 0 };
}

function audioValues(tag: TensorValue, tensor: TensorValue, sampleRate: number, most: number): SummaryValue[] {
  const { shape } = tensor;
  if (shape.length !== 2 && shape.length !== 3)
    throw invalidArgument(`Tensor must be 3-D or 2-D, got: ${shapeText(shape)}`);
  const [batch, frames, channels = 1] = shape as readonly [number, number, number?];
  const size = elementCount(shape.slice(1));
  const values: SummaryValue[] = [];
  for (let i = 0; i < Math.min(most, batch); i++) {
    const samples = (tensor.data as Float32Array).subarray(i * size, (i + 1) * size);
    const encoded = encodeWav(samples, Math.round(sampleRate), channels);
    const audio = { sampleRate, channels, frames, encoded, contentType: "audio/wav" };
    values.push({ tag: tagOf(tag, "audio", i, most), audio });
  }
  return values;
}

const audioSummaryV2: KernelFactory = ({ attrs }) => {
  const most = attrs.int("max_outputs");
  return ([tag, tensor, rate]) => {
    const sampleRate = Number((rate!.data as Float32Array)[0]);
    if (!(sampleRate > 0)) throw invalidArgument("sample_rate must be > 0");
    return summary(audioValues(tag!, tensor!, sampleRate, most));
  };
};

/** Host kernels of the summaries of images and sounds. */
export const mediaSummaryKernels: KernelTable = {
  ImageSummary: imageSummary,
  AudioSummaryV2: audioSummaryV2,
};
