import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { ServingMetrics } from "../serving/monitoring/serving-metrics.js";
import type { ModelHistory, ServerHistory } from "./console-data.js";
import { percentile } from "./percentile.js";

/** Seconds between samples, and how many are kept: ten minutes. */
const sampleSeconds = 2;
const keptSamples = 300;
const delayResolutionMs = 20;

/** What was counted of a model when it was last looked at. */
interface Counts {
  requests: number;
  errors: number;
  latency: Float64Array;
}

/** Keeps the last ten minutes of a server's counters as rates. */
export class HistoryKeeper {
  private readonly metrics: ServingMetrics;
  private readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: delayResolutionMs });
  private readonly timer: NodeJS.Timeout;
  private readonly history: { time: number[]; residentBytes: number[]; eventLoopDelay: number[] } = {
    time: [],
    residentBytes: [],
    eventLoopDelay: [],
  };
  private readonly models = new Map<string, ModelHistory>();
  private previous = new Map<string, Counts>();
  private last = performance.now();

  constructor(metrics: ServingMetrics, models: () => readonly string[]) {
    this.metrics = metrics;
    this.delay.enable();
    this.previous = this.counts();
    this.timer = setInterval(() => this.sample(models()), sampleSeconds * 1000);
    this.timer.unref();
  }

  /** Takes a sample now; the timer does it by itself. */
  sample(names: readonly string[]): void {
    const now = performance.now();
    const seconds = Math.max((now - this.last) / 1000, 1e-3);
    this.last = now;
    const { history } = this;
    history.time.push(Math.round(Date.now() / 1000));
    history.residentBytes.push(process.memoryUsage.rss());
    const late = this.delay.count === 0 ? 0 : this.delay.percentile(99) / 1e6 - delayResolutionMs;
    history.eventLoopDelay.push(Math.max(late, 0));
    this.delay.reset();
    const counts = this.counts();
    for (const name of this.models.keys()) if (!names.includes(name)) this.models.delete(name);
    for (const name of names) this.sampleModel(name, counts.get(name), seconds);
    this.previous = counts;
    for (const list of Object.values(history)) if (list.length > keptSamples) list.shift();
  }

  /** What was kept, for the page. */
  read(): ServerHistory {
    return { ...this.history, models: Object.fromEntries(this.models) };
  }

  close(): void {
    clearInterval(this.timer);
    this.delay.disable();
  }

  private sampleModel(name: string, now: Counts | undefined, seconds: number): void {
    let model = this.models.get(name);
    if (model === undefined) {
      // As long as the others, so that the page can draw them over one axis.
      const before = this.history.time.length - 1;
      const nothing = (): null[] => new Array<null>(before).fill(null);
      model = {
        requestsPerSecond: new Array<number>(before).fill(0),
        errorsPerSecond: new Array<number>(before).fill(0),
        median: nothing(),
        percentile99: nothing(),
      };
      this.models.set(name, model);
    }
    const before = this.previous.get(name);
    const { limits } = this.metrics.requestLatency;
    const latency = now?.latency.map((count, i) => count - (before?.latency[i] ?? 0)) ?? new Float64Array(0);
    const inMilliseconds = (micros: number | undefined): number | null => (micros === undefined ? null : micros / 1000);
    model.requestsPerSecond.push(((now?.requests ?? 0) - (before?.requests ?? 0)) / seconds);
    model.errorsPerSecond.push(((now?.errors ?? 0) - (before?.errors ?? 0)) / seconds);
    model.median.push(inMilliseconds(percentile(limits, latency, 0.5)));
    model.percentile99.push(inMilliseconds(percentile(limits, latency, 0.99)));
    for (const list of Object.values(model)) if (list.length > keptSamples) list.shift();
  }

  private counts(): Map<string, Counts> {
    const { requestCount, requestLatency } = this.metrics;
    const counts = new Map<string, Counts>();
    const of = (name: string): Counts => {
      let found = counts.get(name);
      if (found === undefined) {
        found = { requests: 0, errors: 0, latency: new Float64Array(requestLatency.limits.length + 1) };
        counts.set(name, found);
      }
      return found;
    };
    for (const { labels, value } of requestCount.points.values()) {
      const model = of(labels[0]!);
      model.requests += value;
      if (labels[1] !== "OK") model.errors += value;
    }
    for (const { labels, buckets } of requestLatency.points.values()) {
      const { latency } = of(labels[0]!);
      for (let i = 0; i < buckets.length; i++) latency[i]! += buckets[i]!;
    }
    return counts;
  }
}
