import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeExample } from "@tureen/protos/example";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ObjectScheme } from "../../core/object-store/object-uri.js";
import type { StandIn } from "../../core/object-store/testing/stand-in-server.js";
import { uploadFolder } from "../../core/object-store/testing/upload-folder.js";
import { useStandIn } from "../../core/object-store/testing/use-stand-in.js";
import { encodeTfRecords } from "../../formats/tf-record.js";
import type { BatchOptions, DataFormat } from "./batch-options.js";
import { planShards } from "./plan-shards.js";
import { readRecords } from "./read-records.js";
import { runBatch } from "./run-batch.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;

describe.each<ObjectScheme>(["s3", "gs"])("batch prediction in %s", (scheme) => {
  let standIn: StandIn;
  let folder: string;
  let cacheBefore: string | undefined;
  const root = `${scheme}://b`;

  beforeAll(async () => {
    standIn = await useStandIn(scheme);
    folder = mkdtempSync(join(tmpdir(), "batch-object-stores-"));
    cacheBefore = process.env["TUREEN_MODEL_CACHE_DIR"];
    process.env["TUREEN_MODEL_CACHE_DIR"] = join(folder, "cache");
  });
  afterEach(() => {
    standIn.faults.failOneIn = 0;
    standIn.bucket("b").objects.clear();
    standIn.calls.clear();
  });
  afterAll(async () => {
    if (cacheBefore === undefined) delete process.env["TUREEN_MODEL_CACHE_DIR"];
    else process.env["TUREEN_MODEL_CACHE_DIR"] = cacheBefore;
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The objects under a prefix whose names are not hidden, by name. */
  function objects(prefix: string): Record<string, string> {
    return Object.fromEntries(
      [...standIn.bucket("b").objects]
        .filter(([key]) => key.startsWith(prefix) && !key.slice(prefix.length).startsWith("."))
        .map(([key, { bytes }]) => [key.slice(prefix.length), bytes.toString("latin1")] as const)
        .sort(),
    );
  }

  function files(path: string): Record<string, string> {
    const names = readdirSync(path).filter((name) => !name.startsWith("."));
    return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(path, name), "latin1")] as const));
  }

  const inputs: Readonly<Record<DataFormat, (numbers: readonly number[]) => Uint8Array>> = {
    json: (numbers) => Buffer.from(numbers.map((x) => `{"x": ${x}}\n`).join("")),
    text: (numbers) => Buffer.from(numbers.join("\n")),
    csv: (numbers) => Buffer.from(`x\n${numbers.map((x) => `"${x}"\n`).join("")}`),
    "tf-record": (numbers) => encodeTfRecords(numbers.map((x) => encodeExample({ x: [x] }))),
    "tf-record-gzip": (numbers) => gzipSync(encodeTfRecords(numbers.map((x) => encodeExample({ x: [x] })))),
  };

  it.each<DataFormat>(["json", "csv", "tf-record", "tf-record-gzip"])(
    "gives the files that the same %s gives on a disk, and does nothing twice",
    async (dataFormat) => {
      const numbers = Array.from({ length: 2000 }, (_, i) => i / 8);
      const bytes = inputs[dataFormat](numbers);
      writeFileSync(join(folder, "in-1"), bytes);
      standIn.bucket("b").put("in/in-1", bytes);
      standIn.bucket("b").put("in/other", "no");
      uploadFolder(standIn.bucket("b"), halfPlusTwo, "model");
      const signature = dataFormat.startsWith("tf-record") ? { signatureName: "regress_x_to_y" } : {};
      const common = { dataFormat, shardBytes: 4000, minShards: 3, ...signature };
      const outputPath = join(folder, `out-${dataFormat}`);
      const local: BatchOptions = { ...common, modelDir: halfPlusTwo, inputPaths: [join(folder, "in-1")], outputPath };
      const remote: BatchOptions = {
        ...common,
        modelDir: `${root}/model`,
        inputPaths: [`${root}/in/in-*`],
        outputPath: `${root}/out`,
      };
      const expected = await runBatch(local);
      const result = await runBatch(remote);
      expect(result).toMatchObject({ failures: [], predictionCount: 2000, errorCount: 0, shards: expected.shards });
      expect(objects("out/")).toEqual(files(outputPath));
      if (dataFormat !== "tf-record-gzip") expect(result.shards).toBeGreaterThan(2);
      expect(await runBatch(remote)).toMatchObject({ shardsSkipped: result.shards, predictionCount: 2000 });
    },
  );

  it("loses no record where the store fails one call in ten, in worker processes too", {
    timeout: 120_000,
  }, async () => {
    const count = 10_000;
    for (const part of [0, 1]) {
      const numbers = Array.from({ length: count / 2 }, (_, i) => part * (count / 2) + i);
      standIn.bucket("b").put(`in/part-${part}`, inputs.json(numbers));
    }
    uploadFolder(standIn.bucket("b"), halfPlusTwo, "model");
    standIn.faults.failOneIn = 10;
    const options: BatchOptions = {
      modelDir: `${root}/model`,
      inputPaths: [`${root}/in/part-*`],
      outputPath: `${root}/out`,
      dataFormat: "json",
      shardBytes: 5000,
    };
    const result = await runBatch(options, { workers: 2 });
    expect(result).toMatchObject({ failures: [], predictionCount: count, errorCount: 0 });
    const results = Object.entries(objects("out/")).filter(([name]) => name.startsWith("prediction.results-"));
    expect(results).toHaveLength(result.shards);
    const rows = results.flatMap(([, text]) => text.split("\n").slice(0, -1));
    expect(rows.map(Number)).toEqual(Array.from({ length: count }, (_, i) => i / 2 + 2));
    expect(standIn.calls.get("fault")).toBeGreaterThan(10);
  });

  it("reads a TFRecord file's plan in few requests, and large records without their bytes", async () => {
    const records = Array.from({ length: 40 }, (_, i) => new Uint8Array(400_000).fill(i));
    standIn.bucket("b").put("large", encodeTfRecords(records));
    const options = { modelDir: "", inputPaths: [`${root}/large`], outputPath: "", shardBytes: 3_000_000 };
    const { shards } = await planShards({ ...options, dataFormat: "tf-record" });
    expect(shards.length).toBeGreaterThan(4);
    const reads = standIn.calls.get(scheme === "s3" ? "GetObject" : "media")!;
    expect(reads).toBeLessThan(25);
    const seen: number[] = [];
    for (const range of shards.flatMap(({ ranges }) => ranges)) {
      for await (const found of readRecords(range, "tf-record")) seen.push(...found.map((record) => record[0]!));
    }
    expect(seen).toEqual(records.map((_, i) => i));
  });

  it("does not mix an input with what replaces it", async () => {
    const bucket = standIn.bucket("b");
    bucket.put("in", inputs.json([1, 2, 3]));
    const options = { modelDir: "", inputPaths: [`${root}/in`], outputPath: "", dataFormat: "json" as const };
    const { shards, fingerprint } = await planShards(options);
    bucket.put("in", inputs.json([4, 5, 6]));
    const read = async (): Promise<void> => {
      for await (const _ of readRecords(shards[0]!.ranges[0]!, "json"));
    };
    await expect(read()).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
    expect((await planShards(options)).fingerprint).not.toBe(fingerprint);
  });
});
