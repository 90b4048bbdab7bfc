import { create, fromBinary } from "@bufbuild/protobuf";
import { SignatureDefSchema, TensorInfoSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { describe, expect, it } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { floatValue, stringValue, type TensorValue, toTensor } from "../../core/tensor-value.js";
import { readFixture } from "../../estimator/recorded-fixture.js";
import { signatureFromProto } from "../../saved-model/signature-def.js";
import {
  encodeClassifyResponse,
  encodeModelMetadataResponse,
  encodeModelStatusResponse,
  encodePredictResponse,
  encodeRegressResponse,
} from "./encode-response.js";
import { jsonBytes } from "./json-text.js";
import { errorBody } from "./status.js";

const encode = (outputs: Readonly<Record<string, TensorValue>>, format: "row" | "column"): string =>
  jsonBytes(encodePredictResponse(new Map(Object.entries(outputs)), format)).toString("utf8");

// Layouts: TensorFlow Serving's util/json_tensor.cc writes with RapidJSON's PrettyWriter, lists on one line inside a row.
describe("encodePredictResponse", () => {
  it("lays out rows of one output", () => {
    expect(encode({ y: floatValue([3, 3.5, 4]) }, "row")).toBe('{\n    "predictions": [3.0, 3.5, 4.0\n    ]\n}');
    expect(encode({ y: floatValue([1, 2, 3, 4], [2, 2]) }, "row")).toBe(
      '{\n    "predictions": [[1.0, 2.0], [3.0, 4.0]\n    ]\n}',
    );
    expect(encode({ y: floatValue([1, 2], [2, 1, 1]) }, "row")).toBe(
      '{\n    "predictions": [[[1.0]], [[2.0]]\n    ]\n}',
    );
    expect(encode({ y: floatValue([]) }, "row")).toBe('{\n    "predictions": []\n}');
  });

  it("lays out rows of several outputs", () => {
    expect(encode({ a: floatValue([1, 2], [2, 1]), b: toTensor([true, false]) }, "row")).toBe(
      [
        "{",
        '    "predictions": [',
        "        {",
        '            "a": [1.0],',
        '            "b": true',
        "        },",
        "        {",
        '            "a": [2.0],',
        '            "b": false',
        "        }",
        "    ]",
        "}",
      ].join("\n"),
    );
  });

  it("lays out columns", () => {
    expect(encode({ y: floatValue([1, 2, 3, 4], [2, 2]) }, "column")).toBe(
      '{\n    "outputs": [\n        [\n            1.0,\n            2.0\n        ],\n        [\n            3.0,\n            4.0\n        ]\n    ]\n}',
    );
    expect(encode({ y: floatValue([7], []) }, "column")).toBe('{\n    "outputs": 7.0\n}');
    expect(encode({ a: floatValue([1]), b: toTensor(5n, "int64") }, "column")).toBe(
      '{\n    "outputs": {\n        "a": [\n            1.0\n        ],\n        "b": 5\n    }\n}',
    );
    expect(encode({ y: floatValue([], [0, 3]) }, "column")).toBe('{\n    "outputs": []\n}');
  });

  it("prints texts raw, and bytes in base64 where the output's name ends so", () => {
    const text = stringValue(['é"\\\n\u0001/']);
    expect(encode({ text }, "row")).toBe('{\n    "predictions": ["é\\"\\\\\\n\\u0001/"\n    ]\n}');
    const raw = encodePredictResponse(new Map([["text", stringValue([Uint8Array.of(0xff, 0x80)])]]), "row");
    expect(jsonBytes(raw).includes(Buffer.of(0x22, 0xff, 0x80, 0x22))).toBe(true);
    expect(encode({ image_bytes: stringValue(["A", "B"]) }, "row")).toBe(
      '{\n    "predictions": [{\n            "b64": "QQ=="\n        }, {\n            "b64": "Qg=="\n        }\n    ]\n}',
    );
  });

  it("prints 16-bit floats, uint16 and complex numbers, which TensorFlow Serving cannot", () => {
    expect(encode({ y: toTensor([0.5, 0.1, Number.NaN], "float16") }, "row")).toContain("[0.5, 0.0999755859, NaN");
    expect(encode({ y: toTensor([0.5, 3.140625, -1], "bfloat16") }, "row")).toContain("[0.5, 3.140625, -1.0");
    expect(encode({ y: toTensor([0, 65535], "uint16") }, "row")).toContain("[0, 65535");
    const complex: TensorValue = { dtype: "complex64", shape: [2], data: Float32Array.of(1, -2, 0.5, 0) };
    expect(JSON.parse(encode({ y: complex }, "row"))).toEqual({
      predictions: [
        [1, -2],
        [0.5, 0],
      ],
    });
  });

  it("refuses what has no form", () => {
    expect(() => encode({ y: floatValue([7], []) }, "row")).toThrow("Tensor name: y has no shape information ");
    expect(() => encode({ a: floatValue([1]), b: floatValue([1, 2]) }, "row")).toThrow(
      "Tensor name: b has inconsistent batch size: 2 expecting: 1",
    );
    const quantized: TensorValue = { dtype: "qint8", shape: [1], data: new Int8Array(1) };
    expect(() => encode({ y: quantized }, "row")).toThrow("Failed to write JSON value for tensor type: qint8");
    expect(() => encode({}, "row")).toThrow("Cannot convert empty tensor map to JSON");
  });
});

describe("other answers", () => {
  it("lays out classify and regress", () => {
    const labels = ["a", "b"].map((label) => Buffer.from(label));
    expect(encodeClassifyResponse({ rows: 2, columns: 1, scores: Float32Array.of(3, 0.25) })).toBe(
      '{\n    "results": [[["", 3.0]], [["", 0.25]]\n    ]\n}',
    );
    expect(encodeClassifyResponse({ rows: 1, columns: 2, classes: labels })).toBe(
      '{\n    "results": [[["a", 0.0], ["b", 0.0]]\n    ]\n}',
    );
    expect(encodeRegressResponse(Float32Array.of(3.5, 4))).toBe('{\n    "results": [3.5, 4.0]\n}');
  });

  it("lays out states", () => {
    const error = new StatusError("NOT_FOUND", 'no "model" <here>');
    expect(
      encodeModelStatusResponse([
        { version: 123n, state: "AVAILABLE" },
        { version: 1n, state: "END", error },
      ]),
    ).toBe(
      `{
 "model_version_status": [
  {
   "version": "123",
   "state": "AVAILABLE",
   "status": {
    "error_code": "OK",
    "error_message": ""
   }
  },
  {
   "version": "1",
   "state": "END",
   "status": {
    "error_code": "NOT_FOUND",
    "error_message": "no \\"model\\" \\u003chere\\u003e"
   }
  }
 ]
}
`,
    );
  });

  it("lays out metadata of ragged inputs as protobuf's JSON has them", () => {
    const { exports } = readFixture<{
      exports: readonly { signatures: Record<string, { inputs: Record<string, { proto?: string; json?: object }> }> }[];
    }>("ragged-exports");
    const infos = exports.flatMap(({ signatures }) =>
      Object.values(signatures).flatMap(({ inputs }) => Object.values(inputs)),
    );
    const ragged = infos.filter(({ proto }) => proto !== undefined);
    expect(ragged.length).toBeGreaterThan(5);
    for (const { proto, json } of ragged) {
      const r = fromBinary(TensorInfoSchema, Uint8Array.from(Buffer.from(proto!, "base64")));
      const signature = signatureFromProto(create(SignatureDefSchema, { inputs: { r } }));
      const body = encodeModelMetadataResponse({ name: "m", version: 1n, signatures: new Map([["a", signature]]) });
      expect(JSON.parse(body).metadata.signature_def.signature_def.a.inputs.r).toEqual(json);
    }
  });

  it("lays out metadata", () => {
    const x = { name: "x:0", dtype: "float32", shape: [-1, 3] } as const;
    const y = { name: "y:0", dtype: "string", shape: undefined } as const;
    const signature = {
      inputs: new Map([["x", x]]),
      outputs: new Map([["y", y]]),
      methodName: "tensorflow/serving/predict",
      defaults: new Map(),
    };
    expect(
      encodeModelMetadataResponse({ name: "m", version: 7n, signatures: new Map([["serving_default", signature]]) }),
    ).toBe(
      `{
"model_spec":{
 "name": "m",
 "version": "7",
 "signature_name": ""
}
,
"metadata": {"signature_def": {
 "signature_def": {
  "serving_default": {
   "inputs": {
    "x": {
     "name": "x:0",
     "dtype": "DT_FLOAT",
     "tensor_shape": {
      "dim": [
       {
        "size": "-1",
        "name": ""
       },
       {
        "size": "3",
        "name": ""
       }
      ],
      "unknown_rank": false
     }
    }
   },
   "outputs": {
    "y": {
     "name": "y:0",
     "dtype": "DT_STRING",
     "tensor_shape": {
      "dim": [],
      "unknown_rank": true
     }
    }
   },
   "method_name": "tensorflow/serving/predict",
   "defaults": {}
  }
 }
}
}
}
`,
    );
  });

  it("lays out errors", () => {
    expect(errorBody('Malformed request: GET /v1/"')).toBe('{\n    "error": "Malformed request: GET /v1/\\""\n}');
  });
});
