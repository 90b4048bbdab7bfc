import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMessage } from "@tureen/protos/decode-message";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { type SavedModel, SavedModelSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { dataLoss, notFound } from "../core/status-error.js";
import { decodeText } from "../core/text.js";

/** File names inside a SavedModel folder. */
export const savedModelFiles: Readonly<Record<"binary" | "text" | "variables" | "assets" | "assetsExtra", string>> =
  Object.freeze({
    binary: "saved_model.pb",
    text: "saved_model.pbtxt",
    variables: "variables/variables",
    assets: "assets",
    assetsExtra: "assets.extra",
  });

/** Whether a folder looks like a SavedModel. */
export function isSavedModel(directory: string): boolean {
  return existsSync(join(directory, savedModelFiles.binary)) || existsSync(join(directory, savedModelFiles.text));
}

/** Reads the SavedModel message of a folder, binary or text; NOT_FOUND where there is none, DATA_LOSS where it cannot be parsed. */
export async function readSavedModel(directory: string): Promise<SavedModel> {
  const binary = join(directory, savedModelFiles.binary);
  if (existsSync(binary)) return parseBinary(readFileSync(binary), binary);
  const text = join(directory, savedModelFiles.text);
  if (existsSync(text)) return parseText(decodeText(readFileSync(text)), text);
  throw notFound(
    `Could not find SavedModel .pb or .pbtxt at supplied export directory path: ${directory}. Check that the directory exists and that you have the right permissions for accessing it.`,
  );
}

function parseBinary(bytes: Uint8Array, file: string): SavedModel {
  try {
    return decodeMessage(SavedModelSchema, bytes);
  } catch (cause) {
    throw dataLoss(`Can't parse ${file} as binary proto${cause instanceof Error ? `: ${cause.message}` : ""}`);
  }
}

async function parseText(text: string, file: string): Promise<SavedModel> {
  // The text reader is large and rarely needed.
  const { fromText } = await import("@bufbuild/protobuf/txtpb");
  try {
    return fromText(SavedModelSchema, text);
  } catch (cause) {
    throw dataLoss(`Can't parse ${file} as text proto${cause instanceof Error ? `: ${cause.message}` : ""}`);
  }
}

/** The meta graph whose tag set is exactly `tags`; NOT_FOUND otherwise. */
export function findMetaGraph(model: SavedModel, tags: readonly string[]): MetaGraphDef {
  const wanted = [...new Set(tags)].sort().join(",");
  for (const meta of model.metaGraphs) {
    const own = [...new Set(meta.metaInfoDef?.tags ?? [])].sort().join(",");
    if (own === wanted) return meta;
  }
  throw notFound(
    `Could not find meta graph def matching supplied tags: { ${tags.join(" ")} }. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI: \`saved_model_cli\``,
  );
}
