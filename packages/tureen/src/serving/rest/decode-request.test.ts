import { featureKind, scanExample } from "@tureen/protos/example";
import { describe, expect, it } from "vitest";
import { toFlatArray } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import { compileSignatures } from "../servable/servable.js";
import { testModel } from "../testing/test-model.js";
import { decodeBody, decodeExamplesRequest, decodePredictRequest, decodeSignatureName } from "./decode-request.js";

const signatures = compileSignatures(testModel().signatures);

function decode(body: object | string, signature = "serving_default") {
  const document = decodeBody(encodeText(typeof body === "string" ? body : JSON.stringify(body)));
  const given = decodeSignatureName(document);
  return decodePredictRequest(document, signatures.get(signature)!, given);
}

function tensors(body: object | string, signature?: string) {
  const { inputs } = decode(body, signature);
  return Object.fromEntries(
    [...inputs].map(([alias, value]) => [alias, { shape: value!.shape, data: toFlatArray(value!) }] as const),
  );
}

describe("decodePredictRequest", () => {
  it("reads instances of one input: scalars, lists, named", () => {
    expect(tensors({ instances: [1, 2.5, 5] })).toEqual({ x: { shape: [3], data: [1, 2.5, 5] } });
    expect(
      tensors({
        instances: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toEqual({ x: { shape: [2, 2], data: [1, 2, 3, 4] } });
    expect(tensors({ instances: [{ x: 1 }, { x: 2 }] })).toEqual({ x: { shape: [2], data: [1, 2] } });
    expect(tensors({ instances: [[]] })).toEqual({ x: { shape: [1, 0], data: [] } });
  });

  it("reads instances of several inputs", () => {
    expect(
      tensors(
        {
          instances: [
            { a: [1, 2], b: 3 },
            { b: 4, a: [5, 6] },
          ],
        },
        "two_inputs",
      ),
    ).toEqual({
      a: { shape: [2, 2], data: [1, 2, 5, 6] },
      b: { shape: [2], data: [3, 4] },
    });
  });

  it("reads inputs: one unnamed, named, a scalar", () => {
    expect(tensors({ inputs: [[1], [2]] })).toEqual({ x: { shape: [2, 1], data: [1, 2] } });
    expect(tensors({ inputs: 7 })).toEqual({ x: { shape: [], data: [7] } });
    expect(tensors({ inputs: { a: [1], b: [2], c: "left out" } }, "two_inputs")).toEqual({
      a: { shape: [1], data: [1] },
      b: { shape: [1], data: [2] },
    });
  });

  it("reads every dtype that JSON can give", () => {
    expect(tensors({ inputs: [1, -2, 127] }, "echo_int32")["v"]!.data).toEqual([1, -2, 127]);
    expect(tensors({ inputs: [1, 300] }, "echo_uint8")["v"]!.data).toEqual([1, 44]);
    expect(tensors({ inputs: [1, -2] }, "echo_int64")["v"]!.data).toEqual([1n, -2n]);
    expect(tensors('{"inputs":[9223372036854775807, -9223372036854775808]}', "echo_int64")["v"]!.data).toEqual([
      2n ** 63n - 1n,
      -(2n ** 63n),
    ]);
    expect(tensors('{"inputs":[18446744073709551615, 1]}', "echo_uint64")["v"]!.data).toEqual([2n ** 64n - 1n, 1n]);
    expect(tensors({ inputs: [true, false] }, "echo_bool")["v"]!.data).toEqual([true, false]);
    expect(tensors('{"inputs":[1e308, NaN, -Inf, 1]}', "echo_float64")["v"]!.data).toEqual([
      1e308,
      Number.NaN,
      -Infinity,
      1,
    ]);
    expect(tensors('{"inputs":[1e39, -1e39, 1e-60]}')["x"]!.data).toEqual([Infinity, -Infinity, 0]);
    const text = tensors({ instances: ["a", { b64: "/wA=" }] }, "echo_text")["text"]!;
    expect(text).toEqual({ shape: [2], data: [encodeText("a"), Uint8Array.of(255, 0)] });
    expect(tensors({ inputs: { b64: "QQ" } }, "echo_text")["text"]).toEqual({ shape: [], data: [encodeText("A")] });
  });

  it("marks a tensor of too many dimensions, whose values then do not decode", () => {
    const nested = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
    expect(decode(`{"inputs": ${nested(254)}}`).inputs.get("x")!.shape).toHaveLength(254);
    expect(decode(`{"inputs": ${nested(255)}}`).inputs.get("x")).toBeUndefined();
    expect(decode(`{"inputs": ${nested(100_000)}}`).inputs.get("x")).toBeUndefined();
  });

  it("allocates for what a list holds, not for what its first rows claim", () => {
    const row = `[${"0,".repeat(999)}0]`;
    const body = `{"inputs": [[${row}${",[]".repeat(999)}]${",[]".repeat(99_999)}]}`;
    expect(() => decode(body)).toThrow("Encountered list at unexpected size: 0 at level: 2 expected size: 1000");
  });

  // Texts: util/json_tensor.cc.
  it.each([
    ["[1]", undefined, "JSON Value: [1] Is not object"],
    ["3.50", undefined, "JSON Value: 3.5 Is not object"],
    [
      { signature_name: 5 },
      undefined,
      "JSON Value: {\n    \"signature_name\": 5\n} not formatted correctly. 'signature_name' key must be a string value.",
    ],
    [{}, undefined, "Missing 'inputs' or 'instances' key"],
    [
      { instances: [1], inputs: [1] },
      undefined,
      "JSON Value: {\n    \"instances\": [1],\n    \"inputs\": [1]\n} Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ",
    ],
    [{ instances: 1 }, undefined, "JSON Value: {\n    \"instances\": 1\n} Expecting 'instances' to be an list/array"],
    [{ instances: [] }, undefined, "JSON Value: {\n    \"instances\": []\n} No values in 'instances' array"],
    [{ instances: [1] }, "no_inputs", "Failed to get input map for signature: DEFAULT"],
    [{ signature_name: "no_inputs", instances: [1] }, "no_inputs", "Failed to get input map for signature: no_inputs"],
    [
      { instances: [1] },
      "two_inputs",
      "instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map",
    ],
    [
      { inputs: [1] },
      "two_inputs",
      "inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map",
    ],
    [{ inputs: { a: [1] } }, "two_inputs", "Missing named input: b in 'inputs' object."],
    [{ instances: [{ x: 1 }, 2] }, undefined, "Expecting object but got list at item 1 of input list"],
    [{ instances: [1, { x: 2 }] }, undefined, "Expecting value/list but got object at item 1 of input list"],
    [
      { instances: [{ q: 1 }] },
      undefined,
      "Failed to process element: 0 key: q of 'instances' list. Error: INVALID_ARGUMENT: JSON object: does not have named input: q",
    ],
    [
      { instances: [{ a: 1, b: 1 }, { a: 2 }] },
      "two_inputs",
      "Failed to process element: 1 of 'instances' list. JSON object: {\n    \"a\": 2\n} keys must be equal to: a,b",
    ],
    [
      { instances: [1, "two"] },
      undefined,
      "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: \"two\" Type: String is not of expected type: float",
    ],
    [
      { instances: [[1, 2], [3]] },
      undefined,
      "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting tensor size: 2 but got: 1",
    ],
    [
      { instances: [[1, 2], [[3, 4]]] },
      undefined,
      "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting shape [2] but got: [1,2]",
    ],
    [
      { instances: [[1, [2]]] },
      undefined,
      "Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: Encountered list at unexpected level: 1 expected < 1",
    ],
    [
      { inputs: [[1], 2] },
      undefined,
      "JSON Value: 2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2",
    ],
    [{ inputs: [[1, 2], [3]] }, undefined, "Encountered list at unexpected size: 1 at level: 1 expected size: 2"],
    ['{"inputs": [1.0]}', "echo_int32", "JSON Value: 1.0 Type: Number is not of expected type: int32"],
    [{ inputs: [2147483648] }, "echo_int32", "JSON Value: 2147483648 Type: Number is not of expected type: int32"],
    [{ inputs: [1] }, "echo_bool", "JSON Value: 1 Type: Number is not of expected type: bool"],
    [{ inputs: [null] }, undefined, "JSON Value: null Type: Null is not of expected type: float"],
    [{ inputs: [{ b64: 5 }] }, "echo_text", 'JSON Value: {\n    "b64": 5\n} not formatted correctly for base64 data'],
    [{ inputs: [{ b64: "a" }] }, "echo_text", "Unable to base64 decode"],
    [{ inputs: [{ a: 5 }] }, undefined, 'JSON Value: {\n    "a": 5\n} Type: Object is not of expected type: float'],
  ] as const)("refuses %j", (body, signature, message) => {
    expect(() => decode(body, signature)).toThrow(message);
  });

  it("reads 16-bit floats, uint16 and complex numbers, which TensorFlow Serving does not", () => {
    expect(tensors({ inputs: [0.5, 65504, 1e6] }, "echo_float16")["v"]!.data).toEqual([0x3800, 0x7bff, 0x7c00]);
    expect(tensors({ inputs: [0.5, 3.140625] }, "echo_bfloat16")["v"]!.data).toEqual([0x3f00, 0x4049]);
    expect(tensors({ inputs: [[1, 65535]] }, "echo_uint16")["v"]).toEqual({ shape: [1, 2], data: [1, 65535] });
    expect(() => decode({ inputs: [65536] }, "echo_uint16")).toThrow("is not of expected type: uint16");
    const complex = decode(
      {
        instances: [
          [1, -2],
          [0.5, 0],
        ],
      },
      "echo_complex64",
    ).inputs.get("v")!;
    expect(complex).toEqual({ dtype: "complex64", shape: [2], data: Float32Array.of(1, -2, 0.5, 0) });
    const scalar = decode({ inputs: [1, 2] }, "echo_complex64").inputs.get("v")!;
    expect(scalar).toEqual({ dtype: "complex64", shape: [], data: Float32Array.of(1, 2) });
    for (const body of [{ instances: [1, 2] }, { inputs: 5 }, { inputs: [[1, 2, 3]] }]) {
      expect(() => decode(body, "echo_complex64")).toThrow("a list [real, imaginary] for each number");
    }
  });

  it("says of a dtype without a JSON form that it is not implemented, wrapped for instances alone", () => {
    expect(() => decode({ inputs: [0] }, "echo_qint8")).toThrow(
      expect.objectContaining({ code: "UNIMPLEMENTED", message: "Conversion of JSON Value: 0 to type: qint8" }),
    );
    expect(() => decode({ instances: [0] }, "echo_qint8")).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message:
          "Failed to process element: 0 of 'instances' list. Error: UNIMPLEMENTED: Conversion of JSON Value: 0 to type: qint8",
      }),
    );
  });

  it("quotes no more than some 256 bytes of a request", () => {
    const body = JSON.stringify({
      instances: "no list",
      filler: "z".repeat(50),
      more: Array.from({ length: 500 }, () => 1),
    });
    const message = (() => {
      try {
        decode(body);
      } catch (error) {
        return (error as Error).message;
      }
      throw new Error("the body was accepted");
    })();
    const quoted = message.slice("JSON Value: ".length, message.indexOf(" Expecting"));
    expect(quoted.length).toBeGreaterThanOrEqual(256);
    expect(quoted.length).toBeLessThan(262);
    expect(quoted.endsWith("1, 1")).toBe(true);
  });
});

describe("decodeExamplesRequest", () => {
  const examplesOf = (body: object | string) =>
    decodeExamplesRequest(decodeBody(encodeText(typeof body === "string" ? body : JSON.stringify(body))));

  it("makes Examples with a kind for each feature", () => {
    const { examples, context } = examplesOf(
      '{"context":{"c":1},"examples":[{"i":1,"f":1.0,"t":"x","b":{"b64":"QQ=="},"l":[true,false],"e":[]}]}',
    );
    expect(context).toBeDefined();
    const kinds: Record<string, number> = {};
    const example = examples[0]!;
    scanExample(example, (start, end, kind) => {
      kinds[decodeText(example.subarray(start, end))] = kind;
    });
    const { int64, float, bytes, none } = featureKind;
    expect(kinds).toEqual({ i: int64, f: float, t: bytes, b: bytes, l: int64, e: none });
  });

  it.each([
    [{}, "JSON Value: {} When method is classify, key 'examples' is expected and was not found"],
    [{ examples: 1 }, "JSON Value: {\n    \"examples\": 1\n} Expecting 'examples' value to be an list/array"],
    [{ examples: [] }, "JSON Value: {\n    \"examples\": []\n} 'examples' value is an empty array"],
    [{ examples: [[1]] }, "Example must be JSON object but got JSON Array"],
    [{ context: 1, examples: [{}] }, "Example must be JSON object but got JSON Number"],
    [{ examples: [{ f: null }] }, "Feature: f has element with unexpected JSON type: Null"],
    [{ examples: [{ f: [[1]] }] }, "Feature: f has element with unexpected JSON type: Array"],
    [{ examples: [{ f: [{ a: 1 }] }] }, "Feature: f has element with unexpected JSON type: Object"],
    [{ examples: [{ f: [1, 2.5] }] }, "Unexpected element type in feature: f expecting type: int64"],
    [{ examples: [{ f: [2.5, "a"] }] }, "Unexpected element type in feature: f expecting type: float"],
    [{ examples: [{ f: ["a", 1] }] }, "Unexpected element type in feature: f expecting type: bytes"],
    ['{"examples":[{"f":18446744073709551615}]}', "Feature: f has uint64_t element. Only int64_t is supported."],
  ] as const)("refuses %j", (body, message) => {
    expect(() => examplesOf(body)).toThrow(message);
  });
});
