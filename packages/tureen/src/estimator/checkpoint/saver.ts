import { stringValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";

/** The save and restore ops of a graph, as a SaverDef names them. */
export interface Saver {
  /** Where to write to or read from: feed the prefix here. */
  readonly filename: Tensor;
  /** Fetch it to save; its value is the prefix. */
  readonly save: Tensor;
  /** Run it to restore. */
  readonly restore: Operation;
  readonly variables: readonly Variable[];
  readonly keeping: CheckpointKeeping;
}

/** How many checkpoints stay, which a SaverDef carries along. */
export interface CheckpointKeeping {
  /** 0 or undefined keeps all. */
  readonly keepMax: number | undefined;
  /** One of them stays for good each time this many hours have passed. */
  readonly keepEveryNHours: number;
}

/** `tf.compat.v1.train.Saver`'s own. */
const defaultKeeping: CheckpointKeeping = { keepMax: 5, keepEveryNHours: 10000 };

/** Temporary files of a save lie beside the checkpoint; one machine writes one shard. */
const temporarySuffix = "_temp/part";
/** On S3 there is no rename: TensorFlow puts the temporary folder elsewhere there. */
const objectStoreSuffix = ".part";

/**
 * Adds the ops that save and restore variables in the sharded V2 format (`tf.compat.v1.train.Saver(sharded=True)`), names as TensorFlow's.
 *
 * Saving writes to temporary files and merges them at the end, so that a checkpoint is there whole or not at all.
 */
export function addSaver(variables: readonly Variable[], keeping: CheckpointKeeping = defaultKeeping): Saver {
  const sorted = [...variables].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return nameScope("save", () => {
    const input = constant(stringValue(["model"], []), undefined, "filename/input");
    const given = build("PlaceholderWithDefault", [input], { shape: [] }, "filename");
    const filename = build("PlaceholderWithDefault", [given], { shape: [] }, "Const");
    const save = addSave(filename, sorted);
    const restore = addRestore(filename, sorted);
    return { filename, save, restore, variables: sorted, keeping };
  });
}

function addSave(filename: Tensor, variables: readonly Variable[]): Tensor {
  const isObjectStore = build("StaticRegexFullMatch", [filename], { pattern: "^s3://.*" });
  const suffix = build("Select", [isObjectStore, constant(objectStoreSuffix), constant(temporarySuffix)]);
  const temporary = build("StringJoin", [[filename, suffix]]);
  const shards = constant(1, "int32", "num_shards");
  const shard = build("ShardedFilename", [temporary, 0, shards]);
  const names = stringValue(variables.map((variable) => variable.name));
  const slices = stringValue(variables.map(() => ""));
  const saved = buildOp("SaveV2", [shard, names, slices, variables.map((variable) => variable.snapshot)]);
  const written = controlDependencies([saved], () => build("Identity", [shard], {}, "control_dependency"));
  const merged = controlDependencies([written], () => {
    const prefixes = build("Pack", [[shard]], {}, "MergeV2Checkpoints/checkpoint_prefixes");
    return buildOp("MergeV2Checkpoints", [prefixes, filename]);
  });
  return controlDependencies([merged, written], () => build("Identity", [filename]));
}

function addRestore(filename: Tensor, variables: readonly Variable[]): Operation {
  const names = stringValue(variables.map((variable) => variable.name));
  const slices = stringValue(variables.map(() => ""));
  const dtypes = variables.map((variable) => variable.dtype);
  const read = buildOp("RestoreV2", [filename, names, slices], { dtypes });
  const assigned = variables.map((variable, i) => {
    const value = build("Identity", [read.outputs[i]!]);
    return variable.assign(value);
  });
  const all = controlDependencies(assigned, () => buildOp("NoOp", [], {}, "restore_shard"));
  return controlDependencies([all], () => buildOp("NoOp", [], {}, "restore_all"));
}
