import { WireWriter } from "@tureen/protos/wire-writer";
import type { DType } from "../../core/dtype.js";
import type { PartialShape } from "../../core/shape.js";
import { internal } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { OnnxAttrs } from "../lowering.js";
import { onnxDType } from "./onnx-dtype.js";

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: OnnxAttrs;
  /** The `body` attribute of a Scan; it has no initializers of its own. */
  readonly body?: OnnxGraph | undefined;
}

/** An input or output of an ONNX graph. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: PartialShape;
}

/** An ONNX graph as plain data. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly initializers: readonly { readonly name: string; readonly value: TensorValue }[];
}

/** Weights kept out of the model's bytes, by the path that the model names them with. */
export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** The bytes of an ONNX model and the weights beside it. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly externalData: readonly ExternalData[];
}

/** ai.onnx version the lowerings are written for. */
export const onnxOpset = 20;
/** The IR version that came with it, or later. */
const irVersion = 10;
/** Smaller initializers go into the model: ONNX Runtime looks into shapes and axes while it optimises, and a copy of them costs nothing. */
const externalFromBytes = 1024;

// Tags of onnx.proto: field number times 8 plus wire type.
const varint = (field: number): number => field * 8;
const bytes = (field: number): number => field * 8 + 2;

const model = { irVersion: varint(1), producerName: bytes(2), graph: bytes(7), opsetImport: bytes(8) };
const opset = { domain: bytes(1), version: varint(2) };
const graphProto = { node: bytes(1), name: bytes(2), initializer: bytes(5), input: bytes(11), output: bytes(12) };
const nodeProto = { input: bytes(1), output: bytes(2), opType: bytes(4), attribute: bytes(5) };
const attribute = {
  name: bytes(1),
  f: 2 * 8 + 5,
  i: varint(3),
  s: bytes(4),
  g: bytes(6),
  ints: varint(8),
  type: varint(20),
};
const attributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 };
const tensor = {
  dims: varint(1),
  dataType: varint(2),
  name: bytes(8),
  rawData: bytes(9),
  externalData: bytes(13),
  dataLocation: varint(14),
};
const entry = { key: bytes(1), value: bytes(2) };
const externalLocation = 1;
const valueInfo = { name: bytes(1), type: bytes(2) };
const typeProto = { tensorType: bytes(1) };
const tensorType = { elementType: varint(1), shape: bytes(2) };
const shapeProto = { dim: bytes(1), dimValue: varint(1) };

/** Encodes an ONNX graph as a `ModelProto`; weights stay where they are and are handed over beside it. */
export function encodeOnnxModel(graph: OnnxGraph): OnnxModel {
  const writer = new WireWriter(4096);
  const externalData: ExternalData[] = [];
  const mark = writer.mark;
  // The writer works from the end to the beginning.
  writer.varint(onnxOpset);
  writer.varint(opset.version);
  writer.textField(opset.domain, "");
  writer.wrap(model.opsetImport, mark);
  writeGraph(writer, model.graph, graph, externalData);
  writer.textField(model.producerName, "tureen");
  writer.varint(irVersion);
  writer.varint(model.irVersion);
  return { bytes: writer.finish(), externalData };
}

function writeGraph(writer: WireWriter, tag: number, graph: OnnxGraph, externalData: ExternalData[]): void {
  const mark = writer.mark;
  for (let i = graph.outputs.length - 1; i >= 0; i--) writePort(writer, graphProto.output, graph.outputs[i]!);
  for (let i = graph.inputs.length - 1; i >= 0; i--) writePort(writer, graphProto.input, graph.inputs[i]!);
  for (const { name, value } of graph.initializers) writeInitializer(writer, name, value, externalData);
  writer.textField(graphProto.name, "segment");
  for (let i = graph.nodes.length - 1; i >= 0; i--) writeNode(writer, graph.nodes[i]!, externalData);
  writer.wrap(tag, mark);
}

function writeNode(writer: WireWriter, node: OnnxNode, externalData: ExternalData[]): void {
  const mark = writer.mark;
  if (node.body !== undefined) {
    const at = writer.mark;
    writer.varint(attributeType.graph);
    writer.varint(attribute.type);
    writeGraph(writer, attribute.g, node.body, externalData);
    writer.textField(attribute.name, "body");
    writer.wrap(nodeProto.attribute, at);
  }
  for (const [name, value] of Object.entries(node.attrs)) if (value !== undefined) writeAttribute(writer, name, value);
  writer.textField(nodeProto.opType, node.type);
  for (let i = node.outputs.length - 1; i >= 0; i--) writer.textField(nodeProto.output, node.outputs[i]!);
  for (let i = node.inputs.length - 1; i >= 0; i--) writer.textField(nodeProto.input, node.inputs[i]!);
  writer.wrap(graphProto.node, mark);
}

function writeAttribute(writer: WireWriter, name: string, value: NonNullable<OnnxAttrs[string]>): void {
  const mark = writer.mark;
  if (typeof value === "number") {
    writer.varint(attributeType.int);
    writer.varint(attribute.type);
    writer.int64(value);
    writer.varint(attribute.i);
  } else if (typeof value === "string") {
    writer.varint(attributeType.string);
    writer.varint(attribute.type);
    writer.textField(attribute.s, value);
  } else if ("float" in value) {
    writer.varint(attributeType.float);
    writer.varint(attribute.type);
    writer.floatField(attribute.f, value.float);
  } else {
    writer.varint(attributeType.ints);
    writer.varint(attribute.type);
    for (let i = value.length - 1; i >= 0; i--) {
      writer.int64(value[i]!);
      writer.varint(attribute.ints);
    }
  }
  writer.textField(attribute.name, name);
  writer.wrap(nodeProto.attribute, mark);
}

function writePort(writer: WireWriter, tag: number, { name, dtype, shape }: OnnxPort): void {
  const mark = writer.mark;
  if (shape !== undefined) {
    for (let i = shape.length - 1; i >= 0; i--) {
      const dim = writer.mark;
      if (shape[i]! >= 0) {
        writer.int64(shape[i]!);
        writer.varint(shapeProto.dimValue);
      }
      writer.wrap(shapeProto.dim, dim);
    }
    writer.wrap(tensorType.shape, mark);
  }
  writer.varint(numberOf(dtype));
  writer.varint(tensorType.elementType);
  writer.wrap(typeProto.tensorType, mark);
  writer.wrap(valueInfo.type, mark);
  writer.textField(valueInfo.name, name);
  writer.wrap(tag, mark);
}

function writeInitializer(writer: WireWriter, name: string, value: TensorValue, externalData: ExternalData[]): void {
  const { buffer, byteOffset, byteLength } = value.data as Uint8Array;
  const data = new Uint8Array(buffer, byteOffset, byteLength);
  const mark = writer.mark;
  if (byteLength >= externalFromBytes) {
    externalData.push({ path: name, data });
    writer.varint(externalLocation);
    writer.varint(tensor.dataLocation);
    for (const [key, text] of [
      ["length", String(byteLength)],
      ["offset", "0"],
      ["location", name],
    ] as const) {
      const at = writer.mark;
      writer.textField(entry.value, text);
      writer.textField(entry.key, key);
      writer.wrap(tensor.externalData, at);
    }
  } else {
    writer.bytesField(tensor.rawData, data);
  }
  writer.textField(tensor.name, name);
  writer.varint(numberOf(value.dtype));
  writer.varint(tensor.dataType);
  for (let i = value.shape.length - 1; i >= 0; i--) {
    writer.int64(value.shape[i]!);
    writer.varint(tensor.dims);
  }
  writer.wrap(graphProto.initializer, mark);
}

function numberOf(dtype: DType): number {
  const found = onnxDType(dtype);
  if (found === undefined) throw internal(`${dtype} has no place in an ONNX model`);
  return found.number;
}
