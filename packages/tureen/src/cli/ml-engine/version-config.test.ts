import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readVersionConfig } from "./version-config.js";

const root = mkdtempSync(join(tmpdir(), "version-config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function read(text: string): unknown {
  const path = join(root, "config.yaml");
  writeFileSync(path, text);
  return readVersionConfig(path);
}

describe("readVersionConfig", () => {
  it("reads mappings, nested ones, and every plain scalar", () => {
    const text = `# a version
---
deploymentUri: gs://bucket/model#1
runtimeVersion: '1.15'
pythonVersion: 3.7   # a text: it has a point
framework: "TENSORFLOW"
description: 'it''s: fine'
autoScaling:
  minNodes: 2
labels:
    a: b
    deep:
      c: true
machineType: mls1-c1-m2
`;
    expect(read(text)).toEqual({
      deploymentUri: "gs://bucket/model#1",
      runtimeVersion: "1.15",
      pythonVersion: "3.7",
      framework: "TENSORFLOW",
      description: "it's: fine",
      autoScaling: { minNodes: 2 },
      labels: { a: "b", deep: { c: true } },
      machineType: "mls1-c1-m2",
    });
    expect(read('{"labels": {"a": "b"}}')).toEqual({ labels: { a: "b" } });
    expect(read("")).toEqual({});
  });

  it.each(["a:\n  - b", "a: [b]", "a: {b: c}", "a: &x b", "a: |\n  b", "a: >", "nonsense", "a: b\n  c: d", "  a: b"])(
    "does not guess at %j",
    (text) => {
      expect(() => read(text)).toThrow(/line \d: only simple mappings are understood/);
    },
  );

  it("says what is wrong with JSON, and with no file at all", () => {
    expect(() => read("{")).toThrow("config.yaml: ");
    expect(() => readVersionConfig(join(root, "none"))).toThrow("No such file");
  });
});
