import { join } from "node:path";
import { data, featureColumn as fc, realDiv, sub, type TensorValue } from "tureen";

const file = join(import.meta.dirname, "data/penguins.csv");
/** How many rows at the end of the table are held back for the test (see data/README.md). */
const testRows = 66;
const allRows = 333;

/** Means and deviations of the training rows, to bring measurements to one scale. */
const scale: Readonly<Record<string, readonly [mean: number, deviation: number]>> = {
  bill_length_mm: [44, 5.5],
  bill_depth_mm: [17.2, 2],
  flipper_length_mm: [201, 14],
};

/** The rows of the table: features by column, and the sex. */
function penguins() {
  return data.csvDataset(file, {
    labelName: "sex",
    selectColumns: [
      "species",
      "island",
      "nest",
      "bill_length_mm",
      "bill_depth_mm",
      "flipper_length_mm",
      "body_mass_g",
      "sex",
    ],
    dtypes: {
      bill_length_mm: "float32",
      bill_depth_mm: "float32",
      flipper_length_mm: "float32",
      body_mass_g: "float32",
    },
  });
}

/** Batches of columns with the sexes. */
export type PenguinRows = data.Dataset<readonly [Readonly<Record<string, TensorValue>>, TensorValue]>;

export const trainingData = (): PenguinRows => penguins().take(allRows - testRows);
export const testData = (): PenguinRows => penguins().skip(allRows - testRows);
export { testRows };

const species = fc.categoricalColumnWithVocabularyList("species", ["Adelie", "Chinstrap", "Gentoo"]);
const island = fc.categoricalColumnWithVocabularyList("island", ["Biscoe", "Dream", "Torgersen"]);
const nest = fc.categoricalColumnWithHashBucket("nest", 50);
const mass = fc.bucketizedColumn(fc.numericColumn("body_mass_g"), [3500, 4000, 4500, 5000, 5500]);
const measurements = Object.entries(scale).map(([key, [mean, deviation]]) =>
  fc.numericColumn(key, { normalizerFn: (x) => realDiv(sub(x, mean), deviation) }),
);

/** The wide part memorises: which weights go with which sex in which species. */
export const linearColumns: readonly fc.FeatureColumn[] = [mass, species, fc.crossedColumn(["species", mass], 100)];
/** The deep part generalises from measurements. */
export const dnnColumns: readonly fc.FeatureColumn[] = [
  ...measurements,
  mass,
  fc.indicatorColumn(species),
  fc.indicatorColumn(island),
  fc.embeddingColumn(nest, 4),
];
