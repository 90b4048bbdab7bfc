import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { short } from "./format.js";

/** One line of a chart. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

/** Told apart from each other, and from the page in either scheme. */
const colors = ["#e8590c", "#228be6", "#37a24b", "#be4bdb", "#c99700", "#12a3b8", "#e64980", "#868e96"];
const height = 150;

/** A time of day. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/** Values without a neighbour, which no line goes to. */
function alone(plot: uPlot, series: number): number[] {
  const values = plot.data[series]!;
  const has = (i: number): boolean => typeof values[i] === "number";
  return Array.from(values, (_, i) => i).filter((i) => has(i) && !has(i - 1) && !has(i + 1));
}

function latest({ label, values }: Line, unit: string): string {
  const value = values.at(-1) ?? null;
  return `${label} ${value === null ? "none" : `${short(value)} ${unit}`}`;
}

/** Lines over time; `time` is in Unix seconds. */
export function Chart({
  title,
  unit,
  time,
  lines,
}: {
  title: string;
  unit: string;
  time: readonly number[];
  lines: readonly Line[];
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const labels = lines.map(({ label }) => label).join("\n");
  useEffect(() => {
    const element = place.current!;
    const ink = getComputedStyle(element).color;
    const axis = { stroke: ink, grid: { stroke: "rgba(128,128,128,0.18)", width: 1 }, ticks: { show: false } };
    plot.current = new uPlot(
      {
        width: element.clientWidth,
        height,
        cursor: { y: false },
        legend: { live: true },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map(clock), space: 64 },
          { ...axis, size: 52, values: (_, ticks) => ticks.map(short) },
        ],
        scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1e-3)] } },
        series: [
          { value: (_: uPlot, seconds: number | null) => (seconds === null ? "–" : clock(seconds)) },
          ...labels.split("\n").map((label, i) => ({
            label,
            stroke: colors[i % colors.length]!,
            width: 1.5,
            spanGaps: false,
            points: { show: true, size: 5, filter: alone },
            value: (_: uPlot, value: number | null) => (value === null ? "–" : `${short(value)} ${unit}`),
          })),
        ],
      },
      [[], ...labels.split("\n").map(() => [])],
      element,
    );
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.current?.destroy();
    };
  }, [labels, unit]);
  useEffect(() => {
    plot.current?.setData([time as number[], ...lines.map(({ values }) => values as (number | null)[])]);
  });
  return (
    <section class="chart">
      <h3>{title}</h3>
      <div ref={place} role="img" aria-label={`${title}: ${lines.map((line) => latest(line, unit)).join(", ")}`} />
    </section>
  );
}
