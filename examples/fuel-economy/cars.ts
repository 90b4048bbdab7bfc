import { join } from "node:path";
import { cast, concatV2, data, equal, realDiv, reshape, sub, type Tensor, type TensorValue } from "tureen";

const file = join(import.meta.dirname, "data/fuel-economy.csv");
/** How many rows at the end of the table are held back for the test (see data/README.md). */
export const testRows = 46;
const allRows = 234;

/** The raw features that the model starts from, the same in training and in requests. */
export const rawFeatures = ["cylinders", "displacement", "drive", "year"] as const;

/** From the raw columns of a table or of a request to what the network takes: [batch, 6]. Shared by `inputFn` and the serving receiver. */
export function preprocess(raw: Readonly<Record<string, Tensor>>): { inputs: Tensor } {
  const column = (tensor: Tensor): Tensor => reshape(tensor, [-1, 1]);
  const drive = cast(equal(column(raw["drive"]!), [["f", "r", "4"]]), "float32");
  const scaled = (name: string, mean: number, deviation: number): Tensor =>
    realDiv(sub(column(raw[name]!), mean), deviation);
  return {
    inputs: concatV2(
      [scaled("displacement", 3.5, 1.3), scaled("cylinders", 5.9, 1.6), scaled("year", 2003.5, 4.5), drive],
      1,
    ),
  };
}

function cars() {
  return data.csvDataset(file, {
    labelName: "highway_mpg",
    selectColumns: [...rawFeatures, "highway_mpg"],
    dtypes: { cylinders: "float32", displacement: "float32", year: "float32", drive: "string", highway_mpg: "float32" },
  });
}

export const trainingData = (): CarRows => cars().take(allRows - testRows);
export const testData = (): CarRows => cars().skip(allRows - testRows);

/** Batches of raw columns with their mileage. */
export type CarRows = data.Dataset<readonly [Readonly<Record<string, TensorValue>>, TensorValue]>;
