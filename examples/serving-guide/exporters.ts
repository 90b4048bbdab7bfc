import * as tf from "tureen";
import { classifier, flowers } from "./flowers.js";
import { parsing } from "./receivers.js";

/** Trains with an export at the end of it; the exports of the exporter `servo` lie in `<modelDir>/export/servo`. */
export async function trainWithExporter(modelDir: string): Promise<void> {
  const exporter = new tf.estimator.FinalExporter({ name: "servo", servingInputReceiverFn: parsing });
  await tf.estimator.trainAndEvaluate(
    classifier(modelDir),
    tf.estimator.trainSpec({ inputFn: flowers, maxSteps: 20 }),
    tf.estimator.evalSpec({ inputFn: flowers, steps: 1, exporters: exporter }),
  );
}
