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
  metrics.signatureRequests.increment([...points.labels, status]);
  if (status !== "OK") return;
  const { limits } = metrics.stageLatency;
  observePoint(limits, points.decode, decode * 1000);
  observePoint(limits, points.compute, (run - queue) * 1000);
  observePoint(limits, points.encode, encode * 1000);
  if (batchRows === 0) return;
  observePoint(limits, points.queue, queue * 1000);
  metrics.batchRows.observe(points.labels, batchRows);
}

/** Forgets what was counted of a version that is gone: versions come and go for as long as the server runs. */
export function forgetServable(metrics: ServingMetrics, { name, version }: Servable): void {
  const labels = [name, String(version)];
  for (const metric of [metrics.signatureRequests, metrics.stageLatency, metrics.batchRows]) metric.forget(labels);
}
