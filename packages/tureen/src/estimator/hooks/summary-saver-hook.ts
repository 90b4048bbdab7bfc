import type { EventWriter } from "../../formats/events.js";
import { build } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import type { SessionRunArgs, SessionRunHook } from "./session-run-hook.js";

/** Writes the graph's summaries every `saveSteps` steps, the steps a second among them (`tf.estimator.SummarySaverHook`). */
export function summarySaverHook(options: { readonly saveSteps: number; readonly writer: EventWriter }): SessionRunHook {
  const { saveSteps, writer } = options;
  let request: SessionRunArgs | undefined;
  let lastStep: number | undefined;
  let lastTime = 0;
  let asked = false;
  return {
    begin() {
      const summaries = currentGraph().getCollection<Tensor>(collectionKeys.summaries);
      if (summaries.length > 0) request = { fetches: { summary: build("MergeSummary", [summaries], {}, "Merge/MergeSummary") } };
    },
    beforeRun(context) {
      asked = lastStep === undefined || context.globalStep + 1 - lastStep >= saveSteps;
      return asked ? request : undefined;
    },
    afterRun(context, { summary }) {
      if (!asked) return;
      const step = context.globalStep;
      const now = performance.now();
      if (summary !== undefined) writer.addSummaryBytes((summary.data as readonly Uint8Array[])[0]!, step);
      if (lastStep !== undefined) {
        writer.addSummary([{ tag: "global_step/sec", simpleValue: ((step - lastStep) / (now - lastTime)) * 1000 }], step);
      }
      lastStep = step;
      lastTime = now;
    },
    end() {
      writer.flush();
    },
  };
}
