import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A 16-bit WAV file as floats of shape `[samples, channels]` between -1 and 1, and its sample rate. */
export function decodeWav(
  contents: TensorLike,
  options: { readonly desiredChannels?: number; readonly desiredSamples?: number; readonly name?: string } = {},
): { readonly audio: Tensor; readonly sampleRate: Tensor } {
  const { outputs } = buildOp(
    "DecodeWav",
    [contents],
    { desired_channels: options.desiredChannels, desired_samples: options.desiredSamples },
    options,
  );
  return { audio: outputs[0]!, sampleRate: outputs[1]! };
}

/** Floats of shape `[samples, channels]` as a 16-bit WAV file. */
export function encodeWav(audio: TensorLike, sampleRate: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("EncodeWav", [audio, sampleRate], {}, options);
}

/** Magnitudes of the frequencies of each window: `[channels, windows, bins]` of `[samples, channels]`. */
export function audioSpectrogram(
  input: TensorLike,
  options: {
    readonly windowSize: number;
    readonly stride: number;
    readonly magnitudeSquared?: boolean;
    readonly name?: string;
  },
): Tensor {
  return build(
    "AudioSpectrogram",
    [input],
    { window_size: options.windowSize, stride: options.stride, magnitude_squared: options.magnitudeSquared },
    options,
  );
}

/** Mel frequency cepstral coefficients of a spectrogram of squared magnitudes. */
export function mfcc(
  spectrogram: TensorLike,
  sampleRate: TensorLike,
  options: {
    readonly upperFrequencyLimit?: number;
    readonly lowerFrequencyLimit?: number;
    readonly filterbankChannelCount?: number;
    readonly dctCoefficientCount?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "Mfcc",
    [spectrogram, sampleRate],
    {
      upper_frequency_limit: options.upperFrequencyLimit,
      lower_frequency_limit: options.lowerFrequencyLimit,
      filterbank_channel_count: options.filterbankChannelCount,
      dct_coefficient_count: options.dctCoefficientCount,
    },
    options,
  );
}
