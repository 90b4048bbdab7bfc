import { describe, expect, it } from "vitest";
import { tensorValue } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { testModel } from "../../serving/testing/test-model.js";
import { encodeRows } from "./encode-rows.js";
import { parsePredictBody } from "./parse-instances.js";
import { modelOf, type PredictModel, predictionErrorJson, predictionsJson, predictOnline } from "./predict-online.js";
import { pythonFloat, pythonRepr } from "./python-text.js";
import { decodeStrictly } from "./strict-utf8.js";

const model = modelOf(testModel());

async function ask(body: unknown, of: PredictModel = model): Promise<string> {
  try {
    const { instances, signatureName } = parsePredictBody(
      encodeText(typeof body === "string" ? body : JSON.stringify(body)),
    );
    return predictionsJson(await predictOnline(of, instances, { signatureName }));
  } catch (error) {
    return predictionErrorJson(error);
  }
}

const failed = (text: string): string => JSON.stringify({ error: `Prediction failed: ${text}` });

describe("predictOnline", () => {
  it("takes bare values, named values and a lone value for a single input", async () => {
    const answer = '{"predictions": [2.5, 3.0]}';
    expect(await ask({ instances: [1, 2] })).toBe(answer);
    expect(await ask({ instances: [{ x: 1 }, 2] })).toBe(answer);
    expect(await ask({ instances: 1 })).toBe('{"predictions": [2.5]}');
    expect(await ask({ instances: ["1", true] })).toBe('{"predictions": [2.5, 2.5]}');
  });

  it("gives an object a row where there are several outputs", async () => {
    expect(
      await ask({
        instances: [
          { a: 1, b: 2 },
          { b: 4, a: 0.5 },
        ],
        signature_name: "two_inputs",
      }),
    ).toBe('{"predictions": [{"sum": 3.0, "b": 2}, {"sum": 4.5, "b": 4}]}');
  });

  it("decodes base64 at any depth and encodes what the alias says is binary", async () => {
    const b64 = Buffer.from([0xff, 0x00]).toString("base64");
    expect(await ask({ instances: [{ b64 }], signature_name: "echo_bytes" })).toBe(
      `{"predictions": [{"b64": "${b64}"}]}`,
    );
    expect(await ask({ instances: [{ text: [{ b64 }, { b64 }] }], signature_name: "echo_bytes" })).toBe(
      `{"predictions": [[{"b64": "${b64}"}, {"b64": "${b64}"}]]}`,
    );
    expect(await ask({ instances: ["é\n"], signature_name: "echo_text" })).toBe('{"predictions": ["é\\n"]}');
    expect(await ask({ instances: [{ b64 }], signature_name: "echo_text" })).toBe(
      failed(
        "There was a problem processing the outputs: Prediction failed during encoding instances: " +
          "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte (Error code: 3)",
      ),
    );
    expect(await ask({ instances: [{ b64: "abc" }], signature_name: "echo_text" })).toBe(
      failed("Invalid inputs: Incorrect padding (Error code: 1)"),
    );
  });

  it("keeps 64-bit integers exact", async () => {
    expect(await ask('{"instances": [9007199254740993, -9223372036854775808], "signature_name": "echo_int64"}')).toBe(
      '{"predictions": [9007199254740993, -9223372036854775808]}',
    );
  });

  it.each([
    [
      { instances: [1], signature_name: "nope" },
      "Invalid inputs: No signature found for signature key nope. (Error code: 1)",
    ],
    [{ instances: [{ y: 1 }] }, "Invalid inputs: Expected tensor name: x, got tensor name: ['y']. (Error code: 1)"],
    [
      { instances: [{ a: 1, c: 2 }], signature_name: "two_inputs" },
      "Invalid inputs: Unexpected tensor name: c (Error code: 1)",
    ],
    [
      { instances: [{ a: 1, b: 2 }, { a: 1 }], signature_name: "two_inputs" },
      "Invalid inputs: Input b was missing in at least one input instance. (Error code: 1)",
    ],
    [
      { instances: [[1]], signature_name: "two_inputs" },
      "Invalid inputs: 'list' object has no attribute 'items' (Error code: 1)",
    ],
    [
      { instances: [[1, 2]] },
      "Failed to run the provided model: Exception during running the graph: Cannot feed value of shape (1, 2) for Tensor x:0, which has shape (?,) (Error code: 2)",
    ],
    [
      { instances: [{ a: 1 }], signature_name: "two_inputs" },
      "Failed to run the provided model: Exception during running the graph: You must feed a value for placeholder tensor 'b:0' (Error code: 2)",
    ],
    [{ inputs: [1] }, 'Invalid inputs: Invalid JSON request: missing "instances" attribute (Error code: 1)'],
  ])("refuses %j", async (body, text) => {
    expect(await ask(body)).toBe(failed(text));
  });

  it("says so where a model has no default signature", async () => {
    const signatures = new Map([...model.signatures].filter(([key]) => key !== "serving_default"));
    expect(await ask({ instances: [1] }, { ...model, signatures })).toBe(
      failed("Invalid inputs: No signature found for signature key None. (Error code: 1)"),
    );
    const only = new Map([["any", model.signatures.get("serving_default")!]]);
    expect(await ask({ instances: [1] }, { ...model, signatures: only })).toBe('{"predictions": [2.5]}');
  });
});

describe("encodeRows", () => {
  const float = (shape: number[], ...values: number[]) => tensorValue("float32", shape, Float32Array.from(values));

  it("takes a scalar for one row and keeps nested lists", () => {
    expect(encodeRows([{ alias: "y", value: float([], 1.5) }], "bare")).toEqual(["1.5"]);
    expect(encodeRows([{ alias: "y", value: float([1, 2, 2], 1, 2, 3, 0.1) }], "named")).toEqual([
      '{"y": [[1.0, 2.0], [3.0, 0.10000000149011612]]}',
    ]);
    expect(encodeRows([{ alias: "y", value: float([2, 0]) }], "bare")).toEqual(["[]", "[]"]);
  });

  it("refuses outputs of different size", () => {
    expect(() =>
      encodeRows(
        [
          { alias: "a", value: float([2], 1, 2) },
          { alias: "b", value: float([], 1) },
        ],
        "bare",
      ),
    ).toThrow(
      "outputs had differing sizes in the batch (outer) dimension. See the outputs and their size: {'a': 2, 'b': 1}. Check your model",
    );
  });
});

describe("Python's texts", () => {
  it.each([
    [1, "1.0"],
    [-0, "-0.0"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [1.5e-5, "1.5e-05"],
    [0.0001, "0.0001"],
    [1e100, "1e+100"],
    [123456789012345680000, "1.2345678901234568e+20"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("writes %d as %s", (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });

  it("quotes as repr does", () => {
    expect([pythonRepr("a'b"), pythonRepr("a\"b'"), pythonRepr("\n")]).toEqual([`"a'b"`, `'a"b\\''`, "'\\n'"]);
  });

  it.each([
    [[0x61, 0x80], "byte 0x80 in position 1: invalid start byte"],
    [[0xe2, 0x82], "bytes in position 0-1: unexpected end of data"],
    [[0xc3, 0x28], "byte 0xc3 in position 0: invalid continuation byte"],
    [[0xed, 0xa0, 0x80], "byte 0xed in position 0: invalid continuation byte"],
  ])("names the first byte that is no UTF-8 of %j", (bytes, text) => {
    expect(() => decodeStrictly(Uint8Array.from(bytes))).toThrow(text);
  });
});
