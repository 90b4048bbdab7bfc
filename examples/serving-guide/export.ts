import { classifier, flowers } from "./flowers.js";
import { parsing, raw } from "./receivers.js";

/** Trains, and exports the model twice; returns the two folders. */
export async function trainAndExport(work: string): Promise<readonly [string, string]> {
  const estimator = classifier(`${work}/run`);
  await estimator.train(flowers, { steps: 200 });
  const examples = await estimator.exportSavedModel(`${work}/export/flowers`, parsing);
  const numbers = await estimator.exportSavedModel(`${work}/export/numbers`, raw);
  return [examples, numbers];
}
