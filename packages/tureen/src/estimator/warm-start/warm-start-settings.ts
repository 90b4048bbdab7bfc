import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { latestCheckpoint } from "../../formats/checkpoint-state.js";
import type { Initializer } from "../../graph/variable.js";
import { savedModelFiles } from "../../saved-model/read.js";
import { attributeText, pythonText } from "../feature-column/python-text.js";
import type { Logger } from "../log.js";
import { pythonType } from "../nn/python-format.js";

/** How the rows of a new vocabulary find theirs in the variable of an old one (`tf.estimator.VocabInfo`). */
export interface VocabInfo {
  /** The file of the new vocabulary, a term a line. */
  readonly newVocab: string;
  /** How many of its lines count. */
  readonly newVocabSize: number;
  readonly numOovBuckets: number;
  readonly oldVocab: string;
  /** Default all lines. */
  readonly oldVocabSize?: number;
  /** What new terms start with; default zeros. */
  readonly backupInitializer?: Initializer;
  /** Whether terms are rows (0, the default) or columns of the variable. */
  readonly axis?: 0 | 1;
}

/** What a model starts from, where its folder has no checkpoint yet (`tf.estimator.WarmStartSettings`). */
export interface WarmStartSettings {
  /** A checkpoint's prefix, or a folder with checkpoints. */
  readonly ckptToInitializeFrom: string;
  /**
   * Which variables: a regular expression for the beginning of the names of trainable ones (default `.*`), a list of them for all global
   * variables, or null for only those in `varNameToVocabInfo`.
   */
  readonly varsToWarmStart: string | readonly string[] | null;
  readonly varNameToVocabInfo: Readonly<Record<string, VocabInfo>>;
  /** The name that a variable has in the checkpoint, where it is another. */
  readonly varNameToPrevVarName: Readonly<Record<string, string>>;
}

/** What WarmStartSettings are made of; all but the checkpoint has a default. */
export type WarmStartSettingsInit = Pick<WarmStartSettings, "ckptToInitializeFrom"> & Partial<WarmStartSettings>;

/** Completes settings; INVALID_ARGUMENT without a checkpoint. */
export function warmStartSettings(init: WarmStartSettingsInit): WarmStartSettings {
  checkOptions("warmStartSettings", init, {
    ckptToInitializeFrom: "required",
    varsToWarmStart: "optional",
    varNameToVocabInfo: "optional",
    varNameToPrevVarName: "optional",
  });
  if (!init.ckptToInitializeFrom) throw invalidArgument("`ckpt_to_initialize_from` MUST be set in WarmStartSettings");
  for (const { axis = 0 } of Object.values(init.varNameToVocabInfo ?? {})) {
    if (axis !== 0 && axis !== 1) {
      throw invalidArgument(
        `The only supported values for the axis argument are 0 and 1.  Provided axis: ${String(axis)}`,
      );
    }
  }
  return Object.freeze({
    ckptToInitializeFrom: init.ckptToInitializeFrom,
    varsToWarmStart: init.varsToWarmStart === undefined ? ".*" : init.varsToWarmStart,
    varNameToVocabInfo: init.varNameToVocabInfo ?? {},
    varNameToPrevVarName: init.varNameToPrevVarName ?? {},
  });
}

/** The settings of an Estimator's `warmStartFrom`: settings, a checkpoint, a folder of checkpoints or of a SavedModel. */
export function resolveWarmStart(from: unknown, logger: Logger): WarmStartSettings | undefined {
  if (from === undefined || from === null) return undefined;
  if (typeof from === "string") {
    const variables = join(from, savedModelFiles.variables);
    if (!existsSync(`${variables}.index`)) return warmStartSettings({ ckptToInitializeFrom: from });
    logger.log("INFO", "Warm-starting from a SavedModel");
    return warmStartSettings({ ckptToInitializeFrom: variables });
  }
  if (typeof from === "object" && "ckptToInitializeFrom" in from)
    return warmStartSettings(from as WarmStartSettingsInit);
  throw invalidArgument(`warm_start_from must be a string or a WarmStartSettings, instead got ${pythonType(from)}`);
}

/** The prefix of a checkpoint that is given by itself or by its folder; INVALID_ARGUMENT where the folder has none. */
export function checkpointPrefix(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const latest = latestCheckpoint(path);
  if (latest === undefined)
    throw invalidArgument(`Couldn't find 'checkpoint' file or checkpoints in given directory ${path}`);
  return latest;
}

/** Settings as TensorFlow logs them. */
export function warmStartText(settings: WarmStartSettings): string {
  const dict = (record: Readonly<Record<string, unknown>>): { readonly text: string } => ({
    text: `{${Object.entries(record)
      .map(
        ([key, value]) =>
          `${pythonText(key)}: ${typeof value === "string" ? pythonText(value) : vocabText(value as VocabInfo)}`,
      )
      .join(", ")}}`,
  });
  return attributeText("WarmStartSettings", [
    ["ckpt_to_initialize_from", settings.ckptToInitializeFrom],
    ["vars_to_warm_start", settings.varsToWarmStart],
    ["var_name_to_vocab_info", dict(settings.varNameToVocabInfo)],
    ["var_name_to_prev_var_name", dict(settings.varNameToPrevVarName)],
  ]);
}

function vocabText(info: VocabInfo): string {
  return attributeText("VocabInfo", [
    ["new_vocab", info.newVocab],
    ["new_vocab_size", info.newVocabSize],
    ["num_oov_buckets", info.numOovBuckets],
    ["old_vocab", info.oldVocab],
    ["old_vocab_size", info.oldVocabSize ?? -1],
    ["backup_initializer", info.backupInitializer],
    ["axis", info.axis ?? 0],
  ]);
}
