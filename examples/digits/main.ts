/**
 * The main job, end to end: train a DNNClassifier on handwritten digits, export it, serve it, ask it.
 *
 *     npm start            keeps serving until Ctrl-C
 *     npm start -- --once  stops after the answers
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { encodeExample, PredictionClient, RestClient } from "@tureen/client";
import * as tf from "tureen";
import { readOptions, runExample } from "../support/options.js";
import { finish, serve } from "../support/server.js";
import { dataset, drawDigit, loadDigits, pixels } from "./digits.js";

const batchSize = 64;

await runExample(async () => {
  const options = readOptions({ steps: 2000, exportDir: "export/digits" });
  const digits = loadDigits();

  // Act one: train and evaluate.
  console.log(`training on ${digits.train.rows} handwritten digits, ${digits.test.rows} held back`);
  const x = tf.featureColumn.numericColumn("x", { shape: [pixels] });
  const classifier = new tf.estimator.DNNClassifier({
    featureColumns: [x],
    hiddenUnits: [128, 32],
    nClasses: 10,
    optimizer: new tf.optimizers.Adam({ learningRate: 0.001 }),
    modelDir: mkdtempSync(join(tmpdir(), "digits-")),
    config: tf.estimator.runConfig({
      tfRandomSeed: 1,
      ...(options.verbose ? {} : { logger: tf.estimator.quietLogger }),
    }),
  });
  await classifier.train(() => dataset(digits.train).shuffle(1500, { seed: 1 }).repeat().batch(batchSize), {
    steps: options.steps,
    hooks: [tf.estimator.progressHook({ steps: options.steps })],
  });
  const metrics = await classifier.evaluate(() => dataset(digits.test).batch(digits.test.rows));
  console.log(
    `accuracy on the held-back digits: ${metrics["accuracy"]!.toFixed(4)} (loss ${metrics["average_loss"]!.toFixed(4)})`,
  );

  // Act two: export and serve.
  const spec = tf.featureColumn.makeParseExampleSpec([x]);
  const base = resolve(options.exportDir);
  const exported = await classifier.exportSavedModel(
    base,
    tf.estimator.export.buildParsingServingInputReceiverFn(spec),
  );
  console.log(`exported to ${relative(process.cwd(), exported)}`);
  const served = await serve("digits", base, options);

  // Act three: ask.
  const client = new PredictionClient(served.address);
  const rest = new RestClient(served.url);
  const image = digits.test.images.subarray(0, pixels);
  const scores = (await client.classify({ model: "digits", examples: [{ x: image }] }))[0]!;
  const best = [...scores].sort((a, b) => b.score - a.score)[0]!;
  console.log(`\n${drawDigit(image)}\n`);
  console.log(`gRPC Classify: a ${best.label}, score ${best.score.toFixed(4)} (in truth a ${digits.test.labels[0]})`);

  const example = encodeExample({ x: image });
  const predicted = await client.predict({
    model: "digits",
    signatureName: "predict",
    inputs: { examples: [example] },
  });
  console.log(
    `gRPC Predict:  class ${String((predicted["class_ids"] as readonly (readonly bigint[])[])[0]![0])}, probabilities ${probabilities(predicted["probabilities"])}`,
  );

  const b64 = Buffer.from(example).toString("base64");
  const [row] = (await rest.predict({ model: "digits", signatureName: "predict", instances: [{ b64 }] })) as [
    { classes: string[]; probabilities: number[] },
  ];
  console.log(`REST predict:  class ${row.classes[0]}, probabilities ${probabilities([row.probabilities])}`);
  client.close();

  console.log(`\nask it yourself:\n
  curl -d '{"signature_name": "predict", "instances": [{"b64": "${b64}"}]}' ${served.url}/v1/models/digits:predict
  curl ${served.url}/v1/models/digits
  grpcurl -plaintext -d '{"model_spec": {"name": "digits"}}' ${served.address} tensorflow.serving.ModelService/GetModelStatus
  python:
    import grpc, tensorflow as tf
    from tensorflow_serving.apis import classification_pb2, prediction_service_pb2_grpc
    stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel("${served.address}"))
    request = classification_pb2.ClassificationRequest()
    request.model_spec.name = "digits"
    example = request.input.example_list.examples.add()
    example.features.feature["x"].float_list.value.extend([0.0] * ${pixels})
    print(stub.Classify(request, 10.0))`);
  await finish(served, options);
});

function probabilities(rows: unknown): string {
  return `[${(rows as readonly (readonly number[])[])[0]!.map((p) => p.toFixed(2)).join(" ")}]`;
}
