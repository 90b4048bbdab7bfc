import { dtypeEnumName } from "../core/dtype.js";
import {
  findMetaGraph,
  readSavedModel,
  type SignatureInfo,
  signatureFromProto,
  type TensorInfo,
} from "../saved-model/index.js";

/**
 * A SavedModel's tag sets and signatures as `saved_model_cli show --dir DIR --all` prints them.
 *
 * NOT_FOUND where the folder holds no SavedModel.
 */
export async function showModel(directory: string): Promise<string> {
  const model = await readSavedModel(directory);
  const tagSets = model.metaGraphs.map(({ metaInfoDef }) => [...(metaInfoDef?.tags ?? [])].sort());
  return tagSets
    .sort((a, b) => (a.join() < b.join() ? -1 : 1))
    .map((tags) => {
      const { signatureDef } = findMetaGraph(model, tags);
      const blocks = Object.keys(signatureDef)
        .sort()
        .map((key) => signatureBlock(key, signatureFromProto(signatureDef[key]!)));
      return `\nMetaGraphDef with tag-set: '${tags.join(", ")}' contains the following SignatureDefs:\n${blocks.join("")}`;
    })
    .join("");
}

function signatureBlock(key: string, { inputs, outputs, methodName }: SignatureInfo): string {
  return [
    `\nsignature_def['${key}']:`,
    "  The given SavedModel SignatureDef contains the following input(s):",
    ...[...inputs].flatMap(([alias, info]) => tensorLines("inputs", alias, info)),
    "  The given SavedModel SignatureDef contains the following output(s):",
    ...[...outputs].flatMap(([alias, info]) => tensorLines("outputs", alias, info)),
    `  Method name is: ${methodName}`,
    "",
  ].join("\n");
}

function tensorLines(kind: string, alias: string, { name, dtype, shape }: TensorInfo): string[] {
  const size = shape === undefined ? "unknown_rank" : `(${shape.join(", ")})`;
  return [
    `    ${kind}['${alias}'] tensor_info:`,
    `        dtype: ${dtypeEnumName(dtype)}`,
    `        shape: ${size}`,
    `        name: ${name}`,
  ];
}
