import { uniformFloat } from "../random/distributions.js";
import { type Philox, SingleWords } from "../random/philox.js";

const f = Math.fround;

/** A rectangle in pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What a random crop must fulfil. */
export interface CropLimits {
  readonly areas: readonly [number, number];
  readonly ratios: readonly [number, number];
  readonly attempts: number;
  /** The share of some box that the crop must cover. */
  readonly covered: number;
}

function areaOf({ left, top, right, bottom }: Rectangle): number {
  return f(Math.imul(right - left, bottom - top));
}

function intersection(a: Rectangle, b: Rectangle): number {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  const [right, bottom] = [Math.min(a.right, b.right), Math.min(a.bottom, b.bottom)];
  return left > right || top > bottom ? 0 : areaOf({ left, top, right, bottom });
}

function coversEnough(crop: Rectangle, covered: number, boxes: readonly Rectangle[]): boolean {
  if (areaOf(crop) < 1) return false;
  return boxes.some((box) => {
    const area = areaOf(box);
    return area >= 1 && f(intersection(crop, box) / area) >= covered;
  });
}

/** C's lrintf: to the nearest integer, halves to the even one. */
function nearest(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** Keeps the greatest height whose width still fits below the next one. */
const margin = f(0.0000001);

/** A crop of an aspect ratio whose area is uniform in height, at a uniform place; undefined where none fits. */
function cropOf(
  width: number,
  height: number,
  areas: readonly [number, number],
  ratio: number,
  words: SingleWords,
): Rectangle | undefined {
  if (areas[1] <= 0 || ratio <= 0 || width <= 0 || height <= 0 || areas[0] > areas[1]) return undefined;
  const least = f(f(areas[0] * width) * height);
  const most = f(f(areas[1] * width) * height);
  const widthOf = (rows: number): number => nearest(f(rows * ratio));
  let rows = nearest(f(Math.sqrt(f(least / ratio))));
  let mostRows = nearest(f(Math.sqrt(f(most / ratio))));
  if (widthOf(mostRows) > width) {
    mostRows = Math.trunc((width + 0.5 - margin) / ratio);
    if (widthOf(mostRows) > width) mostRows -= 1;
  }
  mostRows = Math.min(mostRows, height);
  if (rows >= mostRows) rows = mostRows;
  else rows += words.next() % (mostRows - rows + 1);
  let columns = widthOf(rows);
  if (f(columns * rows) < least) {
    rows += 1;
    columns = widthOf(rows);
  }
  if (f(columns * rows) > most) {
    rows -= 1;
    columns = widthOf(rows);
  }
  const area = f(columns * rows);
  if (area < least || area > most || columns > width || rows > height || columns <= 0 || rows <= 0) return undefined;
  const top = rows < height ? words.next() % (height - rows) : 0;
  const left = columns < width ? words.next() % (width - columns) : 0;
  return { left, top, right: left + columns, bottom: top + rows };
}

/** A random crop of an image that covers enough of one of the boxes; the whole image where no attempt gives one. All in float32, as TensorFlow. */
export function randomCrop(
  width: number,
  height: number,
  limits: CropLimits,
  boxes: readonly Rectangle[],
  generator: Philox,
): Rectangle {
  const words = new SingleWords(generator);
  const [low, high] = limits.ratios;
  for (let attempt = 0; attempt < limits.attempts; attempt++) {
    const ratio = f(f(uniformFloat(words.next()) * f(high - low)) + low);
    const crop = cropOf(width, height, limits.areas, ratio, words);
    if (crop !== undefined && coversEnough(crop, limits.covered, boxes)) return crop;
  }
  return { left: 0, top: 0, right: width, bottom: height };
}
