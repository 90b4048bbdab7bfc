/**
 * Trains and exports recurrent classifiers for check_rnn_export.py: `node … export-rnn.ts FOLDER`.
 *
 * Examples and labels come from FOLDER/examples.json, Examples in base64; the last line printed tells where each export is and what we predict.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "../../packages/tureen/src/index.js";

const folder = process.argv[2]!;
const { examples, labels } = JSON.parse(readFileSync(join(folder, "examples.json"), "utf8")) as {
  readonly examples: readonly string[];
  readonly labels: readonly number[];
};
const fc = tf.featureColumn;
const sequenceFeatureColumns = [
  fc.embeddingColumn(fc.sequenceCategoricalColumnWithIdentity("ids", 7), 3),
  fc.sequenceNumericColumn("price"),
];
const contextFeatureColumns = [fc.numericColumn("context", { shape: [2] })];
const spec = fc.makeParseExampleSpec([...sequenceFeatureColumns, ...contextFeatureColumns]);
const config = tf.estimator.runConfig({ logger: tf.estimator.quietLogger });
const serializedExamples = {
  dtype: "string",
  shape: [examples.length],
  data: examples.map((text) => Uint8Array.from(Buffer.from(text, "base64"))),
} as const;
const rows = tf.data.Dataset.fromTensorSlices([serializedExamples, BigInt64Array.from(labels, BigInt)] as const);

function input(repeat: boolean): [ReturnType<typeof fc.parseExample>, tf.Tensor] {
  const batches = rows.batch(examples.length);
  const [serialized, label] = tf.estimator.getNext(repeat ? batches.repeat() : batches);
  return [fc.parseExample(serialized, spec), label];
}

const exported: { readonly cellType: string; readonly path: string; readonly probabilities: number[][] }[] = [];
for (const cellType of ["simple_rnn", "lstm", "gru"]) {
  const estimator = new tf.estimator.RNNClassifier({
    sequenceFeatureColumns,
    contextFeatureColumns,
    units: cellType === "gru" ? [5, 4] : [5],
    cellType,
    modelDir: join(folder, cellType),
    config,
  });
  await estimator.train(() => input(true), { steps: 5 });
  const receiver = tf.estimator.export.buildParsingServingInputReceiverFn(spec);
  const path = await estimator.exportSavedModel(join(folder, `${cellType}-export`), receiver);
  const probabilities: number[][] = [];
  for await (const { probabilities: row } of estimator.predict(() => input(false)))
    probabilities.push([...(row!.data as Float32Array)]);
  exported.push({ cellType, path, probabilities });
}
console.log(JSON.stringify(exported));
