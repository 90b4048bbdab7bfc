import { toJson } from "@bufbuild/protobuf";
import type { ClassificationTable } from "@tureen/protos/classification-response";
import { TypeSpecProtoSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/struct_pb";
import { dtypeEnumName, dtypeLabel } from "../../core/dtype.js";
import { fromBfloat16, fromFloat16 } from "../../core/half-float.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import type { SignatureInfo, TensorInfo } from "../../saved-model/signature.js";
import type { ModelMetadata } from "../api/get-model-metadata.js";
import type { VersionStatus } from "../manager/servable-state.js";
import type { PredictFormat } from "./decode-request.js";
import { formatDouble, formatFloat } from "./format-number.js";
import { quoteBytes } from "./json-text.js";
import { PrettyWriter } from "./pretty-writer.js";

/** The answer to predict, in the form of the question; to the byte as TensorFlow Serving lays it out. */
export function encodePredictResponse(outputs: ReadonlyMap<string, TensorValue>, format: PredictFormat): string {
  if (outputs.size === 0) throw invalidArgument("Cannot convert empty tensor map to JSON");
  return format === "row" ? rows(outputs) : columns(outputs);
}

function rows(outputs: ReadonlyMap<string, TensorValue>): string {
  let batch = -1;
  for (const [name, { shape }] of outputs) {
    // The blank at the end stands in TensorFlow Serving's text.
    if (shape.length === 0) throw invalidArgument(`Tensor name: ${name} has no shape information `);
    if (batch >= 0 && shape[0] !== batch) {
      throw invalidArgument(`Tensor name: ${name} has inconsistent batch size: ${shape[0]} expecting: ${batch}`);
    }
    batch = shape[0]!;
  }
  const writer = new PrettyWriter();
  writer.startObject();
  writer.key("predictions");
  writer.startArray();
  const printers = [...outputs].map(([name, value]) => new TensorPrinter(name, value, writer));
  const single = printers.length === 1 ? printers[0] : undefined;
  if (single !== undefined && single.rank === 1) {
    // A whole column of scalars: one list.
    writer.singleLine = true;
    single.print(0, false);
    writer.singleLine = false;
  } else {
    for (let item = 0; item < batch; item++) {
      if (single === undefined) writer.startObject();
      writer.singleLine = true;
      for (const printer of printers) {
        if (single === undefined) writer.key(printer.name);
        printer.print(1);
      }
      writer.singleLine = false;
      if (single === undefined) writer.endObject();
    }
  }
  writer.endArray();
  writer.endObject();
  return writer.text;
}

function columns(outputs: ReadonlyMap<string, TensorValue>): string {
  const writer = new PrettyWriter();
  writer.startObject();
  writer.key("outputs");
  if (outputs.size > 1) writer.startObject();
  for (const [name, value] of outputs) {
    if (outputs.size > 1) writer.key(name);
    new TensorPrinter(name, value, writer).print(0);
  }
  if (outputs.size > 1) writer.endObject();
  writer.endObject();
  return writer.text;
}

/** Prints a tensor's elements from the first to the last, as many at a time as its caller asks for. */
class TensorPrinter {
  readonly name: string;
  readonly rank: number;
  private readonly value: TensorValue;
  private readonly writer: PrettyWriter;
  private readonly token: ((index: number) => string) | undefined;
  private readonly isBytes: boolean;
  private offset = 0;

  constructor(name: string, value: TensorValue, writer: PrettyWriter) {
    this.name = name;
    this.value = value;
    this.writer = writer;
    this.rank = value.shape.length;
    // Binary outputs are known by the ending of their name alone.
    this.isBytes = value.dtype === "string" && name.endsWith("_bytes");
    this.token = tokenOf(value);
  }

  /** Prints the next part, from dimension `dimension` down; without brackets of its own where `brackets` is false. */
  print(dimension: number, brackets = true): void {
    const { shape } = this.value;
    if (dimension >= this.rank) {
      this.scalar();
      return;
    }
    const size = shape[dimension]!;
    if (brackets) this.writer.startArray();
    if (dimension < this.rank - 1) {
      for (let i = 0; i < size; i++) this.print(dimension + 1);
    } else if (this.token !== undefined && !this.isBytes) {
      const tokens = new Array<string>(size);
      for (let i = 0; i < size; i++) tokens[i] = this.token(this.offset++);
      this.writer.rawList(tokens);
    } else {
      for (let i = 0; i < size; i++) this.scalar();
    }
    if (brackets) this.writer.endArray();
  }

  private scalar(): void {
    const { token, writer } = this;
    if (token === undefined) {
      throw invalidArgument(`Failed to write JSON value for tensor type: ${dtypeLabel(this.value.dtype)}`);
    }
    const index = this.offset++;
    if (!this.isBytes) {
      writer.raw(token(index));
      return;
    }
    writer.startObject();
    writer.key("b64");
    writer.string(encodeText(Buffer.from((this.value.data as readonly Uint8Array[])[index]!).toString("base64")));
    writer.endObject();
  }
}

/** How an element of the dtype is printed; undefined where JSON has no form for it. */
export function tokenOf(value: TensorValue): ((index: number) => string) | undefined {
  switch (value.dtype) {
    case "float32": {
      const data = value.data as Float32Array;
      return (index) => formatFloat(data[index]!);
    }
    case "float64": {
      const data = value.data as Float64Array;
      return (index) => formatDouble(data[index]!);
    }
    case "float16": {
      const data = value.data as Uint16Array;
      return (index) => formatFloat(fromFloat16(data[index]!));
    }
    case "bfloat16": {
      const data = value.data as Uint16Array;
      return (index) => formatFloat(fromBfloat16(data[index]!));
    }
    case "complex64": {
      const data = value.data as Float32Array;
      return (index) => `[${formatFloat(data[2 * index]!)}, ${formatFloat(data[2 * index + 1]!)}]`;
    }
    case "complex128": {
      const data = value.data as Float64Array;
      return (index) => `[${formatDouble(data[2 * index]!)}, ${formatDouble(data[2 * index + 1]!)}]`;
    }
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64": {
      const data = value.data as Int32Array;
      return (index) => String(data[index]);
    }
    case "bool": {
      const data = value.data as Uint8Array;
      return (index) => (data[index] === 0 ? "false" : "true");
    }
    case "string": {
      const data = value.data as readonly Uint8Array[];
      return (index) => quoteBytes(data[index]!);
    }
    default:
      return undefined;
  }
}

/** The answer to classify: a list of [label, score] pairs for each Example. */
export function encodeClassifyResponse({ rows: examples, columns: classes, ...table }: ClassificationTable): string {
  const writer = new PrettyWriter();
  writer.startObject();
  writer.key("results");
  writer.startArray();
  for (let row = 0; row < examples; row++) {
    writer.singleLine = true;
    writer.startArray();
    for (let cell = row * classes; cell < (row + 1) * classes; cell++) {
      writer.startArray();
      writer.string(table.classes?.[cell] ?? new Uint8Array(0));
      writer.raw(formatFloat(table.scores?.[cell] ?? 0));
      writer.endArray();
    }
    writer.endArray();
    writer.singleLine = false;
  }
  writer.endArray();
  writer.endObject();
  return writer.text;
}

/** The answer to regress: one number for each Example. */
export function encodeRegressResponse(values: Float32Array): string {
  const writer = new PrettyWriter();
  writer.startObject();
  writer.key("results");
  writer.singleLine = true;
  writer.startArray();
  writer.rawList(Array.from(values, formatFloat));
  writer.endArray();
  writer.endObject();
  return writer.text;
}

/** The answer to a status question, in the layout of protobuf's JSON printer: one blank a level, 64-bit numbers as texts. */
export function encodeModelStatusResponse(versions: readonly VersionStatus[]): string {
  return `${protobufJson({
    model_version_status: versions.map(({ version, state, error }) => ({
      version: String(version),
      state,
      status: { error_code: error?.code ?? "OK", error_message: error?.message ?? "" },
    })),
  })}\n`;
}

/** The answer to a metadata question: two messages in protobuf's JSON, joined by hand as TensorFlow Serving joins them. */
export function encodeModelMetadataResponse({ name, version, signatures }: ModelMetadata): string {
  const spec = protobufJson({ name, version: String(version), signature_name: "" });
  const map = protobufJson({
    signature_def: Object.fromEntries([...signatures].map(([key, info]) => [key, signatureJson(info)])),
  });
  return `{\n"model_spec":${spec}\n,\n"metadata": {"signature_def": ${map}\n}\n}\n`;
}

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

function signatureJson(info: SignatureInfo): Json {
  return {
    inputs: Object.fromEntries([...info.inputs].map(([key, tensor]) => [key, tensorJson(tensor)])),
    outputs: Object.fromEntries([...info.outputs].map(([key, tensor]) => [key, tensorJson(tensor)])),
    method_name: info.methodName,
    defaults: Object.fromEntries([...info.defaults].map(([key, value]) => [key, defaultJson(value)])),
  };
}

function tensorJson({ name, dtype, shape, sparse, composite }: TensorInfo): Json {
  if (composite !== undefined) {
    const { typeSpec, components } = composite;
    const type =
      typeSpec && toJson(TypeSpecProtoSchema, typeSpec, { alwaysEmitImplicit: true, useProtoFieldName: true });
    const parts = components.map(tensorJson);
    // Neither a dtype nor a shape of its own is stored.
    return {
      dtype: "DT_INVALID",
      composite_tensor: { ...(type === undefined ? {} : { type_spec: type as Json }), components: parts },
    };
  }
  const tail = { dtype: dtypeEnumName(dtype), tensor_shape: shapeJson(shape) };
  if (sparse === undefined) return { name, ...tail };
  const { values, indices, denseShape } = sparse;
  return {
    ...tail,
    coo_sparse: { values_tensor_name: values, indices_tensor_name: indices, dense_shape_tensor_name: denseShape },
  };
}

function shapeJson(shape: readonly number[] | undefined): Json {
  return { dim: (shape ?? []).map((size) => ({ size: String(size), name: "" })), unknown_rank: shape === undefined };
}

/** A signature's default value: dtype and shape; the elements are in the gRPC answer. */
function defaultJson({ dtype, shape }: TensorValue): Json {
  return { dtype: dtypeEnumName(dtype), tensor_shape: shapeJson(shape) };
}

function protobufJson(value: Json, depth = 0): string {
  if (typeof value === "string") return protobufString(value);
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  const inner = "\n".padEnd(depth + 2);
  const end = "\n".padEnd(depth + 1);
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => `${inner}${protobufJson(item, depth + 1)}`);
    return items.length === 0 ? "[]" : `[${items.join(",")}${end}]`;
  }
  const members = Object.entries(value as { readonly [key: string]: Json });
  if (members.length === 0) return "{}";
  return `{${members.map(([key, item]) => `${inner}${protobufString(key)}: ${protobufJson(item, depth + 1)}`).join(",")}${end}}`;
}

/** Protobuf escapes angle brackets too, so that its JSON can stand in HTML. */
function protobufString(text: string): string {
  return quoteBytes(encodeText(text)).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e");
}
