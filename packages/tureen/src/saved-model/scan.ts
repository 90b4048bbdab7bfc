import { existsSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { NodeDef } from "@tureen/protos/gen/tensorflow/core/framework/node_def_pb";
import type { MetaGraphDef } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { dtypeFromNumber, dtypeSize } from "../core/dtype.js";
import { toStatusError } from "../core/status-error.js";
import type { Graph } from "../graph/graph.js";
import { graphFromProto } from "../graph/graph-def.js";
import { findOpDef } from "../graph/op-def.js";
import { needsIterator, reachableOperations, unsupportedOps } from "./check-kernels.js";
import { componentTensors } from "./composite-info.js";
import { readSavedModel, savedModelFiles } from "./read.js";
import { signatureFromProto } from "./signature-def.js";
import { validateGraph } from "./validate-graph.js";

/** One thing to know before a model is run. */
export interface ScanFinding {
  /** `files`: touches files when it runs; `unsupported`: cannot run here; `size`: asks for much memory; `invalid`: would not load; `code`: runs code. */
  readonly kind: "files" | "unsupported" | "size" | "invalid" | "code";
  /** The signature it is in, or undefined for the graph as a whole. */
  readonly signature?: string;
  readonly text: string;
}

/** What a look at one meta graph found; nothing has been run. */
export interface ModelScan {
  readonly tags: readonly string[];
  readonly nodes: number;
  readonly functions: number;
  /** How often each op occurs, functions included. */
  readonly ops: ReadonlyMap<string, number>;
  readonly findings: readonly ScanFinding[];
}

/** Ops that read or write files: those that TensorFlow's own scan denies, and what reaches files by another name. */
const fileOps: ReadonlySet<string> = new Set([
  "ReadFile",
  "WriteFile",
  "MatchingFiles",
  "SaveV2",
  "Save",
  "SaveSlices",
  "RestoreV2",
  "Restore",
  "RestoreSlice",
  "MergeV2Checkpoints",
  "WholeFileReader",
  "WholeFileReaderV2",
  "TextLineReader",
  "TextLineReaderV2",
  "FixedLengthRecordReader",
  "FixedLengthRecordReaderV2",
  "TFRecordReader",
  "TFRecordReaderV2",
  "TFRecordDataset",
  "TFRecordDatasetV2",
  "TextLineDataset",
  "FixedLengthRecordDatasetV2",
  "CSVDataset",
  "CSVDatasetV2",
  "CreateSummaryFileWriter",
  "WriteSummary",
  "CacheDataset",
  "CacheDatasetV2",
  "SnapshotDatasetV2",
  "SimpleMLLoadModelFromPath",
  "SimpleMLLoadModelFromPathWithHandle",
]);
/** Ops that run what is no graph. */
const codeOps: ReadonlySet<string> = new Set([
  "PyFunc",
  "PyFuncStateless",
  "EagerPyFunc",
  "XlaCallModule",
  "TPUCompile",
]);
/** A constant that is filled up from fewer values than it has elements, beyond so many bytes, is a small file's way to much memory. */
const suspiciousBytes = 64 * 2 ** 20;

/** Looks through every meta graph of a SavedModel. NOT_FOUND and DATA_LOSS as `readSavedModel`; what is wrong beyond is a finding. */
export async function scanSavedModel(directory: string): Promise<readonly ModelScan[]> {
  const model = await readSavedModel(directory);
  const links = outwardLinks(directory);
  return model.metaGraphs.map((meta) => {
    const scan = scanMetaGraph(meta);
    return { ...scan, findings: [...links, ...scan.findings] };
  });
}

function scanMetaGraph(meta: MetaGraphDef): ModelScan {
  const graphDef = meta.graphDef;
  const functions = graphDef?.library?.function ?? [];
  const nodes = [...(graphDef?.node ?? []), ...functions.flatMap((fn) => fn.nodeDef)];
  const ops = new Map<string, number>();
  for (const { op } of nodes) ops.set(op, (ops.get(op) ?? 0) + 1);
  const known = new Set(functions.map((fn) => fn.signature?.name ?? ""));
  const findings: ScanFinding[] = [];
  const unknown = [...ops.keys()].filter((op) => findOpDef(op) === undefined && !known.has(op)).sort();
  if (unknown.length > 0)
    findings.push({ kind: "unsupported", text: `ops that are not registered: ${unknown.join(", ")}` });
  const code = [...ops.keys()].filter((op) => codeOps.has(op)).sort();
  if (code.length > 0) findings.push({ kind: "code", text: `ops that run code of their own: ${code.join(", ")}` });
  for (const node of nodes) findings.push(...sizeFindings(node));
  for (const asset of meta.assetFileDef) {
    if (asset.filename.startsWith("/") || asset.filename.split("/").includes("..")) {
      findings.push({ kind: "files", text: `asset outside of the model's folder: ${asset.filename}` });
    }
  }
  if (graphDef !== undefined && unknown.length === 0) {
    try {
      validateGraph(graphDef);
      findings.push(...signatureFindings(graphFromProto(graphDef), meta));
    } catch (error) {
      findings.push({ kind: "invalid", text: toStatusError(error).message });
    }
  }
  return {
    tags: [...(meta.metaInfoDef?.tags ?? [])].sort(),
    nodes: nodes.length,
    functions: functions.length,
    ops,
    findings,
  };
}

function sizeFindings(node: NodeDef): ScanFinding[] {
  const value = node.attr["value"]?.value;
  if (value?.case !== "tensor" || value.value.tensorShape === undefined) return [];
  const { tensorShape, tensorContent, dtype } = value.value;
  const elements = tensorShape.dim.reduce((product, dim) => product * Number(dim.size), 1);
  const bytes = elements * Math.max(1, knownSize(dtype));
  if (bytes < suspiciousBytes || tensorContent.length >= bytes) return [];
  const said = `${node.op} '${node.name}' says [${tensorShape.dim.map((dim) => dim.size).join(",")}]`;
  return [
    { kind: "size", text: `${said}, ${(bytes / 2 ** 20).toFixed(0)} MiB, but stores ${tensorContent.length} bytes` },
  ];
}

function knownSize(dtype: number): number {
  try {
    return dtypeSize(dtypeFromNumber(dtype));
  } catch {
    return 0;
  }
}

function signatureFindings(graph: Graph, meta: MetaGraphDef): ScanFinding[] {
  const findings: ScanFinding[] = [];
  for (const key of Object.keys(meta.signatureDef).sort()) {
    // Names an operation; what it does happens while the model is loaded, and is bound to the model's folder.
    if (key.startsWith("__saved_model_")) continue;
    const signature = signatureFromProto(meta.signatureDef[key]!);
    try {
      const missing = unsupportedOps(graph, signature);
      if (missing.length > 0)
        findings.push({ kind: "unsupported", signature: key, text: `ops without a kernel: ${missing.join(", ")}` });
      const feeds = new Set(componentTensors(graph, signature.inputs));
      const fetches = componentTensors(graph, signature.outputs);
      if (needsIterator(graph, fetches, feeds)) {
        findings.push({
          kind: "unsupported",
          signature: key,
          text: "waits for an iterator that no server makes: it only runs with what comes after it fed",
        });
      }
      const files = new Set<string>();
      for (const op of reachableOperations(graph, fetches, feeds)) {
        if (fileOps.has(op.type)) files.add(op.type);
        if (op.type === "PrintV2" && op.attrs.text("output_stream").startsWith("file://"))
          files.add("PrintV2 to a file");
      }
      if (files.size > 0)
        findings.push({ kind: "files", signature: key, text: `ops that touch files: ${[...files].sort().join(", ")}` });
    } catch (error) {
      findings.push({ kind: "invalid", signature: key, text: toStatusError(error).message });
    }
  }
  return findings;
}

/** Files of the model that are links to somewhere else. */
function outwardLinks(directory: string): ScanFinding[] {
  const root = realpathSync(resolve(directory));
  return [
    savedModelFiles.binary,
    savedModelFiles.text,
    `${savedModelFiles.variables}.index`,
    savedModelFiles.assets,
  ].flatMap((file): ScanFinding[] => {
    const path = join(directory, file);
    if (!existsSync(path)) return [];
    const real = realpathSync(path);
    return real.startsWith(root + sep)
      ? []
      : [{ kind: "files", text: `${file} is a link out of the model's folder: ${real}` }];
  });
}
