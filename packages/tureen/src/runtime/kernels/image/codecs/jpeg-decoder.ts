import { dataLoss } from "../../../../core/status-error.js";
import { BitReader, type HuffmanTable, huffmanTable } from "./jpeg-huffman.js";
import { decodeScan, type JpegComponent, zigzag } from "./jpeg-scan.js";

/** How a JPEG image's components are to be read as colours. */
export type JpegColors = "gray" | "ycc" | "rgb" | "cmyk" | "ycck";

/** A JPEG image as its coefficients (ITU T.81; sequential and progressive, Huffman-coded, 8 bits a sample). */
export interface JpegImage {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  readonly quantization: readonly (Int32Array | undefined)[];
  readonly colors: JpegColors;
  /** Whether the file was written by Adobe's software, which stores CMYK inverted. */
  readonly isAdobe: boolean;
  /** Whether all of the image was there. */
  readonly complete: boolean;
}

/** Sizes and number of components that the header of a JPEG image tells. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

const corrupt = (what: string): Error => dataLoss(`Corrupt JPEG data: ${what}`);

interface Segment {
  readonly marker: number;
  /** The payload, without its length. */
  readonly start: number;
  readonly end: number;
}

/** The next marker with its segment from `at` on. */
function segmentAt(bytes: Uint8Array, at: number): Segment | undefined {
  let p = at;
  while (p < bytes.length && bytes[p] !== 0xff) p += 1;
  while (bytes[p] === 0xff) p += 1;
  const marker = bytes[p];
  if (marker === undefined) return undefined;
  const bare = marker === 0xd8 || marker === 0xd9 || marker === 0 || (marker >= 0xd0 && marker <= 0xd7);
  const start = p + 1;
  if (bare) return { marker, start, end: start };
  if (start + 2 > bytes.length) return undefined;
  const end = start + ((bytes[start]! << 8) | bytes[start + 1]!);
  return end > bytes.length ? undefined : { marker, start: start + 2, end };
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The sizes in the header; DATA_LOSS for what is no JPEG image. */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  for (let at = 0; ; ) {
    const segment = segmentAt(bytes, at);
    if (segment === undefined || segment.marker === 0xd9) throw corrupt("no frame");
    if (isFrame(segment.marker)) {
      const p = segment.start;
      return { height: word(bytes, p + 1), width: word(bytes, p + 3), components: bytes[p + 5]! };
    }
    at = segment.end;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The most samples that TensorFlow lets an image have. */
const maxSamples = 2 ** 29;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly JpegComponent[];
  readonly horizontal: number;
  readonly vertical: number;
}

function readFrame(bytes: Uint8Array, { marker, start, end }: Segment, partial: boolean): Frame {
  if (marker > 0xc2 || bytes[start] !== 8) throw corrupt("unsupported kind of coding");
  const [height, width, count] = [word(bytes, start + 1), word(bytes, start + 3), bytes[start + 5]!];
  if (width === 0 || height === 0 || count === 0 || count > 4 || start + 6 + 3 * count > end)
    throw corrupt("bad frame");
  const declared = Array.from({ length: count }, (_, i) => {
    const p = start + 6 + 3 * i;
    return {
      id: bytes[p]!,
      horizontal: bytes[p + 1]! >> 4,
      vertical: bytes[p + 1]! & 15,
      quantization: bytes[p + 2]! & 3,
    };
  });
  if (declared.some((c) => c.horizontal < 1 || c.horizontal > 4 || c.vertical < 1 || c.vertical > 4))
    throw corrupt("bad sampling");
  const horizontal = Math.max(...declared.map((component) => component.horizontal));
  const vertical = Math.max(...declared.map((component) => component.vertical));
  const [groupsWide, groupsHigh] = [Math.ceil(width / (8 * horizontal)), Math.ceil(height / (8 * vertical))];
  if (width * height * count > maxSamples) throw corrupt("image too large");
  // A block takes a bit of the file at least: a header may not promise what is not there.
  if (!partial && groupsWide * groupsHigh > bytes.length * 8) throw corrupt("image too small for its size");
  const components = declared.map((component) => {
    const stride = groupsWide * component.horizontal;
    return {
      ...component,
      blocksWide: Math.ceil(Math.ceil((width * component.horizontal) / horizontal) / 8),
      blocksHigh: Math.ceil(Math.ceil((height * component.vertical) / vertical) / 8),
      stride,
      coefficients: new Int16Array(stride * groupsHigh * component.vertical * 64),
    };
  });
  return { width, height, progressive: marker === 0xc2, components, horizontal, vertical };
}

function readQuantization(bytes: Uint8Array, { start, end }: Segment, tables: (Int32Array | undefined)[]): void {
  for (let p = start; p < end; ) {
    const [wide, id] = [bytes[p]! >> 4, bytes[p]! & 3];
    p += 1;
    const table = new Int32Array(64);
    for (let i = 0; i < 64; i++, p += wide ? 2 : 1) table[zigzag[i]!] = wide ? word(bytes, p) : bytes[p]!;
    tables[id] = table;
  }
}

function readHuffman(bytes: Uint8Array, { start, end }: Segment, dc: HuffmanTable[], ac: HuffmanTable[]): void {
  for (let p = start; p + 17 <= end; ) {
    const [kind, id] = [bytes[p]! >> 4, bytes[p]! & 3];
    const counts = bytes.subarray(p + 1, p + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total > 256 || p + 17 + total > end) throw corrupt("bad Huffman table");
    (kind === 0 ? dc : ac)[id] = huffmanTable(counts, bytes.slice(p + 17, p + 17 + total));
    p += 17 + total;
  }
}

/** Reads a JPEG file; DATA_LOSS where that is impossible. With `partial` the data may end early, and what is missing is gray. */
export function readJpeg(bytes: Uint8Array, partial: boolean): JpegImage {
  const quantization: (Int32Array | undefined)[] = [];
  const [dc, ac]: [HuffmanTable[], HuffmanTable[]] = [[], []];
  let frame: Frame | undefined;
  let [restartInterval, adobe, isJfif, complete, ended] = [0, -1, false, true, false];
  for (let at = 0; ; ) {
    const segment = segmentAt(bytes, at);
    if (segment === undefined || segment.marker === 0xd9) {
      ended = segment !== undefined;
      break;
    }
    const { marker, start, end } = segment;
    at = end;
    if (marker === 0xdb) readQuantization(bytes, segment, quantization);
    else if (marker === 0xc4) readHuffman(bytes, segment, dc, ac);
    else if (marker === 0xdd) restartInterval = word(bytes, start);
    else if (marker === 0xe0) isJfif ||= word(bytes, start) === 0x4a46;
    else if (marker === 0xee && end - start >= 12 && word(bytes, start) === 0x4164) adobe = bytes[start + 11]!;
    else if (isFrame(marker)) {
      if (frame !== undefined) throw corrupt("two frames");
      frame = readFrame(bytes, segment, partial);
    } else if (marker === 0xda) {
      if (frame === undefined) throw corrupt("a scan without a frame");
      const bits = new BitReader(bytes, end);
      complete = runScan(bytes, segment, frame, dc, ac, restartInterval, bits) && complete;
      at = bits.position;
    }
  }
  if (frame === undefined) throw corrupt("no frame");
  if (frame.components.some((component) => quantization[component.quantization] === undefined))
    throw corrupt("no quantization table");
  return {
    width: frame.width,
    height: frame.height,
    components: frame.components,
    quantization,
    colors: colorsOf(frame.components, isJfif, adobe),
    isAdobe: adobe >= 0,
    complete: complete && ended,
  };
}

function runScan(
  bytes: Uint8Array,
  { start }: Segment,
  frame: Frame,
  dc: readonly HuffmanTable[],
  ac: readonly HuffmanTable[],
  restartInterval: number,
  bits: BitReader,
): boolean {
  const count = bytes[start]!;
  const chosen = Array.from({ length: count }, (_, i) => {
    const component = frame.components.find(({ id }) => id === bytes[start + 1 + 2 * i]);
    if (component === undefined) throw corrupt("a scan of an unknown component");
    const tables = bytes[start + 2 + 2 * i]!;
    return { component, dc: dc[tables >> 4], ac: ac[tables & 15] };
  });
  const p = start + 1 + 2 * count;
  const { progressive } = frame;
  const [first, last] = progressive ? [bytes[p]!, bytes[p + 1]!] : [0, 63];
  const [high, low] = progressive ? [bytes[p + 2]! >> 4, bytes[p + 2]! & 15] : [0, 0];
  const needs = { dc: first === 0 && high === 0, ac: last > 0 };
  const lacks = chosen.some((entry) => (needs.dc && entry.dc === undefined) || (needs.ac && entry.ac === undefined));
  if (count === 0 || lacks || last > 63 || first > last || low > 13) throw corrupt("bad scan");
  return decodeScan(bits, {
    components: chosen.map(({ component }) => component),
    dc: chosen.map((entry) => entry.dc),
    ac: chosen.map((entry) => entry.ac),
    start: first,
    end: last,
    high,
    low,
    progressive,
    restartInterval,
    groupsWide: Math.ceil(frame.width / (8 * frame.horizontal)),
    groupsHigh: Math.ceil(frame.height / (8 * frame.vertical)),
  });
}

/** As libjpeg guesses: JFIF and Adobe markers tell, else the components' names do. */
function colorsOf(components: readonly JpegComponent[], isJfif: boolean, adobe: number): JpegColors {
  if (components.length === 1) return "gray";
  if (components.length === 4) return adobe === 2 ? "ycck" : "cmyk";
  if (components.length !== 3) throw corrupt("two components");
  if (isJfif) return "ycc";
  if (adobe >= 0) return adobe === 0 ? "rgb" : "ycc";
  return components.map(({ id }) => String.fromCharCode(id)).join("") === "RGB" ? "rgb" : "ycc";
}
