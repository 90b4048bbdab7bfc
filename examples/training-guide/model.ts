import { join } from "node:path";
import * as tf from "tureen";

const table = join(import.meta.dirname, "../penguins/data/penguins.csv");
/** The table's last rows test, the others train. */
const [allRows, testRows] = [333, 66];

const island = tf.featureColumn.categoricalColumnWithVocabularyList("island", ["Biscoe", "Dream", "Torgersen"]);
const columns = [
  tf.featureColumn.numericColumn("flipper_length_mm", { normalizerFn: (x) => tf.realDiv(tf.sub(x, 201), 14) }),
  tf.featureColumn.numericColumn("bill_length_mm", { normalizerFn: (x) => tf.realDiv(tf.sub(x, 44), 5.5) }),
  tf.featureColumn.indicatorColumn(island),
];
const species = ["Adelie", "Chinstrap", "Gentoo"];

const penguins = () =>
  tf.data.csvDataset(table, {
    labelName: "species",
    selectColumns: ["species", "island", "flipper_length_mm", "bill_length_mm"],
    dtypes: { flipper_length_mm: "float32", bill_length_mm: "float32" },
  });

/** What `tureen train`, `evaluate` and `export` take from this module. */
export function model({ modelDir = "runs/penguins" }: tf.estimator.ModelArguments): tf.estimator.TrainingModel {
  const estimator = new tf.estimator.DNNClassifier({
    featureColumns: columns,
    hiddenUnits: [16, 8],
    nClasses: 3,
    labelVocabulary: species,
    optimizer: "Adam",
    modelDir,
    config: tf.estimator.runConfig({ tfRandomSeed: 1, saveSummarySteps: 20, logger: tf.estimator.quietLogger }),
  });
  return {
    estimator,
    trainSpec: {
      inputFn: () =>
        penguins()
          .take(allRows - testRows)
          .shuffle(allRows, { seed: 1 })
          .repeat()
          .batch(32),
      maxSteps: 600,
    },
    evalSpec: {
      inputFn: () =>
        penguins()
          .skip(allRows - testRows)
          .batch(testRows),
      steps: null,
    },
    servingInputReceiverFn: tf.estimator.export.buildParsingServingInputReceiverFn(
      tf.featureColumn.makeParseExampleSpec(columns),
    ),
  };
}
