import { constants, gunzipSync, inflateSync } from "node:zlib";
import { fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type Example, ExampleSchema } from "@tureen/protos/gen/tensorflow/core/example/example_pb";
import { TensorProtoSchema } from "@tureen/protos/gen/tensorflow/core/framework/tensor_pb";
import { encodeTensorProto } from "@tureen/protos/tensor-proto";
import { allocate, type DType, dtypeLabel, dtypeNumber, dtypeSize, type NumericArray } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { invalidArgument, StatusError } from "../../../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue, toIntegers } from "../../../core/tensor-value.js";
import { decodeText, encodeText } from "../../../core/text.js";
import { WireWriter } from "../../../formats/wire-format.js";
import { tensorFromProto } from "../../../graph/tensor-proto.js";
import type { KernelTable } from "../../kernel.js";

function strings(value: TensorValue): readonly Uint8Array[] {
  return value.data as readonly Uint8Array[];
}

/** Bytes an array entry of a dtype takes, the half of a complex number's. */
function entrySize(dtype: DType): number {
  return dtype === "complex64" || dtype === "complex128" ? dtypeSize(dtype) / 2 : dtypeSize(dtype);
}

/** Puts byte strings, each cut or padded to `length` bytes, one after another as numbers. */
function numbersOfBytes(
  list: readonly Uint8Array[],
  length: number,
  dtype: DType,
  littleEndian: boolean,
): TensorValue["data"] {
  const size = dtypeSize(dtype);
  const data = allocate(dtype, (list.length * length) / size) as unknown as NumericArray;
  const target = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  list.forEach((bytes, i) => {
    target.set(bytes.length > length ? bytes.subarray(0, length) : bytes, i * length);
  });
  const entry = entrySize(dtype);
  if (!littleEndian && entry > 1) {
    for (let at = 0; at < target.length; at += entry) target.subarray(at, at + entry).reverse();
  }
  if (dtype === "bool") for (let i = 0; i < target.length; i++) target[i] = target[i] === 0 ? 0 : 1;
  return data as never;
}

/** Of a stream that is cut off, TensorFlow gives what there is. */
const cutOff = { finishFlush: constants.Z_SYNC_FLUSH };

/** Gives out a decompressed byte string; DATA_LOSS for what is none. */
function decompress(bytes: Uint8Array, type: string): Uint8Array {
  try {
    return new Uint8Array(type === "GZIP" ? gunzipSync(bytes, cutOff) : inflateSync(bytes, cutOff));
  } catch (error) {
    const { errno, message } = error as NodeJS.ErrnoException;
    throw new StatusError("DATA_LOSS", `inflate() failed with error ${errno ?? ""}: ${message}`, { cause: error });
  }
}

/** Quotes integers that a JavaScript number would round: protobuf's JSON takes them as text too. */
function quoteLong(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\b\d{16,}\b(?![.eE])/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

/** An int64 as a varint, all 64 bits of it. */
function wideVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** An Example's bytes with each number in a field of its own, as TensorFlow's translation from JSON writes them. */
function unpackedExample(example: Example): Uint8Array {
  const writer = new WireWriter();
  if (example.features === undefined) return writer.finish();
  const features = new WireWriter();
  for (const [name, { kind }] of Object.entries(example.features.feature)) {
    const feature = new WireWriter();
    const list = new WireWriter();
    if (kind.case === "bytesList") {
      for (const value of kind.value.value) list.bytesField(1, value);
      feature.bytesField(1, list.finish());
    } else if (kind.case === "floatList") {
      for (const value of kind.value.value) list.tag(1, 5).float(value);
      feature.bytesField(2, list.finish());
    } else if (kind.case === "int64List") {
      for (const value of kind.value.value) list.tag(1, 0).raw(wideVarint(value));
      feature.bytesField(3, list.finish());
    }
    const entry = new WireWriter().bytesField(1, encodeText(name)).bytesField(2, feature.finish());
    features.bytesField(1, entry.finish());
  }
  return writer.bytesField(1, features.finish()).finish();
}

/** Bytes as numbers, tensors, JSON and compressed streams. */
export const decodeKernels: KernelTable = {
  DecodeRaw: ({ attrs }) => {
    const dtype = attrs.type("out_type");
    const littleEndian = attrs.bool("little_endian");
    const size = dtypeSize(dtype);
    return ([bytes]) => {
      const list = strings(bytes!);
      const length = list[0]?.length ?? 0;
      list.forEach((item, i) => {
        if (item.length !== length) {
          throw invalidArgument(
            `DecodeRaw requires input strings to all be the same size, but element ${i} has size ${length} != ${item.length}`,
          );
        }
      });
      if (list.length === 0 || length === 0) return [tensorValue(dtype, [...bytes!.shape, 0], allocate(dtype, 0))];
      if (length % size !== 0) {
        throw invalidArgument(
          `Input to DecodeRaw has length ${length} that is not a multiple of ${size}, the size of ${dtypeLabel(dtype)}`,
        );
      }
      const data = numbersOfBytes(list, length, dtype, littleEndian);
      return [tensorValue(dtype, [...bytes!.shape, length / size], data as never)];
    };
  },

  DecodePaddedRaw: ({ attrs }) => {
    const dtype = attrs.type("out_type");
    const littleEndian = attrs.bool("little_endian");
    const size = dtypeSize(dtype);
    return ([bytes, fixedLength]) => {
      if (fixedLength!.shape.length !== 0)
        throw invalidArgument(`k must be scalar, got shape ${shapeText(fixedLength!.shape)}`);
      const length = toIntegers(fixedLength!)[0]!;
      if (length <= 0) throw invalidArgument(`fixed_length (${length}) must be greater than zero.`);
      if (length % size !== 0) {
        throw invalidArgument(`fixed_length (${length}) must be a multiple of the size of out_type (${size})`);
      }
      const list = strings(bytes!);
      const data = numbersOfBytes(list, length, dtype, littleEndian);
      return [tensorValue(dtype, [...bytes!.shape, length / size], data as never)];
    };
  },

  ParseTensor: ({ attrs }) => {
    const dtype = attrs.type("out_type");
    return ([serialized]) => {
      if (serialized!.shape.length !== 0) {
        throw invalidArgument(`Expected \`serialized\` to be a scalar, got shape: ${shapeText(serialized!.shape)}`);
      }
      const bytes = strings(serialized!)[0]!;
      let value: TensorValue;
      try {
        value = tensorFromProto(fromBinary(TensorProtoSchema, bytes));
      } catch (error) {
        throw new StatusError(
          "INVALID_ARGUMENT",
          `Could not parse \`serialized\` as TensorProto, base64: ${Buffer.from(bytes).toString("base64")}`,
          {
            cause: error,
          },
        );
      }
      if (value.dtype !== dtype) {
        throw invalidArgument(
          `Type mismatch between parsed tensor (${dtypeLabel(value.dtype)}) and dtype (${dtypeLabel(dtype)})`,
        );
      }
      return [value];
    };
  },

  SerializeTensor:
    () =>
    ([tensor]) => {
      const { dtype, shape, data } = tensor!;
      const message = { dtype: dtypeNumber(dtype), shape, data: data as never };
      // As Tensor::AsProtoTensorContent writes it: bytes, even of a scalar, for all but strings.
      return [scalarValue("string", encodeTensorProto(message, { asContent: dtype !== "string" }))];
    },

  DecodeJSONExample:
    () =>
    ([json]) => [
      tensorValue(
        "string",
        json!.shape,
        strings(json!).map((bytes) => {
          const text = decodeText(bytes);
          try {
            if (text === "") throw new Error("Unexpected end of string. Expected a value.\n\n^");
            const example = fromJson(ExampleSchema, JSON.parse(quoteLong(text)) as JsonValue);
            return unpackedExample(example);
          } catch (error) {
            throw new StatusError("INVALID_ARGUMENT", `Error while parsing JSON: ${(error as Error).message}`, {
              cause: error,
            });
          }
        }),
      ),
    ],

  DecodeCompressed: ({ attrs }) => {
    const type = attrs.text("compression_type");
    if (!["", "ZLIB", "GZIP"].includes(type)) {
      throw invalidArgument("Only ZLIB, GZIP or NONE are supported compressions");
    }
    return ([bytes]) => {
      if (type === "") return [bytes!];
      return [
        tensorValue(
          "string",
          bytes!.shape,
          strings(bytes!).map((item) => decompress(item, type)),
        ),
      ];
    };
  },
};
