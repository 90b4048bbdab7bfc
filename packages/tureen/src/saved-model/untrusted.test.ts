import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scalarValue, stringValue, toTensor } from "../core/tensor-value.js";
import { build, buildOp, constant } from "../graph/build-op.js";
import type { Operation, Tensor } from "../graph/graph.js";
import { controlDependencies } from "../graph/scope.js";
import { loadSavedModel } from "./load.js";
import { saveGraph } from "./testing/save-graph.js";

let folder: string;
let model: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-untrusted-"));
  model = join(folder, "model");
  writeFileSync(join(folder, "secret"), "secret");
});
afterEach(() => rmSync(folder, { recursive: true }));

const placeholder = (dtype: "string" | "int32" | "float32"): Tensor => build("Placeholder", [], { dtype, shape: null });
const readAtLoad = (path: string) => (): { outputs: { y: Tensor }; mainOp: Operation } => {
  const content = build("ReadFile", [stringValue([path], [])]);
  return { outputs: { y: constant(1, "float32") }, mainOp: controlDependencies([content], () => buildOp("NoOp", [])) };
};

describe("files", () => {
  it("are read inside of the model's folder while it is loaded", async () => {
    mkdirSync(join(model, "assets"), { recursive: true });
    writeFileSync(join(model, "assets/own"), "own");
    await saveGraph(model, readAtLoad(join(model, "assets/own")));
    (await loadSavedModel(model)).close();
  });

  it("are not read outside of it, by an absolute path, by dots or through a link", async () => {
    mkdirSync(join(model, "assets"), { recursive: true });
    symlinkSync(join(folder, "secret"), join(model, "assets/link"));
    symlinkSync(folder, join(model, "assets/folder"));
    const paths = [
      "/etc/passwd",
      join(folder, "secret"),
      join(model, "../secret"),
      join(model, "assets/link"),
      join(model, "assets/folder/secret"),
      `${model}2/x`,
    ];
    for (const path of paths) {
      await saveGraph(model, readAtLoad(path));
      await expect(loadSavedModel(model), path).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    }
  });

  it("are not written while it is loaded, not even inside", async () => {
    const inside = join(model, "written");
    const text = stringValue(["text"], []);
    const name = stringValue([inside], []);
    const writers: (() => Operation)[] = [
      () => buildOp("WriteFile", [name, text]),
      () => buildOp("SaveV2", [name, stringValue(["a"]), stringValue([""]), [constant(1, "float32")]]),
      () => buildOp("MergeV2Checkpoints", [stringValue([inside]), name]),
    ];
    for (const write of writers) {
      await saveGraph(model, () => ({ outputs: { y: constant(1, "float32") }, mainOp: write() }));
      await expect(loadSavedModel(model)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
      expect(existsSync(inside)).toBe(false);
    }
  });

  it("are neither read nor written while it serves", async () => {
    await saveGraph(model, () => {
      const path = placeholder("string");
      const written = buildOp("WriteFile", [path, stringValue(["x"], [])]);
      const y = controlDependencies([written], () => build("Identity", [path]));
      return {
        inputs: { path },
        outputs: { content: build("ReadFile", [path]), found: build("MatchingFiles", [path]), y },
      };
    });
    const loaded = await loadSavedModel(model);
    const { inputs, outputs } = loaded.signatures.get("serving_default")!;
    for (const { name } of outputs.values()) {
      const feeds = new Map([[inputs.get("path")!.name, scalarValue("string", join(model, "saved_model.pb"))]]);
      expect(() => loaded.run(feeds, [name])).toThrow(expect.objectContaining({ code: "PERMISSION_DENIED" }));
    }
    loaded.close();
  });
});

describe("memory", () => {
  it("is limited before it is allocated", async () => {
    await saveGraph(model, () => {
      const size = placeholder("int32");
      const large = build("Fill", [size, constant(0, "float32")]);
      const one = build("Fill", [toTensor([1, 1], "int32"), constant(0, "float32")]);
      return {
        inputs: { size },
        outputs: { large, tiled: build("Tile", [one, size]), spread: build("BroadcastTo", [one, size]) },
      };
    });
    const loaded = await loadSavedModel(model);
    const { inputs, outputs } = loaded.signatures.get("serving_default")!;
    for (const [key, { name }] of outputs) {
      const feeds = new Map([[inputs.get("size")!.name, toTensor([2 ** 20, 2 ** 20], "int32")]]);
      expect(() => loaded.run(feeds, [name]), key).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
    }
    loaded.close();
  });
});

it("names every op without a kernel, of all signatures, when it is loaded", async () => {
  await saveGraph(model, () => {
    const x = placeholder("float32");
    const called = buildOp("PyFunc", [[x]], { token: "t", Tin: ["float32"], Tout: ["float32"] }).output;
    return { inputs: { x }, outputs: { y: called, z: build("DebugIdentityV2", [x], {}) } };
  });
  await expect(loadSavedModel(model)).rejects.toMatchObject({
    code: "UNIMPLEMENTED",
    message: "No kernel for these ops: DebugIdentityV2, PyFunc (needed by the signatures serving_default)",
  });
});

it("ends loops that do not end by themselves", async () => {
  const loop = await loadSavedModel(new URL("./fixtures/loop_v1", import.meta.url).pathname, { loopLimit: 100 });
  const run = (n: number) =>
    loop.run(
      new Map([
        ["n:0", scalarValue("int32", n)],
        ["x:0", toTensor([1])],
      ]),
      ["y:0"],
    );
  expect(run(100)[0]!.data[0]).toBe(101);
  expect(() => run(101)).toThrow(expect.objectContaining({ code: "RESOURCE_EXHAUSTED" }));
  loop.close();
});
