import { toStatusError } from "../../core/status-error.js";
import { type PredictModel, type PredictOptions, predictOnline } from "../predict/predict-online.js";
import { PredictionError } from "../predict/prediction-error.js";
import type { DecodedRecord } from "./decode-record.js";

/** The JSON text of a prediction, or why there is none. */
export type Outcome = string | Error;

/**
 * Predicts records in one run of the model; where that fails, each half on its own, down to the record that is to blame.
 *
 * One outcome for each record, in order: equal to what online prediction gives for the record alone.
 */
export async function predictRecords(
  model: PredictModel,
  records: readonly DecodedRecord[],
  options: PredictOptions,
): Promise<Outcome[]> {
  if (records.length === 0) return [];
  let failure: Error;
  try {
    const items = records.map(({ instance }) => instance);
    const rows = await predictOnline(model, { kind: "array", items }, options);
    if (rows.length === records.length) return rows;
    failure = new PredictionError(
      "INVALID_OUTPUTS",
      `The model gave ${rows.length} rows for ${records.length} records.`,
    );
  } catch (error) {
    failure = toStatusError(error);
  }
  if (records.length === 1) return [failure];
  const middle = records.length >> 1;
  const head = await predictRecords(model, records.slice(0, middle), options);
  return head.concat(await predictRecords(model, records.slice(middle), options));
}
