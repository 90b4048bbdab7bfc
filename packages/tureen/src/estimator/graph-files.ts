import { join } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { type GraphDef, GraphDefSchema } from "@tureen/protos/gen/tensorflow/core/framework/graph_pb";
import { MetaGraphDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { writeFileAtomically } from "../core/file-system.js";
import { encodeText } from "../core/text.js";
import { WireWriter } from "../formats/wire-format.js";
import type { Graph } from "../graph/graph.js";
import { metaGraphToProto } from "../saved-model/meta-graph.js";
import type { Saver } from "./checkpoint/saver.js";

/** A graph as readers of a model folder want it: TensorBoard, and TensorFlow's `import_meta_graph`. */
export interface GraphFiles {
  /** A serialized GraphDef with shapes. */
  readonly graphDef: Uint8Array;
  /** A serialized MetaGraphDef with collections and saver: what `.meta` files hold. */
  readonly metaGraphDef: Uint8Array;
  readonly proto: GraphDef;
}

/** `MetaGraphDef.graph_def`. */
const graphDefField = 2;

/** Serializes a complete graph. */
export function graphFiles(graph: Graph, saver?: Saver): GraphFiles {
  const meta = metaGraphToProto({
    graph,
    addShapes: true,
    ...(saver === undefined
      ? {}
      : { saver: { filename: saver.filename.name, save: saver.save.name, restore: saver.restore.name } }),
  });
  const { graphDef: proto, ...rest } = meta;
  const graphDef = toBinary(GraphDefSchema, proto!);
  // The graph is nearly all of a MetaGraphDef: serialized once, it serves both.
  const around = toBinary(MetaGraphDefSchema, rest);
  const metaGraphDef = new WireWriter().raw(around).bytesField(graphDefField, graphDef).finish();
  return { proto: proto!, graphDef, metaGraphDef };
}

/** Writes `graph.pbtxt` (`tf.io.write_graph`). */
export async function writeGraphText(directory: string, proto: GraphDef): Promise<void> {
  // The text format is only needed here and for `asText` exports: both load it late.
  const { toText } = await import("@bufbuild/protobuf/txtpb");
  writeFileAtomically(join(directory, "graph.pbtxt"), encodeText(toText(GraphDefSchema, proto)));
}
