import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataType } from "./gen/tensorflow/core/framework/types_pb.js";
import {
  ClassificationRequestSchema,
  ClassificationResponseSchema,
} from "./gen/tensorflow_serving/apis/classification_pb.js";
import { type ModelSpec, ModelSpecSchema } from "./gen/tensorflow_serving/apis/model_pb.js";
import { PredictRequestSchema, PredictResponseSchema } from "./gen/tensorflow_serving/apis/predict_pb.js";
import { RegressionRequestSchema, RegressionResponseSchema } from "./gen/tensorflow_serving/apis/regression_pb.js";
import {
  decodeClassificationResponse,
  decodeExamplesRequest,
  decodePredictRequest,
  decodePredictResponse,
  decodeRegressionResponse,
  encodeClassificationResponse,
  encodeExamplesRequest,
  encodePredictRequest,
  encodePredictResponse,
  encodeRegressionResponse,
  type ModelSpecMessage,
  WireError,
} from "./serving-messages.js";
import type { TensorMessage } from "./tensor-proto.js";

/** Well-formed text: a lone surrogate has no UTF-8. */
const text = fc.string({ unit: "grapheme", maxLength: 40 });
/** The generated messages lose a map key of this one name; the codecs keep it. */
const alias = text.filter((name) => name !== "__proto__");
const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });

const anySpec: fc.Arbitrary<ModelSpecMessage> = fc.oneof(
  fc.record({ name: text, signatureName: text }),
  fc.record({ name: text, signatureName: text, version: fc.oneof(fc.constant(0n), int64) }),
  fc.record({ name: text, signatureName: text, versionLabel: text }),
);

const anyTensor: fc.Arbitrary<TensorMessage> = fc.oneof(
  fc
    .array(fc.float({ noNaN: true }), { maxLength: 70 })
    .map((list) => ({ dtype: DataType.DT_FLOAT, shape: [list.length], data: Float32Array.from(list) })),
  fc
    .array(int64, { maxLength: 30 })
    .map((list) => ({ dtype: DataType.DT_INT64, shape: [list.length, 1], data: BigInt64Array.from(list) })),
  fc
    .array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 })
    .map((data) => ({ dtype: DataType.DT_STRING, shape: [data.length], data })),
);

const anyTensors = fc.array(fc.tuple(alias, anyTensor), { maxLength: 4 }).map((entries) => new Map(entries));

function specOf(message: ModelSpec | undefined): ModelSpecMessage | undefined {
  if (message === undefined) return undefined;
  const { name, signatureName, versionChoice } = message;
  if (versionChoice.case === "version") return { name, signatureName, version: versionChoice.value.value };
  if (versionChoice.case === "versionLabel") return { name, signatureName, versionLabel: versionChoice.value };
  return { name, signatureName };
}

/** Decoded byte strings are views; copies compare by content alone. */
function copied(map: ReadonlyMap<string, TensorMessage | WireError>): Map<string, unknown> {
  return new Map(
    [...map].map(([key, value]) =>
      value instanceof WireError || !Array.isArray(value.data)
        ? [key, value]
        : [key, { ...value, data: value.data.map((bytes: Uint8Array) => Uint8Array.from(bytes)) }],
    ),
  );
}

/** Every cut of `bytes` must end in a value or a WireError that says malformed. */
function checkTruncation(bytes: Uint8Array, decode: (part: Uint8Array) => unknown): void {
  for (let end = 0; end < bytes.length; end++) {
    try {
      decode(bytes.slice(0, end));
    } catch (error) {
      expect(error).toBeInstanceOf(WireError);
      expect((error as WireError).reason).toBe("malformed");
    }
  }
}

const unknownFields = [
  { no: 900, wireType: 0, data: Uint8Array.of(0x80, 1) },
  { no: 901, wireType: 2, data: Uint8Array.of(2, 1, 2) },
  { no: 902, wireType: 5, data: Uint8Array.of(1, 2, 3, 4) },
];

describe("PredictRequest", () => {
  test("both directions agree with the generated message", () => {
    fc.assert(
      fc.property(
        anySpec,
        anyTensors,
        fc.array(text, { maxLength: 3 }),
        fc.boolean(),
        (modelSpec, inputs, outputFilter, asContent) => {
          const bytes = encodePredictRequest({ modelSpec, inputs, outputFilter }, { asContent });
          const message = fromBinary(PredictRequestSchema, bytes);
          expect(specOf(message.modelSpec)).toEqual(modelSpec);
          expect(message.outputFilter).toEqual(outputFilter);
          expect(Object.keys(message.inputs).sort()).toEqual([...inputs.keys()].sort());
          message.$unknown = unknownFields;
          const read = decodePredictRequest(toBinary(PredictRequestSchema, message));
          expect(read.modelSpec).toEqual(modelSpec);
          expect(read.outputFilter).toEqual(outputFilter);
          expect([...copied(read.inputs)].sort()).toEqual([...inputs].sort());
          expect([...copied(decodePredictRequest(bytes).inputs)]).toEqual([...inputs]);
        },
      ),
    );
  });

  test("a refused tensor stands under its alias, the others are read", () => {
    const message = create(PredictRequestSchema, {
      inputs: {
        bad: { dtype: DataType.DT_FLOAT, tensorShape: { dim: [{ size: 2n }] }, tensorContent: Uint8Array.of(1) },
        good: { dtype: DataType.DT_FLOAT, floatVal: [3] },
      },
    });
    const read = decodePredictRequest(toBinary(PredictRequestSchema, message));
    expect(read.modelSpec).toBeUndefined();
    expect(read.inputs.get("bad")).toMatchObject({ reason: "invalid" });
    expect(read.inputs.get("good")).toEqual({ dtype: 1, shape: [], data: Float32Array.of(3) });
  });

  test("parts sent twice merge as protobuf merges them", () => {
    const parts = [
      create(PredictRequestSchema, { modelSpec: { name: "a", versionChoice: { case: "versionLabel", value: "x" } } }),
      create(PredictRequestSchema, {
        modelSpec: { signatureName: "s", versionChoice: { case: "version", value: { value: 4n } } },
      }),
    ];
    const bytes = Buffer.concat(parts.map((part) => toBinary(PredictRequestSchema, part)));
    expect(decodePredictRequest(bytes).modelSpec).toEqual(specOf(fromBinary(PredictRequestSchema, bytes).modelSpec));
    // An entry whose value comes in two pieces: dtype and shape first, the float after.
    const entry = Uint8Array.of(10, 1, 0x78, 18, 2, 8, 1, 18, 5, 45, 0, 0, 0x80, 0x3f);
    const twice = decodePredictRequest(Uint8Array.of(18, entry.length, ...entry));
    expect(twice.inputs.get("x")).toEqual({ dtype: 1, shape: [], data: Float32Array.of(1) });
  });

  test("an alias called __proto__ is an alias", () => {
    const inputs = new Map([["__proto__", { dtype: DataType.DT_FLOAT, shape: [], data: Float32Array.of(1) }]]);
    const bytes = encodePredictRequest({ modelSpec: { name: "m", signatureName: "" }, inputs });
    expect(decodePredictRequest(bytes).inputs).toEqual(inputs);
  });

  test("an alias that is not UTF-8 is malformed", () => {
    expect(() => decodePredictRequest(Uint8Array.of(18, 3, 10, 1, 0xff))).toThrow("string field is not UTF-8");
  });

  test("truncation", () => {
    fc.assert(
      fc.property(anySpec, anyTensors, (modelSpec, inputs) => {
        const bytes = encodePredictRequest({ modelSpec, inputs, outputFilter: ["y"] });
        if (bytes.length < 2000) checkTruncation(bytes, decodePredictRequest);
      }),
      { numRuns: 30 },
    );
  });
});

test("PredictResponse: both directions agree with the generated message", () => {
  fc.assert(
    fc.property(fc.option(anySpec, { nil: undefined }), anyTensors, (modelSpec, outputs) => {
      const bytes = encodePredictResponse({ modelSpec, outputs });
      const message = fromBinary(PredictResponseSchema, bytes);
      expect(specOf(message.modelSpec)).toEqual(modelSpec);
      message.$unknown = unknownFields;
      const read = decodePredictResponse(toBinary(PredictResponseSchema, message));
      expect(read.modelSpec).toEqual(modelSpec);
      expect([...copied(read.outputs)].sort()).toEqual([...outputs].sort());
      if (bytes.length < 1000) checkTruncation(bytes, decodePredictResponse);
    }),
    { numRuns: 50 },
  );
});

test("ClassificationRequest and RegressionRequest: examples and context pass through unparsed", () => {
  fc.assert(
    fc.property(
      fc.option(anySpec, { nil: undefined }),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
      fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
      (modelSpec, examples, context) => {
        const input = context === undefined ? { examples } : { examples, context };
        const bytes = encodeExamplesRequest({ modelSpec, input });
        const read = decodeExamplesRequest(bytes);
        expect(read.modelSpec).toEqual(modelSpec);
        expect(read.input.examples.map((example) => Uint8Array.from(example))).toEqual(examples);
        expect(read.input.context && Uint8Array.from(read.input.context)).toEqual(context);
        if (bytes.length < 1000) checkTruncation(bytes, decodeExamplesRequest);
      },
    ),
  );
});

test("requests by the generated messages are read, also where the input comes twice", () => {
  const feature = (value: number) => ({ kind: { case: "floatList" as const, value: { value: [value] } } });
  const example = (value: number) => ({ features: { feature: { x: feature(value) } } });
  for (const schema of [ClassificationRequestSchema, RegressionRequestSchema]) {
    const plain = create(schema, {
      input: { kind: { case: "exampleList", value: { examples: [example(1), example(2)] } } },
    });
    const context = create(schema, {
      input: { kind: { case: "exampleListWithContext", value: { examples: [example(3)], context: example(4) } } },
    });
    const one = toBinary(schema, plain);
    const two = toBinary(schema, context);
    for (const order of [[one], [two], [one, one], [one, two], [two, one], [two, two]]) {
      const bytes = Buffer.concat(order);
      const { input } = decodeExamplesRequest(bytes);
      const kind = fromBinary(schema, bytes).input?.kind;
      expect(input.examples.length).toBe(kind?.value?.examples.length);
      expect(input.context !== undefined).toBe(kind?.case === "exampleListWithContext");
      const again = fromBinary(schema, encodeExamplesRequest({ modelSpec: undefined, input }));
      if (order.length === 1) expect(again.input?.kind).toEqual(kind);
    }
  }
});

test("an empty input has no examples", () => {
  expect(decodeExamplesRequest(new Uint8Array(0)).input).toEqual({ examples: [] });
  expect(decodeExamplesRequest(Uint8Array.of(18, 2, 18, 0)).input).toEqual({
    examples: [],
    context: new Uint8Array(0),
  });
});

test("ClassificationResponse: both directions agree with the generated message", () => {
  const score = fc.float({ noNaN: true });
  fc.assert(
    fc.property(
      anySpec,
      fc.nat(4),
      fc.nat(3),
      fc.infiniteStream(fc.tuple(text, score)),
      (modelSpec, rows, columns, stream) => {
        const cells = Array.from({ length: rows * columns }, () => stream.next().value as [string, number]);
        const classes = cells.map(([label]) => new TextEncoder().encode(label));
        const scores = Float32Array.from(cells, ([, value]) => value);
        const bytes = encodeClassificationResponse(modelSpec, { rows, columns, classes, scores });
        const message = fromBinary(ClassificationResponseSchema, bytes);
        const want = message.result?.classifications.map((row) =>
          row.classes.map(({ label, score }) => ({ label, score })),
        );
        expect(want).toEqual(
          Array.from({ length: rows }, (_, row) =>
            cells.slice(row * columns, (row + 1) * columns).map(([label, value]) => ({ label, score: value })),
          ),
        );
        message.$unknown = unknownFields;
        const read = decodeClassificationResponse(toBinary(ClassificationResponseSchema, message));
        expect(read).toEqual({ modelSpec, classifications: want });
        checkTruncation(bytes, decodeClassificationResponse);
      },
    ),
    { numRuns: 50 },
  );
});

test("RegressionResponse: both directions agree with the generated message", () => {
  fc.assert(
    fc.property(
      fc.option(anySpec, { nil: undefined }),
      fc.array(fc.float({ noNaN: true }), { maxLength: 9 }),
      (modelSpec, list) => {
        const values = Float32Array.from(list);
        const bytes = encodeRegressionResponse({ modelSpec, values });
        const message = fromBinary(RegressionResponseSchema, bytes);
        expect(message.result?.regressions.map(({ value }) => value)).toEqual([...values]);
        message.$unknown = unknownFields;
        expect(decodeRegressionResponse(toBinary(RegressionResponseSchema, message))).toEqual({ modelSpec, values });
        checkTruncation(bytes, decodeRegressionResponse);
      },
    ),
    { numRuns: 50 },
  );
});

test("a table that its arrays do not fill is not encoded", () => {
  const table = { rows: 2, columns: 2, scores: new Float32Array(3) };
  expect(() => encodeClassificationResponse(undefined, table)).toThrow("do not fill a table of 2 by 2");
});

test("a model spec has a version or a label", () => {
  const modelSpec = { name: "m", signatureName: "", version: 1n, versionLabel: "x" };
  expect(() => encodePredictRequest({ modelSpec, inputs: new Map() })).toThrow("not both");
  expect(fromBinary(ModelSpecSchema, Uint8Array.of(18, 0)).versionChoice.case).toBe("version");
});
