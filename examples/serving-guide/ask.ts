import { encodeExample, type PredictionClient, type RestClient } from "@tureen/client";

const flower = { sepal: [5.1, 3.4] };

/** gRPC: one call an API. */
export async function askGrpc(client: PredictionClient): Promise<readonly string[]> {
  const [scores] = await client.classify({ model: "flowers", examples: [flower] });
  const best = [...scores!].sort((a, b) => b.score - a.score)[0]!;
  // The signature is chosen by its key; `serving_default` is the classification.
  const { class_ids: classIds } = await client.predict({
    model: "flowers",
    signatureName: "predict",
    inputs: { examples: [encodeExample(flower)] },
  });
  return [best.label, String((classIds as readonly (readonly bigint[])[])[0]![0])];
}

/** REST: Examples as JSON objects for Classify (whole numbers would go as int64), as base64 for Predict. */
export async function askRest(client: RestClient): Promise<readonly string[]> {
  const [pairs] = await client.classify({ model: "flowers", examples: [flower] });
  const best = [...pairs!].sort(([, a], [, b]) => b - a)[0]!;
  const b64 = Buffer.from(encodeExample(flower)).toString("base64");
  const [row] = (await client.predict({ model: "flowers", signatureName: "predict", instances: [{ b64 }] })) as [
    { classes: string[] },
  ];
  return [best[0], row.classes[0]!];
}
