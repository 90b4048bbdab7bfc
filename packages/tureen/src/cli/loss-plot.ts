import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readEvents } from "../formats/events.js";

/** How a plot looks. */
export interface PlotOptions {
  /** Letters a line has; 80 unless said. */
  readonly columns?: number | undefined;
  /** Lines of the plot itself; 12 unless said. */
  readonly rows?: number | undefined;
  /** Draws with * instead of braille. */
  readonly ascii?: boolean | undefined;
}

/** A value at a step. */
export type PlotPoint = readonly [step: number, value: number];

/** The values of a summary in the event files of a folder, by step; of several runs over the same steps the newest counts. */
export function readScalars(folder: string, tag: string): PlotPoint[] {
  const points = new Map<number, number>();
  // Names begin with the second in which the file was made.
  const files = readdirSync(folder).filter((name) => name.includes(".tfevents."));
  for (const file of files.sort()) {
    for (const { step, summary } of readEvents(join(folder, file))) {
      const value = summary?.find((entry) => entry.tag === tag)?.simpleValue;
      if (value !== undefined) points.set(step, value);
    }
  }
  return [...points].sort((a, b) => a[0] - b[0]);
}

/** Dots of a braille letter, by row and column: bits of its code. */
const brailleDots: readonly (readonly [number, number])[] = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

/** A line chart of letters under a title, with the range of values at its left and of steps below; "" for fewer than two finite points. */
export function plotLines(title: string, points: readonly PlotPoint[], options: PlotOptions = {}): string {
  const { columns = 80, rows = 12, ascii = false } = options;
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const first = finite[0];
  const last = finite.at(-1);
  if (first === undefined || last === undefined || finite.length < 2) return "";
  const low = Math.min(...finite.map(([, value]) => value));
  const high = Math.max(...finite.map(([, value]) => value));
  const [top, bottom] = [numberText(high), numberText(low)];
  const margin = Math.max(top.length, bottom.length);
  // Two for the axis and the space before it.
  const width = Math.max(columns - margin - 2, 8);
  const dots = ascii ? { across: 1, down: 1 } : { across: 2, down: 4 };
  const grid = drawn(finite, width * dots.across, rows * dots.down, low, high);
  const lines = [`${" ".repeat(margin + 2)}${title}`];
  for (let row = 0; row < rows; row++) {
    const label = row === 0 ? top : row === rows - 1 ? bottom : "";
    lines.push(`${label.padStart(margin)} ${ascii ? "|" : "│"}${letters(grid, row, width, ascii).trimEnd()}`);
  }
  const [from, to] = [String(first[0]), String(last[0])];
  const gap = Math.max(1, width - from.length - to.length);
  lines.push(`${" ".repeat(margin)} ${ascii ? "+" : "└"}${(ascii ? "-" : "─").repeat(width)}`);
  lines.push(`${" ".repeat(margin + 2)}${from}${" ".repeat(gap)}${to}`);
  return `${lines.join("\n")}\n`;
}

function numberText(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

/** A grid of dots with a line through all points. */
interface Dots {
  readonly across: number;
  readonly down: number;
  readonly on: Uint8Array;
}

function drawn(points: readonly PlotPoint[], across: number, down: number, low: number, high: number): Dots {
  const on = new Uint8Array(across * down);
  const [from, to] = [points[0]![0], points.at(-1)![0]];
  const place = ([step, value]: PlotPoint): readonly [number, number] => [
    Math.round(((step - from) / Math.max(to - from, 1)) * (across - 1)),
    high === low ? Math.floor(down / 2) : Math.round(((high - value) / (high - low)) * (down - 1)),
  ];
  let before = place(points[0]!);
  for (const point of points) {
    const now = place(point);
    const steps = Math.max(Math.abs(now[0] - before[0]), Math.abs(now[1] - before[1]), 1);
    for (let i = 0; i <= steps; i++) {
      const x = Math.round(before[0] + ((now[0] - before[0]) * i) / steps);
      const y = Math.round(before[1] + ((now[1] - before[1]) * i) / steps);
      on[y * across + x] = 1;
    }
    before = now;
  }
  return { across, down, on };
}

function letters({ across, on }: Dots, row: number, width: number, ascii: boolean): string {
  let text = "";
  for (let column = 0; column < width; column++) {
    if (ascii) {
      text += on[row * across + column] === 1 ? "*" : " ";
      continue;
    }
    let code = 0;
    brailleDots.forEach((bits, dy) => {
      bits.forEach((bit, dx) => {
        if (on[(row * 4 + dy) * across + column * 2 + dx] === 1) code |= bit;
      });
    });
    text += code === 0 ? " " : String.fromCharCode(0x2800 + code);
  }
  return text;
}
