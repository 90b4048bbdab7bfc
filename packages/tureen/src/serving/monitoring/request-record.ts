import type { StatusCodeName } from "../../core/status-error.js";
import type { CompiledSignature, Servable } from "../servable/servable.js";
import { type HistogramPoint, observePoint } from "./metrics.js";
import type { ServingMetrics } from "./serving-metrics.js";

/** What becomes known of a request on its way, for the metrics of its servable. Times are milliseconds. */
export class RequestRecord {
  servable: Servable | undefined;
  signature: CompiledSignature | undefined;
  /** Reading the request; measured by the transport. */
  decode = 0;
  /** Writing the answer; measured by the transport. */
  encode = 0;
  /** Waiting in the batching queue. */
  queue = 0;
  /** In the queue and in the model, together. */
  run = 0;
  /** Rows of the batch that the request was run in; 0 where it was run by itself. */
  batchRows = 0;
}

/** The points that a signature's requests are counted in, looked up once. */
interface SignaturePoints {
  readonly labels: readonly string[];
  readonly ok: { value: number };
  readonly decode: HistogramPoint;
  readonly queue: HistogramPoint;
  readonly compute: HistogramPoint;
  readonly encode: HistogramPoint;
}

const pointsOf = new WeakMap<CompiledSignature, SignaturePoints>();

function signaturePoints(
  metrics: ServingMetrics,
  { name, version }: Servable,
  signature: CompiledSignature,
): SignaturePoints {
  let points = pointsOf.get(signature);
  if (points === undefined) {
    const labels = [name, String(version), signature.name];
    const stage = (text: string): HistogramPoint => metrics.stageLatency.point([...labels, text]);
    points = {
      labels,
      ok: metrics.signatureRequests.point([...labels, "OK"]),
      decode: stage("decode"),
      queue: stage("queue"),
      compute: stage("compute"),
      encode: stage("encode"),
    };
    pointsOf.set(signature, points);
  }
  return points;
}

/** Counts a request that reached a signature: its outcome, and where it went well the stages that it passed. */
export function countRequest(
  metrics: ServingMetrics,
  { servable, signature, decode, queue, run, encode, batchRows }: RequestRecord,
  status: StatusCodeName,
): void {
  if (servable === undefined || signature === undefined) return;
  const points = signaturePoints(metrics, servable, signature);
  if (status !== "OK") {
    metrics.signatureRequests.increment([...points.labels, status]);
    return;
  }
  points.ok.value += 1;
  const { limits } = metrics.stageLatency;
  observePoint(limits, points.decode, decode * 1000);
  observePoint(limits, points.compute, (run - queue) * 1000);
  observePoint(limits, points.encode, encode * 1000);
  if (batchRows === 0) return;
  observePoint(limits, points.queue, queue * 1000);
  metrics.batchRows.observe(points.labels, batchRows);
}

/** TensorFlow Serving's points of a servable's requests, looked up once for each servable and API. */
interface ApiPoints {
  readonly ok: { value: number };
  readonly latency: HistogramPoint;
  readonly runtime: HistogramPoint;
}

const apiPointsOf = new WeakMap<Servable, Map<string, ApiPoints>>();

function apiPoints(metrics: ServingMetrics, servable: Servable, api: string): ApiPoints {
  let apis = apiPointsOf.get(servable);
  if (apis === undefined) {
    apis = new Map();
    apiPointsOf.set(servable, apis);
  }
  let points = apis.get(api);
  if (points === undefined) {
    const { name } = servable;
    points = {
      ok: metrics.requestCount.point([name, "OK"]),
      latency: metrics.requestLatency.point([name, api, "GRPC"]),
      runtime: metrics.runtimeLatency.point([name, api, "TF1"]),
    };
    apis.set(api, points);
  }
  return points;
}

/** Notes how long a model took for a request, from `start` on the clock of `performance.now()` to now. */
export function noteRuntime(metrics: ServingMetrics, servable: Servable, api: string, start: number): void {
  const micros = Math.round((performance.now() - start) * 1000);
  observePoint(metrics.runtimeLatency.limits, apiPoints(metrics, servable, api).runtime, micros);
}

/** Counts a gRPC request that went well, and how long it took altogether. */
export function countAnswered(metrics: ServingMetrics, servable: Servable, api: string, milliseconds: number): void {
  const points = apiPoints(metrics, servable, api);
  points.ok.value += 1;
  observePoint(metrics.requestLatency.limits, points.latency, Math.round(milliseconds * 1000));
}

/** Forgets what was counted of a version that is gone: versions come and go for as long as the server runs. */
export function forgetServable(metrics: ServingMetrics, { name, version }: Servable): void {
  const labels = [name, String(version)];
  for (const metric of [metrics.signatureRequests, metrics.stageLatency, metrics.batchRows]) metric.forget(labels);
}
