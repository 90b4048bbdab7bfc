import { join } from "node:path";
import { data, type TensorValue } from "tureen";

/** Images of 64 pixels and their digits, one batch each. */
export interface Digits {
  readonly images: Float32Array;
  readonly labels: BigInt64Array;
  readonly rows: number;
}

/** Every fifth row is held back for the test (see data/README.md). */
const testEvery = 5;
export const pixels = 64;

/** The UCI digits: pixels from 0 (paper) to 1 (ink). */
export function loadDigits(): { train: Digits; test: Digits } {
  const table = data.csvDataset(join(import.meta.dirname, "data/digits.csv"), { labelName: "label" });
  const [[features, label]] = [...table.batch(2000)] as [readonly [Readonly<Record<string, TensorValue>>, TensorValue]];
  const columns = Object.keys(features)
    .sort()
    .map((name) => features[name]!.data as Int32Array);
  const rows = label.shape[0]!;
  const images = new Float32Array(rows * pixels);
  const mostInk = 16;
  for (let row = 0; row < rows; row++) {
    for (let pixel = 0; pixel < pixels; pixel++) images[row * pixels + pixel] = columns[pixel]![row]! / mostInk;
  }
  const labels = BigInt64Array.from(label.data as Int32Array, BigInt);
  const part = (held: boolean): Digits => {
    const chosen = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => (row % testEvery === testEvery - 1) === held,
    );
    return {
      images: Float32Array.from(chosen.flatMap((row) => [...images.subarray(row * pixels, (row + 1) * pixels)])),
      labels: BigInt64Array.from(chosen, (row) => labels[row]!),
      rows: chosen.length,
    };
  };
  return { train: part(false), test: part(true) };
}

/** Rows of an image `x` with its digit. */
export type DigitRows = data.Dataset<readonly [{ readonly x: TensorValue }, TensorValue]>;

/** A dataset of (features, label) rows. */
export function dataset({ images, labels, rows }: Digits): DigitRows {
  return data.Dataset.fromTensorSlices([
    { x: { dtype: "float32", shape: [rows, pixels], data: images } },
    labels,
  ] as const);
}

/** An image as text, two characters a pixel. */
export function drawDigit(image: ArrayLike<number>): string {
  const shades = ["  ", "░░", "▒▒", "▓▓", "██"];
  const side = Math.sqrt(pixels);
  return Array.from({ length: side }, (_, row) =>
    Array.from(
      { length: side },
      (_, column) => shades[Math.round(image[row * side + column]! * (shades.length - 1))],
    ).join(""),
  ).join("\n");
}
