/**
 * Checks the manifests of deploy/ and those that the command line writes against the published schemas of Kubernetes and KServe: every field
 * is one of its class, of the right type, and none that must be there is missing.
 *
 *     node --conditions=@tureen/source --import tsx interop/deploy/check.ts
 *
 * The schemas are those of the projects' Python packages, at the versions below, from PyPI; without a Python that has pip it is skipped.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { parseAllDocuments } from "yaml";
import { type ModelClass, problemsOf, readModelClasses } from "./model-classes.js";

const packages = ["kubernetes==34.1.0", "kserve==0.15.2"];
const root = join(import.meta.dirname, "../..");

function download(): ReadonlyMap<string, ModelClass> | undefined {
  const folder = mkdtempSync(join(tmpdir(), "schemas-"));
  try {
    const venv = process.env["TUREEN_INTEROP_VENV"] ?? join(import.meta.dirname, "../.venv");
    const args = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary=:all:",
      "--dest",
      folder,
      ...packages,
    ];
    const { status, stderr } = spawnSync(join(venv, "bin/python"), args, { encoding: "utf8" });
    if (status === null) return undefined;
    if (status !== 0) throw new Error(`pip download failed: ${stderr}`);
    const sources = readdirSync(folder).flatMap((wheel) =>
      Object.entries(unzipSync(readFileSync(join(folder, wheel))))
        .filter(([name]) => /\/models\/\w+\.py$/.test(name))
        .map(([, bytes]) => Buffer.from(bytes).toString("utf8")),
    );
    return readModelClasses(sources);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Manifest {
  readonly name: string;
  readonly text: string;
}

/** The class of a document by its apiVersion and kind. */
const classNames: Readonly<Record<string, string>> = {
  "apps/v1 Deployment": "V1Deployment",
  "batch/v1 Job": "V1Job",
  "v1 Service": "V1Service",
  "serving.kserve.io/v1alpha1 ClusterServingRuntime": "V1alpha1ClusterServingRuntime",
};

function check({ name, text }: Manifest, classes: ReadonlyMap<string, ModelClass>): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) return document.errors.map(String);
    const value = document.toJS() as { readonly apiVersion: string; readonly kind: string };
    const kind = `${value.apiVersion} ${value.kind}`;
    // Knative's revision is a pod's specification and two fields of its own.
    if (kind === "serving.knative.dev/v1 Service") return knativeProblems(value, classes);
    const type = classNames[kind];
    return type === undefined ? [`${name}: no class for ${kind}`] : problemsOf(value, type, classes, value.kind);
  });
}

function knativeProblems(value: object, classes: ReadonlyMap<string, ModelClass>): readonly string[] {
  const { metadata, spec } = value as {
    readonly metadata: unknown;
    readonly spec: {
      readonly template: { readonly metadata: unknown; readonly spec: Readonly<Record<string, unknown>> };
    };
  };
  const { containerConcurrency, timeoutSeconds, ...pod } = spec.template.spec;
  return [
    ...problemsOf(metadata, "V1ObjectMeta", classes, "metadata"),
    ...problemsOf(spec.template.metadata, "V1ObjectMeta", classes, "spec.template.metadata"),
    ...problemsOf(pod, "V1PodSpec", classes, "spec.template.spec"),
    ...[containerConcurrency, timeoutSeconds].flatMap((own) =>
      own === undefined ? [] : problemsOf(own, "int", classes, "spec.template.spec"),
    ),
  ];
}

const classes = download();
if (classes === undefined) {
  console.log("skipped: there is no Python with pip\n0 passed, 0 failed");
} else {
  let [passed, failed] = [0, 0];
  const report = (name: string, problems: readonly string[]): void => {
    if (problems.length === 0) passed += 1;
    else {
      failed += 1;
      console.log(`${name}:\n  ${problems.join("\n  ")}`);
    }
  };
  for (const name of readdirSync(join(root, "deploy")).filter((file) => file.endsWith(".yaml"))) {
    report(name, check({ name, text: readFileSync(join(root, "deploy", name), "utf8") }, classes));
  }
  // The check itself has to find what is wrong.
  const wrong = readFileSync(join(root, "deploy/kubernetes.yaml"), "utf8")
    .replace("periodSeconds: 1\n", "periodSecond: 1\n")
    .replace("replicas: 2", 'replicas: "2"');
  const found = check({ name: "a wrong manifest", text: wrong }, classes);
  report(
    "what is wrong with a manifest",
    found.length === 2 ? [] : [`found ${JSON.stringify(found)}, not two problems`],
  );
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
