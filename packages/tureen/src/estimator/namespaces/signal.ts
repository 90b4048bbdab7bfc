/** `tf.signal`: frames, spectra and windows of signals by TensorFlow's names. */
import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { tensorValue } from "../../core/tensor-value.js";
import { build, constant, type NamedOptions } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { mul } from "../nn/arithmetic.js";

export { fft, fft2d, fft3d, ifft, ifft2d, ifft3d } from "../../graph/ops/index.js";
export { type DctOptions, dct, idct } from "./dct.js";
export * from "./mel.js";

/** A window of so many numbers. */
export type WindowFn = (windowLength: number, options?: WindowFnOptions) => Tensor;

/** Options of windows: a periodic one, the default, is the symmetric one of one number more without its last. */
export interface WindowFnOptions extends NamedOptions {
  readonly periodic?: boolean;
  readonly dtype?: "float32" | "float64";
}

function raisedCosine(name: string, a: number, b: number): WindowFn {
  return (windowLength, options = {}) => {
    checkOptions(name, options, { periodic: "optional", dtype: "optional", name: "optional" });
    const { periodic = true, dtype = "float32" } = options;
    // TensorFlow's windows of odd lengths are symmetric either way.
    const whole = periodic && windowLength % 2 === 0 ? windowLength : windowLength - 1;
    const at = (i: number): number => (windowLength === 1 ? 1 : a - b * Math.cos((2 * Math.PI * i) / whole));
    const values = Array.from({ length: windowLength }, (_, i) => at(i));
    return constant(values, dtype, options.name ?? name);
  };
}

/** The Hann window (`tf.signal.hann_window`). */
export const hannWindow: WindowFn = raisedCosine("hann_window", 0.5, 0.5);
/** The Hamming window (`tf.signal.hamming_window`). */
export const hammingWindow: WindowFn = raisedCosine("hamming_window", 0.54, 0.46);

/** Options of spectra of real signals. */
export interface RfftOptions extends NamedOptions {
  /** Signals are cut or filled up with 0 to so many numbers; default those of the signal. */
  readonly fftLength?: number;
}

/** The spectrum of real signals [..., n]: complex [..., n / 2 + 1] (`tf.signal.rfft`). */
export function rfft(input: Tensor, options: RfftOptions = {}): Tensor {
  checkOptions("rfft", options, { fftLength: "optional", name: "optional" });
  const length = options.fftLength ?? lastSize(input, "rfft");
  const complex = input.dtype === "float64" ? "complex128" : "complex64";
  return nameScope(options.name ?? "rfft", (scope) =>
    build("RFFT", [filledUp(input, length), constant([length], "int32", "fft_length")], { Tcomplex: complex }, scope),
  );
}

/** The real signal of a spectrum [..., n / 2 + 1]: [..., n], n even unless `fftLength` says else (`tf.signal.irfft`). */
export function irfft(input: Tensor, options: RfftOptions = {}): Tensor {
  checkOptions("irfft", options, { fftLength: "optional", name: "optional" });
  const length = options.fftLength ?? Math.max(0, 2 * (lastSize(input, "irfft") - 1));
  const real = input.dtype === "complex128" ? "float64" : "float32";
  return nameScope(options.name ?? "irfft", (scope) =>
    build(
      "IRFFT",
      [filledUp(input, Math.floor(length / 2) + 1), constant([length], "int32", "fft_length")],
      { Treal: real },
      scope,
    ),
  );
}

/** Zeros behind the last dimension where the transform wants more than there is. */
function filledUp(input: Tensor, size: number): Tensor {
  const missing = size - (input.shape?.at(-1) ?? size);
  if (missing <= 0) return input;
  const paddings = input.shape!.map((_, i, all) => [0, i === all.length - 1 ? missing : 0]);
  return build("Pad", [input, constant(paddings, "int32", "paddings")], {}, "Pad");
}

function lastSize(input: Tensor, call: string): number {
  const size = input.shape?.at(-1) ?? -1;
  if (size < 0) throw invalidArgument(`The last size of ${call}'s input must be known, or its fftLength given.`);
  return size;
}

/** Options of `frame`. */
export interface FrameOptions extends NamedOptions {
  /** Whether frames that go beyond the end are filled up rather than left out. */
  readonly padEnd?: boolean;
  /** What they are filled up with; default 0. */
  readonly padValue?: number;
}

const frameTable: OptionTable<FrameOptions> = { padEnd: "optional", padValue: "optional", name: "optional" };

/** Frames of the last dimension [..., n]: [..., frames, frameLength], each `frameStep` after the one before (`tf.signal.frame`). The size n must be known. */
export function frame(signal: Tensor, frameLength: number, frameStep: number, options: FrameOptions = {}): Tensor {
  checkOptions("frame", options, frameTable);
  const { padEnd = false, padValue = 0 } = options;
  const size = lastSize(signal, "frame");
  const count = padEnd ? Math.ceil(size / frameStep) : Math.max(0, 1 + Math.floor((size - frameLength) / frameStep));
  return nameScope(options.name ?? "frame", () => {
    const missing = padEnd ? Math.max(0, frameLength + frameStep * (count - 1) - size) : 0;
    const paddings = (signal.shape ?? []).map((_, i, all) => [0, i === all.length - 1 ? missing : 0]);
    const padded =
      missing === 0
        ? signal
        : build(
            "PadV2",
            [signal, constant(paddings, "int32", "paddings"), constant(padValue, signal.dtype)],
            {},
            "Pad",
          );
    const at = Int32Array.from({ length: count * frameLength }, (_, i) => positionOf(i, frameLength, frameStep));
    const indices = constant(tensorValue("int32", [count, frameLength], at), undefined, "indices");
    return build("GatherV2", [padded, indices, constant(-1, "int32", "axis")], {}, "GatherV2");
  });
}

function positionOf(i: number, frameLength: number, frameStep: number): number {
  return Math.floor(i / frameLength) * frameStep + (i % frameLength);
}

/** The signal [..., n] of frames [..., frames, length] that overlap: each `frameStep` after the one before (`tf.signal.overlap_and_add`). Their sizes must be known. */
export function overlapAndAdd(signal: Tensor, frameStep: number, options: NamedOptions = {}): Tensor {
  checkOptions("overlapAndAdd", options, nameOnly);
  const [count = -1, length = -1] = signal.shape?.slice(-2) ?? [];
  if (count < 0 || length < 0) throw invalidArgument("The last two sizes of overlapAndAdd's signal must be known.");
  const rank = signal.shape!.length;
  return nameScope(options.name ?? "overlap_and_add", () => {
    const total = count === 0 ? 0 : frameStep * (count - 1) + length;
    const at = Int32Array.from({ length: count * length }, (_, i) => positionOf(i, length, frameStep));
    // The positions come first, so that segments can be summed along them.
    const front = [rank - 2, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i)];
    const back = [...Array.from({ length: rank - 2 }, (_, i) => i + 1), 0];
    const turned = build("Transpose", [signal, constant(front, "int32", "perm")], {}, "transpose");
    const ids = constant(tensorValue("int32", [count, length], at), undefined, "segment_ids");
    const sums = build("UnsortedSegmentSum", [turned, ids, constant(total, "int32")], {}, "UnsortedSegmentSum");
    return build("Transpose", [sums, constant(back, "int32", "perm")], {}, "transpose_1");
  });
}

/** Options of `stft`. */
export interface StftOptions extends NamedOptions {
  /** Default the least power of two that holds a frame. */
  readonly fftLength?: number;
  /** Default `hannWindow`; null for none. */
  readonly windowFn?: WindowFn | null;
  readonly padEnd?: boolean;
}

/** The short-time Fourier transform of real signals [..., n]: complex [..., frames, fftLength / 2 + 1] (`tf.signal.stft`). */
export function stft(signals: Tensor, frameLength: number, frameStep: number, options: StftOptions = {}): Tensor {
  checkOptions("stft", options, { fftLength: "optional", windowFn: "optional", padEnd: "optional", name: "optional" });
  const { fftLength = enclosingPower(frameLength), windowFn = hannWindow, padEnd = false } = options;
  return nameScope(options.name ?? "stft", () => {
    const frames = frame(signals, frameLength, frameStep, { padEnd });
    return rfft(windowed(frames, frameLength, windowFn), { fftLength });
  });
}

/** The signals [..., n] of short-time spectra (`tf.signal.inverse_stft`); the inverse of `stft` where the windows say so. */
export function inverseStft(
  stfts: Tensor,
  frameLength: number,
  frameStep: number,
  options: Omit<StftOptions, "padEnd"> = {},
): Tensor {
  checkOptions("inverseStft", options, { fftLength: "optional", windowFn: "optional", name: "optional" });
  const { fftLength = enclosingPower(frameLength), windowFn = hannWindow } = options;
  return nameScope(options.name ?? "inverse_stft", () => {
    const real = irfft(stfts, { fftLength });
    const size = Array<number>(real.shape!.length).fill(-1);
    size[size.length - 1] = Math.min(frameLength, fftLength);
    const begin = constant(Array<number>(size.length).fill(0), "int32", "begin");
    const cut = build("Slice", [real, begin, constant(size, "int32", "size")], {}, "Slice");
    const missing = Math.max(0, frameLength - fftLength);
    const paddings = size.map((_, i) => [0, i === size.length - 1 ? missing : 0]);
    const frames = missing === 0 ? cut : build("Pad", [cut, constant(paddings, "int32", "paddings")], {}, "Pad");
    return overlapAndAdd(windowed(frames, frameLength, windowFn), frameStep);
  });
}

function windowed(frames: Tensor, frameLength: number, windowFn: WindowFn | null): Tensor {
  const dtype: DType = frames.dtype;
  return windowFn === null
    ? frames
    : mul(frames, windowFn(frameLength, { dtype: dtype === "float64" ? dtype : "float32" }));
}

function enclosingPower(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}
