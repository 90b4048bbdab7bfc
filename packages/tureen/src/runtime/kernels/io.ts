import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { dtypeLabel } from "../../core/dtype.js";
import { partMatcher } from "../../core/match-files.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument, notFound } from "../../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import { mergeBundles } from "../../formats/merge-bundles.js";
import { type BundleReader, openBundle } from "../../formats/tensor-bundle-reader.js";
import { BundleWriter } from "../../formats/tensor-bundle-writer.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import { allowedPath, writablePath } from "./io/file-access.js";
import { mediaSummaryKernels } from "./io-media-summary.js";
import { ioPipelineKernels } from "./io-pipeline.js";
import { summaryKernels } from "./io-summary.js";

const text = (value: TensorValue, i = 0): string => decodeText((value.data as readonly Uint8Array[])[i]!);
const texts = (value: TensorValue): string[] => (value.data as readonly Uint8Array[]).map(decodeText);

const saveV2: Kernel = ([prefix, names, specs, ...tensors], context) => {
  const writer = new BundleWriter(writablePath(text(prefix!), context));
  try {
    const [nameList, specList] = [texts(names!), texts(specs!)];
    if (nameList.length !== tensors.length)
      throw invalidArgument(`Expected ${nameList.length} tensors to save, got ${tensors.length}`);
    tensors.forEach((tensor, i) => {
      writer.add(nameList[i]!, tensor, specList[i]);
    });
    writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
  return [];
};

const restoreV2: KernelFactory = ({ attrs }) => {
  const dtypes = attrs.types("dtypes");
  return ([prefix, names, specs], context) => {
    const path = allowedPath(text(prefix!), context);
    const { restored } = context;
    let reader: BundleReader | undefined;
    try {
      const specList = texts(specs!);
      return texts(names!).map((name, i) => {
        const spec = specList[i] ?? "";
        const key = [path, name, spec, dtypes[i]].join("\0");
        const known = restored?.get(key);
        if (known !== undefined) return known;
        reader ??= openBundle(path, { shared: restored !== undefined });
        const value = restoreOne(reader, name, spec, dtypes[i]!);
        if (ArrayBuffer.isView(value.data)) restored?.set(key, value);
        return value;
      });
    } finally {
      reader?.close();
    }
  };
};

function restoreOne(reader: BundleReader, name: string, spec: string, dtype: TensorValue["dtype"]): TensorValue {
  if (!reader.has(name)) throw notFound(`Key ${name} not found in checkpoint`);
  const stored = reader.entry(name).dtype;
  if (stored !== dtype) {
    throw invalidArgument(
      `tensor_name = ${name}; expected dtype ${dtypeLabel(dtype)} does not equal original dtype ${dtypeLabel(stored)}`,
    );
  }
  return spec === "" ? reader.read(name) : reader.readSlice(name, spec);
}

const mergeV2Checkpoints: KernelFactory = ({ attrs }) => {
  const deleteOldDirs = attrs.bool("delete_old_dirs");
  const allowMissingFiles = attrs.bool("allow_missing_files");
  return ([prefixes, destination], context) => {
    const sources = texts(prefixes!).map((prefix) => writablePath(prefix, context));
    mergeBundles(sources, writablePath(text(destination!), context), { deleteOldDirs, allowMissingFiles });
    return [];
  };
};

/** As C's `%05d`: the sign comes before the zeros. */
const pad5 = (value: TensorValue): string => {
  const number = (value.data as Int32Array)[0]!;
  return number < 0 ? `-${String(-number).padStart(4, "0")}` : String(number).padStart(5, "0");
};

function checkScalars(inputs: readonly TensorValue[], names: readonly string[]): void {
  for (const [i, name] of names.entries()) {
    const { shape } = inputs[i]!;
    if (shape.length !== 0) throw invalidArgument(`${name} must be a scalar, got shape ${shapeText(shape)}`);
  }
}

const shardedFilename: Kernel = (inputs) => {
  checkScalars(inputs, ["basename", "shard", "num_shards"]);
  const [base, shard, shards] = inputs;
  return [scalarValue("string", `${text(base!)}-${pad5(shard!)}-of-${pad5(shards!)}`)];
};

const shardedFilespec: Kernel = (inputs) => {
  checkScalars(inputs, ["basename", "num_shards"]);
  return [scalarValue("string", `${text(inputs[0]!)}-?????-of-${pad5(inputs[1]!)}`)];
};

const readFile: Kernel = ([name], context) => [
  tensorValue("string", [], [readFileSync(allowedPath(text(name!), context))]),
];

const writeFile: Kernel = ([name, contents], context) => {
  const path = writablePath(text(name!), context);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, (contents!.data as readonly Uint8Array[])[0]!);
  return [];
};

/** As TensorFlow's file systems match the last component; wildcards in folder names are not looked into. */
const matchingFiles: Kernel = ([pattern], context) => {
  const found = texts(pattern!).flatMap((glob) => {
    const folder = allowedPath(dirname(glob), context);
    const matches = partMatcher(basename(glob));
    return readdirSync(folder)
      .filter((name) => matches.test(name))
      .map((name) => join(dirname(glob), name));
  });
  found.sort();
  return [tensorValue("string", [found.length], found.map(encodeText))];
};

/** Host kernels of the io family: checkpoints, files and what is left of input pipelines. */
export const ioKernels: KernelTable = {
  ...ioPipelineKernels,
  ...summaryKernels,
  ...mediaSummaryKernels,
  SaveV2: () => saveV2,
  RestoreV2: restoreV2,
  MergeV2Checkpoints: mergeV2Checkpoints,
  ShardedFilename: () => shardedFilename,
  ShardedFilespec: () => shardedFilespec,
  ReadFile: () => readFile,
  WriteFile: () => writeFile,
  MatchingFiles: () => matchingFiles,
};
