import { create, toBinary } from "@bufbuild/protobuf";
import { decodeMessage } from "@tureen/protos/decode-message";
import {
  type FunctionDef,
  FunctionDef_ArgAttrsSchema,
  type FunctionDefLibrary,
  FunctionDefLibrarySchema,
  FunctionDefSchema,
} from "@tureen/protos/gen/tensorflow/core/framework/function_pb";
import { type GraphDef, GraphDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import { type NodeDef, NodeDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/node_def_pb";
import {
  OpDef_ArgDefSchema,
  OpDef_AttrDefSchema,
  OpDefSchema,
} from "@tureen/protos/gen/tensorflow/core/framework/op_def_pb";
import { type VersionDef, VersionDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/versions_pb";
import { checkOptions } from "../core/check-options.js";
import { dtypeFromNumber, dtypeNumber } from "../core/dtype.js";
import { invalidArgument } from "../core/status-error.js";
import { attrFromPlain } from "./attr-from-plain.js";
import { attrFromProto, attrsFromProto, attrsToProto } from "./attr-proto.js";
import type { AttrMap, AttrValue } from "./attr-value.js";
import { encodeGraphDef } from "./encode-graph-def.js";
import { Graph, type Operation } from "./graph.js";
import { type FunctionDefinition, GraphFunction } from "./graph-function.js";
import { addNodes, type NodeSpec } from "./import-nodes.js";
import { type AttrDef, type AttrTypeName, findOpDef, type OpArg, type OpDef } from "./op-def.js";

/** Reads a serialized GraphDef. */
export function graphFromBytes(bytes: Uint8Array): Graph {
  return graphFromProto(decodeMessage(GraphDefSchema, bytes));
}

/** A graph with the nodes and functions of a message; INVALID_ARGUMENT or NOT_FOUND with TensorFlow's text where it is not valid. */
export function graphFromProto(proto: GraphDef): Graph {
  const graph = new Graph();
  checkVersions(proto.versions);
  graph.producer = proto.versions?.producer ?? 0;
  for (const fn of proto.library?.function ?? []) {
    const definition = functionFromProto(fn);
    if (graph.functions.has(definition.name)) {
      throw invalidArgument(
        `Cannot add function '${definition.name}' because a different function with the same name already exists.`,
      );
    }
    graph.functions.set(definition.name, new GraphFunction(definition, graph.functions));
  }
  const nodes = proto.node.map(nodeFromProto);
  addNodes(
    graph,
    graph.producer < producerWithPlaceholderScalars ? nodes.map(withUnknownShape) : nodes,
    new Map(),
    "graph",
  );
  return graph;
}

/** The GraphDef version of TensorFlow 2.15, which what is known here is as of. */
const graphDefVersion = 1645;

function checkVersions(versions: VersionDef | undefined): void {
  if (versions === undefined) return;
  if (versions.producer < 0) {
    throw invalidArgument(
      `GraphDef producer version ${versions.producer} below min producer 0 supported by TensorFlow 2.15.1.  Please regenerate your graph.`,
    );
  }
  if (versions.minConsumer > graphDefVersion) {
    throw invalidArgument(
      `GraphDef min consumer version ${versions.minConsumer} above current version ${graphDefVersion} for TensorFlow 2.15.1.  Please upgrade TensorFlow.`,
    );
  }
  if (versions.badConsumers.includes(graphDefVersion)) {
    throw invalidArgument(
      `GraphDef disallows consumer version ${graphDefVersion}.  Please upgrade TensorFlow: this version is likely buggy.`,
    );
  }
}

/** From this `VersionDef.producer` on a Placeholder without dimensions is a scalar; before, its shape was unknown (TensorFlow's `array_ops.cc`). */
const producerWithPlaceholderScalars = 24;

function withUnknownShape(node: NodeSpec): NodeSpec {
  const shape = node.attrs.get("shape");
  if (node.op !== "Placeholder" || shape?.kind !== "shape" || shape.value?.length !== 0) return node;
  return {
    ...node,
    attrs: new Map([...node.attrs, ["shape", { kind: "shape", value: undefined } satisfies AttrValue]]),
  };
}

function nodeFromProto(node: NodeDef): NodeSpec {
  return { name: node.name, op: node.op, inputs: node.input, device: node.device, attrs: attrsFromProto(node.attr) };
}

function functionFromProto(proto: FunctionDef): FunctionDefinition {
  const signature = proto.signature ?? create(OpDefSchema);
  const arg = (def: (typeof signature.inputArg)[number]): OpArg => ({
    name: def.name,
    isRef: def.isRef,
    ...(def.type === 0 ? {} : { type: dtypeFromNumber(def.type) }),
    ...(def.typeAttr === "" ? {} : { typeAttr: def.typeAttr }),
    ...(def.numberAttr === "" ? {} : { numberAttr: def.numberAttr }),
    ...(def.typeListAttr === "" ? {} : { typeListAttr: def.typeListAttr }),
  });
  return {
    name: signature.name,
    inputs: signature.inputArg.map(arg),
    outputs: signature.outputArg.map(arg),
    attrDefs: signature.attr.map(
      (def): AttrDef => ({
        name: def.name,
        type: def.type as AttrTypeName,
        ...(def.defaultValue === undefined ? {} : { default: attrFromProto(def.defaultValue)?.value }),
      }),
    ),
    isStateful: signature.isStateful,
    nodes: proto.nodeDef.map(nodeFromProto),
    results: new Map(Object.entries(proto.ret)),
    controlResults: new Map(Object.entries(proto.controlRet)),
    attrs: attrsFromProto(proto.attr),
    argAttrs: new Map(
      Object.entries(proto.argAttr).map(([index, value]) => [Number(index), attrsFromProto(value.attr)]),
    ),
  };
}

/** How a graph is written. */
export interface GraphDefOptions {
  /** Leaves out attributes that equal the op's default (`strip_default_attrs`). */
  readonly stripDefaultAttrs?: boolean;
  /** Adds `_output_shapes` to each node, as TensorFlow's `as_graph_def(add_shapes=True)`. */
  readonly addShapes?: boolean;
}

/** The serialized GraphDef of a graph. */
export function graphToBytes(graph: Graph, options: GraphDefOptions = {}): Uint8Array {
  checkOptions("graphToBytes", options, { stripDefaultAttrs: "optional", addShapes: "optional" });
  return encodeGraphDef(graph, {
    attrsOf: (op) => writtenAttrs(op, options),
    ...(graph.functions.size === 0
      ? {}
      : { library: toBinary(FunctionDefLibrarySchema, libraryToProto(graph, options)) }),
  });
}

/** The GraphDef message of a graph, nodes in the order of their making. */
export function graphToProto(graph: Graph, options: GraphDefOptions = {}): GraphDef {
  return create(GraphDefSchema, {
    node: graph.operations.map((op) => nodeToProto(op, options)),
    versions: create(VersionDefSchema, { producer: graph.producer }),
    ...(graph.functions.size === 0 ? {} : { library: libraryToProto(graph, options) }),
  });
}

function writtenAttrs(op: Operation, options: GraphDefOptions): AttrMap {
  let attrs: AttrMap = op.attrs.map;
  if (options.stripDefaultAttrs === true) attrs = withoutDefaults(op.def, attrs);
  if (options.addShapes === true && op.outputs.length > 0) {
    const shapes: AttrValue = { kind: "list", of: "shape", value: op.outputs.map((output) => output.shape) };
    attrs = new Map([...attrs, ["_output_shapes", shapes]]);
  }
  return attrs;
}

function nodeToProto(op: Operation, options: GraphDefOptions): NodeDef {
  return create(NodeDefSchema, {
    name: op.name,
    op: op.type,
    input: [
      ...op.inputs.map((input) => (input.index === 0 ? input.op.name : `${input.op.name}:${input.index}`)),
      ...op.controlInputs.map((control) => `^${control.name}`),
    ],
    device: op.device,
    attr: attrsToProto(writtenAttrs(op, options)),
  });
}

function withoutDefaults(opDef: OpDef | undefined, attrs: AttrMap): AttrMap {
  const kept = new Map(attrs);
  for (const def of opDef?.attrs ?? []) {
    if (!("default" in def)) continue;
    const value = kept.get(def.name);
    if (value !== undefined && sameAttr(value, attrFromPlain(def.type, def.default))) kept.delete(def.name);
  }
  return kept;
}

function sameAttr(a: AttrValue, b: AttrValue): boolean {
  const text = (attr: AttrValue): string =>
    JSON.stringify(attr, (key, item) =>
      typeof item === "bigint"
        ? String(item)
        : key === "of"
          ? undefined
          : item instanceof Uint8Array
            ? [...item]
            : item,
    );
  return text(a) === text(b);
}

function libraryToProto(graph: Graph, options: GraphDefOptions): FunctionDefLibrary {
  return create(FunctionDefLibrarySchema, {
    function: [...graph.functions.values()].map((fn) => functionToProto(fn.definition, options)),
  });
}

function functionToProto(definition: FunctionDefinition, options: GraphDefOptions): FunctionDef {
  const arg = (def: OpArg) =>
    create(OpDef_ArgDefSchema, {
      name: def.name,
      isRef: def.isRef,
      type: def.type === undefined ? 0 : dtypeNumber(def.type),
      typeAttr: def.typeAttr ?? "",
      numberAttr: def.numberAttr ?? "",
      typeListAttr: def.typeListAttr ?? "",
    });
  return create(FunctionDefSchema, {
    signature: create(OpDefSchema, {
      name: definition.name,
      inputArg: definition.inputs.map(arg),
      outputArg: definition.outputs.map(arg),
      controlOutput: [...definition.controlResults.keys()],
      attr: definition.attrDefs.map((def) => create(OpDef_AttrDefSchema, { name: def.name, type: def.type })),
      isStateful: definition.isStateful,
    }),
    nodeDef: definition.nodes.map((node) =>
      create(NodeDefSchema, {
        name: node.name,
        op: node.op,
        input: [...node.inputs],
        device: node.device,
        attr: attrsToProto(
          options.stripDefaultAttrs === true ? withoutDefaults(findOpDef(node.op), node.attrs) : node.attrs,
        ),
      }),
    ),
    ret: Object.fromEntries(definition.results),
    controlRet: Object.fromEntries(definition.controlResults),
    attr: attrsToProto(definition.attrs),
    argAttr: Object.fromEntries(
      [...definition.argAttrs].map(([index, attrs]) => [
        index,
        create(FunctionDef_ArgAttrsSchema, { attr: attrsToProto(attrs) }),
      ]),
    ),
  });
}

/** Whether an op name is registered or a function of the graph. */
export function isKnownOp(graph: Graph, type: string): boolean {
  return findOpDef(type) !== undefined || graph.functions.has(type);
}
