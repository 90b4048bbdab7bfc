import { join } from "node:path";
import { data, featureColumn as fc, realDiv, sub } from "tureen";

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

export const trainingData = () => penguins().take(allRows - testRows);
export const testData = () => penguins().skip(allRows - testRows);
export { testRows };

const species = fc.categoricalColumnWithVocabularyList("species", ["Adelie", "Chinstrap", "Gentoo"]);
const island = fc.categoricalColumnWithVocabularyList("island", ["Biscoe", "Dream", "Torgersen"]);
const nest = fc.categoricalColumnWithHashBucket("nest", 50);
const mass = fc.bucketizedColumn(fc.numericColumn("body_mass_g"), [3500, 4000, 4500, 5000, 5500]);
const measurements = Object.entries(scale).map(([key, [mean, deviation]]) =>
  fc.numericColumn(key, { normalizerFn: (x) => realDiv(sub(x, mean), deviation) }),
);

/** The wide part memorises: which weights go with which sex in which species. */
export const linearColumns = [mass, species, fc.crossedColumn(["species", mass], 100)];
/** The deep part generalises from measurements. */
export const dnnColumns = [
  ...measurements,
  mass,
  fc.indicatorColumn(species),
  fc.indicatorColumn(island),
  fc.embeddingColumn(nest, 4),
];
