import { join } from "node:path";
import { decodeMessage } from "@tureen/protos/decode-message";
import { GraphDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import { writeFileAtomically } from "../core/file-system.js";
import { encodeText } from "../core/text.js";
import type { Graph } from "../graph/graph.js";
import { graphToBytes } from "../graph/graph-def.js";
import { metaGraphToBytes } from "../saved-model/meta-graph.js";
import type { Saver } from "./checkpoint/saver.js";

/** A graph as readers of a model folder want it: TensorBoard, and TensorFlow's `import_meta_graph`. */
export interface GraphFiles {
  /** A serialized GraphDef with shapes. */
  readonly graphDef: Uint8Array;
  /** A serialized MetaGraphDef with collections and saver: what `.meta` files hold. */
  readonly metaGraphDef: Uint8Array;
}

/** Serializes a complete graph. */
export function graphFiles(graph: Graph, saver?: Saver): GraphFiles {
  // The graph is nearly all of a MetaGraphDef: serialized once, it serves both.
  const graphDef = graphToBytes(graph, { addShapes: true });
  const names =
    saver === undefined
      ? {}
      : { saver: { filename: saver.filename.name, save: saver.save.name, restore: saver.restore.name } };
  return { graphDef, metaGraphDef: metaGraphToBytes({ graph, ...names }, graphDef) };
}

/** Writes `graph.pbtxt` (`tf.io.write_graph`) of a serialized GraphDef. */
export async function writeGraphText(directory: string, graphDef: Uint8Array): Promise<void> {
  // The text format is only needed here and for `asText` exports: both load it late.
  const { toText } = await import("@bufbuild/protobuf/txtpb");
  const text = toText(GraphDefSchema, decodeMessage(GraphDefSchema, graphDef));
  writeFileAtomically(join(directory, "graph.pbtxt"), encodeText(text));
}
