import { allocate } from "../../core/dtype.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { fourier } from "./spectral/fourier.js";
import { cosineTable, melFilterbank } from "./spectral/mel-filterbank.js";
import { decodeWav, encodeWav } from "./spectral/wav.js";

const decodeWavKernel: KernelFactory = ({ attrs }) => {
  const [channels, samples] = [attrs.int("desired_channels"), attrs.int("desired_samples")];
  return ([contents]) => {
    const { shape, data } = contents as TensorValue<"string">;
    if (shape.length !== 0) throw invalidArgument(`contents must be scalar, got shape ${shapeText(shape)}`);
    const wav = decodeWav(data[0]!);
    for (const [name, value] of [
      ["channels", channels],
      ["samples", samples],
    ] as const) {
      if (value < -1) throw invalidArgument(`desired_${name} must be >= -1, got ${value}`);
    }
    const rows = samples === -1 ? wav.samples : samples;
    const columns = channels === -1 ? wav.channels : channels;
    const audio = allocate("float32", rows * columns);
    for (let row = 0; row < Math.min(rows, wav.samples); row++) {
      for (let column = 0; column < columns; column++) {
        // Channels beyond the file's are copies of its last one.
        const source = Math.min(column, wav.channels - 1);
        audio[row * columns + column] = wav.audio[row * wav.channels + source]!;
      }
    }
    return [tensorValue("float32", [rows, columns], audio), tensorValue("int32", [], Int32Array.of(wav.sampleRate))];
  };
};

function scalarRate(rate: TensorValue): number {
  if (rate.shape.length !== 0) {
    throw invalidArgument(`Input sample_rate should be a scalar tensor, got ${shapeText(rate.shape)} instead.`);
  }
  return (rate.data as Int32Array)[0]!;
}

const encodeWavKernel: KernelFactory = () => (inputs) => {
  const [audio, rate] = inputs as [TensorValue<"float32">, TensorValue];
  if (audio.shape.length !== 2) throw invalidArgument(`audio must be 2-dimensional${shapeText(audio.shape)}`);
  const file = encodeWav(audio.data, scalarRate(rate), audio.shape[1]!);
  return [tensorValue("string", [], [file])];
};

/** The next power of two, which TensorFlow's transform works on. */
function transformLength(window: number): number {
  return 2 ** Math.ceil(Math.log2(window));
}

const audioSpectrogram: KernelFactory = ({ attrs }) => {
  const [size, stride] = [attrs.int("window_size"), attrs.int("stride")];
  const squared = attrs.bool("magnitude_squared");
  if (size <= 1) throw invalidArgument(`window_size must be > 1, got ${size}`);
  if (stride <= 0) throw invalidArgument(`stride must be > 0, got ${stride}`);
  const length = transformLength(size);
  const bins = 1 + length / 2;
  // The periodic window of Hann.
  const window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  return ([input]) => {
    const { shape, data } = input as TensorValue<"float32">;
    if (shape.length !== 2) throw invalidArgument(`input must be 2-dimensional${shapeText(shape)}`);
    const [samples, channels] = shape as readonly [number, number];
    const slices = samples < size ? 0 : 1 + Math.floor((samples - size) / stride);
    const out = allocate("float32", channels * slices * bins);
    const [re, im] = [new Float64Array(length), new Float64Array(length)];
    let to = 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let slice = 0; slice < slices; slice++) {
        re.fill(0);
        im.fill(0);
        const first = slice * stride;
        for (let i = 0; i < size; i++) re[i] = data[(first + i) * channels + channel]! * window[i]!;
        fourier(re, im, false);
        for (let i = 0; i < bins; i++) {
          const power = Math.fround(re[i]! * re[i]! + im[i]! * im[i]!);
          out[to++] = squared ? power : Math.sqrt(power);
        }
      }
    }
    return [tensorValue("float32", [channels, slices, bins], out)];
  };
};

/** Below this a band counts as silent. */
const bandFloor = 1e-12;

const mfcc: KernelFactory = ({ attrs }) => {
  const [upper, lower] = [attrs.float("upper_frequency_limit"), attrs.float("lower_frequency_limit")];
  const [bands, coefficients] = [attrs.int("filterbank_channel_count"), attrs.int("dct_coefficient_count")];
  return (inputs) => {
    const [spectrogram, rate] = inputs as [TensorValue<"float32">, TensorValue];
    const { shape, data } = spectrogram;
    if (shape.length !== 3) throw invalidArgument(`spectrogram must be 3-dimensional${shapeText(shape)}`);
    const sampleRate = scalarRate(rate);
    const [channels, slices, bins] = shape as readonly [number, number, number];
    const impossible = bands < 1 || sampleRate <= 0 || bins < 2 || lower < 0 || upper <= lower;
    if (impossible || coefficients < 1 || coefficients > bands) {
      throw invalidArgument(
        `Mfcc initialization failed for channel count ${bins}, sample rate ${sampleRate} and filterbank_channel_count ${bands}`,
      );
    }
    const filterbank = melFilterbank(bins, sampleRate, bands, lower, upper);
    const cosines = cosineTable(coefficients, bands);
    const out = allocate("float32", channels * slices * coefficients);
    // With a limit beyond the spectrum TensorFlow gives zeros.
    if (filterbank.last >= bins) return [tensorValue("float32", [channels, slices, coefficients], out)];
    const energies = new Float64Array(bands);
    for (let slice = 0; slice < channels * slices; slice++) {
      energies.fill(0);
      for (let i = filterbank.first; i <= filterbank.last; i++) {
        const magnitude = Math.sqrt(data[slice * bins + i]!);
        const weighted = magnitude * filterbank.weight[i]!;
        const band = filterbank.band[i]!;
        if (band >= 0) energies[band] = energies[band]! + weighted;
        if (band + 1 < bands) energies[band + 1] = energies[band + 1]! + magnitude - weighted;
      }
      for (let i = 0; i < bands; i++) energies[i] = Math.log(Math.max(energies[i]!, bandFloor));
      for (let c = 0; c < coefficients; c++) {
        let sum = 0;
        for (let i = 0; i < bands; i++) sum += cosines[c * bands + i]! * energies[i]!;
        out[slice * coefficients + c] = sum;
      }
    }
    return [tensorValue("float32", [channels, slices, coefficients], out)];
  };
};

/** Host kernels of sound: files, spectrograms and what speech models make of them. */
export const spectralAudioKernels: KernelTable = {
  DecodeWav: decodeWavKernel,
  EncodeWav: encodeWavKernel,
  AudioSpectrogram: audioSpectrogram,
  Mfcc: mfcc,
};
