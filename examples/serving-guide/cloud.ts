import { writeFileSync } from "node:fs";
import type { MlClient } from "@tureen/client";

/** Deploys an export, predicts online, then in batch; returns the predicted classes and the number of batch predictions. */
export async function deployAndPredict(client: MlClient, exported: string, work: string): Promise<readonly string[]> {
  await client.createModel({ name: "flowers" });
  await client.createVersion("flowers", { name: "v1", deploymentUri: exported });
  const predictions = await client.predict({
    model: "flowers",
    signatureName: "predict",
    instances: [{ sepal: [5.0, 3.4] }, { sepal: [6.2, 3.0] }],
  });

  writeFileSync(`${work}/flowers.json`, '{"sepal": [5.0, 3.4]}\n{"sepal": [6.2, 3.0]}\n');
  await client.createPredictionJob("flowers_1", {
    model: "flowers",
    dataFormat: "JSON",
    inputPaths: [`${work}/flowers.json`],
    outputPath: `${work}/predictions`,
    signatureName: "predict",
  });
  const { predictionOutput } = await client.waitJob("flowers_1");
  const classes = (predictions as readonly { readonly classes: readonly string[] }[]).map((row) => row.classes[0]!);
  return [...classes, predictionOutput!.predictionCount!];
}
