import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { TensorProtoSchema } from "@tureen/protos/gen/tensorflow/core/framework/tensor_pb";
import { expect, it } from "vitest";
import { build, buildOp, constant } from "../graph/build-op.js";
import { loadSavedModel, readSavedModel } from "../saved-model/index.js";
import { saveGraph } from "../saved-model/testing/save-graph.js";
import { writeSavedModelProto } from "../saved-model/write.js";
import { scanModel } from "./scan-model.js";
import { showPlan } from "./show-plan.js";

const tour = new URL("../saved-model/fixtures/tour", import.meta.url).pathname;

it("finds nothing in a good model", async () => {
  expect(await scanModel(tour, false)).toEqual({
    clean: true,
    text: expect.stringMatching(
      /^MetaGraph with tag set 'serve': \d+ nodes of \d+ ops, \d+ functions\n {2}nothing found/,
    ),
  });
});

it("finds files, code, ops without a kernel and sizes out of proportion", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-scan-"));
  try {
    await saveGraph(folder, () => {
      const path = build("Placeholder", [], { dtype: "string", shape: [] });
      const called = buildOp("PyFunc", [[path]], { token: "t", Tin: ["string"], Tout: ["string"] }).output;
      return {
        inputs: { path },
        outputs: { content: build("ReadFile", [path]), called, large: constant(1, "float32") },
      };
    });
    const model = await readSavedModel(folder);
    const value = model.metaGraphs[0]!.graphDef!.node.find(({ op }) => op === "Const")!.attr["value"]!;
    const large = create(TensorProtoSchema, {
      dtype: 1,
      tensorShape: { dim: [{ size: 100_000_000n }] },
      floatVal: [0],
    });
    value.value = { case: "tensor", value: large };
    await writeSavedModelProto(folder, model.metaGraphs);
    const { text, clean } = await scanModel(folder, false);
    expect(clean).toBe(false);
    expect(text.split("\n").slice(1, 5)).toEqual([
      "  code: ops that run code of their own: PyFunc",
      "  size: Const 'Const' says [100000000], 381 MiB, but stores 0 bytes",
      "  unsupported (serving_default): ops without a kernel: PyFunc",
      "  files (serving_default): ops that touch files: ReadFile",
    ]);
    const [scan] = JSON.parse((await scanModel(folder, true)).text) as {
      findings: { kind: string }[];
      ops: Record<string, number>;
    }[];
    expect(scan!.findings.map(({ kind }) => kind)).toEqual(["code", "size", "unsupported", "files"]);
    expect(scan!.ops).toMatchObject({ ReadFile: 1, PyFunc: 1 });
    await expect(loadSavedModel(folder)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("shows where the steps of a plan run", async () => {
  const text = await showPlan(tour);
  expect(text).toMatch(/^\nplan\['serving_default'\]: \d+ steps, \d+ in ONNX Runtime\n {4}1\. (host|ort {2}) \w+/);
  expect(text).toContain("host LookupTableFindV2");
});
