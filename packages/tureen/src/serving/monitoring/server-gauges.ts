import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import type { DriftReport, DriftWatch, ReportedFeature } from "../drift/drift-report.js";
import { type Gauge, gauge } from "./metrics.js";

/** A loaded version, as far as gauges show it. */
export interface GaugedModel {
  readonly name: string;
  readonly version: bigint;
  readonly memoryBytes: () => number;
  readonly drift?: Pick<DriftWatch, "report">;
}

/** Where a server's own numbers come from. */
export interface ServerNumbers {
  /** Loaded versions and their bytes. */
  loadedModels(): readonly GaugedModel[];
  /** The models that should be served, and whether they are. */
  models(): readonly { readonly name: string; readonly ready: boolean }[];
  /** Rows that wait in batching queues, by model. */
  queuedRows(): ReadonlyMap<string, number>;
  /** Requests at work and waiting for their turn. */
  requests(): { readonly active: number; readonly queued: number };
}

/** Gauges that run as long as somebody reads them. */
export interface ServerGauges {
  readonly all: readonly Gauge[];
  /** Ends the timer behind the event loop's delay. */
  close(): void;
}

/** How often the event loop is timed, in milliseconds: often enough for a percentile, too seldom to be noticed. */
const delayResolutionMs = 20;

/** Gauges that TensorFlow Serving does not have: memory, loaded models, queues, and how long the event loop keeps requests waiting. */
export function serverGauges(numbers: ServerNumbers): ServerGauges {
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  return {
    all: [
      gauge("/tureen/process/event_loop_delay", ["quantile"], () => delayPoints(delay)),
      gauge("/tureen/process/resident_memory_bytes", [], () => [{ labels: [], value: process.memoryUsage.rss() }]),
      gauge("/tureen/serving/active_requests", [], () => [{ labels: [], value: numbers.requests().active }]),
      ...driftGauges(() => numbers.loadedModels()),
      gauge("/tureen/serving/model_available", ["model_name"], () =>
        numbers.models().map(({ name, ready }) => ({ labels: [name], value: Number(ready) })),
      ),
      gauge("/tureen/serving/model_memory_bytes", ["model_name", "version"], () =>
        numbers
          .loadedModels()
          .map(({ name, version, memoryBytes }) => ({ labels: [name, String(version)], value: memoryBytes() })),
      ),
      gauge("/tureen/serving/queued_rows", ["model_name"], () =>
        [...numbers.queuedRows()].map(([name, value]) => ({ labels: [name], value })),
      ),
      gauge("/tureen/serving/waiting_requests", [], () => [{ labels: [], value: numbers.requests().queued }]),
    ],
    close: () => delay.disable(),
  };
}

/** How far requests are from training data, of the versions where that is watched. */
function driftGauges(models: () => readonly GaugedModel[]): Gauge[] {
  const reports = (): { labels: readonly string[]; report: DriftReport }[] =>
    models().flatMap(({ name, version, drift }) =>
      drift === undefined ? [] : { labels: [name, String(version)], report: drift.report() },
    );
  const ofFeatures = (name: string, value: (feature: ReportedFeature) => number): Gauge =>
    gauge(name, ["model_name", "version", "feature"], () =>
      reports().flatMap(({ labels, report }) =>
        report.features.map((feature) => ({ labels: [...labels, feature.name], value: value(feature) })),
      ),
    );
  return [
    ofFeatures("/tureen/serving/feature_drift", ({ index }) => index),
    ofFeatures("/tureen/serving/feature_drift_noise", ({ noise }) => noise),
    ofFeatures("/tureen/serving/feature_missing_share", ({ missing }) => missing[1]),
    gauge("/tureen/serving/feature_drift_rows", ["model_name", "version"], () =>
      reports().map(({ labels, report }) => ({ labels, value: report.rows })),
    ),
  ];
}

/** Microseconds that a timer came late since the page was read last. */
function delayPoints(delay: IntervalHistogram): { labels: readonly string[]; value: number }[] {
  const micros = (nanoseconds: number): number =>
    Math.max(Math.round(nanoseconds / 1000) - delayResolutionMs * 1000, 0);
  const points = [50, 99, 100].map((percent) => ({
    labels: [String(percent / 100)],
    value: delay.count === 0 ? 0 : micros(delay.percentile(percent)),
  }));
  delay.reset();
  return points;
}
