import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { batchManifest, type ManifestKind } from "./manifest.js";
import { cloudRunJobSchema, kubernetesJobSchema } from "./testing/job-schemas.js";

const options = { name: "predict-all", image: "tureen:1", shards: 8, args: ["--model-dir=s3://b/m", "--workers=1"] };
const schemas: Readonly<Record<ManifestKind, object>> = {
  kubernetes: kubernetesJobSchema,
  "cloud-run": cloudRunJobSchema,
};

function complaints(kind: ManifestKind, manifest: unknown): unknown {
  const validate = new Ajv({ strict: true }).compile(schemas[kind]);
  validate(manifest);
  return validate.errors;
}

describe("batchManifest", () => {
  it.each(["kubernetes", "cloud-run"] as const)(
    "gives a job for %s that fits its schema, also read as YAML",
    (kind) => {
      const manifest = batchManifest(kind, { ...options, parallelism: 3 });
      expect(complaints(kind, manifest)).toBeNull();
      expect(parse(JSON.stringify(manifest, null, 2))).toEqual(manifest);
      expect(complaints(kind, { ...manifest, spec: { completion: 8 } })).not.toBeNull();
    },
  );

  it("gives each index of a Kubernetes Job its part", () => {
    expect(batchManifest("kubernetes", options)).toMatchObject({
      spec: {
        completionMode: "Indexed",
        completions: 8,
        parallelism: 8,
        template: {
          spec: { containers: [{ args: ["batch", "--model-dir=s3://b/m", "--workers=1", "--num-shards=8"] }] },
        },
      },
    });
  });

  it("gives Cloud Run as many tasks", () => {
    expect(batchManifest("cloud-run", { ...options, parallelism: 2 })).toMatchObject({
      spec: { template: { spec: { taskCount: 8, parallelism: 2 } } },
    });
  });

  it("refuses names and numbers that the engines refuse", () => {
    expect(() => batchManifest("kubernetes", { ...options, name: "Predict_all" })).toThrow("is no job name");
    expect(() => batchManifest("kubernetes", { ...options, parallelism: 9 })).toThrow(
      "from 1 to the number of parts, 8",
    );
  });
});
