import * as tf from "tureen";
import { startModelServer } from "tureen/serving";

const rows = {
  sepal: [
    [5.1, 3.5],
    [4.9, 3.0],
    [6.3, 3.3],
    [5.8, 2.7],
  ],
};
const species = [0n, 0n, 1n, 1n];
const inputFn = () =>
  tf.data.Dataset.fromTensorSlices([rows, species] as const)
    .repeat()
    .batch(4);

const sepal = tf.featureColumn.numericColumn("sepal", { shape: [2] });
const optimizer = new tf.optimizers.Adam({ learningRate: 0.05 });
const classifier = new tf.estimator.DNNClassifier({
  featureColumns: [sepal],
  hiddenUnits: [16],
  optimizer,
  modelDir: "runs/iris",
});
await classifier.train(inputFn, { steps: 200 });

const spec = tf.featureColumn.makeParseExampleSpec([sepal]);
await classifier.exportSavedModel("export/iris", tf.estimator.export.buildParsingServingInputReceiverFn(spec));

await startModelServer({
  port: 9000,
  restApiPort: 8501,
  models: [{ name: "iris", basePath: `${process.cwd()}/export/iris` }],
});
