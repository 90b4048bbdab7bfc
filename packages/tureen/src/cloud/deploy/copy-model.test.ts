import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ObjectScheme } from "../../core/object-store/object-uri.js";
import { uploadFolder } from "../../core/object-store/testing/upload-folder.js";
import { useStandIn } from "../../core/object-store/testing/use-stand-in.js";
import { defaultLimits } from "../cloud-context.js";
import { loadPredictModel } from "../predict/load-predict-model.js";
import { copyModel, deploymentFolder } from "./copy-model.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "copy-model-"));

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("copyModel", () => {
  it.each<ObjectScheme>(["s3", "gs"])("copies a model out of %s, complete or not at all", async (scheme) => {
    const standIn = await useStandIn(scheme);
    uploadFolder(standIn.bucket("b"), halfPlusTwo, "exports/1");
    standIn.faults.failOneIn = 10;
    const uri = deploymentFolder(`${scheme}://b/exports/1/`);
    const to = join(root, scheme);
    await copyModel(uri, to, defaultLimits);
    expect(readdirSync(to, { recursive: true }).sort()).toEqual(readdirSync(halfPlusTwo, { recursive: true }).sort());
    (await loadPredictModel(to)).close();

    const other = join(root, `${scheme}-other`);
    await expect(copyModel(`${scheme}://b/none`, other, defaultLimits)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(copyModel(uri, other, { ...defaultLimits, maxModelFiles: 1 })).rejects.toThrow("more than 1 files");
    await expect(copyModel(uri, other, { ...defaultLimits, maxModelBytes: 100 })).rejects.toThrow("larger than 100");
    const [key, object] = [...standIn.bucket("b").objects].find(([name]) => name.endsWith("saved_model.pb"))!;
    standIn.bucket("b").objects.set(key, { ...object, bytes: Buffer.alloc(object.bytes.length) });
    await expect(copyModel(uri, other, defaultLimits)).rejects.toMatchObject({ code: "DATA_LOSS" });
    expect(existsSync(other)).toBe(false);
    expect(existsSync(`${other}.tempstate`)).toBe(false);
    await standIn.close();
  });

  it("knows paths, file URLs and two stores", () => {
    expect(deploymentFolder("file:///m/1")).toBe("/m/1");
    expect(() => deploymentFolder("hdfs://host/m")).toThrow("hdfs:// models are not supported");
    expect(() => deploymentFolder("s3://")).toThrow("s3://bucket/key");
    expect(() => deploymentFolder("m/1")).toThrow("is no absolute path");
  });
});
