import type { Context, Tracer } from "@opentelemetry/api";
import type { RequestRecord } from "../monitoring/request-record.js";

/**
 * Makes child spans of the stages that a request passed: decode, queue, compute and encode.
 *
 * The record has how long each took. They follow each other without a gap worth showing, so they are laid out backwards from the end.
 */
export function nameStages(tracer: Tracer, parent: Context, record: RequestRecord, end: number): void {
  const { decode, queue, run, encode } = record;
  let at = end - (decode + run + encode);
  const stages = [
    ["decode", decode],
    ["queue", queue],
    ["compute", run - queue],
    ["encode", encode],
  ] as const;
  for (const [name, milliseconds] of stages) {
    if (milliseconds <= 0) continue;
    tracer.startSpan(name, { startTime: at }, parent).end(at + milliseconds);
    at += milliseconds;
  }
}
