/**
 * Trains the models of the three examples for a few steps, exports them and records what Tureen answers for some Examples.
 *
 *     node --conditions=@tureen/source --import tsx interop/exports/export_examples.ts OUT_DIR
 *
 * check_exports.py then loads the same folders with TensorFlow and compares.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeExample, type FeatureValue } from "@tureen/client";
import * as tf from "tureen";
import { dataset, loadDigits, pixels } from "../../examples/digits/digits.js";
import { trainingData as carData, preprocess } from "../../examples/fuel-economy/cars.js";
import { carModel } from "../../examples/fuel-economy/model.js";
import { servingInputReceiverFn as carReceiver } from "../../examples/fuel-economy/receiver.js";
import { dnnColumns, linearColumns, trainingData as penguinData } from "../../examples/penguins/penguins.js";

const out = process.argv[2]!;
const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: tf.estimator.quietLogger });
const steps = 20;

interface Model {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, FeatureValue>>[];
  /** Examples that TensorFlow refuses: a required feature is missing, or has another type. */
  readonly refused: readonly Readonly<Record<string, FeatureValue>>[];
  readonly exported: string;
}

async function digits(): Promise<Model> {
  const { train, test } = loadDigits();
  const x = tf.featureColumn.numericColumn("x", { shape: [pixels] });
  const estimator = new tf.estimator.DNNClassifier({
    featureColumns: [x],
    hiddenUnits: [128, 32],
    nClasses: 10,
    modelDir: join(out, "digits-model"),
    config,
  });
  await estimator.train(() => dataset(train).repeat().batch(64), { steps });
  const receiver = tf.estimator.export.buildParsingServingInputReceiverFn(tf.featureColumn.makeParseExampleSpec([x]));
  const examples = [0, 1, 2].map((row) => ({ x: test.images.subarray(row * pixels, (row + 1) * pixels) }));
  const refused: Model["refused"] = [{}, { x: ["0.5"] }, { x: [1.5, 2.5] }];
  return {
    name: "digits",
    examples,
    refused,
    exported: await estimator.exportSavedModel(join(out, "digits"), receiver),
  };
}

async function penguins(): Promise<Model> {
  const estimator = new tf.estimator.DNNLinearCombinedClassifier({
    linearFeatureColumns: linearColumns,
    dnnFeatureColumns: dnnColumns,
    dnnHiddenUnits: [32, 16],
    labelVocabulary: ["female", "male"],
    modelDir: join(out, "penguins-model"),
    config,
  });
  await estimator.train(() => penguinData().repeat().batch(32), { steps });
  const receiver = tf.estimator.export.buildParsingServingInputReceiverFn(
    tf.featureColumn.makeParseExampleSpec([...linearColumns, ...dnnColumns]),
  );
  const measured = { bill_length_mm: 49.2, bill_depth_mm: 15.2, flipper_length_mm: 221, body_mass_g: 6300 };
  const examples = [
    { species: "Gentoo", island: "Biscoe", nest: "N39", ...measured },
    { species: "Adelie", island: "Dream", nest: "N1", ...measured, body_mass_g: 3500 },
    // Words outside the vocabularies, and no nest at all.
    { species: "Emperor", island: "", ...measured },
    // A feature that the model does not know.
    { species: "Gentoo", island: "Dream", nest: "N1", ...measured, colour: "grey" },
  ];
  const { body_mass_g: _, ...light } = measured;
  const refused: Model["refused"] = [
    { species: "Gentoo", ...light },
    { species: 1.5, island: "Dream", ...measured },
    { species: "Gentoo", ...measured, body_mass_g: "heavy" },
  ];
  return {
    name: "penguins",
    examples,
    refused,
    exported: await estimator.exportSavedModel(join(out, "penguins"), receiver),
  };
}

async function cars(): Promise<Model> {
  const estimator = new tf.estimator.Estimator({
    modelFn: carModel,
    params: { hiddenUnits: 16, learningRate: 0.01 },
    modelDir: join(out, "cars-model"),
    config,
  });
  await estimator.train(
    () => {
      const [raw, mileage] = tf.estimator.getNext(carData().repeat().batch(32));
      return [preprocess(raw as Record<string, tf.Tensor>), mileage as tf.Tensor];
    },
    { steps },
  );
  const examples = [
    { displacement: 1.8, cylinders: 4, year: 2008, drive: "f" },
    { displacement: 5.7, cylinders: 8, year: 1999 },
  ];
  const refused: Model["refused"] = [{ displacement: "large", cylinders: 4, year: 2008 }];
  return {
    name: "cars",
    examples,
    refused,
    exported: await estimator.exportSavedModel(join(out, "cars"), carReceiver),
  };
}

mkdirSync(out, { recursive: true });
const recorded = [];
for (const make of [digits, penguins, cars]) {
  const { name, examples, refused, exported } = await make();
  const model = await tf.loadSavedModel(exported);
  const serialized = examples.map((example) => encodeExample(example));
  const input = tf.tensorValue("string", [serialized.length], serialized);
  const signatures = Object.fromEntries(
    [...model.signatures].map(([key, info]) => {
      const [feed] = [...info.inputs.values()];
      const keys = [...info.outputs.keys()];
      const values = model.run(
        new Map([[feed!.name, input]]),
        keys.map((alias) => info.outputs.get(alias)!.name),
      );
      const plain = (value: tf.TensorValue): unknown[] =>
        tf.toFlatArray(value).map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString() : Number(v)));
      return [
        key,
        Object.fromEntries(keys.map((alias, i) => [alias, { shape: values[i]!.shape, values: plain(values[i]!) }])),
      ];
    }),
  );
  const errors = refused.map((example) => {
    const [key, info] = [...model.signatures][0]!;
    const bytes = encodeExample(example);
    const feeds = new Map([[[...info.inputs.values()][0]!.name, tf.tensorValue("string", [1], [bytes])]]);
    let message: string | undefined;
    try {
      model.run(
        feeds,
        [...info.outputs.values()].map((output) => output.name),
      );
    } catch (error) {
      message = (error as Error).message;
    }
    return { key, example: Buffer.from(bytes).toString("base64"), message: message ?? "" };
  });
  recorded.push({
    name,
    errors,
    exported,
    examples: serialized.map((bytes) => Buffer.from(bytes).toString("base64")),
    signatures,
  });
}
writeFileSync(join(out, "recorded.json"), JSON.stringify(recorded));
