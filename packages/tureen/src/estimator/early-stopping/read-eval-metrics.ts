import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { StatusError } from "../../core/status-error.js";
import { readEvents } from "../../formats/events.js";
import type { Logger } from "../log.js";

/** The metrics of all evaluations in a folder of events by global step, the first step first (`read_eval_metrics`); damaged files count as far as they go. */
export function readEvalMetrics(evalDir: string, logger?: Logger): Map<number, Readonly<Record<string, number>>> {
  const found = new Map<number, Record<string, number>>();
  const files = existsSync(evalDir)
    ? readdirSync(evalDir)
        .filter((name) => name.startsWith("events.out.tfevents."))
        .sort()
    : [];
  for (const name of files) {
    const path = join(evalDir, name);
    try {
      for (const { step, summary } of readEvents(path)) {
        const values = (summary ?? []).filter(({ simpleValue }) => simpleValue !== undefined);
        if (values.length === 0) continue;
        const metrics = found.get(step) ?? {};
        for (const { tag, simpleValue } of values) metrics[tag] = simpleValue!;
        found.set(step, metrics);
      }
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== "DATA_LOSS") throw error;
      logger?.log(
        "WARNING",
        `Skipping rest of the file due to encountering data corruption error; file path: ${path}; original error raised by \`tf.train.summary_iterator\`: ${error.message}`,
      );
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}
