import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** What ParseExample gives, each list in the order of its keys. */
export interface ParsedFeatures {
  readonly sparseIndices: readonly Tensor[];
  readonly sparseValues: readonly Tensor[];
  readonly sparseShapes: readonly Tensor[];
  readonly denseValues: readonly Tensor[];
  readonly raggedValues: readonly Tensor[];
  readonly raggedRowSplits: readonly Tensor[];
}

function parsedFeatures(op: Operation, sparse: number, dense: number, ragged: number): ParsedFeatures {
  let at = 0;
  const take = (count: number): Tensor[] => {
    at += count;
    return op.outputs.slice(at - count, at);
  };
  return {
    sparseIndices: take(sparse),
    sparseValues: take(sparse),
    sparseShapes: take(sparse),
    denseValues: take(dense),
    raggedValues: take(ragged),
    raggedRowSplits: take(ragged),
  };
}

/** Parses a vector of serialized Examples: the op that TensorFlow before 2.2 exports. */
export function parseExample(
  serialized: TensorLike,
  names: TensorLike,
  sparseKeys: readonly TensorLike[],
  denseKeys: readonly TensorLike[],
  denseDefaults: readonly TensorLike[],
  options: {
    readonly sparseTypes: readonly DType[];
    readonly denseShapes: readonly PartialShape[];
    readonly name?: string;
  },
): ParsedFeatures {
  const op = buildOp(
    "ParseExample",
    [serialized, names, sparseKeys, denseKeys, denseDefaults],
    { sparse_types: options.sparseTypes, dense_shapes: options.denseShapes },
    options,
  );
  return parsedFeatures(op, sparseKeys.length, denseKeys.length, 0);
}

/** Parses a vector of serialized Examples, or one as a scalar; keys are vectors of strings. */
export function parseExampleV2(
  serialized: TensorLike,
  names: TensorLike,
  sparseKeys: TensorLike,
  denseKeys: TensorLike,
  raggedKeys: TensorLike,
  denseDefaults: readonly TensorLike[],
  options: {
    readonly sparseTypes: readonly DType[];
    readonly denseShapes: readonly PartialShape[];
    readonly raggedValueTypes?: readonly DType[];
    readonly raggedSplitTypes?: readonly DType[];
    readonly name?: string;
  },
): ParsedFeatures {
  checkOptions("parseExampleV2", options, {
    sparseTypes: "required",
    denseShapes: "required",
    raggedValueTypes: "optional",
    raggedSplitTypes: "optional",
    name: "optional",
  });
  const raggedValueTypes = options.raggedValueTypes ?? [];
  const op = buildOp(
    "ParseExampleV2",
    [serialized, names, sparseKeys, denseKeys, raggedKeys, denseDefaults],
    {
      num_sparse: options.sparseTypes.length,
      sparse_types: options.sparseTypes,
      ragged_value_types: raggedValueTypes,
      ragged_split_types: options.raggedSplitTypes ?? [],
      dense_shapes: options.denseShapes,
    },
    options,
  );
  return parsedFeatures(op, options.sparseTypes.length, denseDefaults.length, raggedValueTypes.length);
}

/** Parses one serialized Example into tensors without a batch dimension. */
export function parseSingleExample(
  serialized: TensorLike,
  denseDefaults: readonly TensorLike[],
  options: {
    readonly sparseKeys: readonly string[];
    readonly denseKeys: readonly string[];
    readonly sparseTypes: readonly DType[];
    readonly denseShapes: readonly PartialShape[];
    readonly name?: string;
  },
): ParsedFeatures {
  checkOptions("parseSingleExample", options, {
    sparseKeys: "required",
    denseKeys: "required",
    sparseTypes: "required",
    denseShapes: "required",
    name: "optional",
  });
  const op = buildOp(
    "ParseSingleExample",
    [serialized, denseDefaults],
    {
      num_sparse: options.sparseKeys.length,
      sparse_keys: options.sparseKeys,
      dense_keys: options.denseKeys,
      sparse_types: options.sparseTypes,
      dense_shapes: options.denseShapes,
    },
    options,
  );
  return parsedFeatures(op, options.sparseKeys.length, options.denseKeys.length, 0);
}

/** Splits CSV records into columns, whose dtypes are those of the defaults; an empty default makes a column required. */
export function decodeCsv(
  records: TensorLike,
  recordDefaults: readonly TensorLike[],
  options: {
    readonly fieldDelim?: string;
    readonly useQuoteDelim?: boolean;
    readonly naValue?: string;
    readonly selectCols?: readonly number[];
    readonly name?: string;
  } = {},
): readonly Tensor[] {
  const attrs = {
    field_delim: options.fieldDelim,
    use_quote_delim: options.useQuoteDelim,
    na_value: options.naValue,
    select_cols: options.selectCols,
  };
  return buildOp("DecodeCSV", [records, recordDefaults], attrs, options).outputs;
}

/** The numbers that byte strings of one length hold. */
export function decodeRaw(
  bytes: TensorLike,
  options: { readonly outType: DType; readonly littleEndian?: boolean; readonly name?: string },
): Tensor {
  return build("DecodeRaw", [bytes], { out_type: options.outType, little_endian: options.littleEndian }, options);
}

/** The numbers that byte strings hold, each padded with zeros or cut to `fixedLength` bytes. */
export function decodePaddedRaw(
  inputBytes: TensorLike,
  fixedLength: TensorLike,
  options: { readonly outType: DType; readonly littleEndian?: boolean; readonly name?: string },
): Tensor {
  const attrs = { out_type: options.outType, little_endian: options.littleEndian };
  return build("DecodePaddedRaw", [inputBytes, fixedLength], attrs, options);
}

/** Serialized Examples of their JSON. */
export function decodeJsonExample(jsonExamples: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("DecodeJSONExample", [jsonExamples], {}, options);
}

/** The tensor in a serialized TensorProto. */
export function parseTensor(
  serialized: TensorLike,
  options: { readonly outType: DType; readonly name?: string },
): Tensor {
  return build("ParseTensor", [serialized], { out_type: options.outType }, options);
}

/** A tensor as a serialized TensorProto. */
export function serializeTensor(tensor: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SerializeTensor", [tensor], {}, options);
}

/** Decompressed byte strings; `compressionType` is "", "ZLIB" or "GZIP". */
export function decodeCompressed(
  bytes: TensorLike,
  options: { readonly compressionType?: string; readonly name?: string } = {},
): Tensor {
  return build("DecodeCompressed", [bytes], { compression_type: options.compressionType }, options);
}
