import { mkdirSync } from "node:fs";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { metaGraphToProto } from "../meta-graph.js";
import type { TensorInfo } from "../signature.js";
import { methodNames } from "../signature-def.js";
import { writeSavedModelProto } from "../write.js";

/** What a test's model is made of. */
export interface BuiltModel {
  readonly inputs?: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Runs when the model is loaded. */
  readonly mainOp?: Operation;
}

/** Writes a SavedModel of one signature, `serving_default`, whose graph `build` makes. */
export async function saveGraph(directory: string, build: () => BuiltModel): Promise<void> {
  const graph = new Graph();
  const { inputs = {}, outputs, mainOp } = withGraph(graph, build);
  const infos = (tensors: Readonly<Record<string, Tensor>>): Map<string, TensorInfo> =>
    new Map(Object.entries(tensors).map(([key, { name, dtype, shape }]) => [key, { name, dtype, shape }] as const));
  const signature = {
    inputs: infos(inputs),
    outputs: infos(outputs),
    methodName: methodNames.predict,
    defaults: new Map(),
  };
  mkdirSync(directory, { recursive: true });
  const meta = metaGraphToProto({
    graph,
    tags: ["serve"],
    signatures: new Map([["serving_default", signature]]),
    ...(mainOp === undefined ? {} : { mainOp }),
  });
  await writeSavedModelProto(directory, [meta]);
}
