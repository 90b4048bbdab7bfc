import { type Shape, shapeText } from "../../../core/shape.js";
import { invalidArgument, unimplemented } from "../../../core/status-error.js";
import type { Attrs } from "../../../graph/attr-value.js";

/** Three spatial dimensions; a 2-D op has a depth of 1. */
export type Spatial = readonly [number, number, number];

/** How a window slides over one input: sizes in elements, batch and channels aside. */
export interface WindowGeometry {
  readonly input: Spatial;
  readonly window: Spatial;
  readonly strides: Spatial;
  readonly dilations: Spatial;
  /** Padding before the first element of each dimension. */
  readonly before: Spatial;
  readonly output: Spatial;
}

/** What a windowed op's attributes say, before any shape is known. */
export interface WindowAttrs {
  readonly strides: Spatial;
  readonly dilations: Spatial;
  readonly padding: string;
  /** Explicit padding before and after each spatial dimension. */
  readonly explicit: readonly (readonly [number, number])[];
  readonly channelFirst: boolean;
  /** Spatial dimensions of the op itself: 2 or 3. */
  readonly spatialRank: 2 | 3;
}

/** The three spatial entries of a vector in the op's data format. */
export function spatialOf(values: readonly number[], channelFirst: boolean): Spatial {
  const spatial = channelFirst ? values.slice(2) : values.slice(1, -1);
  return (spatial.length === 2 ? [1, ...spatial] : spatial) as unknown as Spatial;
}

/** Reads strides, dilations and padding; INVALID_ARGUMENT with TensorFlow's text for what it refuses. */
export function windowAttrs(attrs: Attrs, spatialRank: 2 | 3): WindowAttrs {
  const channelFirst = attrs.has("data_format") && attrs.text("data_format").startsWith("NC");
  const rank = spatialRank + 2;
  const strides = attrs.ints("strides");
  if (strides.length !== rank) throw invalidArgument(`Sliding window strides field must specify ${rank} dimensions`);
  const channelAxis = channelFirst ? 1 : rank - 1;
  if (strides[0] !== 1 || strides[channelAxis] !== 1) {
    throw unimplemented("Current implementation does not yet support strides in the batch and depth dimensions.");
  }
  const spatialStrides = spatialOf(strides, channelFirst);
  if (spatialStrides.some((stride) => stride <= 0)) {
    throw invalidArgument(
      spatialRank === 2
        ? "Row and column strides should be larger than 0."
        : "Spatial strides should be larger than 0.",
    );
  }
  const dilations = attrs.has("dilations") ? attrs.ints("dilations") : new Array<number>(rank).fill(1);
  if (dilations.length !== rank)
    throw invalidArgument(`Sliding window dilations field must specify ${rank} dimensions`);
  if (dilations[0] !== 1 || dilations[channelAxis] !== 1) {
    throw unimplemented("Current implementation does not yet support dilations in the batch and depth dimensions.");
  }
  const spatialDilations = spatialOf(dilations, channelFirst);
  if (spatialDilations.some((dilation) => dilation <= 0))
    throw invalidArgument("Dilated rates should be larger than 0.");
  const padding = attrs.text("padding");
  return {
    strides: spatialStrides,
    dilations: spatialDilations,
    padding,
    explicit: padding === "EXPLICIT" ? explicitPaddings(attrs.ints("explicit_paddings"), rank, channelFirst) : [],
    channelFirst,
    spatialRank,
  };
}

function explicitPaddings(list: readonly number[], rank: number, channelFirst: boolean): (readonly [number, number])[] {
  if (list.length !== 2 * rank) {
    throw invalidArgument(`explicit_paddings attribute must contain ${2 * rank} values, but got: ${list.length}`);
  }
  if (list.some((size) => size < 0)) throw invalidArgument("All elements of explicit_paddings must be nonnegative");
  const pairs = Array.from({ length: rank }, (_, i) => [list[2 * i]!, list[2 * i + 1]!] as const);
  const channel = pairs[channelFirst ? 1 : rank - 1]!;
  if (pairs[0]!.some((size) => size !== 0) || channel.some((size) => size !== 0)) {
    throw invalidArgument("Nonzero explicit padding in the batch or depth dimensions is not supported");
  }
  const spatial = channelFirst ? pairs.slice(2) : pairs.slice(1, -1);
  return spatial.length === 2 ? [[0, 0], ...spatial] : spatial;
}

/** Places a window over an input of known size; INVALID_ARGUMENT where it does not fit. */
export function placeWindow(input: Spatial, window: Spatial, attrs: WindowAttrs): WindowGeometry {
  const { strides, dilations, padding, explicit } = attrs;
  const before = [0, 0, 0];
  const output = [1, 1, 1];
  for (let d = 0; d < 3; d++) {
    const reach = (window[d]! - 1) * dilations[d]! + 1;
    if (padding === "SAME") {
      output[d] = Math.ceil(input[d]! / strides[d]!);
      before[d] = Math.max(0, (output[d]! - 1) * strides[d]! + reach - input[d]!) >> 1;
      continue;
    }
    const [low, high] = explicit[d] ?? [0, 0];
    before[d] = low;
    // Integers are divided towards zero: a window that sticks out by less than a stride fits nowhere, and is no error.
    output[d] = Math.trunc((input[d]! + low + high - reach + strides[d]!) / strides[d]!) + 0;
    if (output[d]! < 0) {
      throw invalidArgument(
        `Computed output size would be negative: ${output[d]} [input_size: ${input[d]}, effective_filter_size: ${reach}, stride: ${strides[d]}]`,
      );
    }
  }
  return {
    input,
    window,
    strides,
    dilations,
    before: before as unknown as Spatial,
    output: output as unknown as Spatial,
  };
}

/** The shape of a batch of spatial sizes and channels in the op's data format. */
export function imageShape(batch: number, spatial: Spatial, channels: number, attrs: WindowAttrs): Shape {
  const sizes = attrs.spatialRank === 2 ? spatial.slice(1) : spatial;
  return attrs.channelFirst ? [batch, channels, ...sizes] : [batch, ...sizes, channels];
}

/** Batch, spatial sizes and channels of a shape in the op's data format. */
export function splitImage(shape: Shape, attrs: WindowAttrs): { batch: number; spatial: Spatial; channels: number } {
  return {
    batch: shape[0]!,
    spatial: spatialOf(shape, attrs.channelFirst),
    channels: attrs.channelFirst ? shape[1]! : shape.at(-1)!,
  };
}

/** A rank that an op needs, or TensorFlow's refusal. */
export function requireRank(name: string, shape: Shape, rank: number): void {
  if (shape.length !== rank) throw invalidArgument(`${name} must be ${rank}-dimensional: ${shapeText(shape)}`);
}
