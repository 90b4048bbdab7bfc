import type { StatusError } from "../../core/status-error.js";
import type { RequestRecord } from "../monitoring/request-record.js";

/** What a log line says of a request; times are milliseconds. */
export interface LoggedRequest {
  readonly id: string;
  readonly name: string;
  readonly elapsed: number;
  readonly record: RequestRecord | undefined;
  readonly error: StatusError | undefined;
  readonly traceId: string | undefined;
}

/** A request on one line of `key=value` pairs, with no more of an error's text than a line bears. */
export function requestLine({ id, name, elapsed, record, error, traceId }: LoggedRequest): string {
  const parts = [name, `id=${id}`];
  if (traceId !== undefined) parts.push(`trace=${traceId}`);
  if (record?.servable !== undefined) parts.push(`model=${record.servable.name}`, `version=${record.servable.version}`);
  if (record?.signature !== undefined) parts.push(`signature=${record.signature.name}`);
  parts.push(`status=${error?.code ?? "OK"}`, `total=${inMilliseconds(elapsed)}`);
  if (record !== undefined && error === undefined) {
    const { decode, queue, run, encode, batchRows } = record;
    parts.push(`decode=${inMilliseconds(decode)}`);
    if (batchRows > 0) parts.push(`queue=${inMilliseconds(queue)}`, `batch_rows=${batchRows}`);
    parts.push(`compute=${inMilliseconds(run - queue)}`, `encode=${inMilliseconds(encode)}`);
  }
  if (error !== undefined) parts.push(`error=${JSON.stringify(error.message.slice(0, maxErrorLength))}`);
  return parts.join(" ");
}

const maxErrorLength = 256;

function inMilliseconds(value: number): string {
  return `${value.toFixed(3)}ms`;
}
