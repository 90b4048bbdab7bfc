import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataType } from "@tureen/protos/gen/tensorflow/core/framework/types_pb";
import type { SignatureDef, TensorInfo } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import {
  findMetaGraph,
  type ModelScan,
  readSavedModel,
  savedModelFiles,
  scanSavedModel,
} from "../saved-model/index.js";

/**
 * A SavedModel's tag sets and signatures as `saved_model_cli show --dir DIR --all` prints them; then what its graph consists of, how large its
 * files are, and what would not run here.
 *
 * Shows whatever can be read, also of models that cannot be loaded. NOT_FOUND where the folder holds no SavedModel.
 */
export async function showModel(directory: string): Promise<string> {
  const model = await readSavedModel(directory);
  const tagSets = model.metaGraphs.map(({ metaInfoDef }) => [...(metaInfoDef?.tags ?? [])].sort());
  const blocks = tagSets
    .sort((a, b) => (a.join() < b.join() ? -1 : 1))
    .map((tags) => {
      const { signatureDef } = findMetaGraph(model, tags);
      const keys = Object.keys(signatureDef).sort();
      const signatures = keys.map((key) => signatureBlock(key, signatureDef[key]!));
      return `\nMetaGraphDef with tag-set: '${tags.join(", ")}' contains the following SignatureDefs:\n${signatures.join("")}`;
    });
  const scans = await scanSavedModel(directory);
  return `${blocks.join("")}${scans.map(graphBlock).join("")}${filesBlock(directory)}`;
}

function signatureBlock(key: string, { inputs, outputs, methodName }: SignatureDef): string {
  const lines = (kind: string, infos: SignatureDef["inputs"]): string[] =>
    Object.keys(infos)
      .sort()
      .flatMap((alias) => tensorLines(kind, alias, infos[alias]!));
  return [
    `\nsignature_def['${key}']:`,
    "  The given SavedModel SignatureDef contains the following input(s):",
    ...lines("inputs", inputs),
    "  The given SavedModel SignatureDef contains the following output(s):",
    ...lines("outputs", outputs),
    `  Method name is: ${methodName}`,
    "",
  ].join("\n");
}

function tensorLines(kind: string, alias: string, { dtype, tensorShape, encoding }: TensorInfo): string[] {
  const isKnown = tensorShape !== undefined && !tensorShape.unknownRank;
  return [
    `    ${kind}['${alias}'] tensor_info:`,
    `        dtype: ${DataType[dtype] ?? `unknown data type ${dtype}`}`,
    `        shape: ${isKnown ? `(${tensorShape.dim.map(({ size }) => size).join(", ")})` : "unknown_rank"}`,
    ...nameLines(encoding),
  ];
}

function nameLines(encoding: TensorInfo["encoding"]): string[] {
  if (encoding.case === "cooSparse") {
    const { valuesTensorName, indicesTensorName, denseShapeTensorName } = encoding.value;
    return [
      `        values: ${valuesTensorName}`,
      `        indices: ${indicesTensorName}`,
      `        dense_shape: ${denseShapeTensorName}`,
    ];
  }
  if (encoding.case === "compositeTensor") {
    const names = encoding.value.components.map((part) => (part.encoding.case === "name" ? part.encoding.value : "?"));
    return [`        components: ${names.join(", ")}`];
  }
  return [`        name: ${encoding.value ?? ""}`];
}

function graphBlock({ tags, nodes, functions, ops, findings }: ModelScan): string {
  const counts = [...ops].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([op, count]) => `${op} ${count}`);
  const head = `\nGraph with tag-set '${tags.join(", ")}': ${nodes} nodes of ${ops.size} ops, ${functions} functions\n  ops: ${counts.join(", ")}\n`;
  const found = findings.map(
    ({ kind, signature, text }) => `  ${kind}${signature === undefined ? "" : ` (${signature})`}: ${text}\n`,
  );
  return head + found.join("");
}

function filesBlock(directory: string): string {
  const lines: string[] = [];
  for (const file of [savedModelFiles.binary, savedModelFiles.text]) {
    const path = join(directory, file);
    if (existsSync(path)) lines.push(`  ${file}: ${sizeText(statSync(path).size)}\n`);
  }
  for (const folder of ["variables", savedModelFiles.assets, savedModelFiles.assetsExtra]) {
    const path = join(directory, folder);
    if (!existsSync(path)) continue;
    const sizes = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    lines.push(`  ${folder}: ${sizeText(total)} in ${sizes.length} files\n`);
  }
  return `\nFiles\n${lines.join("")}`;
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
