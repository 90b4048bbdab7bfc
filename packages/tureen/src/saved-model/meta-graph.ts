import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import {
  type AssetFileDef,
  AssetFileDefSchema,
  type CollectionDef,
  CollectionDef_AnyListSchema,
  CollectionDef_BytesListSchema,
  CollectionDef_NodeListSchema,
  CollectionDefSchema,
  type MetaGraphDef,
  MetaGraphDef_MetaInfoDefSchema,
  MetaGraphDefSchema,
  TensorInfoSchema,
} from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { SaverDef_CheckpointFormatVersion, SaverDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saver_pb";
import { dtypeNumber } from "../core/dtype.js";
import { WireWriter } from "../formats/wire-format.js";
import { encodeOpList } from "../graph/encode-op-list.js";
import { type Graph, Operation, Tensor } from "../graph/graph.js";
import { graphToProto } from "../graph/graph-def.js";
import { opList } from "../graph/op-def-proto.js";
import { Saveable } from "../graph/saveable.js";
import { Variable } from "../graph/variable.js";
import type { SignatureInfo } from "./signature.js";
import { signatureToProto } from "./signature-def.js";

/** The names by which a SaverDef finds the ops that save and restore. */
export interface SaverNames {
  readonly filename: string;
  readonly save: string;
  readonly restore: string;
}

/** One asset: a string tensor of the graph holds the path of a file, which is copied under `filename`. */
export interface AssetFile {
  readonly tensor: Tensor;
  readonly filename: string;
}

/** What a MetaGraphDef is made from. */
export interface MetaGraphParts {
  readonly graph: Graph;
  readonly tags?: readonly string[];
  readonly signatures?: ReadonlyMap<string, SignatureInfo>;
  readonly saver?: SaverNames;
  readonly mainOp?: Operation;
  readonly trainOp?: Operation;
  readonly assets?: readonly AssetFile[];
  readonly stripDefaultAttrs?: boolean;
  /** Adds `_output_shapes` to each node, as TensorFlow does in `.meta` files. */
  readonly addShapes?: boolean;
}

/** As TensorFlow, whose file formats these are at: readers look at it to tell what to expect. */
const tensorflowVersion = "2.15.1";
/** `tf.train.Saver`'s defaults, which a SaverDef carries along. */
const saverDefaults = {
  maxToKeep: 5,
  sharded: true,
  keepCheckpointEveryNHours: 10000,
  version: SaverDef_CheckpointFormatVersion.V2,
};

/** The MetaGraphDef message of a graph with its collections, signatures and saver. */
export function metaGraphToProto(parts: MetaGraphParts): MetaGraphDef {
  const { graph, stripDefaultAttrs = false, addShapes = false } = parts;
  return create(MetaGraphDefSchema, {
    ...aroundGraph(parts),
    metaInfoDef: create(MetaGraphDef_MetaInfoDefSchema, {
      tags: [...(parts.tags ?? [])],
      tensorflowVersion,
      strippedOpList: opList(graph.operations.map((op) => op.type)),
      strippedDefaultAttrs: stripDefaultAttrs,
    }),
    graphDef: graphToProto(graph, { stripDefaultAttrs, addShapes }),
  });
}

/** Fields of MetaGraphDef, and of its MetaInfoDef. */
const [metaInfoField, graphDefField, opListField] = [1, 2, 2] as const;

/** The bytes of `metaGraphToProto`'s message, given those of its graph: without making most of the messages. */
export function metaGraphToBytes(parts: MetaGraphParts, graphDef: Uint8Array): Uint8Array {
  const info = toBinary(
    MetaGraphDef_MetaInfoDefSchema,
    create(MetaGraphDef_MetaInfoDefSchema, {
      tags: [...(parts.tags ?? [])],
      tensorflowVersion,
      strippedDefaultAttrs: parts.stripDefaultAttrs ?? false,
    }),
  );
  const ops = encodeOpList(parts.graph.operations.map((op) => op.type));
  const metaInfo = new WireWriter().bytesField(opListField, ops).raw(info).finish();
  return new WireWriter()
    .bytesField(metaInfoField, metaInfo)
    .bytesField(graphDefField, graphDef)
    .raw(toBinary(MetaGraphDefSchema, aroundGraph(parts)))
    .finish();
}

/** All but the graph and what is told of its ops. */
function aroundGraph(parts: MetaGraphParts): MetaGraphDef {
  const collections = collectionsToProto(parts.graph);
  if (parts.mainOp !== undefined) collections["saved_model_main_op"] = nodeList([parts.mainOp.name]);
  if (parts.trainOp !== undefined) collections["saved_model_train_op"] = nodeList([parts.trainOp.name]);
  const assets = (parts.assets ?? []).map(assetToProto);
  if (assets.length > 0) {
    delete collections["asset_filepaths"];
    collections["saved_model_assets"] = create(CollectionDefSchema, {
      kind: { case: "anyList", value: create(CollectionDef_AnyListSchema, { value: assets.map(anyAsset) }) },
    });
  }
  return create(MetaGraphDefSchema, {
    ...(parts.saver === undefined
      ? {}
      : {
          saverDef: create(SaverDefSchema, {
            filenameTensorName: parts.saver.filename,
            saveTensorName: parts.saver.save,
            restoreOpName: parts.saver.restore,
            ...saverDefaults,
          }),
        }),
    collectionDef: collections,
    signatureDef: Object.fromEntries(
      [...(parts.signatures ?? [])].map(([key, signature]) => [key, signatureToProto(signature)]),
    ),
    assetFileDef: assets,
  });
}

function assetToProto({ tensor, filename }: AssetFile): AssetFileDef {
  return create(AssetFileDefSchema, {
    filename,
    tensorInfo: create(TensorInfoSchema, {
      encoding: { case: "name", value: tensor.name },
      dtype: dtypeNumber(tensor.dtype),
    }),
  });
}

function anyAsset(asset: AssetFileDef): Any {
  return create(AnySchema, {
    typeUrl: "type.googleapis.com/tensorflow.AssetFileDef",
    value: toBinary(AssetFileDefSchema, asset),
  });
}

function nodeList(value: string[]): CollectionDef {
  return create(CollectionDefSchema, {
    kind: { case: "nodeList", value: create(CollectionDef_NodeListSchema, { value }) },
  });
}

/** The collections whose variables TensorFlow writes as VariableDefs; of those in others it writes the names. */
const variableCollections: ReadonlySet<string> = new Set([
  "global_step",
  "local_variables",
  "metric_variables",
  "model_variables",
  "moving_average_variables",
  "trainable_variables",
  "variables",
]);

/** Collections of variables become VariableDefs, of ops and tensors node lists; what has no message stays out, as in TensorFlow. */
function collectionsToProto(graph: Graph): { [key: string]: CollectionDef } {
  const result: { [key: string]: CollectionDef } = {};
  for (const [key, items] of graph.collections) {
    if (items.length === 0) continue;
    if (items.every((item) => item instanceof Variable)) {
      const variables = items as Variable[];
      if (!variableCollections.has(key)) {
        result[key] = nodeList(variables.map(({ name }) => `${name}:0`));
        continue;
      }
      const value = variables.map(variableToBytes);
      result[key] = create(CollectionDefSchema, {
        kind: { case: "bytesList", value: create(CollectionDef_BytesListSchema, { value }) },
      });
    } else if (items.every((item) => item instanceof Tensor || item instanceof Operation || item instanceof Saveable)) {
      result[key] = nodeList((items as (Tensor | Operation | Saveable)[]).map((item) => item.name));
    }
  }
  return result;
}

/** The bytes of a VariableDef; each variable is in several collections. */
const variableBytes = new WeakMap<Variable, Uint8Array>();

function variableToBytes(variable: Variable): Uint8Array {
  let bytes = variableBytes.get(variable);
  if (bytes === undefined) {
    bytes = new WireWriter()
      .textField(1, `${variable.name}:0`)
      .textField(2, variable.initializer.name)
      .textField(3, variable.snapshot.name)
      .integerField(5, 1)
      .textField(6, variable.initialValue.name)
      .integerField(7, variable.trainable ? 1 : 0)
      .finish();
    variableBytes.set(variable, bytes);
  }
  return bytes;
}
