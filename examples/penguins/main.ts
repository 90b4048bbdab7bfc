/**
 * A wide and deep model on a table of mixed columns: the sex of a penguin from its species, island, nest and measurements.
 *
 *     npm run example:penguins -- --once
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { encodeExample, PredictionClient, RestClient } from "@tureen/client";
import * as tf from "tureen";
import { readOptions, runExample } from "../support/options.js";
import { finish, serve } from "../support/server.js";
import { dnnColumns, linearColumns, testData, testRows, trainingData } from "./penguins.js";

await runExample(async () => {
  const options = readOptions({ steps: 1000, exportDir: "export/penguins" });
  const classifier = new tf.estimator.DNNLinearCombinedClassifier({
    linearFeatureColumns: linearColumns,
    dnnFeatureColumns: dnnColumns,
    dnnHiddenUnits: [32, 16],
    dnnOptimizer: new tf.optimizers.Adam({ learningRate: 0.003 }),
    linearOptimizer: new tf.optimizers.Ftrl({ learningRate: 0.05 }),
    labelVocabulary: ["female", "male"],
    modelDir: mkdtempSync(join(tmpdir(), "penguins-")),
    config: tf.estimator.runConfig({
      tfRandomSeed: 1,
      ...(options.verbose ? {} : { logger: tf.estimator.quietLogger }),
    }),
  });
  await classifier.train(() => trainingData().shuffle(300, { seed: 1 }).repeat().batch(32), {
    steps: options.steps,
    hooks: [tf.estimator.progressHook({ steps: options.steps })],
  });
  const metrics = await classifier.evaluate(() => testData().batch(testRows));
  console.log(
    `accuracy on ${testRows} held-back penguins: ${metrics["accuracy"]!.toFixed(3)} (AUC ${metrics["auc"]!.toFixed(3)})`,
  );

  const spec = tf.featureColumn.makeParseExampleSpec([...linearColumns, ...dnnColumns]);
  const base = resolve(options.exportDir);
  const exported = await classifier.exportSavedModel(
    base,
    tf.estimator.export.buildParsingServingInputReceiverFn(spec),
  );
  console.log(`exported to ${relative(process.cwd(), exported)}`);
  const served = await serve("penguins", base, options);

  const penguin = {
    species: "Gentoo",
    island: "Biscoe",
    nest: "N39",
    bill_length_mm: 49.2,
    bill_depth_mm: 15.2,
    flipper_length_mm: 221,
    body_mass_g: 6300,
  };
  console.log(`\na ${penguin.species} of ${penguin.body_mass_g} g on ${penguin.island}:`);
  const client = new PredictionClient(served.address);
  const [classes] = await client.classify({ model: "penguins", examples: [penguin] });
  console.log(`gRPC Classify: ${classes!.map(({ label, score }) => `${label} ${score.toFixed(3)}`).join(", ")}`);
  const predicted = await client.predict({
    model: "penguins",
    signatureName: "predict",
    inputs: { examples: [encodeExample(penguin)] },
  });
  console.log(
    `gRPC Predict:  ${String((predicted["classes"] as string[][])[0]![0])}, logit ${(predicted["logits"] as number[][])[0]![0]!.toFixed(3)}`,
  );
  const [results] = await new RestClient(served.url).classify({
    model: "penguins",
    // A number without a fraction is an int64 in REST's Examples, and the model wants floats.
    examples: [{ ...penguin, flipper_length_mm: 221.5, body_mass_g: 6300.5 }],
  });
  console.log(`REST classify: ${results!.map(([label, score]) => `${label} ${score.toFixed(3)}`).join(", ")}`);
  client.close();
  await finish(served, options);
});
