import { dtypeSize } from "../../core/dtype.js";
import { toIntegers } from "../../core/tensor-value.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { parsingExampleShapes } from "./parsing-example.js";

const unchanged: ShapeRule = ({ inputs }) => [inputs[0]!.shape];

/** Shape rules of the parsing family. */
export const parsingShapes: ShapeTable = {
  ...parsingExampleShapes,
  DecodeCSV: ({ inputs, outputTypes }) => outputTypes.map(() => inputs[0]!.shape),
  DecodeRaw: ({ inputs }) => [inputs[0]!.shape === undefined ? undefined : [...inputs[0]!.shape, -1]],
  DecodePaddedRaw: (node) => {
    const { shape } = node.inputs[0]!;
    if (shape === undefined) return [undefined];
    const length = node.constant(1);
    if (length === undefined) return [[...shape, -1]];
    return [[...shape, Math.floor(toIntegers(length)[0]! / dtypeSize(node.attrs.type("out_type")))]];
  },
  DecodeJSONExample: unchanged,
  DecodeCompressed: unchanged,
  ParseTensor: () => [undefined],
  SerializeTensor: () => [[]],
  DecodeProtoV2: ({ inputs, attrs }) => {
    const { shape } = inputs[0]!;
    const fields = attrs.types("output_types").length;
    if (shape === undefined) return new Array<undefined>(fields + 1).fill(undefined);
    return [[...shape, fields], ...Array.from({ length: fields }, () => [...shape, -1])];
  },
  EncodeProto: ({ inputs }) => {
    const first = inputs
      .slice(1)
      .map(({ shape }) => shape)
      .find((shape) => shape !== undefined);
    return [first?.slice(0, -1)];
  },
};
