import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { constant, type NamedOptions } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { floatText } from "../feature-column/python-text.js";
import { mul } from "../nn/arithmetic.js";
import { dct } from "./dct.js";

/** Options of `linearToMelWeightMatrix`; frequencies in Hertz. */
export interface MelOptions extends NamedOptions {
  /** Default 20. */
  readonly numMelBins?: number;
  /** Default 129. */
  readonly numSpectrogramBins?: number;
  /** Samples a second; default 8000. */
  readonly sampleRate?: number;
  /** Default 125. */
  readonly lowerEdgeHertz?: number;
  /** Default 3800. */
  readonly upperEdgeHertz?: number;
  readonly dtype?: "float32" | "float64";
}

const text = (hertz: number): string => floatText(hertz).text;

/** Where a frequency in Hertz lies on HTK's mel scale. */
function mel(hertz: number): number {
  return 1127 * Math.log(1 + hertz / 700);
}

/**
 * Weights [spectrogram bins, mel bins] that a linear spectrogram is multiplied with to give one of mel bins
 * (`tf.signal.linear_to_mel_weight_matrix`): triangles that overlap by half, equally wide on the mel scale.
 */
export function linearToMelWeightMatrix(options: MelOptions = {}): Tensor {
  checkOptions("linearToMelWeightMatrix", options, {
    numMelBins: "optional",
    numSpectrogramBins: "optional",
    sampleRate: "optional",
    lowerEdgeHertz: "optional",
    upperEdgeHertz: "optional",
    dtype: "optional",
    name: "optional",
  });
  const {
    numMelBins = 20,
    numSpectrogramBins = 129,
    sampleRate = 8000,
    lowerEdgeHertz = 125,
    upperEdgeHertz = 3800,
  } = options;
  if (numMelBins <= 0) throw invalidArgument(`num_mel_bins must be positive. Got: ${numMelBins}`);
  if (lowerEdgeHertz < 0) throw invalidArgument(`lower_edge_hertz must be non-negative. Got: ${text(lowerEdgeHertz)}`);
  if (lowerEdgeHertz >= upperEdgeHertz) {
    throw invalidArgument(`lower_edge_hertz ${text(lowerEdgeHertz)} >= upper_edge_hertz ${text(upperEdgeHertz)}`);
  }
  if (sampleRate <= 0) throw invalidArgument(`sample_rate must be positive. Got: ${sampleRate}`);
  if (upperEdgeHertz > sampleRate / 2) {
    throw invalidArgument(
      `upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got ${text(upperEdgeHertz)} for sample_rate: ${sampleRate}`,
    );
  }
  const [low, high] = [mel(lowerEdgeHertz), mel(upperEdgeHertz)];
  const edge = (i: number): number => low + ((high - low) * i) / (numMelBins + 1);
  const weight = (bin: number, band: number): number => {
    // The first bin, of no frequency, is left out.
    if (bin === 0) return 0;
    const at = mel((bin * sampleRate) / 2 / (numSpectrogramBins - 1));
    const [left, center, right] = [edge(band), edge(band + 1), edge(band + 2)];
    return Math.max(0, Math.min((at - left) / (center - left), (right - at) / (right - center)));
  };
  const rows = Array.from({ length: numSpectrogramBins }, (_, bin) =>
    Array.from({ length: numMelBins }, (_, band) => weight(bin, band)),
  );
  return constant(rows, options.dtype ?? "float32", options.name ?? "linear_to_mel_weight_matrix");
}

/** The mel-frequency cepstral coefficients of log mel spectrograms [..., mel bins] (`tf.signal.mfccs_from_log_mel_spectrograms`). */
export function mfccsFromLogMelSpectrograms(logMelSpectrograms: Tensor, options: NamedOptions = {}): Tensor {
  checkOptions("mfccsFromLogMelSpectrograms", options, { name: "optional" });
  const bins = logMelSpectrograms.shape?.at(-1) ?? -1;
  if (bins < 1) throw invalidArgument(`num_mel_bins must be positive. Got: ${bins}`);
  return nameScope(options.name ?? "mfccs_from_log_mel_spectrograms", () =>
    mul(dct(logMelSpectrograms, { type: 2 }), 1 / Math.sqrt(bins * 2)),
  );
}
