import { resolve } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { type VariableDef, VariableDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/variable_pb";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import type { AttrMap } from "../../graph/attr-value.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import { graphFromProto } from "../../graph/graph-def.js";
import { currentGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { savedModelFiles } from "../../saved-model/read.js";

/** What a SavedModel's collections name in the graph. */
export interface ImportedGraph {
  readonly trainOp: Operation | undefined;
  /** Fills tables and local variables. */
  readonly mainOp: Operation | undefined;
}

const variableCollections = [
  collectionKeys.globalVariables,
  collectionKeys.trainableVariables,
  collectionKeys.localVariables,
  collectionKeys.metricVariables,
  collectionKeys.modelVariables,
  collectionKeys.globalStep,
];

/**
 * Adds a meta graph of a SavedModel to the current graph under its own names, with its variables (`SavedModelLoader.load_graph`).
 *
 * `inputs` maps names of its placeholders to what stands in their place. UNIMPLEMENTED for graphs of TensorFlow 1.x with reference variables.
 */
export function importMetaGraph(
  meta: MetaGraphDef,
  directory: string,
  inputs: ReadonlyMap<string, Tensor>,
): ImportedGraph {
  if (meta.graphDef === undefined) throw invalidArgument("The meta graph has no graph");
  const graph = currentGraph();
  const source = graphFromProto(meta.graphDef);
  copyOperations(source, graph, inputs, assetPaths(meta, directory));
  importVariables(meta, graph);
  return {
    trainOp: nodeOf(meta, graph, "saved_model_train_op"),
    mainOp: nodeOf(meta, graph, "saved_model_main_op") ?? nodeOf(meta, graph, "legacy_init_op"),
  };
}

/** The files of the assets by the name of the constant that holds a placeholder's text for each. */
function assetPaths(meta: MetaGraphDef, directory: string): Map<string, string> {
  return new Map(
    meta.assetFileDef.flatMap(({ tensorInfo, filename }) => {
      const encoding = tensorInfo?.encoding;
      if (encoding?.case !== "name") return [];
      return [[opName(encoding.value), resolve(directory, savedModelFiles.assets, filename)] as const];
    }),
  );
}

function copyOperations(
  source: Graph,
  graph: Graph,
  inputs: ReadonlyMap<string, Tensor>,
  assets: ReadonlyMap<string, string>,
): void {
  for (const [name, fn] of source.functions) if (!graph.functions.has(name)) graph.functions.set(name, fn);
  const copies = new Map<Operation, Operation>();
  const copied = (op: Operation): Operation => {
    const copy = copies.get(op) ?? inputs.get(op.name)?.op;
    if (copy !== undefined) return copy;
    throw unimplemented(`Node '${op.name}' is part of a loop of TensorFlow 1.x, which cannot be trained on`);
  };
  for (const op of source.operations) {
    if (inputs.has(op.name)) continue;
    const copy = graph.createOperation({
      type: op.type,
      name: op.name,
      inputs: op.inputs.map((input) => inputs.get(input.op.name) ?? copied(input.op).outputs[input.index]!),
      controlInputs: op.controlInputs.map(copied),
      attrs: withAsset(op, assets),
      device: op.device,
    });
    copies.set(op, copy);
    copy.outputs.forEach((output, i) => {
      output.shape = op.outputs[i]!.shape;
      output.handleData = op.outputs[i]!.handleData;
    });
  }
}

/** A constant that names an asset's file gets the file's place in this SavedModel. */
function withAsset(op: Operation, assets: ReadonlyMap<string, string>): AttrMap {
  const path = assets.get(op.name);
  if (path === undefined || op.type !== "Const") return op.attrs.map;
  return new Map([...op.attrs.map, ["value", { kind: "tensor", value: scalarValue("string", path) }]]);
}

function importVariables(meta: MetaGraphDef, graph: Graph): void {
  const known = new Map<string, Variable>();
  for (const key of variableCollections) {
    const kind = meta.collectionDef[key]?.kind;
    if (kind?.case !== "bytesList") continue;
    for (const bytes of kind.value.value) {
      const def = fromBinary(VariableDefSchema, bytes);
      const variable = known.get(def.variableName) ?? importVariable(graph, def);
      known.set(def.variableName, variable);
      graph.addToCollection(key, variable);
    }
  }
}

function importVariable(graph: Graph, def: VariableDef): Variable {
  const read = graph.tensor(def.snapshotName);
  if (!def.isResource || read.op.inputs[0] === undefined) {
    throw unimplemented(
      `Variable ${opName(def.variableName)} is a reference variable of TensorFlow 1.x, which cannot be trained on`,
    );
  }
  return Variable.ofGraph({
    name: opName(def.variableName),
    trainable: def.trainable,
    handle: read.op.inputs[0],
    initializer: graph.operation(def.initializerName),
    initialValue: graph.tensor(def.initialValueName),
    snapshot: read,
  });
}

/** The node that a collection of one names, or undefined. */
function nodeOf(meta: MetaGraphDef, graph: Graph, key: string): Operation | undefined {
  const kind = meta.collectionDef[key]?.kind;
  if (kind?.case !== "nodeList") return undefined;
  if (kind.value.value.length > 1) throw invalidArgument("Multiple ops found in the train_op collection.");
  const [name] = kind.value.value;
  return name === undefined ? undefined : graph.operation(opName(name));
}

function opName(tensorName: string): string {
  const colon = tensorName.lastIndexOf(":");
  return colon < 0 ? tensorName : tensorName.slice(0, colon);
}
