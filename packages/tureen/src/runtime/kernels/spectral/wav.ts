import { invalidArgument } from "../../../core/status-error.js";

/** What a WAV file of 16-bit samples holds: frames of a sample a channel, between -1 and 1. */
export interface Wav {
  readonly audio: Float32Array;
  readonly samples: number;
  readonly channels: number;
  /** As its 32 bits read as a signed number, which is how TensorFlow gives it. */
  readonly sampleRate: number;
}

/** Chunks that may stand before the format. */
const skippedChunks = new Set(["JUNK", "bext", "iXML", "qlty", "mext", "levl", "link", "axml"]);

const int16Scale = 1 << 15;
const bytesPerSample = 2;
const largestInt32 = 2 ** 31 - 1;
const latin1 = new TextDecoder("latin1");

class WavReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes on by so many bytes; gives where it stood. */
  take(count: number): number {
    const from = this.at;
    if (from > this.bytes.length) throw invalidArgument(`Initial offset is outside data range: ${from}`);
    if (from + count > this.bytes.length) throw invalidArgument("Data too short when trying to read string");
    this.at = from + count;
    return from;
  }

  text(): string {
    const from = this.take(4);
    return latin1.decode(this.bytes.subarray(from, from + 4));
  }

  expect(text: string): void {
    const found = this.text();
    if (found !== text) throw invalidArgument(`Header mismatch: Expected ${text} but found ${found}`);
  }

  uint32(): number {
    return this.#view.getUint32(this.take(4), true);
  }

  uint16(): number {
    return this.#view.getUint16(this.take(2), true);
  }

  int16(at: number): number {
    return this.#view.getInt16(at, true);
  }
}

/** The format's size, and the fields that count. */
function readFormat(reader: WavReader): { readonly channels: number; readonly sampleRate: number } {
  const size = reader.uint32();
  if (size !== 16 && size !== 18) {
    throw invalidArgument(`Bad format chunk size for WAV: Expected 16 or 18, but got${size}`);
  }
  const code = reader.uint16();
  if (code !== 1) throw invalidArgument(`Bad audio format for WAV: Expected 1 (PCM), but got${code}`);
  const channels = reader.uint16();
  if (channels < 1) {
    throw invalidArgument(`Bad number of channels for WAV: Expected at least 1, but got ${channels}`);
  }
  const sampleRate = reader.uint32();
  const bytesPerSecond = reader.uint32();
  const bytesPerFrame = reader.uint16();
  const bits = reader.uint16();
  if (bits !== 8 * bytesPerSample) throw invalidArgument(`Can only read 16-bit WAV files, but received ${bits}`);
  const frame = bytesPerSample * channels;
  if (bytesPerFrame !== frame) {
    throw invalidArgument(`Bad bytes per sample in WAV header: Expected ${frame} but got ${bytesPerFrame}`);
  }
  if (bytesPerSecond !== frame * sampleRate) {
    throw invalidArgument(
      `Bad bytes per second in WAV header: Expected ${frame * sampleRate} but got ${bytesPerSecond} (sample_rate=${sampleRate}, bytes_per_sample=${bytesPerFrame})`,
    );
  }
  if (size === 18) reader.at += 2;
  return { channels, sampleRate };
}

/** Reads a WAV file of 16-bit samples; INVALID_ARGUMENT with TensorFlow's text for any other. */
export function decodeWav(bytes: Uint8Array): Wav {
  const reader = new WavReader(bytes);
  reader.expect("RIFF");
  reader.uint32();
  reader.expect("WAVE");
  for (let chunk = reader.text(); chunk !== "fmt "; chunk = reader.text()) {
    if (!skippedChunks.has(chunk)) throw invalidArgument(`Unexpected field ${chunk}`);
    reader.take(reader.uint32());
  }
  const { channels, sampleRate } = readFormat(reader);
  let audio: Float32Array | undefined;
  while (reader.at < bytes.length) {
    const chunk = reader.text();
    const size = reader.uint32();
    if (size > largestInt32) {
      throw invalidArgument(`WAV data chunk '${chunk}' is too large: ${size} bytes, but the limit is ${largestInt32}`);
    }
    if (chunk !== "data") {
      reader.at += size;
      continue;
    }
    if (audio !== undefined) throw invalidArgument("More than one data chunk found in WAV");
    const count = Math.floor(size / (bytesPerSample * channels)) * channels;
    const from = reader.take(bytesPerSample * count);
    audio = new Float32Array(count);
    for (let i = 0; i < count; i++) audio[i] = reader.int16(from + bytesPerSample * i) / int16Scale;
  }
  if (audio === undefined) throw invalidArgument("No data chunk found in WAV");
  return { audio, samples: audio.length / channels, channels, sampleRate: sampleRate | 0 };
}

const headerBytes = 44;

/** Writes frames of samples between -1 and 1 as a WAV file of 16-bit samples; what lies beyond is cut off. */
export function encodeWav(audio: Float32Array, sampleRate: number, channels: number): Uint8Array {
  if (sampleRate <= 0) {
    const shown = sampleRate < 0 ? BigInt.asUintN(64, BigInt(sampleRate)) : 0;
    throw invalidArgument(`sample_rate must be in (0, 2^32), got: ${shown}`);
  }
  if (channels === 0 || channels > 0xffff) {
    throw invalidArgument(`num_channels must be in (0, 2^16), got: ${channels}`);
  }
  const dataBytes = bytesPerSample * audio.length;
  if (headerBytes + dataBytes > 0xffffffff) {
    throw invalidArgument("Provided channels and frames cannot be encoded as a WAV.");
  }
  const file = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(file.buffer);
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) file[at + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * bytesPerSample * channels, true);
  view.setUint16(32, bytesPerSample * channels, true);
  view.setUint16(34, 8 * bytesPerSample, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  for (let i = 0; i < audio.length; i++) {
    const scaled = audio[i]! * int16Scale;
    // Halves go away from zero; NaN becomes the lowest number, as TensorFlow's comparison leaves it.
    const rounded = scaled < 0 ? -Math.round(-scaled) : Math.round(scaled);
    const sample = rounded >= -int16Scale ? Math.min(rounded, int16Scale - 1) : -int16Scale;
    view.setInt16(headerBytes + bytesPerSample * i, sample, true);
  }
  return file;
}
