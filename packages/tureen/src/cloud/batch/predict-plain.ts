import { isCompatible } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { stringValue } from "../../core/tensor-value.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { rowLineEncoder } from "../predict/encode-row-lines.js";
import { encodeRows, type RowForm } from "../predict/encode-rows.js";
import type { PredictModel } from "../predict/predict-online.js";
import type { BatchOptions } from "./batch-options.js";
import { numberLineReader, type ReadNumberLines } from "./number-lines.js";

/**
 * The JSON texts of records' predictions, or lines of them that are there until the next call; undefined where the records have to be gone through
 * one by one.
 */
export type PredictPlain = (records: readonly Uint8Array[]) => Promise<Uint8Array | readonly string[] | undefined>;

/**
 * A quicker way from records to predictions for what most jobs consist of: lines of plain numbers, and records that a string input takes as they
 * are. It has no answer where anything is out of the ordinary or fails, so that it never says anything else than the thorough way.
 *
 * Gives lines where results are JSON and there is nothing unusual about the outputs, else texts. Undefined for formats and signatures that it does
 * not know.
 */
export function plainPredictor(
  model: PredictModel,
  signature: SignatureInfo,
  { dataFormat, keyField, outputFormat = "json" }: BatchOptions,
  form: RowForm,
): PredictPlain | undefined {
  if (dataFormat === "csv") return undefined;
  const { inputs, outputs } = signature;
  const isJson = outputFormat === "json";
  // Records that are taken as they are have no key.
  const raw = rawReader(inputs, dataFormat);
  const read = raw ?? (isJson || keyField === undefined ? numberLineReader(inputs, keyField) : undefined);
  if (read === undefined) return undefined;
  const aliases = [...outputs.keys()];
  const fetches = aliases.map((alias) => outputs.get(alias)!.name);
  const encodeLines = isJson ? rowLineEncoder() : undefined;
  return async (records) => {
    const lines = read(records);
    if (lines === undefined) return undefined;
    try {
      const values = await model.run(lines.feeds, fetches);
      const results = values.map((value, i) => ({ alias: aliases[i]!, value }));
      const encoded = encodeLines?.(results, records.length, form, lines.keys);
      if (encoded !== undefined) return encoded;
      // Keys go into lines alone.
      if (lines.keys !== undefined) return undefined;
      const rows = encodeRows(results, form);
      return rows.length === records.length ? rows : undefined;
    } catch {
      // The thorough way finds the record that is to blame, and its error.
      return undefined;
    }
  };
}

/** For a signature with one string input, which takes records of all formats but JSON as they are. */
function rawReader(
  inputs: SignatureInfo["inputs"],
  dataFormat: BatchOptions["dataFormat"],
): ReadNumberLines | undefined {
  const [only] = [...inputs.values()];
  if (dataFormat === "json" || inputs.size !== 1 || only?.dtype !== "string") return undefined;
  return (records) => {
    const shape = [records.length];
    if (!isCompatible(only.shape, shape)) return undefined;
    return { feeds: new Map<string, TensorValue>([[only.name, stringValue(records, shape)]]) };
  };
}
