import { describe, expect, it } from "vitest";
import type { OverviewSignature } from "./console-data.js";
import { exampleRequest } from "./page/example-request.js";

const examples = { name: "examples", dtype: "string", shape: [-1] };
const signature: OverviewSignature = { name: "s", method: "tensorflow/serving/predict", inputs: [], outputs: [] };

describe("exampleRequest", () => {
  it("has a row of zeros of each input", () => {
    const inputs = [
      { name: "x", dtype: "float32", shape: [-1, 2] },
      { name: "t", dtype: "string", shape: [-1] },
    ];
    const request = exampleRequest({ ...signature, inputs });
    expect(JSON.parse(request)).toEqual({ signature_name: "s", instances: [{ x: [0, 0], t: "" }] });
  });

  it("has the features that the signature parses", () => {
    const features = [
      { name: "age", dtype: "float32", shape: [1] },
      { name: "two", dtype: "int64", shape: [2] },
      { name: "job", dtype: "string" },
    ];
    const parses = { ...signature, inputs: [examples], features, example: "AAA=" };
    expect(JSON.parse(exampleRequest({ ...parses, method: "tensorflow/serving/classify" }))).toEqual({
      signature_name: "s",
      examples: [{ age: 0.5, two: [0, 0], job: "0" }],
    });
    expect(JSON.parse(exampleRequest(parses))).toEqual({ signature_name: "s", instances: [{ b64: "AAA=" }] });
  });
});
