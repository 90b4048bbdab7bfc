/**
 * Training steps a second of the examples' models, default logging off, summaries and checkpoints as by default.
 *
 * Prints a line of JSON a model: {"bench": "training", "name", "stepsPerSecond", "examplesPerSecond"}.
 */
import * as tf from "tureen";
import { dataset, loadDigits, pixels } from "../examples/digits/digits.js";
import { carModel } from "../examples/fuel-economy/model.js";
import { dnnColumns, linearColumns, trainingData } from "../examples/penguins/penguins.js";
import { getCars } from "./cars-input.js";

const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: { log() {} } });
const [warmUp, measured] = [200, Number(process.env["BENCH_STEPS"] ?? 1500)];

/** Times the steps after the warm-up. */
function stopwatch(): { hook: tf.estimator.SessionRunHook; seconds: () => number } {
  let [steps, began, ended] = [0, 0, 0];
  return {
    hook: {
      afterRun() {
        steps += 1;
        if (steps === warmUp) began = performance.now();
        if (steps === warmUp + measured) ended = performance.now();
      },
    },
    seconds: () => (ended - began) / 1000,
  };
}

async function bench(
  name: string,
  batch: number,
  estimator: tf.estimator.Estimator,
  inputFn: tf.estimator.InputFn,
): Promise<void> {
  const watch = stopwatch();
  await estimator.train(inputFn, { steps: warmUp + measured, hooks: [watch.hook] });
  const stepsPerSecond = measured / watch.seconds();
  console.log(JSON.stringify({ bench: "training", name, stepsPerSecond, examplesPerSecond: stepsPerSecond * batch }));
}

const digits = loadDigits();
const x = tf.featureColumn.numericColumn("x", { shape: [pixels] });
await bench(
  "digits DNN, batch 64",
  64,
  new tf.estimator.DNNClassifier({ featureColumns: [x], hiddenUnits: [128, 32], nClasses: 10, config }),
  () => dataset(digits.train).shuffle(1500, { seed: 1 }).repeat().batch(64),
);
await bench(
  "penguins wide and deep, batch 32",
  32,
  new tf.estimator.DNNLinearCombinedClassifier({
    linearFeatureColumns: linearColumns,
    dnnFeatureColumns: dnnColumns,
    dnnHiddenUnits: [32, 16],
    labelVocabulary: ["female", "male"],
    config,
  }),
  () => trainingData().shuffle(300, { seed: 1 }).repeat().batch(32),
);
await bench(
  "cars custom, batch 32",
  32,
  new tf.estimator.Estimator({ modelFn: carModel, params: { hiddenUnits: 16, learningRate: 0.01 }, config }),
  () => getCars(32),
);
