import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { TensorProtoSchema } from "@tureen/protos/gen/tensorflow/core/framework/tensor_pb";
import { encodeTensorProto } from "@tureen/protos/tensor-proto";
import { dtypeLabel, dtypeNumber } from "../../../core/dtype.js";
import { elementCount, shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { tensorFromProto, tensorToProto } from "../../../graph/tensor-proto.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { concatenate } from "../array-join.js";
import { pick } from "./elements.js";
import { checkSparseRanks, entriesOf } from "./entries.js";
import { int64Value, numbersOf } from "./integers.js";

/** A tensor within a variant, as sparse tensors are stored without bytes. */
interface StoredTensor {
  readonly kind: "Tensor";
  readonly value: TensorValue;
}

function store(asString: boolean, value: TensorValue): object {
  if (!asString) return { kind: "Tensor", value } satisfies StoredTensor;
  const { dtype, shape, data } = value;
  if (dtype === "string") {
    const proto = tensorToProto(value);
    return toBinary(TensorProtoSchema, {
      ...proto,
      stringVal: [],
      tensorContent: packStrings(data as readonly Uint8Array[]),
    });
  }
  return encodeTensorProto({ dtype: dtypeNumber(dtype), shape, data: data as never }, { asContent: true });
}

/** Strings as a tensor's content: all lengths as varints, then all bytes. */
function packStrings(strings: readonly Uint8Array[]): Uint8Array {
  const lengths: number[] = [];
  for (const { length } of strings) {
    let rest = length;
    for (; rest > 127; rest >>>= 7) lengths.push((rest & 127) | 128);
    lengths.push(rest);
  }
  return new Uint8Array(Buffer.concat([Uint8Array.from(lengths), ...strings]));
}

function unpackStrings(content: Uint8Array, count: number): Uint8Array[] {
  let at = 0;
  const lengths: number[] = [];
  while (lengths.length < count) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = content[at++];
      if (byte === undefined || shift > 28) throw invalidArgument("Could not parse serialized proto");
      length |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    lengths.push(length);
  }
  const strings = lengths.map((length) => {
    at += length;
    return content.slice(at - length, at);
  });
  if (at !== content.length) throw invalidArgument("Could not parse serialized proto");
  return strings;
}

function load(value: TensorValue, at: number): TensorValue {
  const stored = (value.data as readonly object[])[at]!;
  if (value.dtype !== "string") return (stored as StoredTensor).value;
  try {
    const proto = fromBinary(TensorProtoSchema, stored as Uint8Array);
    if (proto.dtype !== dtypeNumber("string") || proto.tensorContent.length === 0) return tensorFromProto(proto);
    const shape = (proto.tensorShape?.dim ?? []).map((dim) => Number(dim.size));
    return tensorValue(
      "string",
      shape,
      unpackStrings(proto.tensorContent, Math.min(elementCount(shape), proto.tensorContent.length + 1)),
    );
  } catch {
    throw invalidArgument("Could not parse serialized proto");
  }
}

const serializeSparse: KernelFactory = ({ attrs }) => {
  const type = attrs.type("out_type") as "string" | "variant";
  return (inputs) => {
    const [indices, values, shape] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    checkShapes(indices, values, shape);
    return [tensorValue(type, [3], [indices, values, shape].map((part) => store(type === "string", part)) as never)];
  };
};

function checkShapes(indices: TensorValue, values: TensorValue, shape: TensorValue): void {
  if (indices.shape.length !== 2) {
    throw invalidArgument(`Input indices should be a matrix but received shape ${shapeText(indices.shape)}`);
  }
  if (values.shape.length !== 1) {
    throw invalidArgument(`Input values should be a vector but received shape ${shapeText(values.shape)}`);
  }
  if (shape.shape.length !== 1) {
    throw invalidArgument(`Input shape should be a vector but received shape ${shapeText(shape.shape)}`);
  }
  checkSparseRanks(indices, values, shape);
}

/** One row of three strings for each index of the first dimension. */
const serializeManySparse: KernelFactory = ({ attrs }) => {
  const type = attrs.type("out_type") as "string" | "variant";
  return (inputs) => {
    const [indices, values, shape] = inputs as readonly [TensorValue, TensorValue, TensorValue];
    checkShapes(indices, values, shape);
    const entries = entriesOf(indices, values, shape);
    const { rank } = entries;
    if (rank < 2) throw invalidArgument(`Rank of input SparseTensor should be > 1, but saw rank: ${rank}`);
    const rows: number[][] = Array.from({ length: entries.shape[0]! }, () => []);
    for (let i = 0; i < entries.count; i++) {
      const row = rows[entries.indices[i * rank]!];
      if (row === undefined) {
        throw invalidArgument(`Received unexpected column index value ${entries.indices[i * rank]}`);
      }
      row.push(i);
    }
    const inner = int64Value([rank - 1], entries.shape.slice(1));
    const parts = rows.flatMap((row) => {
      const places = row.flatMap((i) => Array.from(entries.indices.subarray(i * rank + 1, (i + 1) * rank)));
      return [int64Value([row.length, rank - 1], places), pick(values, row, [row.length]), inner].map((part) =>
        store(type === "string", part),
      );
    });
    return [tensorValue(type, [rows.length, 3], parts as never)];
  };
};

/** Stored sparse tensors as one, the dimensions of the batch in front. */
const deserializeSparse: KernelFactory = ({ attrs }) => {
  const dtype = attrs.type("dtype");
  return ([serialized]) => {
    const { shape } = serialized!;
    if (shape.length === 0) {
      throw invalidArgument(`Serialized sparse should have non-zero rank but received shape ${shapeText(shape)}`);
    }
    if (shape.at(-1) !== 3) {
      throw invalidArgument(`Serialized sparse should have 3 as the last dimension ${shapeText(shape)}`);
    }
    const batch = shape.slice(0, -1);
    const count = elementCount(batch);
    if (count === 0)
      throw invalidArgument(`Serialized sparse should have at least 1 element but received shape ${shapeText(shape)}`);
    const indices: number[] = [];
    const values: TensorValue[] = [];
    let sizes: number[] | undefined;
    for (let n = 0; n < count; n++) {
      const [at, data, dims] = [0, 1, 2].map((part) => load(serialized!, n * 3 + part)) as [
        TensorValue,
        TensorValue,
        TensorValue,
      ];
      checkSparseRanks(at, data, dims);
      if (data.dtype !== dtype) {
        throw invalidArgument(
          `Requested SparseTensor of type ${dtypeLabel(dtype)} but SparseTensor[${n}].values.dtype() == ${dtypeLabel(data.dtype)}`,
        );
      }
      const own = Array.from(numbersOf(dims));
      if (sizes !== undefined && own.length !== sizes.length) {
        throw invalidArgument(
          `Inconsistent shape across SparseTensors: rank prior to SparseTensor[${n}] was: ${sizes.length} but rank of SparseTensor[${n}] is: ${own.length}`,
        );
      }
      sizes = own.map((size, d) => Math.max(size, sizes?.[d] ?? 0));
      const places = numbersOf(at);
      const prefix: number[] = [];
      for (let d = batch.length - 1, rest = n; d >= 0; d--) {
        prefix.unshift(rest % batch[d]!);
        rest = Math.floor(rest / batch[d]!);
      }
      for (let i = 0; i < data.shape[0]!; i++)
        indices.push(...prefix, ...places.subarray(i * own.length, (i + 1) * own.length));
      values.push(data);
    }
    const full = [...batch, ...sizes!];
    const joined = values.length === 1 ? values[0]! : concatenate(values, 0);
    return [int64Value([joined.shape[0]!, full.length], indices), joined, int64Value([full.length], full)];
  };
};

/** Sparse tensors as bytes or variants and back. */
export const serializeKernels: KernelTable = {
  SerializeSparse: serializeSparse,
  SerializeManySparse: serializeManySparse,
  DeserializeSparse: deserializeSparse,
  DeserializeManySparse: deserializeSparse,
};
