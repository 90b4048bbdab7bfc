/**
 * A custom Estimator as in "Exporting a Trained Model for Serving": a model function with three heads, and a serving input receiver that
 * shares its preprocessing with the input function.
 *
 *     npm run example:fuel-economy -- --once
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { PredictionClient, RestClient } from "@tureen/client";
import * as tf from "tureen";
import { readOptions, runExample } from "../support/options.js";
import { finish, serve } from "../support/server.js";
import { type CarRows, preprocess, testData, testRows, trainingData } from "./cars.js";
import { carModel } from "./model.js";
import { servingInputReceiverFn } from "./receiver.js";

/** In training the raw columns come from the table; they are preprocessed in the graph. */
function inputFn(rows: CarRows): tf.estimator.GraphInput {
  const [raw, mileage] = tf.estimator.getNext(rows);
  return [preprocess(raw), mileage];
}

await runExample(async () => {
  const options = readOptions({ steps: 3000, exportDir: "export/cars" });
  const estimator = new tf.estimator.Estimator({
    modelFn: carModel,
    params: { hiddenUnits: 16, learningRate: 0.01 },
    modelDir: mkdtempSync(join(tmpdir(), "cars-")),
    config: tf.estimator.runConfig({
      tfRandomSeed: 1,
      ...(options.verbose ? {} : { logger: tf.estimator.quietLogger }),
    }),
  });
  await estimator.train(() => inputFn(trainingData().shuffle(200, { seed: 1 }).repeat().batch(32)), {
    steps: options.steps,
    hooks: [tf.estimator.progressHook({ steps: options.steps })],
  });
  const metrics = await estimator.evaluate(() => inputFn(testData().batch(testRows)));
  console.log(
    `mean error on ${testRows} held-back cars: ${metrics["mean_absolute_error"]!.toFixed(2)} miles per gallon`,
  );

  const base = resolve(options.exportDir);
  const exported = await estimator.exportSavedModel(base, servingInputReceiverFn);
  console.log(`exported to ${relative(process.cwd(), exported)}`);
  const served = await serve("cars", base, options);

  const car = { displacement: 1.8, cylinders: 4, year: 2008, drive: "f" };
  const client = new PredictionClient(served.address);
  const [mileage] = await client.regress({ model: "cars", examples: [car] });
  console.log(`\ngRPC Regress:  ${mileage!.toFixed(1)} miles per gallon`);
  const [classes] = await client.classify({ model: "cars", signatureName: "frugal", examples: [car] });
  console.log(`gRPC Classify: ${classes!.map(({ label, score }) => `${label} ${score.toFixed(3)}`).join(", ")}`);
  const rest = new RestClient(served.url);
  const [value] = await rest.regress({ model: "cars", examples: [{ ...car, cylinders: 4.01, year: 2008.01 }] });
  console.log(`REST regress:  ${value!.toFixed(1)} miles per gallon`);
  client.close();
  await finish(served, options);
});
