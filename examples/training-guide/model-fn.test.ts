import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "tureen";
import { expect, test } from "vitest";
import { ownModel, rows } from "./model-fn.js";

test("the model function of the guide learns, and is served with its tables", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-guide-"));
  const model = ownModel(join(folder, "model"));
  await model.train(() => rows().shuffle(333, { seed: 1 }).repeat().batch(32), { steps: 400 });
  const { accuracy } = await model.evaluate(() => rows().batch(333));
  expect(accuracy).toBeGreaterThan(0.95);
  const receiver = tf.estimator.export.buildRawServingInputReceiverFn({
    island: { dtype: "string", shape: [-1] },
    flipper_length_mm: { dtype: "float32", shape: [-1] },
    bill_length_mm: { dtype: "float32", shape: [-1] },
  });
  const path = await model.exportSavedModel(join(folder, "export"), receiver);
  const predict = (await tf.loadSavedModel(path)).signature("serving_default");
  const { species } = await predict({
    island: ["Biscoe", "Nowhere"],
    flipper_length_mm: [221, 181],
    bill_length_mm: [50, 37],
  });
  expect((species as Uint8Array[]).map((name) => Buffer.from(name).toString())).toEqual(["Gentoo", "Adelie"]);
});
