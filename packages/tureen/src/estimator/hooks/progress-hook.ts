import { checkOptions } from "../../core/check-options.js";
import type { SessionRunHook } from "./session-run-hook.js";

/** Where a progress line goes: a terminal is rewritten in place, anything else gets a plain line now and then. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** What the progress line is told. */
export interface ProgressOptions {
  /** Steps that will run, for the bar and the time left; undefined shows neither. */
  readonly steps?: number;
  /** Default stderr. */
  readonly output?: ProgressOutput;
  /** A word in front. */
  readonly label?: string;
}

/** A terminal is redrawn ten times a second, which the eye takes for steady. */
const redrawEvery = 100;
/** Elsewhere ten lines a run, or one every five seconds, are enough. */
const plainLines = 10;
const plainEvery = 5000;
/** The weight of the newest loss in the shown mean: single batches jump too much to be read. */
const lossWeight = 0.05;
const barWidth = 20;

/** Shows step, loss, steps and examples a second and time left while a loop runs. */
export function progressHook(options: ProgressOptions = {}): SessionRunHook {
  checkOptions("progressHook", options, { steps: "optional", output: "optional", label: "optional" });
  const output = options.output ?? process.stderr;
  const { steps, label = "train" } = options;
  let [began, drawn, done, rows] = [0, 0, 0, 0];
  let loss: number | undefined;
  let drawnAt = 0;
  const line = (now: number, globalStep: number, width: number): string => {
    const seconds = Math.max(now - began, 1) / 1000;
    const step = `step ${globalStep}`;
    const left = steps === undefined ? [] : [`${duration(((steps - done) / done) * seconds)} left`];
    const shownLoss = `loss ${(loss ?? Number.NaN).toPrecision(4)}`;
    const speed = `${rate(done / seconds)} steps/s`;
    const front = steps === undefined ? label : `${label} ${bar(done / steps)}`;
    // Whole parts go where the line is too narrow, the least needed first: half a number is a wrong one.
    const forms = [
      `${front} ${[step, shownLoss, speed, `${rate(rows / seconds)} examples/s`, ...left].join(" · ")}`,
      `${front} ${[step, shownLoss, speed, ...left].join(" · ")}`,
      `${front} ${[step, shownLoss, ...left].join(" · ")}`,
      `${label} ${[step, shownLoss, ...left].join(" · ")}`,
      `${label} ${[step, shownLoss].join(" · ")}`,
      step,
    ];
    return forms.find((form) => form.length <= width) ?? step.slice(0, width);
  };
  const draw = (now: number, globalStep: number): void => {
    drawn = now;
    drawnAt = done;
    // The last column stays free: a letter in it makes some terminals go on to the next line.
    if (output.isTTY === true) output.write(`\r\x1b[2K${line(now, globalStep, (output.columns || 80) - 1)}`);
    else output.write(`${line(now, globalStep, Number.POSITIVE_INFINITY)}\n`);
  };
  const due = (now: number): boolean => {
    if (output.isTTY === true) return now - drawn >= redrawEvery;
    return steps === undefined ? now - drawn >= plainEvery : done - drawnAt >= steps / plainLines;
  };
  let last = 0;
  return {
    afterCreateSession() {
      began = performance.now();
      drawn = began;
    },
    afterRun(context, values) {
      done += 1;
      rows += context.batchSize ?? 0;
      const value = (values["loss"]?.data as Float32Array | undefined)?.[0];
      if (value !== undefined) loss = loss === undefined ? value : loss + lossWeight * (value - loss);
      const now = performance.now();
      if (!due(now)) return;
      last = context.globalStep;
      draw(now, last);
    },
    end() {
      if (done > drawnAt) draw(performance.now(), last + done - drawnAt);
      if (output.isTTY === true) output.write("\n");
    },
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * barWidth);
  return `[${"█".repeat(full)}${"░".repeat(barWidth - full)}]`;
}

function rate(perSecond: number): string {
  if (perSecond >= 10_000) return `${(perSecond / 1000).toFixed(0)}k`;
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
