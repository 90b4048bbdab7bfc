/**
 * Trains a small classifier in a model folder and exports it, over and over, until it is killed: the subject of crash.test.ts.
 *
 *     node train-and-export-forever.ts MODEL_DIR EXPORT_DIR
 */
import { Dataset } from "../../data/dataset.js";
import { DNNClassifier } from "../canned/dnn.js";
import { buildParsingServingInputReceiverFn } from "../export/parsing-serving-input-receiver.js";
import { makeParseExampleSpec } from "../feature-column/make-parse-example-spec.js";
import { numericColumn } from "../feature-column/numeric-column.js";
import { quietLogger } from "../log.js";
import { runConfig } from "../run-config.js";

const [modelDir, exportDir] = process.argv.slice(2) as [string, string];
const x = numericColumn("x", { shape: [2] });
const classifier = new DNNClassifier({
  featureColumns: [x],
  hiddenUnits: [64],
  modelDir,
  // A checkpoint every step: most kills fall into the writing of one.
  config: runConfig({ saveCheckpointsSteps: 1, logger: quietLogger }),
});
const rows = [
  {
    x: [
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  },
  [1n, 1n, 0n, 0n],
] as const;
process.stdout.write("started\n");
for (;;) {
  await classifier.train(() => Dataset.fromTensorSlices(rows).repeat().batch(4), { steps: 5 });
  await classifier.exportSavedModel(exportDir, buildParsingServingInputReceiverFn(makeParseExampleSpec([x])));
  process.stdout.write("exported\n");
}
