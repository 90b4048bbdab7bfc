import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { stringValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { Saveable, type SaveSpec } from "../../graph/saveable.js";
import { controlDependencies, currentGraph, nameScope } from "../../graph/scope.js";
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

/** What a checkpoint holds: variables by the names that they have there, and other state that the graph lists as saveable. */
type Saved = NamedVariable | Saveable;

interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
}

/** Options of `saver`. */
export interface SaverOptions {
  /** What is saved and restored: variables, or variables by the names that checkpoints have them under. Default: all that a graph has to save. */
  readonly varList?: readonly Variable[] | Readonly<Record<string, Variable>>;
  /** How many checkpoints stay; 0 keeps all. Default 5. */
  readonly maxToKeep?: number;
  /** One of them stays for good each time this many hours have passed. Default 10,000. */
  readonly keepCheckpointEveryNHours?: number;
}

const optionTable: OptionTable<SaverOptions> = {
  varList: "optional",
  maxToKeep: "optional",
  keepCheckpointEveryNHours: "optional",
};

/**
 * The ops that save and restore a model (`tf.compat.v1.train.Saver`), for a `scaffold` to have: some variables alone, or from other names.
 *
 *     const scaffold = { saver: tf.train.saver({ varList: averages.variablesToRestore() }) };
 *
 * To be made when the graph is complete: without `varList`, variables that come later are left out. INVALID_ARGUMENT where there are none, or two of
 * one name.
 */
export function saver(options: SaverOptions = {}): Saver {
  checkOptions("saver", options, optionTable);
  const {
    varList,
    maxToKeep = defaultKeeping.keepMax,
    keepCheckpointEveryNHours = defaultKeeping.keepEveryNHours,
  } = options;
  const keeping = { keepMax: maxToKeep, keepEveryNHours: keepCheckpointEveryNHours };
  if (varList === undefined) {
    const variables = currentGraph().getCollection<Variable>(collectionKeys.globalVariables);
    const saveables = currentGraph().getCollection(collectionKeys.saveableObjects);
    if (variables.length + saveables.length === 0) throw invalidArgument("No variables to save");
    return addSaver(variables, keeping);
  }
  const named = Array.isArray(varList)
    ? namedVariables(varList as readonly Variable[])
    : Object.entries(varList as Readonly<Record<string, Variable>>).map(([name, variable]) => ({ name, variable }));
  if (named.length === 0) throw invalidArgument("No variables to save");
  const names = named.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw invalidArgument(`At least two variables have the same name: ${twice}`);
  return addSaverOf(named, keeping);
}

/**
 * Adds the ops that save and restore variables, and the graph's other saveable state, in the sharded V2 format
 * (`tf.compat.v1.train.Saver(sharded=True)`), names as TensorFlow's.
 *
 * Saving writes to temporary files and merges them at the end, so that a checkpoint is there whole or not at all.
 */
export function addSaver(variables: readonly Variable[], keeping: CheckpointKeeping = defaultKeeping): Saver {
  const saveables = currentGraph().getCollection<Saveable>(collectionKeys.saveableObjects);
  return addSaverOf([...namedVariables(variables), ...saveables], keeping);
}

function namedVariables(variables: readonly Variable[]): NamedVariable[] {
  return variables.map((variable) => ({ name: variable.name, variable }));
}

function addSaverOf(all: readonly Saved[], keeping: CheckpointKeeping): Saver {
  const saved = byName(all);
  const sorted = saved.flatMap((one) => (one instanceof Saveable ? [] : [one.variable]));
  return nameScope("save", () => {
    const input = constant(stringValue(["model"], []), undefined, "filename/input");
    const given = build("PlaceholderWithDefault", [input], { shape: [] }, "filename");
    const filename = build("PlaceholderWithDefault", [given], { shape: [] }, "Const");
    const save = addSave(filename, saved);
    const restore = addRestore(filename, saved);
    return { filename, save, restore, variables: sorted, keeping };
  });
}

function byName<T extends Saved>(saved: readonly T[]): T[] {
  return [...saved].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function specsOf(saved: Saved): readonly SaveSpec[] {
  if (saved instanceof Saveable) return saved.specs;
  const { name, variable } = saved;
  return [{ key: name, tensor: variable.snapshot, dtype: variable.dtype }];
}

function addSave(filename: Tensor, saved: readonly Saved[]): Tensor {
  const specs = saved.flatMap(specsOf);
  const isObjectStore = build("StaticRegexFullMatch", [filename], { pattern: "^s3://.*" });
  const suffix = build("Select", [isObjectStore, constant(objectStoreSuffix), constant(temporarySuffix)]);
  const temporary = build("StringJoin", [[filename, suffix]]);
  const shards = constant(1, "int32", "num_shards");
  const shard = build("ShardedFilename", [temporary, 0, shards]);
  const names = stringValue(specs.map(({ key }) => key));
  const slices = stringValue(specs.map(() => ""));
  const writing = buildOp("SaveV2", [shard, names, slices, specs.map(({ tensor }) => tensor)]);
  const written = controlDependencies([writing], () => build("Identity", [shard], {}, "control_dependency"));
  const merged = controlDependencies([written], () => {
    const prefixes = build("Pack", [[shard]], {}, "MergeV2Checkpoints/checkpoint_prefixes");
    return buildOp("MergeV2Checkpoints", [prefixes, filename]);
  });
  return controlDependencies([merged, written], () => build("Identity", [filename]));
}

function addRestore(filename: Tensor, saved: readonly Saved[]): Operation {
  const specs = saved.flatMap(specsOf);
  const names = stringValue(specs.map(({ key }) => key));
  const slices = stringValue(specs.map(() => ""));
  const read = buildOp("RestoreV2", [filename, names, slices], { dtypes: specs.map(({ dtype }) => dtype) });
  let next = 0;
  const assigned = saved.map((one) => {
    const tensors = specsOf(one).map(() => read.outputs[next++]!);
    return one instanceof Saveable ? one.restore(tensors) : one.variable.assign(build("Identity", [tensors[0]!]));
  });
  const all = controlDependencies(assigned, () => buildOp("NoOp", [], {}, "restore_shard"));
  return controlDependencies([all], () => buildOp("NoOp", [], {}, "restore_all"));
}
