import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { buildParsingServingInputReceiverFn } from "../../estimator/export/index.js";
import {
  categoricalColumnWithVocabularyList,
  indicatorColumn,
  makeParseExampleSpec,
  numericColumn,
} from "../../estimator/feature-column/index.js";
import { LinearClassifier, runConfig } from "../../estimator/index.js";
import { startModelServer } from "../model-server.js";

const work = mkdtempSync(join(tmpdir(), "tureen-live-drift-"));
afterAll(() => rmSync(work, { recursive: true }));

it("compares live requests with what an estimator was trained on", async () => {
  const columns = [
    numericColumn("age"),
    indicatorColumn(categoricalColumnWithVocabularyList("city", ["Bonn", "Ulm", "Kiel"])),
  ];
  const rows = Array.from({ length: 400 }, (_, i) => i);
  const inputFn = () =>
    Dataset.fromTensorSlices([
      { age: rows.map((i) => (i * 7) % 80), city: rows.map((i) => ["Bonn", "Ulm", "Kiel", "Kiel"][i % 4]!) },
      rows.map((i) => BigInt(i % 2)),
    ] as const).batch(100);
  const config = runConfig({ logger: { log() {} } });
  const estimator = new LinearClassifier({ featureColumns: columns as never, modelDir: join(work, "run"), config });
  await estimator.train(inputFn as never, { steps: 4 });
  const receiver = buildParsingServingInputReceiverFn(makeParseExampleSpec(columns as never));
  const basePath = join(work, "model");
  await estimator.exportSavedModel(basePath, receiver, { featureStatistics: { inputFn: inputFn as never } });
  const server = await startModelServer({
    host: "127.0.0.1",
    port: false,
    managementPort: 0,
    models: [{ name: "model", basePath }],
    featureDriftSamplingRate: 1,
  });
  try {
    const classify = async (examples: readonly object[]): Promise<void> => {
      const url = `http://127.0.0.1:${server.restPort}/v1/models/model:classify`;
      const reply = await fetch(url, { method: "POST", body: JSON.stringify({ examples }) });
      expect(reply.status).toBe(200);
    };
    for (let i = 0; i < 20; i++)
      await classify(rows.slice(i * 20, i * 20 + 20).map((row) => ({ age: ((row * 7) % 80) - 0.25, city: "Rom" })));
    const reply = await fetch(`http://127.0.0.1:${server.managementPort}/manage/v1/models/model/drift`);
    const [version] = ((await reply.json()) as { versions: { features: { name: string }[] }[] }).versions;
    expect(version).toMatchObject({ rows: 400, skipped_rows: 0, training_rows: 400 });
    expect(version!.features).toMatchObject([
      { name: "city", state: "moved", new_values: ["Rom"] },
      { name: "age", state: "steady" },
    ]);
  } finally {
    await server.close();
  }
});
