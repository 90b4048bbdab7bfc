import { existsSync } from "node:fs";
import { join } from "node:path";
import { WireError } from "@tureen/protos/serving-messages";
import { WireReader } from "@tureen/protos/wire-reader";
import { readWholeFile } from "../../core/file-system.js";
import { dataLoss, invalidArgument, toStatusError, unimplemented } from "../../core/status-error.js";
import { readTfRecords, tfRecordHeaderBytes } from "../../formats/tf-record.js";
import { classifyWith } from "../api/classify.js";
import { multiInferenceWith } from "../api/multi-inference.js";
import { predictWith } from "../api/predict.js";
import { regressWith } from "../api/regress.js";
import type { ApiContext } from "../api/request-context.js";
import { decodeExamplesRequest, decodeMultiInferenceRequest, decodePredictRequest } from "../grpc/decode-request.js";
import type { Log } from "../log.js";
import type { Servable } from "../servable/servable.js";

/** Where a version keeps its warm-up requests: a TFRecord file of PredictionLogs. */
const warmUpFile = join("assets.extra", "tf_serving_warmup_requests");
/** TensorFlow Serving takes no more. */
const maxRecords = 1000;

/** Fields of `PredictionLog`'s oneof. */
const logType = { classify: 2, regress: 3, multiInference: 4, sessionRun: 5, predict: 6, predictStreamed: 7 } as const;

/** A request of a PredictionLog, still encoded. */
interface LoggedRequest {
  readonly type: number;
  readonly request: Uint8Array;
}

/**
 * Replays the requests that a version's folder holds, each `iterations` times (0 counts as 1), before the version is available.
 *
 * Any failure fails the load, with TensorFlow Serving's codes and texts (servables/tensorflow/saved_model_warmup.cc). Model names in the
 * records are not looked at.
 */
export function warmUpReplay(
  context: ApiContext,
  iterations: number,
  log: Log,
): (servable: Servable, path: string) => Promise<void> {
  return async (servable, folder) => {
    const path = join(folder, warmUpFile);
    if (!existsSync(path)) {
      log.info("warm-up", `No warmup data file found at ${path}`);
      return;
    }
    const start = performance.now();
    const { metrics } = context;
    let records = 0;
    try {
      for (const record of recordsOf(path)) {
        if (records >= maxRecords) {
          throw invalidArgument(`Number of warmup records exceeds the maximum (${maxRecords}) at ${path}`);
        }
        const logged = readLog(record, path);
        for (let i = 0; i < Math.max(iterations, 1); i++) await replay(context, servable, logged);
        records += 1;
      }
      log.info(
        "warm-up",
        `Finished reading warmup data for model at ${path}. Number of warmup records read: ${records}. Elapsed time (microseconds): ${micros(start)}.`,
      );
      metrics.warmupRecordsRead.increment([folder, "OK"], records);
      metrics.warmupLatency.observe([folder, "OK"], micros(start));
    } catch (error) {
      const status = toStatusError(error);
      metrics.warmupRecordsRead.increment([folder, status.code], records);
      metrics.warmupLatency.observe([folder, status.code], micros(start));
      throw status;
    }
  };
}

function micros(start: number): number {
  return Math.round((performance.now() - start) * 1000);
}

function* recordsOf(path: string): Generator<Uint8Array> {
  const bytes = readWholeFile(path);
  let used = 0;
  const records = readTfRecords(bytes);
  for (;;) {
    let next: IteratorResult<Uint8Array, void>;
    try {
      next = records.next();
    } catch (error) {
      // A file that ends inside a record's header has ended; anything else is damage.
      if (bytes.length - used < tfRecordHeaderBytes) return;
      const { message } = toStatusError(error);
      throw dataLoss(`${message}. Please verify your warmup data is in TFRecord format.`);
    }
    if (next.done === true) return;
    // Header, record and a checksum of four bytes.
    used += tfRecordHeaderBytes + next.value.length + 4;
    yield next.value;
  }
}

function readLog(record: Uint8Array, path: string): LoggedRequest {
  try {
    const reader = new WireReader(record);
    let logged: LoggedRequest | undefined;
    while (!reader.done) {
      const tag = reader.tag();
      const field = tag >>> 3;
      if (field < logType.classify || field > logType.predictStreamed) reader.skip(tag);
      else logged = { type: field, request: readRequest(reader) };
    }
    return logged ?? { type: 0, request: new Uint8Array(0) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw invalidArgument(`Failed to parse warmup record: ${error.message} from ${path}`);
  }
}

/** The `request` of a `PredictLog` and its like, all of which have it as field 1. */
function readRequest(reader: WireReader): Uint8Array {
  let request = new Uint8Array(0) as Uint8Array;
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) request = reader.bytesView();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return request;
}

async function replay(context: ApiContext, servable: Servable, { type, request }: LoggedRequest): Promise<void> {
  switch (type) {
    case logType.classify:
      await classifyWith(context, servable, decodeExamplesRequest(request), {});
      return;
    case logType.regress:
      await regressWith(context, servable, decodeExamplesRequest(request), {});
      return;
    case logType.multiInference:
      await multiInferenceWith(context, servable, decodeMultiInferenceRequest(request), {});
      return;
    case logType.predict:
      await predictWith(context, servable, decodePredictRequest(request), {});
      return;
    default:
      throw unimplemented(`Unsupported log_type for warmup: ${type}`);
  }
}
