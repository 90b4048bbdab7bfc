import { expect, it } from "vitest";
import { encodeText } from "../core/text.js";
import { loadSavedModel } from "./load.js";

// Made by TensorFlow 2.15: interop/saved-model/make_models.py.
const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;

it("runs a signature with plain values", async () => {
  const model = await loadSavedModel(fixture("tour"));
  const predict = model.signature<{ x: number[][]; words: string[]; times: number }, { y: number[][]; ids: bigint[] }>(
    "serving_default",
  );
  // [1,2]·w = [2,4]; twice 2v+1.
  expect(await predict({ x: [[1, 2]], words: ["Stew", "dal"], times: 2 })).toEqual({
    y: [[11, 19]],
    ids: [1n, -1n],
    zeros: [0, 0],
  });
  const { y } = await predict.tensors({ x: [[-1, -2]], words: [], times: 0 });
  expect(y).toMatchObject({ dtype: "float32", shape: [1, 2], data: Float32Array.of(2, 4) });
  expect(predict.info.inputs.get("times")?.dtype).toBe("int32");
  const any = model.signature("serving_default");
  await expect(any({ x: Float32Array.of(), words: [encodeText("soup")], times: 0 })).rejects.toThrow(
    "In[0] and In[1] has different ndims",
  );
  model.close();
  await expect(predict({ x: [[1, 2]], words: [], times: 0 })).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

it("says which inputs and signatures there are", async () => {
  const model = await loadSavedModel(fixture("loop_v1"));
  await expect(model.signature("serving_default")({ x: [1], z: 1 })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
    message:
      "input size does not match signature: 2!=2 len({x,z}) != len({n,x}). Sent extra: {z}. Missing but required: {n}.",
  });
  expect(() => model.signature("other")).toThrow(
    'Serving signature key "other" not found. The model has: serving_default',
  );
  model.close();
});

it("keeps what requests assign", async () => {
  const model = await loadSavedModel(fixture("counter"));
  const add = model.signature<{ by: number }, { count: number }>("serving_default");
  expect((await add({ by: 2 })).count).toBe(2);
  expect((await add({ by: 0.5 })).count).toBe(2.5);
  expect(Object.keys(model.signatureDefs ?? {})).toContain("__saved_model_init_op");
  model.close();
});
